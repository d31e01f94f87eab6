"""The title of a source from a link's text: without emphasis, pictures and prefixes."""

import re

from tui.domain.patterns import late

_PICTURE = late(r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
_CODE = late(r"(`+)(.+?)(?<!`)\1(?!`)")
_STARS = late(r"(?<!\\)\*{1,3}(?=\S)|(?<=\S)(?<!\\)\*{1,3}")
_EMPHASIS = late(r"(?<![\w\\])(_{1,3})(?=\S)([^\n]*?\S)\1(?!\w)")
_PREFIX = late(r"\s*(?:citation|source)\s*:\s*(?=\S)", re.IGNORECASE)
_ESCAPE = late(r"\\([!-/:-@\[-`{-~])")


def title_of_link(label: str) -> str:
    """Return a link's text as a title: `bare_llm.py` keeps its underscore, a badge is its alternative text."""
    label = _PICTURE.sub(r"\1", label)
    parts: list[str] = []
    done = 0
    for match in _CODE.finditer(label):
        parts += [_words(label[done : match.start()]), match[2].strip()]
        done = match.end()
    parts.append(_words(label[done:]))
    return _PREFIX.sub("", "".join(parts), count=1).strip()


def _words(text: str) -> str:
    text = _STARS.sub("", text)
    text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text).replace("`", "")
