"""Secrets: how they are recognised and masked. The only such rule in the program.

A secret is known by its value (every key ever loaded, in every spelling in which a service may echo it), by the name
it stands under (`api_key`, `X-Api-Key`, `authorization`, ...), or by its place in an address (user name and password,
parameters such as `token` or `X-Amz-Signature`).

Each caller chooses how much it hides:

- `hide_values`: only known values. For foreign text that people read: a report must not lose words that are no secrets.
- `redact_url`: what an address carries that opens it without a key.
- `redact_text`: both, and `name: value` pairs. For what we write ourselves: log, errors, crash reports.
- `redact_json`: members by name, and the texts inside. For options we keep or log.
- `redact_error`: `redact_text`, and all that merely looks like a key or an id. For what services say of an error.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.domain.json_walk import map_json, map_texts, same
from tui.domain.patterns import late
from tui.domain.secret import every_secret, held_variables

if TYPE_CHECKING:
    from tui.domain.detail import Json

MASK = "…"
SHORTEST = 8  # characters; a shorter value protects nothing, and would be found in ordinary words

_NAMES = frozenset(
    "auth authorization bearer cookie cookies credential credentials jwt passphrase passwd password pwd secret secrets"
    " sig signature token apikey accesskey authkey secretkey privatekey authtoken accesstoken".split()
)
_KEYS = frozenset("access account api app auth client encryption private secret service signing subscription".split())
_ENDINGS = ("key", "token", "signature", "sig", "password", "passwd", "secret")
_OPTION_NAMES = frozenset({"headers", "key"})  # of a server that a task may ask: credentials whatever they hold
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_PLAIN = late(r"[\s -$'-\[\]-~]+")  # what `_decoded` leaves as it is: ASCII without the marks of escapes
_WORD = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_PARAMETER = late(r"((?:[?&;]|%3F|%26)([\w.~-]{1,80}))(=|%3D)([^&#\s\"'<>)\]]+)", re.IGNORECASE)
_USERINFO = late(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/?#@\"'<>]{1,300}@", re.IGNORECASE)
_SERVER = late(r"(\bpostgres(?:ql)?://)(\S+)", re.IGNORECASE)
_SERVER_PARAMETER = late(r"([?&])([^=&]*)=([^&]*?)(?=[\"'>).,;\]}]*(?:&|$))")
_PAIR = late(
    r"(?P<name>(?<![\w-])[A-Za-z][\w-]{1,60})(?P<mark>[\"']?\s{0,3}(?:=|:)\s{0,3})"
    r"(?P<value>\"[^\"\n]{4,}\"|'[^'\n]{4,}'|(?:(?:Bearer|Basic|Token)\s+)?[^\s&\"'<>,;)\]}]{6,})"
)
_BEARER = late(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_LOOKS_LIKE_ONE = late(
    r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[-:\w]*"  # ids of tasks
    r"|\b(?:sk|pk|yt|val)[-_][\w.-]{6,}|\bbearer\s+\S{6,}|\b(?:token|key)[=:]\s*\S{6,}"  # keys by their usual marks
    r"|(?<=[?&])[\w-]+=[^\s&#]+"  # what an address carries behind its question mark
    r"|\b(?=[\w.-]*\d)(?=[\w.-]*[a-z])[\w-]{24,}"  # anything long and random
)


def is_secret_name(name: str) -> bool:
    """Whether the value under `name` (a header, member, parameter or variable) is a secret, however it is spelt."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return False
    if words[-1] in _NAMES:
        return True
    return words[-1] == "key" and len(words) > 1 and words[-2] in _KEYS


def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of an address is a secret: also a bare `key`, and any name that ends in it."""
    return is_secret_name(name) or name.lower().endswith(_ENDINGS)


def is_secret_variable(name: str) -> bool:
    """Whether an environment variable is a secret by its name, which ends in KEY or the like."""
    return is_secret_parameter(name) or name.upper().endswith(("PASS", "_PAT"))


def is_secret_option(name: str) -> bool:
    """Whether an option of a request is a secret: all headers of a server are."""
    return is_secret_name(name) or name.lower() in _OPTION_NAMES


def hide_values(text: str, values: Iterable[str] | None = None) -> str:
    """Return `text` without `values` (default: every loaded key), in any encoding.

    Found are the value itself, percent-encoded, with the escapes of JSON or HTML, and in base64 at any offset. Values
    shorter than `SHORTEST` characters are left alone.
    """
    wanted = every_secret() if values is None else values
    decoded: str | None = None
    for value in sorted({value for value in wanted if len(value) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(value, MASK)
        for written in _in_base64(value):
            if written in text:
                text = re.sub(rf"[\w+/-]{{0,3}}{re.escape(written)}[\w+/-]{{0,4}}={{0,2}}", MASK, text)
        decoded = _decoded(text) if decoded is None else decoded
        if value in decoded or (decoded is not text and not _PLAIN.fullmatch(value)):
            text = _with_escapes(value).sub(MASK, text)
    return text


def holds_secret(text: str) -> bool:
    """Whether `hide_values` would change `text`."""
    return hide_values(text) != text


def redact_url(text: str) -> str:
    """Return an address, or a text with addresses, without passwords and parameters that are secrets.

    In the address of a PostgreSQL server passwords are written as people write them, also with characters that should
    have been percent-encoded.
    """
    if "@" not in text and "=" not in text and "%3" not in text:  # nearly all of them
        return text
    if "postgres" in text.lower():
        text = _SERVER.sub(_server, text)
    if "@" in text:
        text = _USERINFO.sub(rf"\1{MASK}@", text)
    return _PARAMETER.sub(_parameter, text) if "=" in text or "%3" in text else text


def url_secrets(urls: Iterable[str | None]) -> frozenset[str]:
    """Return the values of parameters that `redact_url` would hide in any of `urls`."""
    found = (match for url in urls if url for match in _PARAMETER.finditer(url))
    return frozenset(match[4] for match in found if is_secret_parameter(match[2]) and len(match[4]) >= SHORTEST)


def redact_text(text: str, values: Iterable[str] = ()) -> str:
    """Return a line of our own without secrets, found by value, name or place; `values` are further ones."""
    if not text:
        return text
    text = redact_url(hide_values(hide_values(text), values))
    text = _PAIR.sub(_pair, text)
    return _BEARER.sub(rf"\1 {MASK}", text)


def redact_error(text: str, values: Iterable[str] = ()) -> str:
    """Return a provider's error text without secrets, ids and whatever looks like one."""
    return _LOOKS_LIKE_ONE.sub(MASK, redact_text(text, values))


