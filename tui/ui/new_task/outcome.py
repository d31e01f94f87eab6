"""What sending the form does: price against budget, what cannot be stopped, every mode's price; pure."""

from collections.abc import Callable, Mapping, Sequence

from tui.domain.amounts import at_most, newest_day, price_text
from tui.domain.budget import Budget, Spent, outlook, warnings
from tui.domain.capability import Capability
from tui.domain.cells import cell_len, cut, wrap
from tui.domain.task import IN_QUEUE, Cost
from tui.domain.text import join, one_line, plural
from tui.domain.times import elapsed
from tui.ui.new_task.planner import Choice
from tui.ui.text.lines import Line, line_width

Usual = Mapping[tuple[str, str | None], str]


def outcome_lines(
    prices: Sequence[tuple[str, Cost]], chosen: Sequence[Choice], before: Spent | None, budget: Budget, width: int
) -> list[Line]:
    """Return what happens when the form is sent, the total first; `before` is None while it is not known."""
    if not chosen:
        return [((" nothing is chosen", "dim"),)]
    tasks = f"{plural(len(chosen), 'task')}{', one set: c compares them' if len(chosen) > 1 else ''}"
    total = at_most(prices)
    lines: list[Line] = [((f" {total}", "strong"), (f"   {tasks}", "dim"))]
    if line_width(lines[0]) > width:
        lines = [*_wrapped(total, width, "strong"), ((f" {tasks}", "dim"),)]
    over = warnings(prices, before, budget)
    lines += [((" ! ", "warn"), (text, "warn")) for text in over]
    if before is not None and not over:
        lines += [((f" {text}", "plain"),) for text in outlook(prices, before, budget)]
    for choice in chosen:
        if sender := choice.state.sender:  # another process sends it, where this one has no key for the account
            title = one_line(choice.state.info.title)
            lines += _wrapped(f"{title}: no key here. {queued_by(sender)}", width, "plain")
    if stuck := _stuck(chosen):
        lines += _wrapped(f"{join(stuck)} cannot be stopped once started", width, "warn")
    return lines


def way_back(chosen: Sequence[Choice]) -> str:
    """Return how far the tasks can still be stopped once sent, for the confirmation."""
    stuck = _stuck(chosen)
    if not stuck:
        return "; x cancels it later."
    others = any(Capability.CANCEL in one.state.info.capabilities for one in chosen)
    return f"; x cancels it later, but not at {join(stuck)}." if others else " and cannot be taken back from here."


def _stuck(chosen: Sequence[Choice]) -> list[str]:
    """Return the titles of the providers that cannot stop a task."""
    stuck = [one_line(one.state.info.title) for one in chosen if Capability.CANCEL not in one.state.info.capabilities]
    return list(dict.fromkeys(stuck))


def queued_by(sender: str) -> str:
    """Return that the process `sender` sends a queued create: "nina@server (process 7) since ..."."""
    return f"{IN_QUEUE.capitalize()}; {one_line(sender.partition(' (')[0])} sends it"


def mode_lines(choice: Choice, price: Callable[[str], Cost], usual: Usual, width: int) -> list[Line]:
    """Return each mode of a provider with price and usual time, then what the provider cannot do.

    In few columns the modes follow each other on a line.
    """
    info = choice.state.info
    lines: list[Line] = []
    rows = [
        (mode.name, price_text(price(mode.name)), usual.get((info.name, mode.name)) or one_line(mode.note))
        for mode in info.modes
    ]
    names, costs = (max((len(row[at]) for row in rows), default=0) for at in (0, 1))
    before = names + costs + 5
    for name, cost, takes in rows:
        tone = "strong" if name == choice.mode_name else "plain"
        first, *more = wrap(takes, max(10, width - before))
        lines.append(((f" {name:<{names}}  {cost:>{costs}}  ", tone), (first, "dim")))
        lines += [((" " * before + line, "dim"),) for line in more]
    chosen = next((mode for mode in info.modes if mode.name == choice.mode_name), None)
    if chosen and (info.name, chosen.name) in usual:
        lines += _wrapped(f"{chosen.name}: {one_line(chosen.note)}", width)
    if info.open_modes:
        lines += _wrapped(f"m types another one; {one_line(info.title)} decides whether it knows it", width)
    if day := newest_day(mode.known_on for mode in info.modes):
        lines += _wrapped(f"prices as published on {day}", width)
    if info.retention is not None:
        keeps, note = info.retention.keeps, one_line(info.retention.note)
        kept = plural(keeps.days, "day") if keeps.days and not keeps.seconds else elapsed(keeps.total_seconds())
        lines += _wrapped(f"{one_line(info.title)} keeps a task {kept}{f', {note}' if note else ''}", width)
    for what in (Capability.CANCEL, Capability.LIST):
        if what in info.missing:
            lines += _wrapped(one_line(info.missing[what]), width)
    return lines


def modes_in_brief(choice: Choice, price: Callable[[str], Cost], width: int, most: int = 1) -> list[Line]:
    """Return the modes with their prices in at most `most` lines; "…" says that there are more."""
    prices = [(mode.name, price_text(price(mode.name))) for mode in choice.state.info.modes]
    unknown = " ?" if any(text for _, text in prices) else ""
    room, lines = max(10, width - 2), [""]
    for one in (f"{name} {text}" if text else f"{name}{unknown}" for name, text in prices):
        longer = f"{lines[-1]}   {one}" if lines[-1] else one
        if cell_len(longer) <= room:
            lines[-1] = longer
        elif lines[-1] and len(lines) < most:
            lines.append(one)
        else:
            lines[-1] = cut(longer, room)
            break
    return [((f" {line}", "dim"),) for line in lines if line]


def _wrapped(text: str, width: int, tone: str = "dim") -> list[Line]:
    return [((f" {line}", tone),) for line in wrap(text, max(10, width - 2))]
