"""The notations of citation markers: regular expressions and number lists; knows nothing of documents."""

import re
from dataclasses import dataclass

from markdown_it.token import Token

from tui.domain.patterns import late
from tui.report.address import unescape
from tui.report.document import MarkerKind

_DASH = r"\s{0,3}[-‐‑–—−~～]\s{0,3}"
_NUMBER = rf"\d{{1,3}}(?:{_DASH}\d{{1,3}})?"
NUMBERS = rf"{_NUMBER}(?:\s{{0,3}}[,，、،;；؛]\s{{0,3}}{_NUMBER})*"
_PART = late(rf"(\d{{1,3}})(?:{_DASH}(\d{{1,3}}))?")
_SPLIT = late(r"[,，、،;；؛]")
_LONGEST_RANGE = 60

ONLY_NUMBERS = late(rf"\s*{NUMBERS}\s*")
BRACKET = late(rf"\[\s?({NUMBERS})\s?\]")
DOUBLE_BRACKET = late(rf"\[\[\s?({NUMBERS})\s?\]\]")
ESCAPED_BRACKET = late(rf"\\\[(?:\\?\[)?\s?({NUMBERS})\s?(?:\\?\])?\\?\]")
FOOTNOTE = late(r"\[\^([^\]\[\n]{1,64}?)\^?\]")
FOOTNOTE_ID = late(r"[^\]\[\s^]{1,64}")
CITE_TAG = late(r"\[cite(?:_ref)?:\s{0,3}([^\]\[\n]{1,400}?)\s?\]")
CITE_ID = late(r"[\w.-]{1,60}")
GEMINI_START = late(r"\[cite_(?:start|end)\]")
EMPHASISED = late(rf"\[([*_]{{1,3}})\s?({NUMBERS})\s?\1\]")
IN_BRACKETS = late(r"\\?\[([^\]\[\n\\`<>$!|{}=?@%\"]{1,80})\\?\]")
TAG = late(r"\[((?:web|citation|post|source|search):\d[^\]\[\n]{0,200})\]")
_TAG_PART = late(rf"(?:([a-z]+):)?({_NUMBER})")
DAGGER = late(r"\[(\d{1,3}(?::\d{1,3})?)†[^\]\[\n]{0,200}\]")
LENTICULAR = late(
    rf"【(?:(?P<dagger>\d{{1,3}}(?::\d{{1,3}})?)†[^】\n]{{0,200}}|(?P<turn>turn\w{{1,40}}(?:[,，、\s]+turn\w{{1,40}})*)[^】\n]{{0,80}}"
    rf"|\s?(?P<list>{NUMBERS})\s?)】|［\s?(?P<wide>{NUMBERS})\s?］|〔(?P<shell>{NUMBERS})〕(?!\s?[号號])"
)
IN_LENTICULAR = late(r"[【［]([^【】［］\n\[\]\\`<>$!|{}=?@%\"]{1,60})[】］]")
TURNS = late(r"cite(?:\s?turn\d{1,3}[a-z]{3,12}\d{1,3})+")
PUA = late("\ue200([^\ue200\ue201\n]{0,4000})\ue201")
OAICITE = late(r":contentReference\[oaicite:(\d{1,6})\](?:\{index=\d{1,6}\})?")
_DECORATION = late(r"[\s*_\\\[\](){}（）【】^]+")
_NUMBERS_APART = late(rf"{NUMBERS}(?: {NUMBERS})*")
INTERVAL_BEFORE = late(
    r"(?:\bCIs?|\bIQR|\binterval|\brange|∈|[=≈≤≥<>]|\bCrI|区间|區間|範囲|범위|置信)\W{0,3}\Z", re.IGNORECASE
)
KOREAN_OR_KANA = late(r"[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]")
FLATTENED = late(
    r"(?<=[^\W\d_\s][.!?。…:;)”\"’'»*]|[)%”\"’'»*\]][.!?。…:;)”\"’'»*])(\d{1,3})"
    r"(?=\s|\Z|[|)*]|[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef])"
)
NOT_FLATTENED = late(r"(?:\b(?:Fig|Figs|No|Nos|vol|pp?|Eq|Sec|Ch|Tab|Nr|Abb|art|ca|v|cap|núm|nº)\.)\Z", re.IGNORECASE)
EXPONENT_BEFORE = late(r"(?:\d|(?<![^\W\d_])[^\W\d_]{1,2})\Z")  # 10<sup>6</sup>, km<sup>2</sup>


