"""Detects a code fence around a whole report, as saved from a chat."""

import re

from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.report.list_headings import is_source_heading

_OPENING = late(r"[ \t]*(`{3,}|~{3,})[ \t]*\{?\.?([\w+-]*)[^`\n]*\Z")
_MARKDOWN = frozenset("markdown md mdx mdown mkd gfm commonmark rmd qmd rmarkdown html htm".split())
PAGE = frozenset({"html", "htm"})
_TEXT = frozenset(
    {"", "text", "txt", "plain", "plaintext", "report", "output", "answer", "response", "document", "raw"}
)
_AROUND = 3  # lines that may stand before and after the fence
_LONGEST_LINE_AROUND = 300
_HEADING = late(r"[ \t]*#{1,6}[ \t]+(\S.*)")
_ADDRESSED = late(
    r"\]\(https?://|^[ \t]*(?:[-*][ \t]+)?(?:\\?\[\^?[\w.-]{1,20}\\?\]|\d{1,3}[.)])[: ].*https?://", re.MULTILINE
)
_LABEL = late(r"[ \t]*\\?\[\^?\d{1,3}\\?\]")
_PAGE = late(r"</?(?:html|body|h[1-6]|p|ul|ol|li|div|article|table)\b[^<>]*>", re.IGNORECASE)
_MARKER = late(r"\[\^?\d{1,3}[\],-]|【\d|\]\(https?://")
_SENTENCE = late(r"^[ \t]*(?:[-*>][ \t]+)?[^\W\d_][^\n`]{40,}[.!?。！？:][ \t]*(?:\[[^\]\n]*\][ \t]*)*$", re.MULTILINE)


@frozen
class Wrapper:
    """The fence around a report: 0-based lines; `closing` is past the end if nothing closes it."""

    opening: int
    closing: int
    language: str


def find_wrapper(text: str) -> Wrapper | None:
    """Return the fence that holds the whole report, with at most a few lines around it; None for none.

    A fence inside the report does not end it: the last fence of the file does.
    """
    if "```" not in text and "~~~" not in text:
        return None
    lines = text.split("\n")
    at, seen = _body_start(lines), 0
    while at < len(lines) and not (opening := _OPENING.match(lines[at])):
        seen += bool(lines[at].strip())
        if seen > _AROUND or len(lines[at]) > _LONGEST_LINE_AROUND or lines[at].lstrip().startswith("|"):
            return None
        at += 1
    if at == len(lines) or opening is None:
        return None
    language = opening[2].lower()
    if language not in _MARKDOWN | _TEXT:
        return None
    closing = _closing(lines, at, opening[1], is_markdown=language in _MARKDOWN)
    if closing is None:
        return None
    inside = "\n".join(lines[at + 1 : closing])
    return (
        Wrapper(at, closing, language)
        if _is_report(inside, language, headed=seen > 0 or closing < len(lines) - 1)
        else None
    )


def _body_start(lines: list[str]) -> int:
    """Return the first line after front matter."""
    if lines[0].rstrip() == "---":
        for at, line in enumerate(lines[1:200], 1):
            if line.rstrip() in {"---", "..."}:
                return at + 1
    return 0


def _closing(lines: list[str], opening: int, fence: str, *, is_markdown: bool) -> int | None:
    """Return the line that closes the fence; None if too much follows it.

    A fence that says it is markdown may be open at the end of the file, or have a long list of sources behind it.
    """
    closer = re.compile(rf"[ \t]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*\Z")
    after = 0
    for at in range(len(lines) - 1, opening, -1):
        if closer.match(lines[at]):
            behind = next((line for line in lines[at + 1 :] if line.strip()), "")
            if after > _AROUND and not (is_source_heading(behind) or _LABEL.match(behind)):
                return None
            return at if _is_outer(lines[opening + 1 : at], fence) else None
        after += bool(lines[at].strip())
        if after > _AROUND and not is_markdown:
            break
    broken = any(line.lstrip().startswith(fence) for line in lines[opening + 1 :])
    return len(lines) if is_markdown and not broken else None


def _is_outer(inside: list[str], fence: str) -> bool:
    """Whether the fences inside are pairs, so that the last one closes the first."""
    opened = False
    for line in inside:
        found = _OPENING.match(line)
        if found and found[1][0] == fence[0] and len(found[1]) >= len(fence) and not (opened and found[2]):
            opened = not opened
    return not opened


def _is_report(inside: str, language: str, *, headed: bool) -> bool:
    """Whether the content of a fence is a report, not code: headings and sentences, or markers with addresses."""
    if language in PAGE:
        return bool(_PAGE.search(inside))
    headings = [found[1] for line in inside.split("\n") if (found := _HEADING.match(line))]
    sourced = any(map(is_source_heading, headings)) or bool(_ADDRESSED.search(inside))
    sentences = len(_SENTENCE.findall(inside))
    if sourced and _MARKER.search(inside):
        return True
    if language in _MARKDOWN:
        return bool(_MARKER.search(inside)) or (bool(headings) and sentences > 0)
    return len(headings) >= 2 and sentences >= 2 and not headed
