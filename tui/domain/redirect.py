"""Redirectors: addresses that contain their target, and short links that hide it; by their form alone."""

import re
from base64 import urlsafe_b64decode
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from tui.domain.patterns import late

# host (a pattern), path (a pattern), the members that may hold the address
_CARRIERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        r"(?:www|scholar|maps|images)\.google\.[a-z.]{2,6}|google\.[a-z.]{2,6}",
        r"/(?:url|scholar_url|imgres)",
        ("q", "url", "imgrefurl"),
    ),
    (r".*", r"/api/view", ("url",)),
    (r"(?:[\w-]+\.)*safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
    (r"(?:l|lm|www|m)\.(?:facebook|instagram|messenger)\.com", r"/(?:l\.php|flx/warn/?)?", ("u",)),
    (r"l\.(?:threads\.net|wl\.co)", r"/.*", ("u",)),
    (r"out\.reddit\.com", r"/.*", ("url",)),
    (r"(?:www\.)?youtube\.com", r"/redirect", ("q",)),
    (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go|redirect)", ("url",)),
    (r"(?:[\w-]+\.)*duckduckgo\.com", r"/l/?", ("uddg",)),
    (r"(?:www\.)?bing\.com", r"/ck/a", ("u",)),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"urldefense\.proofpoint\.com", r"/v[12]/url", ("u",)),
    (
        r"(?:steamcommunity\.com|link\.zhihu\.com|link\.juejin\.cn|vk\.com|away\.vk\.com)",
        r"/.*",
        ("target", "url", "to"),
    ),
    (r"t\.umblr\.com|(?:www\.)?redditmedia\.com|exit\.sc|nullrefer\.com", r"/.*", ("z", "url", "u")),
)
_COMPILED = tuple((late(host), late(path), names) for host, path, names in _CARRIERS)
_HINTS = late(r"[?&](?:url|q|u|uddg|target|to|z|imgrefurl)=|urldefense\.com/v3/__", re.IGNORECASE)
_DEFENSE = late(r"https?://urldefense\.(?:com|us)/v3/__(https?:/{1,2}.+?)__;", re.IGNORECASE)
_OPAQUE = late(
    r"https?://(?:vertexaisearch\.cloud\.google\.com/grounding-api-redirect/|news\.google\.com/(?:rss/)?(?:articles|read)/"
    r"|share\.google/|(?:t\.co|bit\.ly|lnkd\.in|tinyurl\.com|goo\.gl|ow\.ly|is\.gd|buff\.ly|t\.ly|cutt\.ly|rb\.gy|dlvr\.it)/\S)",
    re.IGNORECASE,
)
_DEEPEST = 3  # redirectors inside redirectors


@lru_cache(maxsize=4096)
def leads_to(url: str) -> str:
    """Return the target inside a redirector's address; any other address unchanged. Needs no network."""
    for _ in range(_DEEPEST):
        inner = _inner(url)
        if inner is None:
            break
        url = inner
    return url


def is_opaque(url: str) -> bool:
    """Whether an address hides its target, so that its host tells nothing about the page."""
    return bool(_OPAQUE.match(leads_to(url)))


def _inner(url: str) -> str | None:
    if len(url) > 8192 or not _HINTS.search(url):
        return None
    defended = _DEFENSE.match(url)
    if defended:
        return re.sub(r"^(https?):/+", r"\1://", defended[1])
    with suppress(ValueError):
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        for hosts, paths, names in _COMPILED:
            if hosts.fullmatch(host) and paths.fullmatch(parts.path or "/"):
                members = parse_qs(parts.query)
                found = (_plain(members[name][0], host) for name in names if members.get(name))
                return next((address for address in found if address), None)
    return None


def _plain(value: str, host: str) -> str | None:
    """Return the target in a parameter, decoded as its host encodes it; None if it holds none."""
    if host.endswith("bing.com") and value[:2] == "a1":
        with suppress(ValueError):
            value = urlsafe_b64decode(value[2:] + "=" * (-len(value[2:]) % 4)).decode("utf-8")
    elif host == "urldefense.proofpoint.com" and "://" not in value:
        value = unquote(value.replace("-", "%").replace("_", "/"))
    elif value[:12].lower().startswith(("http%3a", "https%3a")):
        value = unquote(value)
    return value if re.match(r"https?://[^\s/]", value, re.IGNORECASE) else None
