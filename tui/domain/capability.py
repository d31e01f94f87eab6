"""The capabilities of a provider, and the state of the connection to it."""

from enum import StrEnum


class Capability(StrEnum):
    """An operation that a provider may support; a command that needs a missing one is dimmed, with a reason."""

    LIST = "list"
    CREATE = "create"
    CANCEL = "cancel"
    STOP = "stop"  # end early and keep what was found
    DELETE = "delete"
    STEER = "steer"
    RESPOND = "respond"
    SHARE = "share"
    EDIT = "edit"
    VERSIONS = "versions"
    BATCH = "batch"
    FOLLOW = "follow"  # a new task can build on earlier reports
    ASSETS = "assets"
    ACCOUNT = "account"  # credits or quota can be read


class ConnectionState(StrEnum):
    """The state of the connection to one provider account. Says nothing about its tasks: unreachable is not failed."""

    STARTING = "starting"  # not asked yet
    OK = "ok"
    RATE_LIMITED = "rate limited"
    OFFLINE = "offline"  # unreachable or in trouble; retried by itself
    NO_KEY = "no key"
    BAD_KEY = "key rejected"
    PAUSED = "paused"
    ELSEWHERE = "asked elsewhere"  # another process on this archive asks
