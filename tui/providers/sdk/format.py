"""Is it HTML, markdown or fields? Services say one and send the other, so every value is looked at."""

import json
import re
from html import unescape

from tui.domain.detail import Json, ReportFormat

_CODE = re.compile(r"(?ms)^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)")
_TAG = re.compile(
    r"<(?:/?(?:p|h[1-6]|ul|ol|li|article|section|table|thead|tbody|tr|td|th|pre|b|i|strong|em|blockquote|div|span)"
    r"(?:\s[^<>]*)?|br\s*/?|a\s[^<>]*href[^<>]*)>",
    re.IGNORECASE,
)
_ONLY_PRE = re.compile(
    r"\s*(?:<(?:article|section|div)[^<>]*>\s*)*<pre[^<>]*>(?P<text>[^<]*)</pre>\s*(?:</(?:article|section|div)>\s*)*",
    re.IGNORECASE,
)


def format_of(text: str) -> tuple[str, ReportFormat]:
    """Return the text to keep and its format; markdown that was escaped into one `<pre>` is taken out of it."""
    wrapped = _ONLY_PRE.fullmatch(text)
    if wrapped:
        return unescape(wrapped["text"]), ReportFormat.MARKDOWN
    return text, ReportFormat.HTML if _TAG.search(_CODE.sub("", text)) else ReportFormat.MARKDOWN


def fields_in(text: str) -> Json:
    """Return the structured output that a text is: an object, or a list of objects; None if it is anything else."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value: Json = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    rows = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    return value if isinstance(value, dict) or rows else None
