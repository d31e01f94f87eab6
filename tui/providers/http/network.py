"""Exceptions of httpx, TLS and the operating system -> one sentence, a hint, and whether anything was sent."""

import socket
import ssl
from collections.abc import Iterator
from os import environ

import httpx

from tui.domain.errors import Unreachable
from tui.domain.provider import ProviderInfo
from tui.domain.text import join, one_line

# Everything a request may raise. `InvalidURL` is no HTTPError (a hostile Location raises it), ValueError and
# UnicodeError come from header values and proxy variables, OSError from certificates and sockets.
REQUEST_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RecursionError)
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def unreachable(error: BaseException, info: ProviderInfo, host: str, *, changes: bool) -> Unreachable:
    """Return an exception as `Unreachable`; never quotes one that could hold a header."""
    message, hint = _words(error, info, host)
    return Unreachable(
        f"{info.title}: {message}", hint=hint, outcome_unknown=changes and not isinstance(error, _NOTHING_SENT)
    )


def cannot_build(error: BaseException, info: ProviderInfo) -> Unreachable:
    """Return why no HTTP client could be created: proxy variables and certificates are read then."""
    proxies = [name for name in _PROXY_VARIABLES if environ.get(name)]
    if isinstance(error, OSError | ssl.SSLError):
        return Unreachable(
            f"{info.title}: the certificates to trust cannot be read",
            hint="check the setting ca_file, and SSL_CERT_FILE and SSL_CERT_DIR in the environment",
        )
    if isinstance(error, ImportError):  # httpx needs a package for SOCKS that this program does not bring
        hint = f"use an http proxy; check {join(proxies, 'and')} in the environment"
        return Unreachable(f"{info.title}: a SOCKS proxy cannot be used", hint=hint)
    hint = f"check {join(proxies, 'and')} in the environment" if proxies else f"check {info.base_url_variable}"
    return Unreachable(f"{info.title}: no connection can be set up ({type(error).__name__})", hint=hint)


def _words(error: BaseException, info: ProviderInfo, host: str) -> tuple[str, str]:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = one_line(cause.verify_message or "not trusted", 120)
            return (
                f"the certificate of {host} is not accepted: {why}",
                "behind a company proxy set ca_file to its certificate" + _certificate_variables(),
            )
        if isinstance(cause, ssl.SSLError):
            why = one_line(getattr(cause, "reason", None) or "TLS error", 60)
            return (
                f"{host} does not speak TLS as it should ({why})",
                (f"check {info.base_url_variable}"),
            )
        if isinstance(cause, socket.gaierror):
            return f"the name {host} is not found", f"check the network, or {info.base_url_variable}"
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} refuses connections", f"check {info.base_url_variable}"
    return _transport_words(error, info, host)


def _transport_words(error: BaseException, info: ProviderInfo, host: str) -> tuple[str, str]:
    variable = f"check {info.base_url_variable}"
    known: tuple[tuple[type[BaseException], str, str], ...] = (
        (httpx.ConnectTimeout, f"no connection to {host} in time", "check the network"),
        (httpx.PoolTimeout, "all connections were busy; they are made anew", ""),
        (httpx.TimeoutException, f"{host} went silent", ""),
        (
            httpx.ProxyError,
            f"the proxy does not let us through to {host}",
            f"check {join(_PROXY_VARIABLES[::2], 'and')}",
        ),
        (httpx.ConnectError, f"no connection to {host}", "check the network"),
        (httpx.RemoteProtocolError, f"{host} broke off, or sent something that is not HTTP", ""),
        (httpx.NetworkError, f"the connection to {host} broke", ""),
        (httpx.UnsupportedProtocol, "the base URL has no http or https", variable),
        (httpx.InvalidURL, f"{host} redirects to something that is no address, or the base URL is none", variable),
    )
    for kind, message, hint in known:
        if isinstance(error, kind):
            return message, hint
    return f"the request to {host} failed ({type(error).__name__})", variable


def _certificate_variables() -> str:
    named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)]
    return f"; also check {join(named)} in the environment" if named else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return every exception behind `error` once: causes, contexts and members of groups."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]
