"""Bibliographies as source lists: BibTeX and CSL-JSON; lenient, total, in the order of the file."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tui.domain.detail import Source
from tui.domain.patterns import late
from tui.domain.text import one_line

_ENTRY = late(r"@\s*([A-Za-z]+)\s*[{(]\s*([^\s,{}()\"=]+)\s*,")
_FIELD = late(r"\s*,?\s*([A-Za-z][\w-]*)\s*=\s*")
_BARE = late(r"[^,{}\s]+")
_COMMAND = late(r"\\(?:[a-zA-Z]+|.)\s?")
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "c": "\u0327", "v": "\u030c"}
_ACCENT = late(r"\\([`'^~\"]|[cv](?![A-Za-z]))\s*\{?\s*\\?([A-Za-z])\}?")
_LETTERS = {
    "\\ss": "ß",
    "\\o": "ø",
    "\\O": "Ø",
    "\\ae": "æ",
    "\\aa": "å",
    "\\l": "ł",
    "\\&": "&",
    "\\_": "_",
    "\\%": "%",
}
_NO_ENTRIES = frozenset({"comment", "string", "preamble"})
_ADDRESS = late(r"https?://[^\s{}\\]+")
_DOI = "https://doi.org/"


def is_bibtex(text: str) -> bool:
    """Whether a text is a BibTeX file."""
    match = _ENTRY.search(text)
    return match is not None and not text[: match.start()].lstrip().startswith(("{", "["))


def read_bibtex(text: str) -> list[Source]:
    """Return the entries of a BibTeX text, with their keys as ids; a missing address is made of the DOI or eprint."""
    return [made for kind, key, fields in _entries(text) if kind not in _NO_ENTRIES and (made := _source(key, fields))]


def _entries(text: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    at = 0
    while match := _ENTRY.search(text, at):
        fields: dict[str, str] = {}
        at = match.end()
        while member := _FIELD.match(text, at):
            value, at = _value(text, member.end())
            fields.setdefault(member[1].lower(), value)
            if at == member.end():
                break
        yield match[1].lower(), match[2], fields


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the value that begins at `at` without its delimiters, and its end."""
    opened = text[at : at + 1]
    if opened not in {"{", '"'}:
        match = _BARE.match(text, at)
        return (match[0], match.end()) if match else ("", at)
    depth, start = 0, at + 1
    for end in range(at + (opened == '"'), len(text)):
        char = text[end]
        if char == "{" and text[end - 1] != "\\":
            depth += 1
        elif char == "}" and text[end - 1] != "\\":
            depth -= 1
            if depth == 0 and opened == "{":
                return text[start:end], end + 1
        elif char == '"' and opened == '"' and depth == 0:
            return text[start:end], end + 1
    return text[start:], len(text)


def plain(text: str) -> str:
    """Return TeX text as plain text: accents as letters, no commands, no braces."""
    from unicodedata import normalize

    text = _ACCENT.sub(lambda match: match[2] + _ACCENTS[match[1]], text)
    for written, letter in _LETTERS.items():
        text = re.sub(
            re.escape(written) + r"(?![A-Za-z])(?:\{\})?\s?" if written[1:].isalpha() else re.escape(written),
            letter,
            text,
        )
    text = _COMMAND.sub("", text).replace("{", "").replace("}", "").replace("~", " ").replace("--", "–")
    return one_line(normalize("NFC", text))


def _source(key: str, fields: Mapping[str, str]) -> Source | None:
    title = plain(fields.get("title", "")) or None
    url = _address(fields)
    names = ("author", "year", "date", "journal", "journaltitle", "booktitle", "publisher", "doi", "note")
    facts = tuple((name, text) for name in names if fields.get(name) and (text := plain(fields[name])))
    return Source(key, url, title, facts=facts) if title or url or facts else None


def _address(fields: Mapping[str, str]) -> str | None:
    for name in ("url", "howpublished", "note", "link"):
        match = _ADDRESS.search(fields.get(name, "").replace("\\", ""))
        if match:
            return match[0].rstrip(".,;")
    doi = fields.get("doi", "").strip()
    if doi:
        return doi if doi.startswith("http") else _DOI + doi.replace("\\", "")
    eprint = fields.get("eprint", "").strip()
    return f"https://arxiv.org/abs/{eprint}" if re.fullmatch(r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7}", eprint) else None


def csl_source(row: Mapping[str, Any]) -> Source | None:
    """Return an entry of CSL-JSON (`URL`, `DOI`, `author`, `issued`) as a source; None if it is not one."""
    url, doi, number = row.get("URL"), row.get("DOI"), row.get("id")
    if number is None or not (isinstance(url, str) or isinstance(doi, str) or isinstance(row.get("issued"), dict)):
        return None
    address = url if isinstance(url, str) else f"{_DOI}{doi.removeprefix(_DOI)}" if isinstance(doi, str) else None
    title = row.get("title")
    facts = (("author", _people(row.get("author"))), ("year", _year(row.get("issued"))))
    return Source(
        one_line(str(number)),
        one_line(address) if address else None,
        one_line(title) if isinstance(title, str) else None,
        facts=tuple((name, text) for name, text in facts if text),
    )


def _people(value: object) -> str:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    names = [str(row.get("family") or row.get("literal") or row.get("given") or "") for row in rows]
    return one_line(" and ".join(name for name in names if name))


def _year(value: object) -> str:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    return str(first[0]) if isinstance(first, list) and first else ""
