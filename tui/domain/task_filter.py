"""The filter of task lists: words, "phrases" and terms such as `status:failed` or `cost>1`; one grammar everywhere.

The dashboard asks it of tasks in memory, the archive makes SQL of it; a term that cannot be is refused with a sentence
that says what is right. Imports nothing that scripts would wait for.
"""

import re
from datetime import datetime

from tui.domain.errors import UsageError
from tui.domain.patterns import late
from tui.domain.status import FINAL, TaskStatus

FILTERS = {
    "provider": "provider:valyu (or one account: provider:valyu:work)",
    "status": "status:failed (or active, or several: status:failed,expired)",
    "mode": "mode:heavy",
    "tag": "tag:energy",
    "is": "is:unread (or read, pinned, hidden, noted, deleted)",
    "before": "before:2026-10-01 (created before that day, month or year)",
    "after": "after:2026-10 (created on or after)",
    "cost": "cost>1 (US dollars; cost<=20cr: credits)",
    "host": "host:nature.com (a source there or below)",
    "by": "by:nina (who started it: by:nina@laptop; by:me)",
    "cites": "cites:https://example.org/page (a source is that page)",
    "text": 'text:vacuum (in the report, brief, sources or note; text:"two words": side by side)',
}
"""Every term with an example."""
STATES = ("unread", "read", "pinned", "hidden", "noted", "deleted")
STATUSES = tuple(status.value for status in TaskStatus)

