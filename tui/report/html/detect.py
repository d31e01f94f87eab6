"""Detects HTML by the text alone."""

import re

from tui.domain.patterns import late

_CODE = late(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_COMMENT = late(r"<!--.*?-->", re.DOTALL)
_PAGE = late(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_TAG = late(
    r"</?(?:p|h[1-6]|ul|ol|li|article|section|table|tr|td|th|pre|div|main|header|footer|body|blockquote|dl|dt|dd)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MARKDOWN = late(
    r"^ {0,3}(?:#{1,6}\s|[-*+]\s|\d{1,3}[.)]\s|>\s|\|.*\|\s*$|```|~~~)|\*\*[^*\n]+\*\*|\]\([^)\n]+\)|^\[\^?\w+\]",
    re.MULTILINE,
)
_PRE_ONLY = late(r"\s*<pre[\s>].*</pre>\s*\Z", re.IGNORECASE | re.DOTALL)
_MARKDOWN_START = late(r"\s*(?:#{1,6}\s|```|---\s*\n)")
_HEADING = late(r"^#{1,6} +\w", re.MULTILINE)
_ENOUGH = 100_000  # characters that are looked at
_TAGS_PER_SIGN = 3


def is_html(text: str) -> bool:
    """Whether `text` is HTML (tests/contracts/yutori.md 7): tags outside code, and more of them than markdown signs.

    `a < b` and `<YOUR_KEY>` are no HTML, nor is markdown with a few tags in it. Text whose only tags are inline ones
    (`<b>`, `<a>`) counts as markdown, whose reader understands them and keeps its paragraphs apart.
    """
    head = text[:_ENOUGH].removeprefix("\ufeff")
    if _PAGE.match(head) or _PRE_ONLY.match(head):
        return True
    if "<" not in head or not _TAG.search(head) or _MARKDOWN_START.match(head):
        return False
    head = _COMMENT.sub(" ", _CODE.sub(" ", head))
    if _HEADING.search(head):
        return False
    tags = len(_TAG.findall(head))
    return tags > _TAGS_PER_SIGN * len(_MARKDOWN.findall(_TAG.sub(" ", head)))


def decode(raw: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark; invalid bytes become visible replacements."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")
