"""The lists of the checkpoint form: the verdicts on a plan, and domains to keep or leave out."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple

from tui.domain.cells import cell_len, fit
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.checkpoint.form import Form, PlanVerdict, time_left
from tui.ui.text.lines import Line, bar, spread
from tui.ui.widgets.list_view import LineView

_VERDICTS = {
    PlanVerdict.APPROVE: "approve it as it is",
    PlanVerdict.CHANGE: "change it, as written below",
    PlanVerdict.STOP: "stop the task: it may be billed",
}
_TOOL_VERDICTS = {
    PlanVerdict.APPROVE: "yes, it may",
    PlanVerdict.CHANGE: "no, for the reason written below",
    PlanVerdict.STOP: "stop the task: it may be billed",
}
_CYCLE: Mapping[bool | None, bool | None] = {None: True, True: False, False: None}
_SIGNS = {None: ("[·]", "dim"), True: ("[✓]", "good"), False: ("[✗]", "bad")}
_DECIDED = {None: "", True: "  ← you: keep", False: "  ← you: drop"}
_MEANING = {True: "keep", False: "drop", None: "the provider decides"}
_LONGEST_DOMAIN = 34
_RELEVANCE = re.compile(r"relevance (0(?:\.\d+)?|1(?:\.0+)?)")
_COUNT = re.compile(r"^(\d+) sources?\b")
_BAR = 6  # cells of the bar of a relevance of 1
_AROUND = 18  # cells of a row besides domain and facts: sign, gaps, what was decided


class VerdictLines(LineView):
    """The verdicts on a plan as radio buttons; until one is chosen, the text written below decides."""

    def __init__(self, *, can_stop_task: bool, tool: bool = False) -> None:
        super().__init__(name="verdicts")
        self._words = _TOOL_VERDICTS if tool else _VERDICTS
        self._rows = [one for one in PlanVerdict if one is not PlanVerdict.STOP or can_stop_task]
        self.chosen: PlanVerdict | None = None
        self.written = False

    @property
    def verdict(self) -> PlanVerdict:
        """The verdict that would be sent now."""
        return self.chosen or (PlanVerdict.CHANGE if self.written else PlanVerdict.APPROVE)

    def line_count(self) -> int:
        """Return the number of verdicts."""
        return len(self._rows)

    def line(self, number: int, width: int) -> Line:
        """Return one verdict."""
        row = self._rows[number]
        now = row is self.verdict
        return (
            (" (x) " if now else " ( ) ", "accent" if now else "dim"),
            (self._words[row], "strong" if now else "plain"),
        )

    def choose(self) -> None:
        """Choose the verdict under the cursor."""
        self.chosen = self._rows[self.cursor]
        self.lines_changed()

    def follow(self, text: str) -> None:
        """Let the text below decide again, after it changed."""
        self.chosen, self.written = None, bool(text.strip())
        self.lines_changed()


def waiting_line(task: Task, asks: tuple[str, datetime | None], now: datetime, width: int) -> Line:
    """Return another task that waits: what it asks, how long it can be answered, which it is."""
    what, deadline = asks
    left = time_left(deadline, now, held=deadline is None) if what else ""
    title = one_line(task.title or task.prompt or task.id, 200)
    asked: Line = ((f" {fit(what, 14)} {fit(left, 15)} ", "warn"), (title, "plain"))
    return spread(asked, ((f"  {task.account_title} ", "dim"),), width)


class _Facts(NamedTuple):
    """The facts about each domain, in columns."""

    facts: Mapping[str, Sequence[str]]
    columns: Sequence[int]

    @classmethod
    def of(cls, facts: Mapping[str, Sequence[str]]) -> "_Facts":
        return cls(facts, [max(map(cell_len, column)) for column in zip_longest(*facts.values(), fillvalue="")])

    @property
    def cells(self) -> int:
        return sum(self.columns) + 2 * len(self.columns)

    def line(self, name: str) -> str:
        return "  ".join(fit(fact, cells) for fact, cells in zip(self.facts[name], self.columns, strict=False))


def _with_bar(fact: str) -> str:
    """Return a fact; a relevance from 0 to 1 with a bar behind it."""
    told = _RELEVANCE.fullmatch(fact)
    return f"{fact} {bar(float(told[1]), _BAR)[0]:<{_BAR}}" if told else fact


class DomainLines(LineView):
    """The domains as a list; each is kept, dropped or left to the provider."""

    def __init__(self, form: Form) -> None:
        super().__init__(name="domains")
        self._form = form
        self.kept: dict[str, bool] = {}
        self._told = _Facts.of({name: (form.about or {}).get(name, "").split(", ") for name in form.domains})
        self._with_bars = _Facts.of({name: [*map(_with_bar, facts)] for name, facts in self._told.facts.items()})

    def header(self, width: int) -> Line:
        """Return the legend of the signs."""
        signs = (piece for verdict, told in _MEANING.items() for piece in (_SIGNS[verdict], (f" {told}   ", "dim")))
        return ((" ", "dim"), *signs)

    def line_count(self) -> int:
        """Return the number of domains."""
        return len(self._form.domains)

    def line(self, number: int, width: int) -> Line:
        """Return one domain: its decision, its name, its facts."""
        name = self._form.domains[number]
        longest = min(_LONGEST_DOMAIN, max(map(cell_len, self._form.domains)))
        sign, tone = _SIGNS[self.kept.get(name)]
        facts = self._with_bars if longest + self._with_bars.cells + _AROUND <= width else self._told
        about = facts.line(name)
        decided = _DECIDED[self.kept.get(name)]
        if 7 + longest + cell_len(about + decided) > width:
            decided = decided.replace("you: ", "")
        return ((f" {sign} ", tone), (fit(name, longest), "plain"), (f"  {about}", "dim"), (decided, tone))

    def cycle(self) -> None:
        """Change the decision about the domain under the cursor."""
        self._decide([self._form.domains[self.cursor]], _CYCLE[self.kept.get(self._form.domains[self.cursor])])

    def cycle_all(self) -> None:
        """Change the decision about all domains."""
        first = self.kept.get(self._form.domains[0])
        self._decide(self._form.domains, _CYCLE[first])

    def _decide(self, names: "list[str] | tuple[str, ...]", verdict: bool | None) -> None:
        for name in names:
            if verdict is None:
                self.kept.pop(name, None)
            else:
                self.kept[name] = verdict
        self.lines_changed()

    def summary(self, provider: str) -> str:
        """Return how many domains are kept, dropped, and left to the provider."""
        keep = sum(self.kept.values())
        drop, left = len(self.kept) - keep, self.line_count() - len(self.kept)
        told = [f"{keep} kept"] * bool(keep) + [f"{drop} dropped"] * bool(drop)
        told += [f"{plural(left, 'domain')} left to {provider}"] if left else []
        return ", ".join(told) + (self._stay() if drop else "")

    def _stay(self) -> str:
        """Return how many of the sources stay, where every domain tells how many it has."""
        about = self._form.about or {}
        counts = {name: _COUNT.search(about.get(name, "")) for name in self._form.domains}
        if not all(counts.values()):
            return ""
        sources = {name: int(found[1]) for name, found in counts.items() if found}
        stay = sum(count for name, count in sources.items() if self.kept.get(name) is not False)
        return f": {stay:,} of {plural(sum(sources.values()), 'source')} stay"