def redact_json(value: "Json") -> "Json":
    """Return a JSON value with members of secret names masked, and every text redacted."""

    def leaf(item: object) -> "Json":
        return redact_url(hide_values(item)) if isinstance(item, str) else same(item)

    def member(name: str, item: object) -> object:
        return MASK if item and is_secret_option(name) else item

    return map_json(value, leaf, name=hide_values, member=member)


def without_credentials(value: "Json") -> "Json":
    """Return options without the members that hold credentials; the rest is not masked, it will be sent again.

    A loaded key inside another text is masked all the same: the service would have to be given it again anyway.
    """

    def leaf(item: object) -> "Json":
        return hide_values(item) if isinstance(item, str) else same(item)

    return map_json(value, leaf, keep=lambda name, item: not is_secret_option(name))


def redact_foreign(value: "Json") -> "Json":
    """Return a decoded response without loaded keys in its texts and names; otherwise unchanged."""
    return map_texts(value, hide_values, name=hide_values)


def secret_variables(env: Mapping[str, str]) -> frozenset[str]:
    """Return the environment variables that hold a secret: by name, by configuration, or by value."""
    named = held_variables()
    return frozenset(
        name for name, value in env.items() if name in named or is_secret_variable(name) or holds_secret(value)
    )


def without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child process (browser, editor, notify command) without secrets."""
    hidden = secret_variables(env)
    return {name: value for name, value in env.items() if name not in hidden}


def _parameter(match: re.Match[str]) -> str:
    shown = MASK if is_secret_parameter(match[2]) else redact_url(match[4])  # an address may stand in an address
    return f"{match[1]}{match[3]}{shown}"


def _server(match: re.Match[str]) -> str:
    """Mask everything before the last @, and values of secret names, also percent-encoded ones."""
    from urllib.parse import unquote

    def parameter(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}={MASK if is_secret_parameter(unquote(found[2])) else found[3]}"

    before, at, rest = match[2].rpartition("@")
    return f"{match[1]}{MASK if before else ''}{at}{_SERVER_PARAMETER.sub(parameter, rest)}"


def _pair(match: re.Match[str]) -> str:
    name = match["name"]
    if name.lower() in {"bearer", "basic"} or not (is_secret_name(name) or name.lower() == "key"):
        return match[0]
    quote = match["value"][0] if match["value"][0] in "\"'" else ""
    return f"{name}{match['mark']}{quote}{MASK}{quote}"


@lru_cache(maxsize=256)
def _in_base64(value: str) -> frozenset[str]:
    """Return the base64 of `value` at each of three offsets."""
    import base64

    plain = set()
    for offset in range(3):
        raw = value.encode()
        padding = -(offset + len(raw)) % 3
        core = base64.b64encode(bytes(offset) + raw + bytes(padding)).decode()
        core = core[(0, 2, 3)[offset] : len(core) - (0, 2, 3)[padding]]
        plain |= {core, core.replace("+", "-").replace("/", "_")}
    return frozenset(plain)


@lru_cache(maxsize=256)
def _with_escapes(value: str) -> re.Pattern[str]:
    """Return a pattern for `value` with any character escaped: seconds for a long one, so for what is found only."""
    return re.compile("".join(map(_escaped, value)))


def _escaped(char: str) -> str:
    code = ord(char)
    percent = "".join(f"%{byte:02x}" for byte in char.encode())
    own = re.escape(char) if char.isalnum() else rf"\\*{re.escape(char)}"
    entity = rf"|(?i:{named})" if (named := _ENTITIES.get(char)) else ""
    return f"(?:{own}|(?i:{percent})|(?i:\\\\+u{code:04x})|&#0*{code};|(?i:&#x0*{code:x};){entity})"


def _decoded(text: str) -> str:
    """Return `text` with the escapes of JSON, addresses and HTML removed: a fast first check for a value."""
    if not any(mark in text for mark in "%&\\"):
        return text
    from html import unescape
    from urllib.parse import unquote

    if "u00" in text:
        text = re.sub(r"\\+u00([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\\", "")
    return unescape(unquote(text))
