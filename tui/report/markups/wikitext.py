"""Wikitext of MediaWiki: `<ref>` with its templates, headings, links, lists, looks."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markups.edits import Rewriting

_OPEN = late(r"<ref\b([^<>]{0,300}?)(/?)>", re.IGNORECASE)
_CLOSE = late(r"</ref\s{0,3}>", re.IGNORECASE)
_NAME = late(r"\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'/>]+))", re.IGNORECASE)
_GROUP = late(r"\bgroup\s*=", re.IGNORECASE)
_SHORT = late(r"\{\{\s*(?:r|rp|ref name)\s*\|\s*([^{}|=]+?)\s*(?:\|[^{}]*)?\}\}", re.IGNORECASE)
_LIST = late(r"<references\b[^<>]{0,200}?(/?)>|\{\{\s{0,3}(?:reflist|references|refs)\b", re.IGNORECASE)
_LIST_END = late(r"</references\s{0,3}>", re.IGNORECASE)
_HEADING = late(r"^(={1,6})[ \t]*([^=\n].*?)[ \t]*\1[ \t]*$", re.MULTILINE)
_WEB = late(r"\[(https?://[^\s\[\]<>]+)(?:[ \t]+([^\[\]\n]+))?\]")
_PAGE = late(r"\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_UNSEEN = ("file:", "image:", "category:", "datei:", "fichier:", "archivo:", "kategorie:", "catégorie:", "categoría:")
_BOLD = late(r"'{5}|'{3}(?!')|(?<!')'{2}(?!')")
_ITEM = late(r"^([*#:;]+)[ \t]*(?=\S)", re.MULTILINE)
_COMMENT = late(r"<!--.*?-->", re.DOTALL)
_MEMBER = late(r"\|\s*([\w -]+?)\s*=\s*((?:[^|{}\[\]]|\[\[[^\[\]]*\]\]|\{\{[^{}]*\}\}|\[[^\[\]]*\])*)")
_CITE = late(
    r"\{\{\s*(?:cite|citation|literatur|internetquelle|ouvrage|lien web|cita)\b([^{}]*(?:\{\{[^{}]*\}\}[^{}]*)*)\}\}",
    re.IGNORECASE,
)
_ADDRESS = late(r"https?://[^\s|\[\]{}<>]+")
_URLS = ("url", "chapter-url", "archive-url")
_TITLES = ("title", "titel", "titre", "título", "chapter")


def rewrite(text: str) -> Rewriting:
    """Return a wikitext as markdown."""
    made = Rewriting(text)
    _references(made)
    made.each_closed(_COMMENT, "-->", lambda match: "")
    made.each(_HEADING, lambda match: f"{'#' * len(match[1])} {match[2]}")
    made.each(_CITE, lambda match: _linked(match[0]))
    made.each(_WEB, lambda match: f"[{match[2]}](<{match[1]}>)" if match[2] else f"<{match[1]}>")
    made.each(_PAGE, _page)
    made.each(_BOLD, lambda match: {5: "***", 3: "**", 2: "*"}[len(match[0])])
    made.each(_ITEM, _item)
    return made


def _page(match: re.Match[str]) -> str:
    if match[1].strip().lower().startswith(_UNSEEN):
        return ""
    return match[2] or match[1].lstrip(":").strip()


def _item(match: re.Match[str]) -> str:
    signs = match[1]
    indent = "   " * (len(signs) - 1)
    return {"*": f"{indent}- ", "#": f"{indent}1. ", ":": "", ";": ""}[signs[-1]]


def _references(made: Rewriting) -> None:
    """Number the references by first use; a name used again is the same one."""
    text = made.text
    listed: list[tuple[int, int]] = []
    for match in _LIST.finditer(text):
        if listed and match.start() < listed[-1][1]:
            continue
        end = match.end()
        if match[0].startswith("{{"):
            end = _template_end(text, match.start())
        elif not match[1]:
            closed = _LIST_END.search(text, end)
            end = closed.end() if closed else end
        listed.append((match.start(), end))
    numbers: dict[str, str] = {}
    bodies: dict[str, tuple[str, int]] = {}
    found = list(_refs(text))
    found += [(match.start(), match.end(), match[1].strip(), "") for match in _SHORT.finditer(text)]
    used = 0
    for start, end, name, body in sorted(found):
        within = bisect_right(listed, (start, len(text))) - 1
        inside = within >= 0 and start < listed[within][1]
        key = name or f"\0{start}"
        if body.strip():
            bodies.setdefault(key, (body, start))
        if inside:
            continue
        if key not in numbers:
            used += 1
            numbers[key] = str(used)
        made.cite(start, end, MarkerKind.FOOTNOTE, [numbers[key]], f"[{numbers[key]}]")
    for key, number in numbers.items():
        body, start = bodies.get(key, ("", 0))
        if body:
            url, title = read_reference(body)
            made.source(number, body, start, url=url, title=title)
    for first, last in listed:
        made.put(first, last, "")


def _refs(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start, end, name, body) of every reference."""
    closers = [match.span() for match in _CLOSE.finditer(text)]
    starts = [start for start, _ in closers]
    done = 0
    for match in _OPEN.finditer(text):
        if match.start() < done:
            continue
        if match[2]:
            yield match.start(), match.end(), _named(match[1]), ""
            continue
        at = bisect_left(starts, match.end())
        if at == len(closers):
            return
        start, done = closers[at]
        yield match.start(), done, _named(match[1]), text[match.end() : start]


def _named(attributes: str) -> str:
    match = _NAME.search(attributes)
    name = (match[1] or match[2] or match[3] or "").strip() if match else ""
    return f"{name}\0note" if name and _GROUP.search(attributes) else name


def _template_end(text: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"\{\{|\}\}").finditer(text, start):
        depth += 1 if match[0] == "{{" else -1
        if not depth:
            return match.end()
    return len(text)


def read_reference(body: str) -> tuple[str | None, str | None]:
    """Return (address, title) of a reference's body: a template, a link, or words."""
    template = _CITE.search(body)
    if template:
        members = {match[1].strip().lower(): match[2].strip() for match in _MEMBER.finditer(template[0])}
        url = next((members[name] for name in _URLS if members.get(name)), None)
        doi = members.get("doi")
        title = next((members[name] for name in _TITLES if members.get(name)), None)
        return url or (f"https://doi.org/{doi}" if doi else None), _words(title or "") or None
    link = _WEB.search(body)
    if link:
        return link[1], _words(link[2] or body.replace(link[0], "")) or None
    address = _ADDRESS.search(body)
    return (address[0].rstrip(".,;") if address else None), _words(_ADDRESS.sub("", body)) or None


def _words(text: str) -> str:
    text = _PAGE.sub(lambda match: match[2] or match[1], _BOLD.sub("", text))
    return " ".join(re.sub(r"<[^<>]*>|[{}\[\]]", " ", text).split()).strip(" .,;|")


def _linked(template: str) -> str:
    url, title = read_reference(template)
    return f"[{title or url}](<{url}>)" if url else title or template
