"""Detects where an entry begins, and which lines continue it."""

from tui.report.markdown.spans import SourceLine
from tui.report.sources.entry import EntryDraft, lone_url
from tui.report.sources.labels import take_labels


def begin(line: SourceLine) -> EntryDraft | None:
    """Return a new entry if the line begins with a label or is a list item; else None."""
    labels, own, rest = take_labels(line)
    if labels:
        draft = EntryDraft(labels, line, own)
        draft.add(rest)
        return draft
    if line.begins_item:
        item = line.unit.item or "•"
        draft = EntryDraft([item] if item.isdigit() else [], line)
        draft.add(line.tokens)
        return draft
    return None


def go_on(current: EntryDraft | None, line: SourceLine) -> EntryDraft | None:
    """Add a line to the entry above it, or begin an unlabelled entry if the line has its own URL."""
    if current is not None and (
        line.indented or lone_url(line) or (line.unit.item_id and line.unit.item_id == current.line.unit.item_id)
    ):
        current.add(line.tokens)
        return current
    if any(mark.url for mark in line.marks()):
        draft = EntryDraft([], line)
        draft.add(line.tokens)
        return draft
    return current if current is not None and current.line.unit is line.unit else None
