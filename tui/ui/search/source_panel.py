"""The panel beside the sources of all reports: the reports that cite one, and the most cited hosts. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tui.domain.cells import fit
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.engine.archive.rows.values import SourceUse
from tui.ui.search.source_rows import HostRow, SourceRow
from tui.ui.text.lines import EMPTY, Line, bar, spread

_BAR = 12  # cells of the longest bar
_HOST = 24


def use_lines(uses: Sequence[SourceUse], chosen: int, tasks: Mapping[str, Task], width: int) -> list[Line]:
    """Return the reports that cite a source, one a line; the one that enter opens is highlighted."""
    lines: list[Line] = []
    for number, use in enumerate(uses):
        task = tasks.get(use.task_id)
        title = one_line(task.title or task.id) if task else use.task_id
        mark, tone = ("▸", "accent") if number == chosen else (" ", "plain")
        told = f"{task.account_title}  " if task else ""
        cited = f"{use.times:>4,}× " if use.times else "never "
        lines.append(spread(((f" {mark} ", "accent"), (title, tone)), ((f"  {told}{cited}", "dim"),), width))
    return lines


def host_lines(sources: Sequence[SourceRow], current: str, most: int, width: int) -> list[Line]:
    """Return the `most` most cited hosts with bars; the current one is always among them."""
    cited: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for source in sources:
        cited[source.host] += source.times
        pages[source.host] += 1
    hosts = sorted(pages, key=lambda host: (-cited[host], -pages[host], host))
    shown = hosts[: max(0, most - 1)]
    if current in pages and current not in shown:
        shown = [*shown[: max(0, most - 2)], current]
    if not shown:
        return []
    longest = max(cited[hosts[0]], 1)
    size = max(4, min(_BAR, width - _HOST - 18))
    lines: list[Line] = [((f" {plural(len(hosts), 'host')}, by citations; its sources", "head"),)]
    for host in shown:
        filled = bar(cited[host] / longest, size)[0]
        lines.append(
            (
                ("   ", "plain"),
                (fit(host, _HOST), "key" if host == current else "info"),
                (f" {filled:<{size}}", "info"),
                (f" {cited[host]:>5,}×  {pages[host]:>5,}", "dim"),
            )
        )
    return lines


def panel_lines(
    sources: Sequence[SourceRow],
    source: SourceRow,
    chosen: int,
    tasks: Mapping[str, Task],
    size: tuple[int, int],
) -> list[Line]:
    """Return the panel of a source; hosts are listed only where lines are left."""
    width, height = size
    lines = use_lines(source.places, chosen, tasks, width)
    if len(lines) > height:
        return _window(lines, chosen, height)
    left = height - len(lines) - 1
    return lines if left < 3 else [*lines, EMPTY, *host_lines(sources, source.host, left, width)]


def host_panel_lines(
    host: HostRow, sources: Sequence[SourceRow], chosen: int, tasks: Mapping[str, Task], size: tuple[int, int]
) -> list[Line]:
    """Return the panel of a host: the reports that cite it, and its most cited sources."""
    width, height = size
    lines = _window(use_lines(host.places, chosen, tasks, width), chosen, height)
    left = height - len(lines) - 2
    if left < 1:
        return lines
    most = sorted(sources, key=lambda source: -source.times)[:left]
    rows: list[Line] = [((f" {source.times:>5,}×  ", "dim"), (source.title, "plain")) for source in most]
    return [*lines, EMPTY, ((f" {plural(len(sources), 'source')} there, by citations", "head"),), *rows]


def _window(lines: list[Line], chosen: int, height: int) -> list[Line]:
    """Return as many lines as there is room for; the chosen one stays visible."""
    top = max(0, min(chosen - height // 2, len(lines) - height))
    return lines[top : top + height]
