"""AsciiDoc: `<<key>>` and `cite:[key]` with `[[[key]]]`, footnotes, titles, links, lists, listings."""

import re

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markups.edits import Rewriting

_TITLE = late(r"^(={1,6}) (?=\S)", re.MULTILINE)
_ENTRY = late(
    r"^([*-] +)?\[\[\[([^\[\],\n]+)(?:,[ \t]*([^\[\]\n]*))?\]\]\][ \t]*(.*(?:\n(?![ \t]*(?:\n|[*-] |\[|=)).+)*)",
    re.MULTILINE,
)
_CROSS = late(r"<<([^<>,\n]+)(?:,\s*([^<>]*))?>>")
_CITE = late(r"\b(?:cite|citenp|citep|citet|fullcite)(?::\w*)?:\[([^\]\n]{1,500})\]")
_NOTE = late(r"footnote(?:ref)?:([\w-]*)\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,300}\]){0,2000})\]")
_LINK = late(r"(?:\blink:(?=\S)|(?=\bhttps?://))([^\s\[\]<>]{1,1000})\[((?:[^\]\\]|\\.){0,400})\]")
_IMAGE = late(r"\bimage::?([^\s\[\]]{1,500})\[([^\]]{0,500})\]")
_BOLD = late(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_ITEM = late(r"^([*]{1,5}|[.]{1,5}|-)[ \t]+(?=\S)", re.MULTILINE)
_FENCE = late(
    r"^(?:\[source(?:%\w+)?,?[ \t]*([\w+-]*)[^\]\n]*\]\n)?(-{4,}|\.{4,})[ \t]*\n(.*?)^\2[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_ATTRIBUTE = late(r"^:[\w!-]+:.*$", re.MULTILINE)
_BLOCK = late(r"^\[(?:\[[^\[\]\n]+\]|[a-z#.%][^\[\]\n]*)\][ \t]*$", re.MULTILINE)
_ADDRESS = late(r"https?://[^\s\[\]<>]+")


def rewrite(text: str) -> Rewriting:
    """Return an AsciiDoc text as markdown."""
    made = Rewriting(text)
    made.each(
        _FENCE,
        lambda match: f"```{match[1] or ''}\n{'' if not match[1] and match[0][0] != '[' else chr(10)}{match[3]}```",
    )
    _entries(made)
    made.each(_TITLE, lambda match: "#" * len(match[1]) + " ")
    made.each(_IMAGE, lambda match: f"![{match[2].split(',')[0]}](<{match[1]}>)")
    made.each(_LINK, _link)
    made.each(_BOLD, lambda match: f"**{match[1]}**")
    made.each(_ITEM, _item)
    made.each(_ATTRIBUTE, lambda match: "")
    made.each(_BLOCK, lambda match: "")
    return made


def _link(match: re.Match[str]) -> str:
    words = match[2].split(",")[0].rstrip("^").strip('"') if '"' not in match[2] else match[2].strip('"').rstrip("^")
    return f"[{words}](<{match[1]}>)" if words else f"<{match[1]}>" if "://" in match[1] else match[1]


def _item(match: re.Match[str]) -> str:
    sign = match[1]
    return "   " * (len(sign) - 1) + ("1. " if sign[0] == "." else "- ")


def _entries(made: Rewriting) -> None:
    labels: dict[str, str] = {}
    for match in _ENTRY.finditer(made.text):
        key = match[2].strip()
        labels[key] = match[3] or key
        made.entry(key, match.start(), match.span(4))
    for match in _CROSS.finditer(made.text):
        key = match[1].strip().removeprefix("#")
        if key in labels:
            made.cite(match.start(), match.end(), MarkerKind.KEY, [key], f"[{labels[key]}]")
        else:
            made.put(match.start(), match.end(), match[2] or key.strip("_").replace("_", " "))
    for match in _CITE.finditer(made.text):
        keys = [re.split(r"[(<]", key)[0].strip() for key in match[1].split(",")]
        made.cite(match.start(), match.end(), MarkerKind.KEY, keys)
    _notes(made)


def _notes(made: Rewriting) -> None:
    names: dict[str, str] = {}
    used = 0
    for match in _NOTE.finditer(made.text):
        name, body = match[1], match[2]
        if name and not body and name in names:
            made.cite(match.start(), match.end(), MarkerKind.FOOTNOTE, [names[name]])
            continue
        used += 1
        number = str(used)
        names.setdefault(name, number)
        url = _ADDRESS.search(body)
        title = " ".join(_ADDRESS.sub("", body).replace("\\]", "]").split()).strip(" .,;[]")
        made.source(number, body, match.start(), url=url[0].rstrip(".,;") if url else None, title=title or None)
        made.cite(match.start(), match.end(), MarkerKind.FOOTNOTE, [number])
