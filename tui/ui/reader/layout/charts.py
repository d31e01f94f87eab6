"""Charts drawn in text from their data series: bars for categories, dots for curves. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from tui.domain.cells import cell_len, cut
from tui.domain.detail import Image, Series
from tui.domain.text import plural
from tui.ui.reader.layout.blocks import Figure, LayoutBlock
from tui.ui.reader.layout.lines import Frame, LaidOutLine, Run, Tone
from tui.ui.reader.layout.prose import lead_runs

_CURVES = frozenset({"line", "area", "scatter", "stackedArea", "bubble"})
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MARKS = "●○◆◇▲△■□"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # braille dots of a cell, by row and column
_PLOT_ROWS = 8
_BARS = 40  # rows of a bar chart; more are counted, not drawn


def figure(unit: LayoutBlock, block: Figure, frame: Frame) -> list[LaidOutLine]:
    """Lay out a chart: title, plot or bars, legend; returns its lines."""
    image = block.image
    lead, used = lead_runs(unit.rest, frame.room)
    room = frame.room - used
    title = Run(cut(unit.text, room - 2), Tone.HEAD, 0, 0)
    body = [[Run("▣ ", Tone.IMAGE), title]] if unit.text else []
    series = [one for one in image.series if any(_usable(value) for _, value in one.points)]
    if not series:
        body.append([Run("  no usable numbers", Tone.FAINT)])
    elif image.chart in _CURVES and max(len(one.points) for one in series) > 2:
        body += _curves(image, series, room - 2)
    else:
        body += _bars(image, series, room - 2)
    lines: list[LaidOutLine] = []
    for runs in body:
        cells = used + sum(cell_len(run.text) for run in runs)
        lines.append(LaidOutLine((*lead, *runs), cells, frame.left))
    return lines


def number(value: float) -> str:
    """Return a value as a label: "1,250", "0.35", "2.1e+12"."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.4g}"


def _usable(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _bars(image: Image, series: Sequence[Series], room: int) -> list[list[Run]]:
    rows = [
        (label if len(series) == 1 else f"{label} · {one.name}", value)
        for one in series
        for label, value in one.points
        if value is not None and math.isfinite(value)
    ]
    if len(series) > 1:  # the series of one label side by side
        order = {label: index for index, (label, _) in enumerate(series[0].points)}
        rows.sort(key=lambda row: order.get(row[0].rpartition(" · ")[0], len(order)))
    values = max(len(number(value)) for _, value in rows)
    labels = min(max(cell_len(label) for label, _ in rows), max(1, min(max(6, room // 3), room - values - 4)))
    width = max(1, room - labels - values - 3)
    top = max(0.0, *(value for _, value in rows))
    low = min(0.0, *(value for _, value in rows))
    scale = top / 2 - low / 2 or 1.0  # halves: the difference of two huge numbers is no number
    out: list[list[Run]] = []
    for label, value in rows[:_BARS]:
        name = cut(label, labels)
        pad = " " * (labels - cell_len(name))
        whole, part = divmod(round(abs(value) / 2 / scale * width * 8), 8)
        bar = "█" * whole + (_EIGHTHS[part] if part else "") or "▏"
        tone = Tone.PLOT if value >= 0 else Tone.BROKEN
        fill = " " * max(0, width + 1 - cell_len(bar))
        out.append([Run(f"  {name}{pad} "), Run(bar, tone), Run(fill), Run(f"{number(value):>{values}}", Tone.FAINT)])
    if len(rows) > _BARS:
        out.append([Run(f"  and {plural(len(rows) - _BARS, 'more value')}", Tone.FAINT)])
    return out + _axes(image, room)


def _axes(image: Image, room: int) -> list[list[Run]]:
    words = [
        word for word in (image.x_label and f"x: {image.x_label}", image.y_label and f"y: {image.y_label}") if word
    ]
    return [[Run("  " + cut("   ".join(words), room), Tone.FAINT)]] if words else []


def _curves(image: Image, series: Sequence[Series], room: int) -> list[list[Run]]:
    values = [value for one in series for _, value in one.points if value is not None and math.isfinite(value)]
    low, high = min(values), max(values)
    margin = max(len(number(low)), len(number(high)))
    columns = max(1, room - margin - 2)
    canvas = [[0] * columns for _ in range(_PLOT_ROWS)]
    span = high / 2 - low / 2 or 1.0
    for one in series:
        dots = [
            (
                round(index / max(1, len(one.points) - 1) * (columns * 2 - 1)),
                round((high / 2 - value / 2) / span * (_PLOT_ROWS * 4 - 1)),
            )
            for index, (_, value) in enumerate(one.points)
            if value is not None and math.isfinite(value)
        ]
        for (x, y), (to_x, to_y) in pairwise([dots[0], *dots]):
            steps = 0 if image.chart in {"scatter", "bubble"} else max(abs(to_x - x), abs(to_y - y))
            for step in range(steps + 1):
                share = step / steps if steps else 1
                _dot(canvas, round(x + (to_x - x) * share), round(y + (to_y - y) * share))
    out: list[list[Run]] = []
    for index, row in enumerate(canvas):
        label = number(high) if not index else number(low) if index == _PLOT_ROWS - 1 else ""
        line = "".join(chr(0x2800 + dots) if dots else " " for dots in row)
        out.append([Run(f"  {label:>{margin}} ", Tone.FAINT), Run("│", Tone.GRID), Run(line, Tone.PLOT)])
    points = max((one.points for one in series), key=len)
    first, last = cut(points[0][0], (columns - 1) // 2), cut(points[-1][0], (columns - 1) // 2)
    gap = " " * max(0, columns - cell_len(first) - cell_len(last))
    out.append([Run("  " + " " * margin + " "), Run("└", Tone.GRID), Run(f"{first}{gap}{last}", Tone.FAINT)])
    names = "   ".join(one.name for one in series if one.name)
    out += [[Run("  " + cut(names, room), Tone.FAINT)]] if names else []
    return out + _axes(image, room)


def _dot(canvas: list[list[int]], x: int, y: int) -> None:
    canvas[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
