"""Repairs the standard streams and the time zone at start."""

import errno
import os
import sys
import time

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from typing import IO, Any

_DAY = 86_400  # seconds
_NO_OUTPUT = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG, errno.EDQUOT})


def make_usable() -> None:
    """Open every closed standard stream: else the next file opened, maybe the archive, would be one.

    Standard input that was closed is empty, standard error that was closed takes everything; writing to standard output
    that was closed fails, as it must.
    """
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            stream = _text(number, mode)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if max(abs(time.timezone), abs(time.altzone)) >= _DAY:  # no date can be told in it
        os.environ["TZ"] = "UTC"
        time.tzset()


def _text(number: int, mode: str) -> "IO[Any]":
    return open(number, mode, encoding="utf-8", errors="replace", closefd=False)


def output_failure(error: Exception | None = None) -> str:
    """Return why standard output cannot be written; "" if it can, or if its reader closed the pipe."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return ""
    except OSError as failure:
        return failure.strerror or type(failure).__name__
    except ValueError:  # closed meanwhile
        return ""
    if isinstance(error, OSError) and error.filename is None and error.errno in _NO_OUTPUT:
        return error.strerror or type(error).__name__
    return ""
