"""Sources without a titled list: definitions, rows and blocks of labelled URLs, a list at the very end."""

from collections.abc import Iterator, Sequence

from tui.report.address import is_url
from tui.report.markdown.notations import is_numbering
from tui.report.markdown.spans import SourceLine
from tui.report.sources.entry import EntryDraft, lone_url
from tui.report.sources.entry_start import begin, go_on
from tui.report.sources.labels import is_block, is_labelled_url, starts_with_label, take_labels, title_link

_FEWEST_ORDERED = 3
_LABEL_SIGNS = ("[", "\\[", "**[", "*[", "【", "［", "^", "<sup>", *"¹²³⁴⁵⁶⁷⁸⁹")


def outside(lines: Sequence[SourceLine], inside: bytearray) -> Iterator[tuple[int, EntryDraft]]:
    """Read the sources defined anywhere: definitions, rows of labelled URLs, label blocks above a URL."""
    candidates: list[int] = []
    for at, line in enumerate(lines):
        if line.unit.kind == "definition":
            for mark in line.marks():
                mark.section = True
            if line.at == 0 and _lists(line, inside=bool(inside[at])):
                yield at, _read_definition(lines, at)
        elif (
            line.unit.kind == "text"
            and not inside[at]
            and line.text.startswith(_LABEL_SIGNS)
            and starts_with_label(line)
        ):
            candidates.append(at)
    rows = [at for at in candidates if is_labelled_url(lines[at])]
    rows = [
        at
        for at, before, after in zip(rows, [-2, *rows], [*rows[1:], -2], strict=False)
        if at in (before + 1, after - 1)
    ]
    row_set = set(rows)
    for at in candidates:
        below = lines[at + 1] if at + 1 < len(lines) else None
        stop = at + 1
        if below is not None and below.unit.kind == "text" and lone_url(below) and is_block(lines[at]):
            stop = at + 2
        elif at not in row_set:
            continue
        labels, own, rest = take_labels(lines[at])
        draft = EntryDraft(labels, lines[at], own)
        draft.add(rest)
        draft.add(token for line in lines[at + 1 : stop] for token in line.tokens)
        inside[at:stop] = b"\1" * (stop - at)
        yield at, draft


def _lists(line: SourceLine, *, inside: bool) -> bool:
    """Whether a definition is a source; one that links refer to by words only gives their target."""
    if line.text.lstrip("< ").startswith("data:"):
        return False
    unit = line.unit
    return unit.anywhere or is_numbering(unit.label) or (inside and not unit.used)


def _read_definition(lines: Sequence[SourceLine], at: int) -> EntryDraft:
    line, unit = lines[at], lines[at].unit
    draft = EntryDraft([unit.label], line)
    title_link(line.tokens)
    while at < len(lines) and lines[at].unit is unit:
        draft.add(lines[at].tokens)
        for mark in lines[at].marks():
            mark.section = True
        at += 1
    if draft.url is None and is_url(unit.token.content.strip()):
        draft.bare = unit.token.content.strip()
    return draft


def headless(lines: Sequence[SourceLine], inside: bytearray) -> list[tuple[int, EntryDraft]]:
    """Read an untitled list at the very end: `[n] …` lines, or an ordered list whose items all have URLs."""
    return _final_labels(lines, inside) or _final_ordered(lines, inside)


def _final_labels(lines: Sequence[SourceLine], inside: bytearray) -> list[tuple[int, EntryDraft]]:
    at = len(lines) - 1
    while at >= max(len(lines) - 3, 0) and not starts_with_label(lines[at]) and not lone_url(lines[at]):
        at -= 1
    starts: list[int] = []
    while at >= 0 and lines[at].unit.kind == "text" and not inside[at]:
        if starts_with_label(lines[at]):
            starts.append(at)
        elif not lines[at].indented and not lone_url(lines[at]):
            break
        at -= 1
    starts.reverse()
    with_url = sum(any(mark.url for mark in lines[start].marks()) for start in starts)
    if len(starts) < 2 or 2 * with_url < len(starts):
        return []
    return _collect(lines, inside, starts, len(lines))


def _final_ordered(lines: Sequence[SourceLine], inside: bytearray) -> list[tuple[int, EntryDraft]]:
    starts = [
        at for at, line in enumerate(lines) if line.begins_item and line.unit.item != "•" and line.unit.depth == 1
    ]
    run: list[int] = []
    for at in reversed(starts):
        if inside[at] or (run and int(lines[at].unit.item or 0) != int(lines[run[-1]].unit.item or 0) - 1):
            break
        run.append(at)
    run.reverse()
    if len(run) < _FEWEST_ORDERED or lines[run[0]].unit.item != "1":
        return []
    if any(line.unit.kind == "heading" or not line.unit.depth for line in lines[run[0] : -3]):
        return []
    drafts = _collect(lines, inside, run, len(lines), mark=False)
    if not all(draft.url for _, draft in drafts):
        return []
    return _collect(lines, inside, run, len(lines))


def _collect(
    lines: Sequence[SourceLine], inside: bytearray, starts: Sequence[int], stop: int, *, mark: bool = True
) -> list[tuple[int, EntryDraft]]:
    drafts: list[tuple[int, EntryDraft]] = []
    for start, end in zip(starts, [*starts[1:], stop], strict=True):
        begun = begin(lines[start])
        if begun is None:
            continue
        drafts.append((start, begun))
        last = start
        for at in range(start + 1, end):
            if go_on(begun, lines[at]) is not begun:
                break
            last = at
        if mark:
            inside[start : last + 1] = b"\1" * (last + 1 - start)
    return drafts
