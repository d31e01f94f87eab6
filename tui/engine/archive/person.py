"""Who uses this process, as it is written beside the tasks it starts; imports little."""

import getpass
import os
from functools import cache


@cache
def whoami() -> str:
    """Return who uses this process, as "name@host"; `DIVEWATCH_PERSON` says otherwise."""
    try:
        name = os.environ.get("DIVEWATCH_PERSON", "").strip() or getpass.getuser()
    except (OSError, KeyError):  # a user without an entry, as in a container
        name = str(os.getuid())
    name = "".join(char for char in name if char.isprintable() and char != " ")
    return (name if "@" in name else f"{name}@{os.uname().nodename}").lower()[:100]
