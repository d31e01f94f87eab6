"""Task statuses, and which of them are final; imports nothing."""

from enum import StrEnum


class TaskStatus(StrEnum):
    """Our status; the provider's own word is kept beside it in `Task.provider_status`."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"  # a checkpoint waits for the user
    CANCELLING = "cancelling"  # the provider was asked to end it and has not said yet that it did
    DONE = "done"
    PARTIAL = "partial"  # ended early, with something to read
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # the provider no longer has it
    UNKNOWN = "unknown"  # a word nobody has documented: still active, polled slowly

    @property
    def is_final(self) -> bool:
        """Whether a task in this status has ended and does not change any more."""
        return self in FINAL


FINAL = frozenset({TaskStatus.DONE, TaskStatus.PARTIAL, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.EXPIRED})
