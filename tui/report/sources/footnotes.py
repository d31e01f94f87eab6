"""Footnotes as exporters write them: a numbered link to an entry, and a link back."""

from collections.abc import Iterator, Sequence

from tui.report.document import MarkerKind
from tui.report.markdown.grammar import MarkerToken
from tui.report.markdown.spans import SourceLine
from tui.report.sources.entry import EntryDraft
from tui.report.sources.entry_start import begin, go_on
from tui.report.sources.labels import starts_with_label


def anchored(lines: Sequence[SourceLine], inside: bytearray) -> Iterator[tuple[int, EntryDraft]]:
    """Read entries outside of lists that a numbered link of the document targets, or that link back to one.

    HTML says by `id` where `#ftnt1` leads. Markdown made from it has lost that: there an entry begins with the number
    that stood in the text, as a link elsewhere (`[[1]](#ftnt1)` and `[[1]](#ftnt_ref1) …`).
    """
    links = [(at, mark) for at, line in enumerate(lines) for mark in line.marks() if mark.kind is MarkerKind.NUM_ANCHOR]
    if not links:
        return
    wanted = {mark.target: mark for _, mark in links if mark.ids}
    targets: dict[str, dict[str, int]] = {}  # number -> where each of its first two targets is linked first
    for at, mark in links:
        for number in mark.ids:
            known = targets.setdefault(number, {})
            if len(known) < 2:
                known.setdefault(mark.target, at)
    at = 0
    while at < len(lines):
        start, at = at, at + 1
        if inside[start] or lines[start].unit.kind != "text":
            continue
        label = _label(lines[start], start, wanted, targets)
        if label is None:
            continue
        draft = begin(lines[start]) or EntryDraft([], lines[start])
        if not draft.pieces:
            draft.add(lines[start].tokens)
        draft.labels = draft.labels or [label]
        while at < len(lines) and not inside[at] and lines[at].unit.kind == "text" and _continues(draft, lines[at]):
            at += 1
        if draft.url:
            inside[start:at] = b"\1" * (at - start)
            yield start, draft
        else:
            for mark in lines[start].marks():
                mark.state = "" if mark.state == "label" else mark.state
            at = start + 1


def _continues(draft: EntryDraft, line: SourceLine) -> bool:
    if line.anchors() or starts_with_label(line) or (line.begins_item and line.unit.item_id != draft.line.unit.item_id):
        return False
    return go_on(draft, line) is draft


def _label(line: SourceLine, at: int, wanted: dict[str, MarkerToken], targets: dict[str, dict[str, int]]) -> str | None:
    """Return the number of the entry that begins at this line; None for none."""
    own = {mark.target for mark in line.marks()}
    for anchor in line.anchors():
        if anchor in wanted and anchor not in own:
            return wanted[anchor].ids[0]
    if not starts_with_label(line):
        return None
    first = next(line.marks())
    if first.kind is not MarkerKind.NUM_ANCHOR or len(first.ids) != 1:
        return None
    elsewhere = any(place < at and target != first.target for target, place in targets[first.ids[0]].items())
    return first.ids[0] if elsewhere else None


def settle_back_links(lines: Sequence[SourceLine], inside: bytearray) -> None:
    """Mark numbered links inside an entry that target the text: they link back, and cite nothing."""
    places = {anchor for at, line in enumerate(lines) if not inside[at] for anchor in line.anchors()}
    for at, line in enumerate(lines):
        if inside[at]:
            for mark in line.marks():
                if mark.kind is MarkerKind.NUM_ANCHOR and not mark.state and mark.target in places:
                    mark.state = "text"
