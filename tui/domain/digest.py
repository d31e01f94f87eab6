"""SHA-256 without OpenSSL, which `hashlib` loads: 3.5 MB that a program at rest needs for nothing else.

Python's own code, which `random` uses for the same reason, is ten times slower. It is taken for what it digests sooner
than OpenSSL is loaded, and only until a connection has loaded OpenSSL anyway.
"""

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

SHORT = 500_000
"""Bytes that Python's own code digests in the time it takes to load OpenSSL: 2.5 ms."""


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 digest of `data`."""
    if len(data) <= SHORT and "_hashlib" not in sys.modules and (own := _own()) is not None:
        digest: bytes = own(data).digest()
        return digest
    import hashlib

    return hashlib.sha256(data).digest()


@cache
def _own() -> "Callable[[bytes], Any] | None":
    """Return Python's own SHA-256; None if this build of Python has none."""
    try:
        own: Callable[[bytes], Any] = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:
        return None
    return own
