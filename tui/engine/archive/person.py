"""The user of this process, as recorded beside the tasks that it starts; imports little."""

import getpass
import os
from functools import cache


@cache
def whoami() -> str:
    """Return the user as "name@host"; the environment variable `DIVEWATCH_PERSON` overrides it."""
    try:
        name = os.environ.get("DIVEWATCH_PERSON", "").strip() or getpass.getuser()
    except (OSError, KeyError):  # a user without an entry, as in a container
        name = str(os.getuid())
    name = "".join(char for char in name if char.isprintable() and char != " ")
    return (name if "@" in name else f"{name}@{os.uname().nodename}").lower()[:100]
