"""The trusted certificate authorities: the system's, or a file; one context for all clients."""

import ssl
from functools import cache
from pathlib import Path


@cache
def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the shared client context; verification is always on.

    Raises:
        OSError: `ca_file` cannot be read or holds no certificate (`ssl.SSLError` is an OSError).
    """
    if ca_file is not None:
        return ssl.create_default_context(cafile=str(ca_file.expanduser()))
    try:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except (ImportError, OSError, NotImplementedError):
        import httpx

        return httpx.create_ssl_context(trust_env=False)  # the certificates that come with httpx