_PART = late(
    r'([a-z]+):"([^"]*)"?|([a-z]+)(:|(?<=cost)(?:[<>]=?|=))(\S*)|"([^"]*)"?|(\S+)', re.IGNORECASE
)  # name:"value", name:value or cost>1, "phrase", word
_DATE = late(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_COST = late(r"([<>]=?|=)?\$?(\d{1,9}(?:\.\d{0,6})?|\.\d{1,6})(usd|\$|cr|credits?)?", re.IGNORECASE)


class FilterTerm:
    """One parsed term.

    Attributes:
        name: One of `FILTERS`.
        values: What may stand there: statuses, states; else one text, a host, an address, or the figure of a cost.
        operator: Of a cost: "<", "<=", ">", ">=" or "=".
        unit: Of a cost: "USD" or "credits".
        moment: Of a date: when that day, month or year begins here.
        prefix: The value is still being typed: it may be the beginning of one.
    """

    __slots__ = ("moment", "name", "operator", "prefix", "unit", "values")

    def __init__(
        self,
        name: str,
        values: "tuple[str, ...]",
        *,
        operator: str = "",
        unit: str = "",
        moment: datetime | None = None,
        prefix: bool = False,
    ) -> None:
        self.name = name
        self.values = values
        self.operator = operator
        self.unit = unit
        self.moment = moment
        self.prefix = prefix


class TaskFilter:
    """A parsed filter: all `terms` (words and phrases) and all `conditions` must match.

    `growing` tells that the last term may be the beginning of a word.
    """

    __slots__ = ("conditions", "growing", "terms")

    def __init__(self, terms: list[str], conditions: list[FilterTerm], growing: bool) -> None:
        self.terms = terms
        self.conditions = conditions
        self.growing = growing

    def asks_for(self, state: str) -> bool:
        """Whether `is:state` is among the conditions."""
        return any(one.name == "is" and one.values == (state,) for one in self.conditions)


def parse(text: str, *, typing: bool = False) -> TaskFilter:
    """Parse `text`.

    The last word may be the beginning of one, unless a blank follows. `name:value` with a name that is no filter is an
    ordinary word; so is `name:` without a value. With `typing`, the value of the last term may be the beginning of
    one, too: a list that is narrowed at each key press must not complain about what is not finished.

    Raises:
        UsageError: a term has a value that it cannot have, or looks like a misspelt one.
    """
    terms: list[str] = []
    conditions: list[FilterTerm] = []
    last_is_word = False
    for part in _PART.finditer(text):
        name = (part[1] or part[3] or "").lower()
        sign = part[4] if part[4] and part[4] != ":" else ""
        value = part[2] if part[1] else f"{sign}{part[5]}" if part[3] else ""
        open_end = typing and part.end() == len(text) and not part[1]
        last_is_word = False
        if name in FILTERS and (value or typing):
            if condition := _condition(name, value, prefix=open_end):
                conditions.append(condition)
        elif name:
            if name not in FILTERS and not value.startswith("//"):
                _refuse_misspelt(name, part[0])
            terms.append(part[0])
            last_is_word = True
        else:
            phrase = part[6]
            terms.append(part[0] if phrase is None else phrase)
            last_is_word = phrase is None
    return TaskFilter(terms, conditions, last_is_word and not text[-1:].isspace())


def with_words_in_texts(text: str) -> str:
    """Return a filter of the list that matches what `text` finds in a search: words are looked for in whole texts."""
    parts: list[str] = []
    for part in _PART.finditer(text):
        name = (part[1] or part[3] or "").lower()
        if name in FILTERS:
            parts.append(part[0])
        else:
            parts.append(f"text:{part[0]}" if part[6] is None else f'text:"{part[6]}"')
    return " ".join(parts)


def only_terms(text: str) -> str:
    """Return a filter without words, terms about texts, and values that may be the beginning of one."""
    kept: list[str] = []
    for part in _PART.finditer(text):
        name, value = (part[1] or part[3] or "").lower(), part[2] if part[1] else part[5]
        sign = part[4] if part[4] and part[4] != ":" else ""
        growing = part.end() == len(text) and not part[1] and name not in {"status", "is", "before", "after", "cost"}
        try:
            if name in FILTERS and name != "text" and not growing and _condition(name, f"{sign}{value}", prefix=False):
                kept.append(part[0])
        except UsageError:  # it is being typed
            continue
    return " ".join(kept)


def _condition(name: str, value: str, *, prefix: bool) -> FilterTerm | None:
    """Return a parsed term; None for an incomplete one."""
    if name in {"status", "is"}:
        return FilterTerm(name, _words(name, value.lower(), prefix=prefix))
    if name in {"before", "after"}:
        moment = _day(value)
        if moment is None and not prefix:
            raise UsageError(
                f"{name}:{value} is no date", hint=f"write {name}:2026, {name}:2026-10 or {name}:2026-10-01"
            )
        return FilterTerm(name, (value,), moment=moment) if moment else None
    if name == "cost":
        return _cost(value, prefix=prefix)
    if name == "tag":
        value = value.strip().lstrip("#")
    if not value and name != "tag":
        return None
    return FilterTerm(name, (value if name == "cites" else value.lower(),), prefix=prefix)


def _words(name: str, value: str, *, prefix: bool) -> tuple[str, ...]:
    known = STATES if name == "is" else (*STATUSES, "active")
    wanted: list[str] = []
    *whole, last = value.split(",") if name == "status" else [value]
    for word in (*whole, last):
        unfinished = prefix and word is last
        found = [one for one in known if one == word or (unfinished and one.startswith(word))]
        if not found:
            raise _wrong(name, word, known)
        exact = word in found
        wanted += [word] if exact and not unfinished else found
    active = [status.value for status in TaskStatus if status not in FINAL]
    spelt = [one for word in wanted for one in (active if word == "active" else [word])]
    return tuple(dict.fromkeys(spelt))


def _cost(value: str, *, prefix: bool) -> FilterTerm | None:
    match = _COST.fullmatch(value)
    if match is None:
        if prefix:
            return None
        raise UsageError(
            f"cost{'' if value[:1] in '<>' else ':'}{value} is no amount", hint="write cost>1 or cost<=20cr"
        )
    unit = "credits" if (match[3] or "").lower().startswith("cr") else "USD"
    return FilterTerm("cost", (match[2],), operator=match[1] or "=", unit=unit)


def _day(value: str) -> datetime | None:
    match = _DATE.fullmatch(value)
    try:
        if match:
            day = datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1)).astimezone()
            day.timestamp()
            return day
    except (ValueError, OverflowError):
        pass
    return None


def _wrong(name: str, value: str, right: "tuple[str, ...]") -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(value.lower(), right, 1, 0.5)
    guess = f"did you mean {name}:{near[0]}? " if near else ""
    if name == "is" and value.lower() in STATUSES:
        guess = f"did you mean status:{value.lower()}? "
    return UsageError(f"{name}:{value} is not known", hint=f"{guess}there are {', '.join(right)}")


def _refuse_misspelt(name: str, part: str) -> None:
    from difflib import get_close_matches

    near = get_close_matches(name, [*FILTERS], 1, 0.8)
    if near:
        raise UsageError(
            f"there is no filter {name}:",
            hint=f'did you mean {near[0]}: ? to search for the words, quote them: "{part}"',
        )
