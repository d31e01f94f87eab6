"""Estimates from earlier tasks: how long a mode usually takes, and tasks with a similar brief."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import log
from statistics import quantiles

from tui.domain.cells import fit
from tui.domain.task import Task, TaskStatus
from tui.domain.text import one_line, plural
from tui.ui.text.lines import Line
from tui.ui.widgets.item_list import ItemList

_ENDED_WELL = {TaskStatus.DONE, TaskStatus.PARTIAL}
_LEAST_SHARE = 0.4  # of a brief's words, weighed by how rare they are
_LEAST_WORDS = 2
_SHORTEST_WORD = 4
_ROOMY = 90  # cells of a line with all columns
_READ = 1000  # characters of a brief
_PARTS = re.compile("[;,]")
_NUMBER = r"(?:\d+(?:\.\d+)?|half an?|two|three)"
_UNIT = "(?:s|seconds?|min|minutes?|h|hours?)"
_TIME = re.compile(
    rf"(?:(?:about|up to) )?(?:{_NUMBER}(?: {_UNIT})? ?(?:to |-) ?)?(?:{_NUMBER} {_UNIT}|seconds|minutes|hours)\b"
    r"|.*of the time$"
)
_UNITS = re.compile(r"(?<=\d )(?:second|minute|hour)s?")
_SHORT = {
    f"{long}{end}": short for long, short in (("second", "s"), ("minute", "min"), ("hour", "h")) for end in ("", "s")
}
_WORD = re.compile(r"[^\W_]+")
_NO_SPACES = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")  # Thai, kana, han, hangul


_A_GOOD_BRIEF = (
    "A good brief says",
    "  who reads the report, and what it is to decide",
    "  which time and places it is about",
    "  what it should look like: table, figures, length",
    "  which sources count, and what to leave out",
)


def time_in(note: str) -> str:
    """Return the time that a provider's note about a mode names, in short units; "" where it names none."""
    for part in _PARTS.split(note):
        if found := _TIME.search(part):
            return _UNITS.sub(lambda unit: _SHORT[unit[0]], found[0])
    return ""


def usual_times(tasks: Iterable[Task]) -> Mapping[tuple[str, str | None], str]:
    """Return how long finished tasks took, by (provider, mode): "4 to 9 min", the middle half of them.

    Times that a provider told beat times at which we noticed the end.
    """
    told: dict[tuple[str, str | None], list[float]] = {}
    noticed: dict[tuple[str, str | None], list[float]] = {}
    for task in tasks:
        if task.status in _ENDED_WELL and task.created_at and task.finished_at:
            seconds = (task.finished_at - task.created_at).total_seconds()
            if seconds > 0:
                kind = noticed if task.finish_observed else told
                kind.setdefault((task.provider, task.mode), []).append(seconds)
    return {key: _range_text(seconds) for key, seconds in (noticed | told).items()}


def _range_text(seconds: Sequence[float]) -> str:
    low, _, high = quantiles(seconds, n=4, method="inclusive") if len(seconds) > 1 else (seconds[0],) * 3
    first, last = _rounded(low), _rounded(high)
    if first == last:
        return last
    return f"{first.split()[0]} to {last}" if first.split()[1] == last.split()[1] else f"{first} to {last}"


def _rounded(seconds: float) -> str:
    """Return "40 s", "4 min" or "2 h"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


class SimilarBriefs:
    """Finds tasks with a similar brief; each task is indexed once, a long brief by its beginning."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = [task for task in tasks if task.prompt]
        self._places: dict[str, list[int]] = {}
        for number, task in enumerate(self._tasks):
            for word in words_of((task.prompt or "")[:_READ]):
                self._places.setdefault(word, []).append(number)

    def find(self, brief: str, most: int = 6) -> list[Task]:
        """Return the tasks whose briefs share most of the rarer words of `brief`, the most similar first."""
        weights = {
            word: 1 + log((len(self._tasks) + 1) / (len(self._places.get(word, ())) + 1))
            for word in words_of(brief[:_READ])
        }
        scores: dict[int, float] = {}
        shared: dict[int, int] = {}
        for word, weight in weights.items():
            for number in self._places.get(word, ()):
                scores[number] = scores.get(number, 0.0) + weight
                shared[number] = shared.get(number, 0) + 1
        least = _LEAST_SHARE * sum(weights.values())
        found = [number for number, score in scores.items() if score >= least and shared[number] >= _LEAST_WORDS]
        found.sort(key=lambda number: (-scores[number], number))
        return [self._tasks[number] for number in found[:most]]


def words_of(text: str) -> set[str]:
    """Return the significant words of a brief; in scripts without spaces every pair of neighbours is a word."""
    folded = text.casefold()
    words = {word for word in _WORD.findall(_NO_SPACES.sub(" ", folded)) if len(word) >= _SHORTEST_WORD}
    for run in _NO_SPACES.findall(folded):
        words |= {run[at : at + 2] for at in range(len(run) - 1)}
    return words


class EarlierLines(ItemList[Task]):
    """The list of similar tasks."""

    def __init__(self) -> None:
        super().__init__(name="earlier")

    def empty(self, width: int) -> Sequence[Line]:
        """Return advice for a good brief."""
        return [((f" {line}", "dim"),) for line in _A_GOOD_BRIEF]

    def line(self, number: int, width: int) -> Line:
        """Return time, provider, state and title of one task."""
        task = self.items[number]
        wide = width >= _ROOMY
        day = task.created_at.astimezone().strftime("%d %b %Y" if wide else "%d %b") if task.created_at else ""
        asked = one_line(f"{task.account_title} {task.mode or ''}")
        found = f"  {plural(task.sources, 'source')}" if wide and task.sources else ""
        before = (
            f" {day:<{11 if wide else 6}}  ",
            f"{fit(asked, 18 if wide else 14)}  ",
            f"{fit(task.status.value, 8)}  ",
        )
        title = one_line(task.title or task.prompt or task.id)
        room = max(10, width - sum(map(len, before)) - (14 if wide else 1))
        return (
            (before[0], "dim"),
            (before[1], "plain"),
            (before[2], "dim"),
            (fit(title, room), "strong"),
            (found, "dim"),
        )
