"""Bytes -> checked, lenient values: JSON as services really send it, and pydantic field types that never refuse.

A field that makes no sense becomes None, is named in `Notes.problems` and kept in `Notes.extra`; so do members that
no contract knows (without a problem: services grow). Nothing here knows a particular service.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from tui.domain.detail import Json
from tui.domain.errors import BadAnswer
from tui.domain.json_walk import map_json, same
from tui.domain.late_modules import importing_without
from tui.domain.patterns import late
from tui.domain.redact import holds_secret, redact_foreign
from tui.domain.text import clean, one_line
from tui.domain.times import parse_time
from tui.providers.http.explain import html_title

with importing_without("secrets"):  # it brings OpenSSL, 3.3 MB, for a kind of field that no contract has
    import pydantic.types  # noqa: F401 - this needs it
    from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo

_DEEPEST = 200  # levels of nesting; more is an attack, and recursion over it would end elsewhere
_MOST_PROBLEMS, _MOST_EXTRAS = 20, 5000
_LARGEST_COUNT = 10**12
_LARGEST_AMOUNT = 10**9
_LONGEST_INTEGER = 300  # digits; Python itself refuses 4,300
_LONGEST_URL = 8192
_EARLIEST_YEAR, _LATEST_YEAR = 2000, 2100
_SURROGATE = late("[\ud800-\udfff]")
_HALF_PAIR = late(r"\\u[dD][89a-fA-F]")  # an escape of half a character: ordinary in pairs, unusable alone
_ESCAPE = late(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


@dataclass(slots=True)
class Notes:
    """The problems met while one response was read; `at` returns a view for a place inside it."""

    place: str = ""
    lines: list[str] = field(default_factory=list)
    extra: dict[str, Json] = field(default_factory=dict)
    unsaid: list[int] = field(default_factory=lambda: [0])  # shared by all views, as are the three beside it
    full: list[bool] = field(default_factory=lambda: [False])

    def at(self, place: str) -> "Notes":
        """Return a view that prefixes its notes with `place`."""
        joined = f"{self.place}{place}" if not self.place or place.startswith("[") else f"{self.place}.{place}"
        return Notes(joined, self.lines, self.extra, self.unsaid, self.full)

    def problem(self, line: str) -> None:
        """Note one line once; beyond a limit only their number is kept."""
        line = one_line(line, 300)
        if line in self.lines:
            return
        if len(self.lines) < _MOST_PROBLEMS:
            self.lines.append(line)
        else:
            self.unsaid[0] += 1

    def reject(self, name: str, value: object, trouble: str) -> None:
        """Note that a member's value is unusable, and keep it."""
        place = self.at(name).place
        self.problem(f"{place}: {trouble}")
        self.keep(name, value)

    def keep(self, name: str, value: object) -> None:
        """Keep an unknown member, up to a limit."""
        if len(self.extra) < _MOST_EXTRAS:
            self.extra[one_line(self.at(name).place if name else self.place, 200)] = clean_json(value)
        elif not self.full[0]:
            self.full[0] = True
            self.problem(f"more than {_MOST_EXTRAS:,} unknown members: the rest is only in the raw answer")

    @property
    def problems(self) -> tuple[str, ...]:
        """The noted lines, and how many more there were."""
        return (*self.lines, *([f"and {self.unsaid[0]:,} more"] if self.unsaid[0] else []))


class Body(BaseModel):
    """A JSON object of a contract: every member optional, every value lenient, unknown members kept."""

    # Built when it is first read: 3 MB for what no answer has. Before pydantic 2.14 two threads could get in each
    # other's way there, and one of them read with the members of a base class.
    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=(), defer_build=True)
    keeps_own: ClassVar[bool] = False  # unknown members stay in `rest()`, to be shown beside the object

    def rest(self) -> dict[str, Json]:
        """Return the unknown members, cleaned."""
        return {one_line(name, 80): clean_json(value) for name, value in (self.model_extra or {}).items()}


class OpenBody(Body):
    """A JSON object whose unknown members are shown beside it."""

    keeps_own: ClassVar[bool] = True


