"""The text of a link as the title of its source: without marks of emphasis, pictures and prefixes, else as written."""

import re

_PICTURE = re.compile(r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
_STARS = re.compile(r"(?<!\\)\*{1,3}(?=\S)|(?<=\S)(?<!\\)\*{1,3}")
_EMPHASIS = re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^\n]*?\S)\1(?!\w)")
_PREFIX = re.compile(r"\s*(?:citation|source)\s*:\s*(?=\S)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def title_of_link(label: str) -> str:
    """Return what a link's text says: `bare_llm.py` keeps its underscore, a badge is its alternative text."""
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
