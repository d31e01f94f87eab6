"""Checks the base URL and the key, before the key is sent anywhere."""

import ipaddress
from urllib.parse import quote, urlsplit

from tui.domain.errors import BadKey, Refused
from tui.domain.frozen import frozen
from tui.domain.provider import ProviderInfo
from tui.domain.secret import Secret
from tui.domain.text import join, one_line

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_KEY = 4096


@frozen
class Origin:
    """Scheme, host and port of a service, and the path in front of its endpoints."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    def url(self, *parts: str) -> str:
        """Return the address of an endpoint; every part is one path segment, whatever it holds."""
        netloc = f"[{self.host}]" if ":" in self.host else self.host
        if self.port != _DEFAULT_PORTS[self.scheme]:
            netloc += f":{self.port}"
        return f"{self.scheme}://{netloc}{self.prefix}/" + "/".join(map(_segment, parts))

    def owns(self, url: str) -> bool:
        """Whether `url` has exactly this scheme, host and port: only there is the key sent."""
        try:
            split = urlsplit(url)
            port = split.port or _DEFAULT_PORTS.get(split.scheme)
        except ValueError:
            return False
        plain = split.username is None and split.password is None and "\\" not in url
        return plain and (split.scheme, split.hostname, port) == (self.scheme, self.host, self.port)


def parse_origin(base_url: str, info: ProviderInfo, *, with_key: bool) -> Origin:
    """Return the origin of `base_url`; a trailing `/v1` is accepted and dropped.

    Raises:
        Refused: it is no base URL, or a key would travel in the clear.
    """
    hint = f"set {info.base_url_variable} to scheme and host, such as {info.base_url}"
    try:
        split = urlsplit(base_url.strip())
        port = split.port or _DEFAULT_PORTS.get(split.scheme, 0)
        host = split.hostname or ""
        host.encode("idna" if not host.isascii() else "ascii")
    except (ValueError, UnicodeError):
        raise Refused(f"the base URL of {info.title} is no web address", hint=hint) from None
    if split.scheme not in _DEFAULT_PORTS or not host or not base_url.strip().isprintable():
        raise Refused(f"the base URL of {info.title} is no web address", hint=hint)
    if split.username is not None or split.query or split.fragment or "\\" in base_url:
        raise Refused(f"the base URL of {info.title} holds more than scheme, host and path", hint=hint)
    if with_key and split.scheme == "http" and not is_loopback(host):
        raise Refused(f"the {info.title} key is not sent over plain http to {one_line(host, 100)}", hint="use https")
    return Origin(split.scheme, host, port, split.path.rstrip("/").removesuffix("/v1"))


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def usable_key(key: Secret | None, info: ProviderInfo) -> str:
    """Return the key as a header value.

    Raises:
        BadKey: there is none, or it cannot be sent; the message never repeats it.
    """
    value = key.reveal().strip() if key else ""
    hint = f"set {join(info.key_variables, 'or')}; keys are made at {info.key_page}"
    if not value:
        raise BadKey(f"there is no key for {info.title}", hint=hint)
    if len(value) > _LONGEST_KEY or not value.isascii() or not value.isprintable() or " " in value:
        raise BadKey(f"the {info.title} key holds characters that no key has, or is too long", hint=hint)
    return value


def _segment(part: str) -> str:
    """Return one escaped path segment, which cannot leave its place ("..", "/", "?")."""
    quoted = quote(part, safe="")
    return quoted.replace(".", "%2E") if quoted != part or not part.strip(".") else quoted
