"""A notice about a replaced archive, kept in a small file beside it until the user acknowledges it.

Imports nothing that scripts would wait for.
"""
# contextlib would take longer to import than all of this:
# ruff: noqa: SIM105

import os

ADVICE = "`divewatch archive acknowledge` ends this notice"
_LONGEST = 4000  # bytes that are read


def read(archive: str) -> str:
    """Return the notices that were not acknowledged, on one line; "" for none."""
    try:
        handle = os.open(_place(archive), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        with os.fdopen(handle, "rb") as file:
            text = file.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return ""
    return " ".join(text.split()) or "The archive was replaced."


def write(archive: str, text: str) -> None:
    """Append the notice `text`; if the disk is full, it is shown this once only."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(_place(archive), flags, 0o600), "ab") as file:
            file.write(f"{text}\n".encode("utf-8", "replace"))
    except OSError:
        pass


def acknowledge(archive: str) -> str:
    """Return the notices and delete them.

    Raises:
        OSError: it cannot be removed.
    """
    text = read(archive)
    try:
        os.unlink(_place(archive))  # noqa: PTH108 - pathlib takes as long as the whole of `list`
    except FileNotFoundError:
        pass
    return text


def _place(archive: str) -> str:
    return f"{os.path.realpath(archive)}-notice"
