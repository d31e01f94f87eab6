"""Where an entry begins and which lines go on with it."""

from tui.report.entry import Draft, lone_url
from tui.report.labels import take_labels
from tui.report.units import Line


def begin(line: Line) -> Draft | None:
    """Return a new entry if a label or a list item stands at the start of the line."""
    labels, own, rest = take_labels(line)
    if labels:
        draft = Draft(labels, line, own)
        draft.add(rest)
        return draft
    if line.begins_item:
        item = line.unit.item or "•"
        draft = Draft([item] if item.isdigit() else [], line)
        draft.add(line.tokens)
        return draft
    return None


def go_on(current: Draft | None, line: Line) -> Draft | None:
    """Add a line to the entry above it, or begin an entry without a label if the line has a URL of its own."""
    if current is not None and (
        line.indented or lone_url(line) or (line.unit.item_id and line.unit.item_id == current.line.unit.item_id)
    ):
        current.add(line.tokens)
        return current
    if any(mark.url for mark in line.marks()):
        draft = Draft([], line)
        draft.add(line.tokens)
        return draft
    return current if current is not None and current.line.unit is line.unit else None
