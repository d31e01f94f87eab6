"""What an experiment is: programs that take turns, and the rows of the budget that their figures fill."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the budget.

    Attributes:
        name: What is measured.
        figure: Which of the programs' figures.
        ours: Our program.
        most: The budget: times the peer's figure, or absolute where there is no peer.
        peer: The program it is compared with; "" for none.
        unit: Of the figure.
        counted: The figure is a count, the same on any machine; a run with more of it than the budget fails.
        against: The peer's figure, where it has another name.
    """

    name: str
    figure: str
    ours: str
    most: float
    peer: str = ""
    unit: str = "ms"
    counted: bool = False
    against: str = ""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Programs that are run in turns, so that noise falls on all of them alike.

    Attributes:
        name: For `--only`.
        programs: Name to what runs it once and returns its figures.
        rows: The rows it fills.
        turns: How often each is run; medians count.
    """

    name: str
    programs: Mapping[str, Callable[[], Figures]]
    rows: Sequence[Row]
    turns: int = 3


@dataclass(frozen=True, slots=True)
class Result:
    """A filled row."""

    row: Row
    ours: float
    peer: float | None

    @property
    def ratio(self) -> float:
        """Ours over the budget's base: at most 1 is kept."""
        base = self.row.most if self.peer is None else self.row.most * self.peer
        return self.ours / base if base else (0.0 if self.ours <= 0 else float("inf"))

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return self.ratio <= 1


@dataclass(slots=True)
class Outcome:
    """Everything one experiment yielded."""

    name: str
    figures: dict[str, dict[str, float]] = field(default_factory=dict)  # medians by program
    results: list[Result] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def carry_out(experiment: Experiment, turns: int | None = None) -> Outcome:
    """Run all programs in turns and fill the rows; a program that fails leaves its rows empty and is named."""
    seen: dict[str, list[Figures]] = {name: [] for name in experiment.programs}
    outcome = Outcome(experiment.name)
    for _ in range(turns or experiment.turns):
        for name, program in experiment.programs.items():
            if name in outcome.failures:
                continue
            try:
                seen[name].append(program())
            except Exception as error:  # noqa: BLE001  supervision: the other programs are measured all the same
                outcome.failures[name] = f"{type(error).__name__}: {error}"
    outcome.figures = {name: _medians(runs) for name, runs in seen.items() if runs}
    for row in experiment.rows:
        ours = outcome.figures.get(row.ours, {}).get(row.figure)
        peer = outcome.figures.get(row.peer, {}).get(row.against or row.figure) if row.peer else None
        if ours is not None and (peer is not None or not row.peer):
            outcome.results.append(Result(row, ours, peer))
    return outcome


def _medians(runs: Sequence[Figures]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: statistics.median(run[name] for run in runs if name in run) for name in names}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