@dataclass(slots=True, eq=False)
class MarkerToken:
    """A marker found in the text that may turn out to be a citation, the label of a source, or plain text."""

    kind: MarkerKind
    ids: tuple[str, ...]
    marker: str  # exactly as written
    start: int  # offset in the content of `token`, or in the whole text when `token` is None
    shown: str = ""  # what a reader sees in its place
    url: str | None = None
    label: str = ""  # the text of a link
    strict: bool = False  # counts only if one of its ids is in a list, where there is a list
    listed: bool = False  # counts only if all its ids are in a list
    choices: tuple[tuple[str, ...], ...] = ()  # what its ids may be, the likeliest first
    plain: str | None = None  # what a reader sees if it is no citation; None for `marker`
    raised: bool = False  # a raised number, drawn as one if it is no citation
    target: str = ""  # of a link within the document, without "#"
    first: bool = False  # stands at the very start of its block
    token: Token | None = None
    state: str = ""  # "" undecided, "cite", "label" of an entry, "text"
    index: int = -1  # in the document's citations, once it is one
    section: bool = False  # inside a list of sources
    heading: bool = False  # inside a heading


def split(text: str) -> list[str]:
    """Split a list: "3, 12" is "3" and "12"."""
    return [part.strip() for part in _SPLIT.split(text)]


def expand(text: str) -> tuple[str, ...] | None:
    """Return the ids of "1, 3-5"; None if it is not a source list (a descending or open range)."""
    ids: list[str] = []
    for part in _SPLIT.split(text):
        match = _PART.fullmatch(part.strip())
        if not match:
            return None
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if match[2] and not first < last <= first + _LONGEST_RANGE:
            return None
        ids.extend(str(number) for number in range(first, last + 1))
    return tuple(ids)


def raised_number(numbers: str, marker: str, start: int) -> MarkerToken | None:
    """Return the marker in the content of `<sup>`, if a list has it: "1", "1,2", "1-3"."""
    numbers = unescape(numbers)
    ids = numbers_in(numbers) if numbers.strip()[:1].isdigit() or numbers.strip()[:1] in "([" else None
    if ids is None:
        return None
    mark = MarkerToken(MarkerKind.NUMERIC, ids, marker, start, shown=f"[{', '.join(ids)}]", listed=True, raised=True)
    mark.plain = numbers.strip()
    return mark


def numbers_in(label: str) -> tuple[str, ...] | None:
    r"""Return the ids if a link text is numbers in any decoration ("[*\[31\]* *\[42\]*]"); else None."""
    bare = _DECORATION.sub(" ", label).strip()
    if not bare[:1].isdigit() or not _NUMBERS_APART.fullmatch(bare):
        return None
    return expand(bare) or expand(bare.replace(" ", ","))


def expand_tags(text: str) -> tuple[str, ...] | None:
    """Return the ids of "web:2, web:5–7"."""
    ids: list[str] = []
    name = ""
    for part in _SPLIT.split(text):
        match = _TAG_PART.fullmatch(part.strip())
        if not match:
            return None
        name = match[1] or name
        numbers = expand(match[2])
        if numbers is None:
            return None
        ids.extend(f"{name}:{number}" for number in numbers)
    return tuple(ids)


def is_interval(text: str, ids: tuple[str, ...], before: str) -> bool:
    """Whether a bracketed pair is an interval of numbers: it has a zero, or words before it say so."""
    if len(ids) > 1 and "0" in ids:
        return True
    return len(_SPLIT.split(text)) == 2 == len(ids) and bool(INTERVAL_BEFORE.search(before))
