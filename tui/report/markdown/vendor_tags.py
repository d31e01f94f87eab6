"""Tags of services: `<grok:render …>`, `<grok-card …>`, `<qwen:cite id="id_2">…`, `<cite index="3">`; pure text.

A tag `<vendor:word …>` that cites nothing is never shown; its words are. What a tag names is its id as written; if a
list has only the number at its end (`id_2` of entry 2), that is meant.
"""

import re
from collections.abc import Mapping
from html import unescape

from tui.domain.frozen import frozen
from tui.domain.patterns import late

_ATTRIBUTE = late(r"([A-Za-z_][\w-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_TAG = late(
    r"<(?P<close>/?)(?P<name>[A-Za-z][\w-]*:[A-Za-z][\w.-]*|grok-card|cite|co)"
    r"(?P<rest>(?:[\s:](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)/?>"
)
_ARGUMENT = late(r"<(argument|parameter|param|arg)\s([^<>]*)>([^<]*)</\1>", re.IGNORECASE)
_SCHEMES = frozenset("http https mailto tel urn ftp sftp ssh doi arxiv data file news sms geo magnet irc xmpp".split())
_CITING_NAMES = frozenset({"cite", "citation", "cit", "ref", "reference", "footnote", "source"})
_CITING_TYPE = late(r"citation|\bcite\b|reference", re.IGNORECASE)
_TYPES = ("type", "data-type", "card_type", "data-plain-type", "kind")
_IDS = tuple(
    "citation_id citation_ids id ids data-id data-citation-id index indices ref refs source source_id sources key n"
    " card_id".split()
)
_NUMBERED = late(r"(?:[^\d_#:-]*[_#:-])?(\d{1,3})(?:[-:]\d{1,4})*\Z")  # "id_2", "3-1" (sentence 1 of source 3)
_COHERE = late(r":\s?(\d{1,3}(?:\s?,\s?\d{1,3}){0,20})")
_FARTHEST = 4000  # characters up to the closing tag


@frozen
class VendorTag:
    """A vendor tag: `choices` are the ids it may mean; empty if it cites nothing."""

    end: int  # of the opening tag
    inside: int  # end of what it encloses, -1 if nothing closes it
    stop: int  # end of the element
    choices: tuple[tuple[str, ...], ...] = ()
    hidden: bool = False  # what it encloses is not for readers


def find_tag(text: str, start: int, maximum: int) -> VendorTag | None:
    """Return the vendor tag that begins at `start`; None for another tag or text."""
    found = _TAG.match(text, start, maximum)
    if not found:
        return None
    name, attributes = found["name"], attributes_of(found["rest"])
    prefix, colon, _ = name.partition(":")
    if colon and (prefix.lower() in _SCHEMES or (start and text[start - 1].isalnum() and not attributes)):
        return None
    cohere = _COHERE.fullmatch(found["rest"].strip()) if name == "co" else None
    if (name == "co" and not cohere) or (name == "cite" and not ids_of("cite", attributes, "")):
        return None
    if found["close"]:
        return VendorTag(found.end(), -1, found.end()) if colon or name in {"co", "grok-card"} else None
    inside, stop = -1, found.end()
    if not found[0].endswith("/>"):
        inside = text.find(f"</{name}", found.end(), min(found.end() + _FARTHEST, maximum))
        closed = text.find(">", inside, maximum) + 1 if inside >= 0 else 0
        inside, stop = (inside, closed) if closed else (-1, found.end())
    content = text[found.end() : inside] if inside >= 0 else ""
    choices = (tuple(re.split(r"\s?,\s?", cohere[1])),) if cohere else ids_of(name, attributes, content)
    return VendorTag(found.end(), inside, stop, choices, hidden=is_hidden(content))


def attributes_of(rest: str) -> dict[str, str]:
    """Return the attributes in an opening tag."""
    return {name.lower(): unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(rest)}


def is_vendor(name: str) -> bool:
    """Whether a tag name is a vendor's."""
    return name == "grok-card" or (":" in name and name.partition(":")[0] not in _SCHEMES)


def is_hidden(content: str) -> bool:
    """Whether an element encloses arguments, not words."""
    return bool(_ARGUMENT.search(content)) and not _ARGUMENT.sub("", content).strip()


def ids_of(name: str, attributes: Mapping[str, str | None], content: str) -> tuple[tuple[str, ...], ...]:
    """Return the ids of an element: as written, or the number at the end of each; empty for none."""
    citing = name.rpartition(":")[2].lower() in _CITING_NAMES
    if not citing and not any(_CITING_TYPE.search(attributes.get(key) or "") for key in _TYPES):
        return ()
    arguments = {
        attributes_of(found[2]).get("name", ""): unescape(found[3]).strip() for found in _ARGUMENT.finditer(content)
    }
    written = next((values[key] for values in (arguments, attributes) for key in _IDS if values.get(key)), None)
    ids = tuple(part for part in re.split(r"[,;\s]+", written or "") if part)[:60]
    if not ids:
        return ()
    numbers = [_NUMBERED.match(part) for part in ids]
    if all(numbers):
        return tuple(dict.fromkeys((ids, tuple(str(int(found[1])) for found in numbers if found))))
    return (ids,)