B = TypeVar("B", bound=Body)


def decode(body: bytes | None, notes: Notes) -> Any:
    """Return the JSON value of `body`; tolerant of invalid JSON that services send.

    Accepts a byte-order mark, UTF-16, raw control characters in strings, and undecodable bytes and lone surrogates
    (replaced; also in the names of members, which no later step would look at). Here foreign data becomes ours, so a
    loaded key that the service echoes is masked here; the bytes in the archive are kept.

    Raises:
        BadAnswer: it is no JSON value.
    """
    if not body or not body.strip():
        raise BadAnswer("the answer is empty")
    text = body.decode(json.detect_encoding(body), "replace")
    if _HALF_PAIR.search(text):
        text = _ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], text)

    def unusable(number: str) -> None:
        notes.problem(f"{one_line(number, 20)} is no number: read as unknown")

    def integer(digits: str) -> int | None:
        if len(digits) <= _LONGEST_INTEGER:
            return int(digits)
        unusable(digits)
        return None

    def real(digits: str) -> float | None:
        if math.isfinite(number := float(digits)):
            return number
        unusable(digits)
        return None

    try:
        value = json.loads(text, strict=False, parse_constant=unusable, parse_int=integer, parse_float=real)
        return redact_foreign(value) if holds_secret(text) else value
    except RecursionError:
        raise BadAnswer("the answer is nested too deeply to be read") from None
    except ValueError:
        what = html_title(text) or ("broken JSON" if text.lstrip()[:1] in "{[" else "no JSON")
        raise BadAnswer(f"the answer is {what}") from None


def read(model: type[B], value: object, notes: Notes) -> B | None:
    """Validate an object; None for null, and (noted) for anything else."""
    if value is None:
        return None
    if not isinstance(value, dict):
        notes.problem(f"{notes.place}: is no object")
        notes.keep("", value)
        return None
    body = model.model_validate(value, context=notes)
    if not model.keeps_own:
        for name, unknown in (body.model_extra or {}).items():
            notes.keep(name, unknown)
    return body


def clean_json(value: object) -> Json:
    """Return a JSON value with every text cleaned, and NaN and infinities as None.

    Raises:
        BadAnswer: it is nested too deeply.
    """
    try:
        return map_json(value, _clean_leaf, name=clean, deepest=_DEEPEST)
    except RecursionError:
        raise BadAnswer("the answer is nested too deeply to be read") from None


def _clean_leaf(value: object) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return same(value)


def sound(text: str) -> str:
    """Return `text` without lone surrogates, which no file or database can store; otherwise unchanged."""
    return _SURROGATE.sub("\ufffd", text)


def line(text: str | None, limit: int | None = None) -> str | None:
    """Return a text as one line for a table cell; None stays None."""
    return one_line(text, limit) or None if text else None


def as_text(value: Json) -> str:
    """Return a JSON value as the text of a fact: texts as they are, yes/no, numbers, compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def indented(value: Json) -> str:
    """Return a JSON value as the text of a report of format JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def facts(*pairs: tuple[str, Json | datetime]) -> tuple[tuple[str, str], ...]:
    """Return (label, text) for every pair with a value; fractions to the sixth digit: what follows is rounding."""
    shown = ((label, _fact(value)) for label, value in pairs)
    return tuple((label, text) for label, text in shown if text)


def _fact(value: Json | datetime) -> str:
    if isinstance(value, datetime):
        return str(value)
    return as_text(round(value, 6) if isinstance(value, float) else value)


