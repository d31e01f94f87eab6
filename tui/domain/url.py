"""Checks URLs found in foreign text: open, copy only, or refuse.

The URL is judged verbatim: never percent-decoded, never repaired (but for `openable`, which encodes raw blanks inside a
text fragment, as real reports need).
"""

import ipaddress
import re
import unicodedata
from enum import StrEnum
from urllib.parse import quote

from tui.domain.frozen import frozen
from tui.domain.patterns import late

_LONGEST_OPEN, _LONGEST_COPY = 2048, 8192
_COPY_SCHEMES = frozenset(
    "mailto ftp ftps sftp doi urn magnet tel git geo arxiv isbn news irc ircs matrix ipfs bitcoin".split()
)
_SPECIAL_NAMES = frozenset("localhost local internal lan home corp intranet test invalid onion".split())
_SCHEME = late(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")
_AUTHORITY = late(r"(https?://)([^/?#]*)", re.IGNORECASE)
_LABEL = late(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_IPV6 = late(r"\[([0-9A-Fa-f:.]+)\](?::(\d*))?")
_NUMERIC_HOST = late(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}")
_TEXT_FRAGMENT = "#:~:text="
_ODD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


class Verdict(StrEnum):
    """What may be done with a URL."""

    OPEN = "open"  # may go to a browser when the user asks
    COPY = "copy"  # copied, or opened only after a second yes that shows the real host
    REFUSE = "refuse"  # neither opened nor offered: plain text


@frozen
class UrlVerdict:
    """A verdict, its reason for display, and the real host ("" if there is none)."""

    verdict: Verdict
    reason: str
    host: str = ""


def check_url(url: str) -> UrlVerdict:
    """Return the verdict on `url`, taken verbatim except for raw blanks inside a text fragment."""
    trouble = _bad_characters(_encode_fragment(url))
    if trouble:
        return UrlVerdict(Verdict.REFUSE, trouble)
    scheme_match = _SCHEME.match(url)
    if not scheme_match:
        return UrlVerdict(Verdict.REFUSE, "relative or without scheme")
    scheme = scheme_match[1].lower()
    if scheme in _COPY_SCHEMES:
        return UrlVerdict(Verdict.COPY, f"{scheme}: is not opened")
    if scheme not in {"http", "https"}:
        return UrlVerdict(Verdict.REFUSE, f"{scheme}: is not a web address")
    rest = url[len(scheme) + 1 :]
    authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0] if rest.startswith("//") else ""
    if not authority:
        return UrlVerdict(Verdict.REFUSE, "no host")
    judged = _judge_authority(authority)
    if judged.verdict is not Verdict.OPEN:
        return judged
    if len(url) > _LONGEST_OPEN:
        return UrlVerdict(Verdict.COPY, f"longer than {_LONGEST_OPEN} characters", judged.host)
    if any(char in url for char in "^{|}"):
        return UrlVerdict(Verdict.COPY, "unusual character", judged.host)
    return judged


def openable(url: str) -> str:
    """Return `url` for a browser or an OSC 8 link: printable ASCII, otherwise unchanged.

    An international host is written as the network writes it (`xn--...`): percent-encoded it would be another name.
    """
    found = _AUTHORITY.match(url)
    if found and not found[2].isascii():
        user, at, host = found[2].rpartition("@")
        name, colon, port = host.partition(":")
        url = f"{found[1]}{user}{at}{_ascii_host(name)}{colon}{port}{url[found.end() :]}"
    return quote(_encode_fragment(url), safe="%/:=&?~#+!$,;'@()*[]^{|}")


def host_of(url: str) -> str:
    """Return the host of `url` for a label; "" if it has none."""
    return check_url(url).host or re.sub(r"^[a-z]+://", "", url, flags=re.IGNORECASE).split("/", 1)[0][:64]


def _encode_fragment(url: str) -> str:
    head, mark, fragment = url.partition(_TEXT_FRAGMENT)
    return f"{head}{mark}{fragment.replace(' ', '%20')}" if mark else url


def _bad_characters(url: str) -> str:
    if not url:
        return "empty"
    if len(url) > _LONGEST_COPY:
        return f"longer than {_LONGEST_COPY} characters"
    if url[0] == "-":
        return "looks like a command-line option"
    for char in url:
        code = ord(char)
        if code < 0x21 or 0x7F <= code < 0xA1:
            return "control character or blank"
        if code > 0x7F and unicodedata.category(char) in _ODD_CATEGORIES:
            return "invisible, private or unassigned character"
        if char in '\\"<>`':
            return "character that is not allowed in a web address"
    return ""


def _judge_authority(authority: str) -> UrlVerdict:
    if "@" in authority:
        return UrlVerdict(Verdict.COPY, "user name or password in the address", authority.rpartition("@")[2])
    if authority.startswith("["):
        return _judge_ipv6(authority)
    host, colon, port = authority.rpartition(":") if ":" in authority else (authority, "", "")
    if ":" in host or "%" in host:
        return UrlVerdict(Verdict.REFUSE, "bad host")
    if colon and port and not _good_port(port):
        return UrlVerdict(Verdict.REFUSE, "bad port")
    if not host.isascii() or any(label.startswith("xn--") for label in host.lower().split(".")):
        return UrlVerdict(Verdict.COPY, "international host name: it could imitate another", _ascii_host(host))
    return _judge_name(host.lower().rstrip("."))


def _judge_ipv6(authority: str) -> UrlVerdict:
    match = _IPV6.fullmatch(authority)
    if not match:
        return UrlVerdict(Verdict.REFUSE, "bad IPv6 address")
    try:
        ipaddress.IPv6Address(match[1])
    except ValueError:
        return UrlVerdict(Verdict.REFUSE, "bad IPv6 address")
    if match[2] and not _good_port(match[2]):
        return UrlVerdict(Verdict.REFUSE, "bad port")
    return UrlVerdict(Verdict.COPY, "numeric address", match[1])


def _judge_name(host: str) -> UrlVerdict:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return UrlVerdict(Verdict.REFUSE, "bad host")
    if _NUMERIC_HOST.fullmatch(host):
        return UrlVerdict(Verdict.COPY, "numeric address", host)
    if len(labels) == 1 or labels[-1] in _SPECIAL_NAMES or host.endswith(".home.arpa"):
        return UrlVerdict(Verdict.COPY, "local or special name", host)
    if labels[-1].isdigit():
        return UrlVerdict(Verdict.REFUSE, "bad host")
    return UrlVerdict(Verdict.OPEN, "web address", host)


def _good_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")
