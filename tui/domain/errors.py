"""The errors people meet, as a small tree; each says what happened and, where it can, what to do next.

DivewatchError
├── UsageError            exit 2   a command or form that cannot be carried out as given
├── ConfigError           exit 2   names the file, the key and the nearest right one
├── NotFound              exit 5   no such task, file or provider
├── ArchiveError          exit 1   the archive cannot be read or written
│   └── NotSavedYet                not saved yet: kept on this machine until the archive's server is back
└── ProviderError         exit 3   the provider or the connection to it; worth retrying
    ├── Unreachable                no usable answer: network, time-out, TLS, redirect, cut or oversize body
    ├── RateLimited                429 or a quota; `retry_after` in seconds
    ├── Unavailable                5xx and its relatives; `retry_after` in seconds
    ├── BadAnswer                  an answer that is no task: kept raw, last known state stays
    └── Refused           exit 1   a final 4xx: the request itself will not succeed by repetition
        ├── BadKey        exit 4   401: the key is missing, wrong or revoked
        ├── Forbidden     exit 4   403: the key is good, this is not allowed
        ├── PaymentNeeded exit 1   402: no credits, budget or subscription
        └── Gone          exit 5   404, 410: the provider does not have it
"""


class DivewatchError(Exception):
    """Base of all errors that are shown to the user; `hint` tells what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def told(self) -> str:
        """What happened, and what to do next, in one line."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UsageError(DivewatchError):
    """A command or form that cannot be carried out as given."""

    exit_code = 2


class ConfigError(DivewatchError):
    """A configuration that cannot be used; the message names file, key and nearest right key."""

    exit_code = 2


class NotFound(DivewatchError):
    """No such task, file or provider here."""

    exit_code = 5


class ArchiveError(DivewatchError):
    """The archive cannot be read or written; `outcome_unknown` if a write may have been carried out anyway."""

    outcome_unknown = False


class NotSavedYet(ArchiveError):
    """A change is not saved yet: the archive's server is unreachable, this machine keeps it until then."""

    def __init__(self) -> None:
        super().__init__("not saved yet: the archive server is away; kept on this machine until it is back")


class ProviderError(DivewatchError):
    """A provider or the connection to it failed; `http` is the status code where there was one.

    `outcome_unknown` is set where a request that changes something may have been carried out although it failed:
    it must not be repeated blindly.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        http: int | None = None,
        retry_after: float | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.http = http
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class Unreachable(ProviderError):
    """No usable answer: network, time-out, TLS, redirect, cut or oversize body. Never means that a task failed."""


class RateLimited(ProviderError):
    """The provider's rate limit is exceeded; `retry_after` is its Retry-After in seconds, if any."""


class Unavailable(ProviderError):
    """The provider itself failed (5xx, 408, 409 on a read, 425)."""


class BadAnswer(ProviderError):
    """A response that is not a task or a list; the last known state stays."""


class Refused(ProviderError):
    """A final refusal: repeating the request will not help."""

    exit_code = 1


class BadKey(Refused):
    """401: the key is missing, wrong or revoked."""

    exit_code = 4


class Forbidden(Refused):
    """403: the key is valid but does not allow this request."""

    exit_code = 4


class PaymentNeeded(Refused):
    """402: credits, budget or subscription are missing."""


class Gone(Refused):
    """404 or 410: the provider does not have it, or no longer has it."""

    exit_code = 5


def in_one_line(error: Exception) -> str:
    """Return an error's message and hint in one line, for a status line."""
    if isinstance(error, DivewatchError):
        return f"{error.message}. {error.hint}" if error.hint else error.message
    return f"{type(error).__name__}: {error}"
