"""Org: `[fn:1]` and `[cite:@key]`, headlines, links, lists, blocks, looks."""

import re

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markups.edits import Rewriting

_HEADLINE = late(r"^(\*{1,8}) +(?:(?:TODO|DONE) )?(?=\S)", re.MULTILINE)
_KEYWORD = late(r"^[ \t]*#\+(\w+)(?:\[[^\]]*\])?:[ \t]*(.*)$", re.MULTILINE)
_BLOCK = late(r"^[ \t]*#\+(begin|end)_(\w+)[ \t]*([\w+-]*).*$", re.MULTILINE | re.IGNORECASE)
_CODE = frozenset({"src", "example", "export"})
_DRAWER = late(r"^[ \t]*:(?:PROPERTIES|LOGBOOK):[ \t]*\n.*?^[ \t]*:END:[ \t]*$", re.MULTILINE | re.DOTALL)
_COMMENT = late(r"^[ \t]*# .*$", re.MULTILINE)
_LINK = late(r"\[\[([^\[\]\n]+)\](?:\[([^\[\]\n]+)\])?\]")
_NOTE = late(r"^\[fn:([\w-]+)\][ \t]*(.*(?:\n(?!\n|\[fn:|\*+ |#\+).+)*)", re.MULTILINE)
_REFERENCE = late(r"\[fn:([\w-]*)(?::((?:[^\[\]]|\[\[[^\[\]]*\](?:\[[^\[\]]*\])?\])*))?\]")
_CITE = late(r"\[cite(?:/[\w/-]*)?:([^\[\]]*@[^\[\]]*)\]|(?<![\w/])cite[a-z]{0,3}:&?([\w:.,&-]+\w)")
_KEY = late(r"@([\w:.#$%&+?<>~/-]*\w)")
_LOOKS = (
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"), "**"),
    (re.compile(r"(?<![\w/:.])/(?=[^\s/])([^/\n]+?)(?<=\S)/(?![\w/])"), "*"),
    (re.compile(r"(?<![\w=])=(?=[^\s=])([^=\n]+?)(?<=\S)=(?![\w=])"), "`"),
    (re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]+?)(?<=\S)~(?![\w~])"), "`"),
)
_ADDRESS = late(r"https?://[^\s\[\]<>]+")


def rewrite(text: str) -> Rewriting:
    """Return an Org text as markdown."""
    made = Rewriting(text)
    made.each(_BLOCK, _block)
    made.each_closed(_DRAWER, ":END:", lambda match: "")
    made.each(_KEYWORD, lambda match: f"# {match[2]}" if match[1].lower() == "title" else "")
    made.each(_COMMENT, lambda match: "")
    _notes(made)
    for match in _CITE.finditer(text):
        keys = _KEY.findall(match[1]) if match[1] else [key.strip("&") for key in match[2].split(",")]
        made.cite(match.start(), match.end(), MarkerKind.KEY, keys)
    made.each(_HEADLINE, lambda match: "#" * min(len(match[1]), 6) + " ")
    made.each(_LINK, _link)
    for pattern, sign in _LOOKS:
        made.each(pattern, lambda match, sign=sign: f"{sign}{match[1]}{sign}")  # type: ignore[misc]
    return made


def _block(match: re.Match[str]) -> str:
    if match[2].lower() not in _CODE:
        return ""
    return f"```{match[3]}" if match[1].lower() == "begin" else "```"


def _link(match: re.Match[str]) -> str:
    target = match[1]
    if not target.startswith(("http://", "https://")):
        return match[2] or target
    return f"[{match[2]}](<{target}>)" if match[2] else f"<{target}>"


def _notes(made: Rewriting) -> None:
    for match in _NOTE.finditer(made.text):
        made.entry(match[1], match.start(), match.span(2))
    used = 0
    for match in _REFERENCE.finditer(made.text):
        name, body = match[1], match[2]
        if body is not None and not name:
            used += 1
            name = f"note {used}"
        if body:
            _source(made, name, body, match.start())
        made.cite(match.start(), match.end(), MarkerKind.FOOTNOTE, [name])


def _source(made: Rewriting, name: str, body: str, start: int) -> None:
    url = _ADDRESS.search(body)
    words = _LINK.sub(lambda match: match[2] or "", body)
    title = " ".join(_ADDRESS.sub("", words).split()).strip(" .,;")
    made.source(name, body, start, url=url[0].rstrip(".,;") if url else None, title=title or None)
