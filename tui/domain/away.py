"""The state of an archive server that cannot be reached."""

from datetime import datetime

from tui.domain.frozen import frozen


@frozen
class Away:
    """The archive's server is unreachable: since when, when it is tried again, how many changes wait.

    Times are UTC; `why` is what it, or the way to it, said.
    """

    since: datetime
    next_try: datetime | None = None
    waiting: int = 0
    why: str = ""
