"""Error bodies of every documented shape -> one sentence; ids, keys and tokens are never quoted."""

import json
import re
from collections.abc import Mapping
from html import unescape

from tui.domain.patterns import late
from tui.domain.redact import redact_error
from tui.domain.text import clean, one_line

_LONGEST = 300
_TITLE = late(r"<title[^>]*>(.{1,300}?)</title", re.IGNORECASE | re.DOTALL)
_HTML = late(r"\s*(?:<!doctype\s+html|<html|<head|<body|<\?xml|<h1|<div|<p>|<center)", re.IGNORECASE)
_TAG = late(r"<[^>]{0,200}>")
_MEMBERS = ("message", "detail", "error", "error_description", "msg", "title", "reason")
_BARE_CODE = late(r"[a-z0-9]+(?:_[a-z0-9]+)+")


def explain(body: bytes | None, *, content_type: str = "", secret: str = "") -> str:
    """Return the message of an error body as one clean sentence; "" without any."""
    if not body or not body.strip():
        return ""
    text = body[:65536].decode(json.detect_encoding(body[:64]), "replace")
    try:
        said = _said(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        said = html_title(text, content_type) or text
    return mask(said, secret)


def explain_value(value: object) -> str:
    """Return the message of a decoded error value as one clean sentence."""
    return mask(_said(value))


def html_title(text: str, content_type: str = "") -> str:
    """Return 'an HTML page ("its title")' if `text` is one, else ""."""
    if not _HTML.match(text) and "html" not in content_type.lower():
        return ""
    found = _TITLE.search(text[:65536])
    title = one_line(unescape(_TAG.sub("", found[1])), 100) if found else ""
    return f'an HTML page ("{title}")' if title else "an HTML page"


def mask(text: str, secret: str = "") -> str:
    """Return `text` on one line, with everything that looks like an id, a key or a token replaced."""
    if not text:
        return ""
    line = one_line(text[: 8 * _LONGEST])
    return one_line(redact_error(line, [secret] if secret else []), _LONGEST)


def _said(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int | float) or value is None or depth > 4:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (_said_entry(item, depth) for item in value[:5])))
    return _said_object(value, depth) if isinstance(value, dict) else ""


def _said_entry(item: object, depth: int) -> str:
    """Return the message of one validation entry: FastAPI's {loc, msg}, Valyu's {key, message}, or another text."""
    if not isinstance(item, dict):
        return _said(item, depth + 1)
    place = item.get("loc") or item.get("key") or item.get("field")
    if isinstance(place, list):
        inside = place[1:] if place and place[0] in ("body", "query", "path", "header") else place
        place = ".".join(map(str, inside))
    said = _said_object(item, depth + 1)
    return f"{place}: {said}" if said and isinstance(place, str) and place else said


def _said_object(value: Mapping[str, object], depth: int) -> str:
    said = [text for text in (_said(value.get(name), depth + 1) for name in _MEMBERS) if text]
    words = [text for text in said if not _BARE_CODE.fullmatch(text)]  # a sentence beats a code that stands beside it
    first = words[0] if words else said[0].replace("_", " ") if said else ""
    rest = _said(value.get("errors"), depth + 1)
    return ": ".join(filter(None, (first, rest)))