def rest_facts(rest: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    """Return unknown members as facts under their own names."""
    return facts(*((name.replace("_", " "), value) for name, value in rest.items()))


def _notes(info: ValidationInfo) -> Notes:
    assert isinstance(info.context, Notes)
    return info.context


def _lenient(convert: Callable[[Any], Any], trouble: str) -> PlainValidator:
    def validate(value: object, info: ValidationInfo) -> object:
        if value is None:
            return None
        converted = convert(value)
        if converted is None:
            _notes(info).reject(str(info.field_name), value, trouble)
        return converted

    return PlainValidator(validate)


def _to_text(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None


def _to_exact(value: object) -> str | None:
    return sound(value) if isinstance(value, str) else None


def _to_url(value: object) -> str | None:
    usable = isinstance(value, str) and 0 < len(value) <= _LONGEST_URL and "\n" not in value and clean(value) == value
    return value if usable and isinstance(value, str) else None


def _to_ident(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)) if isinstance(value, str | int) else None


def to_count(value: object) -> int | None:
    """Return an integer from 0 up, also from text; None for anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_COUNT:
        value = int(value)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST_COUNT
    return value if usable and isinstance(value, int) else None


def to_amount(value: object) -> float | None:
    """Return a finite number from 0 up, also from text; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value) if len(value) < 30 else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _LARGEST_AMOUNT else None


def to_number(value: object) -> float | None:
    """Return a finite number, also negative; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 10**300 else None


def _to_flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _to_time(value: object) -> datetime | None:
    moment = parse_time(value)
    return moment if moment and _EARLIEST_YEAR <= moment.year < _LATEST_YEAR else None


def _words(value: object, info: ValidationInfo) -> tuple[str, ...]:
    notes = _notes(info)
    items = value if isinstance(value, list) else [] if value is None else [value]
    words = [clean(item) for item in items if isinstance(item, str)]
    if len(words) < len(items):
        notes.reject(str(info.field_name), value, f"{len(items) - len(words)} of {len(items)} entries are no text")
    return tuple(words)


Text = Annotated[str | None, _lenient(_to_text, "is no text")]  # cleaned
Exact = Annotated[str | None, _lenient(_to_exact, "is no text")]  # a report: as received
# verbatim, or nothing: cleaning would turn an address with hidden characters into another one
Url = Annotated[str | None, _lenient(_to_url, "is no address that could be shown")]
Ident = Annotated[str | None, _lenient(_to_ident, "is no id")]  # text or a whole number
Count = Annotated[int | None, _lenient(to_count, "is no usable number")]
Amount = Annotated[float | None, _lenient(to_amount, "is no usable amount")]
Flag = Annotated[bool | None, _lenient(_to_flag, "is neither true nor false")]
Time = Annotated[datetime | None, _lenient(_to_time, "is no usable time")]
Words = Annotated[tuple[str, ...], PlainValidator(_words)]
Raw = Annotated[Any, PlainValidator(lambda value: value)]  # looked at by the reader, before cleaning
Clean = Annotated[Any, PlainValidator(clean_json)]  # any JSON, cleaned; Any, as pydantic cannot spell a recursive type


def one(model: type[Body], *, text_as: str = "") -> PlainValidator:
    """Return the field type of a nested object; a text becomes `{text_as: text}`."""

    def validate(value: object, info: ValidationInfo) -> Body | None:
        value = {text_as: value} if text_as and isinstance(value, str) else value
        return read(model, value, _notes(info).at(str(info.field_name)))

    return PlainValidator(validate)


def many(model: type[Body], *, text_as: str = "", holes: bool = False) -> PlainValidator:
    """Return the field type of a list of objects; a text becomes `{text_as: entry}`; bad entries are noted.

    With `holes`, an empty object takes the place of a bad entry: the places in the list mean something.
    """

    def validate(value: object, info: ValidationInfo) -> tuple[Body, ...]:
        notes = _notes(info).at(str(info.field_name))
        if value is None:
            return ()
        if not isinstance(value, list):
            _notes(info).reject(str(info.field_name), value, "is no list")
            return ()
        good: list[Body] = []
        bad: list[object] = []
        for index, item in enumerate(value):
            if isinstance(item, dict) or (text_as and isinstance(item, str)):
                entry = read(model, item if isinstance(item, dict) else {text_as: item}, notes.at(f"[{index}]"))
                assert entry is not None
                good.append(entry)
            else:
                bad.append(item)
                if holes:
                    good.append(model())
        if bad:
            _notes(info).reject(
                str(info.field_name), bad[:20], f"{len(bad):,} of {len(value):,} entries are unreadable"
            )
        return tuple(good)

    return PlainValidator(validate)
