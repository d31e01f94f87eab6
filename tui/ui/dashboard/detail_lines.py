"""Everything known about one task as lines of the detail pane; long parts are folded; pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.amounts import cost_long, text_size
from tui.domain.annotations import NO_ANNOTATIONS, NOBODY, Annotations, People
from tui.domain.cells import cell_len, fit, wrap
from tui.domain.source_key import site_name
from tui.domain.task import Cost, Task, TaskStatus
from tui.domain.text import as_words, clean, one_line, plural
from tui.domain.times import format_local
from tui.domain.url import host_of
from tui.ui.dashboard.added_lines import added_lines
from tui.ui.dashboard.preview import REPORTED, asked_lines, beginning, plain_line, untagged
from tui.ui.text.folding import Block, Entries, Fixed, FoldedPage
from tui.ui.text.formatting import (
    STATUS,
    ago,
    clock,
    counter_text,
    provider_word,
    status_word,
    took_text,
    total_meaning,
)
from tui.ui.text.lines import EMPTY, Line, bar, first_lines, line_width, sparkline

if TYPE_CHECKING:
    from tui.domain.detail import Deliverable, Detail, Image, Interaction, Json, Source, Step, Update

TITLE = 3
"""Lines of a title."""

_FOLDED = 5  # lines of a brief that is not unfolded
_LABEL = 11
_WHO = 22  # cells for who took a step of the trace, and how
_LOOKED_AT = 100  # steps whose names are measured
_LONGEST_SNIPPET = 600  # characters
_LONGEST_BODY = 400  # lines of one unfolded entry


def page(
    task: Task,
    detail: "Detail | None",
    width: int,
    *,
    now: datetime,
    opened: set[str],
    history: Sequence[float] = (),
    added: Annotations = NO_ANNOTATIONS,
    kept: str = "",
    queued: str = "",
    not_here: str = "",
    begins: bool = True,
) -> FoldedPage:
    """Return the page of a task: complete with `detail`, else made of the task alone."""
    width = max(20, width)
    people = detail.people if detail else NOBODY
    facts, progress = (
        Fixed(_facts_of(task, width, now, kept=kept, people=people, queued=queued)),
        Fixed(_progress(task, width, history)),
    )
    blocks: list[Block] = [Fixed([*_head(task, width), *added_lines(task, added, people, width)])]
    if detail and detail.interaction and task.status is TaskStatus.WAITING:
        blocks.append(Fixed(asked_lines(detail.interaction, width, now, not_here)))
    if detail:
        blocks.append(Fixed(_report(detail, width if begins else 0)))
    blocks += [facts, progress] if task.status.is_final else [progress, facts]
    folded = _FOLDED if begins or task.status in REPORTED else 1
    blocks += _brief((detail and detail.task.prompt) or task.prompt, width, opened, folded)
    if detail is None:
        return FoldedPage.of(blocks)
    blocks += _updates(detail.updates, width, opened)
    blocks += _deliverables(detail.deliverables, width, opened)
    blocks += _images(detail.images, width, opened)
    blocks += _answered(detail.answered, width, opened)
    blocks += _trace(detail.trace, width, opened)
    blocks += _facts(detail.facts, width)
    if asked := detail.interaction:
        blocks += _json("question", "What it asks, as received", asked.data, opened)
        blocks += _json("expected", "What it expects as an answer", asked.expected, opened)
    blocks += _json("structured", "Structured answer", detail.structured, opened)
    blocks += _json("extra", "Received, not understood", dict(detail.extra) or None, opened)
    blocks += _list("Problems", detail.problems, "warn", width)
    return FoldedPage.of(blocks)


def _head(task: Task, width: int) -> list[Line]:
    title = one_line(task.title or task.prompt or task.remote_id or task.id)
    lines = first_lines([((text, "title"),) for text in wrap(title, width)], TITLE, width)
    glyph, tone = STATUS[task.status]
    raw = provider_word(task) if task.status is TaskStatus.UNKNOWN else ""
    account, mode = one_line(task.account_title), one_line(task.mode or "")
    who: Line = ((f"{glyph} {status_word(task)}", tone), (f" ({raw})" if raw else "", "dim"), (f"  {account}", "plain"))
    if not mode or line_width(who) + 2 + cell_len(mode) <= width:
        lines.append((*who, (f"  {mode}" if mode else "", "plain")))
    else:  # a long name of a model has lines of its own
        lines += [who, *(((f"  {text}", "plain"),) for text in wrap(mode, width - 2))]
    if task.error:
        lines += [((text, "bad"),) for text in wrap(clean(task.error), width)]
    for warning in task.warnings:
        lines += [((text, "warn"),) for text in _hanging("! ", warning, width)]
    return lines


def _facts_of(task: Task, width: int, now: datetime, *, kept: str, people: People, queued: str) -> list[Line]:
    lines: list[Line] = [EMPTY]
    spent = took_text(task, now)
    seen = ", as first seen" if task.finish_observed else ""
    started = format_local(task.created_at)
    aged = f"{started} ({ago(task.created_at, now)})" if task.created_at else started
    pairs = [
        ("saved" if task.is_file else "started", aged if cell_len(aged) <= width - _LABEL else started),
        ("by", people.started),
        ("ended", f"{format_local(task.finished_at)}{seen}" if task.finished_at and not task.is_file else ""),
        ("took" if task.status.is_final else "so far" if task.status is TaskStatus.WAITING else "running", spent),
        ("kept there", kept),
        ("cost", "" if task.is_file else cost_long(task.cost)),
        *(("", text) for text in _cost_parts(task.cost)),
        ("id", task.remote_id or queued or ("" if task.status.is_final else _NO_ID)),
        ("web", host_of(task.web_url) if task.web_url else ""),
        ("part of", f"batch {task.batch_id}" if task.batch_id else ""),
        ("follows", task.parent_id or ""),
    ]
    lines += [line for label, value in pairs if value for line in _labelled(label, value, width)]
    return lines


_NO_ID = "none yet: the answer to the create was lost or is under way"


def _cost_parts(cost: Cost) -> list[str]:
    """Return the parts that the provider lists; a fixed price is not their sum, and that is said."""
    told = [f"{name}: {amount:,.10g} {cost.unit}" for name, amount in cost.parts]
    whole = sum(amount for _, amount in cost.parts)
    if told and cost.amount is not None and cost.at_least is None and abs(whole - cost.amount) >= 0.01:
        return ["the provider also lists (the cost is not their sum):", *told]
    return told


def _progress(task: Task, width: int, history: Sequence[float]) -> list[Line]:
    lines: list[Line] = []
    room = max(8, min(30, width - 4))
    for name, counter in task.counters.items():
        meaning = total_meaning(counter) if not task.status.is_final else ""
        told = counter_text(name, counter)
        apart = meaning and 4 + cell_len(told) + cell_len(meaning) > width
        lines.append((("  ", "plain"), (told, "plain"), (f"  {meaning}" if meaning and not apart else "", "dim")))
        lines += [((f"  {meaning}", "dim"),)] if apart else []
        if counter.fraction is not None and not task.status.is_final:
            full, empty = bar(counter.fraction, room)
            lines.append((("  ", "plain"), (full, "info"), (empty, "dim")))
    sources = None if "sources" in task.counters else task.sources
    figures = [(sources, "source"), (task.citations, "citation")]
    told = ", ".join(plural(count, noun) for count, noun in figures if count is not None)
    if told:
        lines.append((("  ", "plain"), (told, "plain")))
    spark = sparkline(history, min(room, len(history)))
    if spark:
        lines.append((("  ", "plain"), (spark, "info"), ("  progress while you watched", "dim")))
    return [*_heading("Progress"), *lines] if lines else []


def _report(detail: "Detail", width: int) -> list[Line]:
    report = detail.report
    if report is None:
        return []
    listed = f", {plural(len(report.sources), 'source')} listed" if report.sources else ""
    about = f"  {report.format.value}, {text_size(report.text)}{listed}"
    partial = "  partial" if report.partial else ""
    begins = beginning(report, width) if width else []
    key: Line = (("  enter reads it", "key"),)
    head: list[Line] = [EMPTY, (("Report", "head"), *key)]
    return [*head, *begins, *([EMPTY] if begins else []), ((about, "dim"), (partial, "warn"))]


def _brief(prompt: str | None, width: int, opened: set[str], folded: int) -> list[Block]:
    if not prompt:
        return []
    whole = "brief" in opened
    lines = wrap(clean(prompt if whole else prompt[: width * (folded + 2)]), width - 2)
    cut = not whole and (len(lines) > folded or len(prompt) > width * (folded + 2))
    shown: list[Line] = [(("  " + text, "plain"),) for text in (lines if whole else lines[:folded])]
    if cut:
        shown.append((("  … enter shows all of it", "dim"),))
    return [Fixed(_heading("Brief")), Fixed(shown, opens="brief")]


def _updates(updates: "Sequence[Update]", width: int, opened: set[str]) -> list[Block]:
    def head(number: int) -> Line:
        update = updates[len(updates) - 1 - number]
        more = f"  {plural(len(update.sources), 'source')}" if update.sources else ""
        return (
            ("  ", "plain"),
            (clock(update.at), "dim"),
            ("  " + plain_line(update.text), "plain"),
            (more, "dim"),
        )

    def body(number: int) -> list[Line]:
        update = updates[len(updates) - 1 - number]
        lines = _body(update.text, width)
        lines += _pairs(update.facts, width)
        lines += [line for source in update.sources for line in _source(source, width)]
        return lines + (_json_lines(update.structured) if update.structured is not None else [])

    return _entries("Updates, newest first", Entries("update", len(updates), head, body, opened))


def _deliverables(files: "Sequence[Deliverable]", width: int, opened: set[str]) -> list[Block]:
    def head(number: int) -> Line:
        file = files[number]
        tone = "bad" if file.error else "plain"
        return (("  ", "plain"), (f"{file.kind}  {one_line(file.title)}", tone), (f"  {as_words(file.status)}", "dim"))

    def body(number: int) -> list[Line]:
        file = files[number]
        return _body(file.error or "", width) * bool(file.error) + _pairs(_hosted(file.url, file.facts), width)

    return _entries("Files  (W saves them)", Entries("file", len(files), head, body, opened))


def _images(images: "Sequence[Image]", width: int, opened: set[str]) -> list[Block]:
    def head(number: int) -> Line:
        image = images[number]
        kind = image.chart or image.kind
        spark = next((sparkline([y for _, y in s.points if y is not None], 24) for s in image.series), "")
        return (("  ", "plain"), (f"{kind}  {one_line(image.title)}  ", "plain"), (spark, "info"))

    def body(number: int) -> list[Line]:
        image = images[number]
        lines: list[Line] = []
        for series in image.series:
            lines.append(((f"    {one_line(series.name)}", "strong"), (f"  {image.y_label} by {image.x_label}", "dim")))
            lines += _points(series.points, width)
        return lines + _pairs(_hosted(image.url, image.facts), width)

    return _entries("Images and charts", Entries("image", len(images), head, body, opened))


def _points(points: Sequence[tuple[str, float | None]], width: int) -> list[Line]:
    values = [abs(y) for _, y in points if y is not None]
    top = max(values, default=0.0) or 1.0
    label = min(20, max((cell_len(x) for x, _ in points), default=0))
    lines: list[Line] = []
    for x, y in points[:_LONGEST_BODY]:
        full = bar(abs(y) / top, max(4, width - label - 20))[0] if y is not None else ""
        number = "no number" if y is None else f"{y:,.6g}"
        lines.append(((f"    {fit(one_line(x), label)} ", "dim"), (full, "info"), (f" {number}", "plain")))
    return lines


def _answered(asked: "Sequence[Interaction]", width: int, opened: set[str]) -> list[Block]:
    def head(number: int) -> Line:
        one = asked[number]
        how = "went on by itself" if one.auto_continued else "answered"
        kind = one.kind.replace("_", " ")
        return (
            ("  ", "plain"),
            (clock(one.answered_at or one.created_at), "dim"),
            (f"  {kind}", "plain"),
            (f"  {how}", "dim"),
        )

    def body(number: int) -> list[Line]:
        one = asked[number]
        expected = {} if one.expected is None else {"expected": one.expected}
        return _json_lines({"asked": one.data, **expected, "answer": one.response})

    return _entries("Questions answered", Entries("answered", len(asked), head, body, opened))


def _trace(steps: "Sequence[Step]", width: int, opened: set[str]) -> list[Block]:
    room = min(_WHO, max((cell_len(_step_name(step)) for step in steps[:_LOOKED_AT]), default=0))

    def head(number: int) -> Line:
        return (
            ("  ", "plain"),
            (fit(_step_name(steps[number]), room), "dim"),
            ("  " + plain_line(steps[number].text), "plain"),
        )

    def body(number: int) -> list[Line]:
        step = steps[number]
        name = _step_name(step)
        whole = _body(name, width) if cell_len(name) > room else []
        return whole + _body(step.text, width) + (_json_lines(step.data) if step.data is not None else [])

    return _entries("Trace", Entries("step", len(steps), head, body, opened))


def _step_name(step: "Step") -> str:
    """Return who wrote a text, else what was done: "user", "reasoning", "calls web_search", "web_search answers"."""
    own = " ".join(word for word in (step.kind, step.tool) if word)
    words = {"text": step.role, "call": f"calls {step.tool or ''}", "result": f"{step.tool or step.role} answers"}
    return one_line(words.get(step.kind, own))


def _facts(facts: Iterable[tuple[str, str]], width: int) -> list[Block]:
    from tui.domain.json_walk import json_in_words  # what the first paint does without

    lines = _pairs(((name, json_in_words(value)) for name, value in facts), width, indent=2)
    return [Fixed([*_heading("Also told"), *lines])] if lines else []


def _list(title: str, texts: Sequence[str], tone: str, width: int) -> list[Block]:
    lines: list[Line] = [((line, tone),) for text in texts for line in _hanging("  ! ", text, width)]
    return [Fixed([*_heading(title), *lines])] if lines else []


def _json(name: str, title: str, value: "Json", opened: set[str]) -> list[Block]:
    if value is None:
        return []
    head = Fixed(_heading(title))
    if name in opened:
        return [head, Fixed(_json_lines(value), opens=name)]
    return [head, Fixed([(("  ", "plain"), *_summary_of(value))], opens=name)]


def _summary_of(value: "Json") -> Line:
    """Return a short description of a folded value."""
    if isinstance(value, Mapping):
        names = one_line(", ".join(as_words(name) for name in list(value)[:20]), 200)
        return ((plural(len(value), "field"), "dim"), (f"  {names}", "plain"))
    if isinstance(value, list):
        first = one_line(str(value[0])[:200]) if value and not isinstance(value[0], dict | list) else ""
        return ((plural(len(value), "entry", "entries"), "dim"), (f"  {first}", "plain"))
    return ((one_line(str(value)[:200]), "plain"),)


# Pieces


def _heading(title: str) -> list[Line]:
    return [EMPTY, ((title, "head"),)]


def _entries(title: str, entries: Entries) -> list[Block]:
    return [Fixed(_heading(f"{title} ({entries.count:,})")), entries] if entries.count else []


def _labelled(label: str, value: str, width: int) -> list[Line]:
    first, *rest = wrap(clean(value), max(8, width - _LABEL)) or [""]
    return [
        ((fit(label, _LABEL), "dim"), (first, "plain")),
        *(((" " * _LABEL + text, "plain"),) for text in rest),
    ]


def _pairs(pairs: Iterable[tuple[str, str]], width: int, indent: int = 4) -> list[Line]:
    lines: list[Line] = []
    for label, value in pairs:
        first, *rest = wrap(clean(value), max(8, width - indent - cell_len(label) - 2)) or [""]
        lines.append(((f"{' ' * indent}{one_line(as_words(label))}: ", "dim"), (first, "plain")))
        lines += [((" " * (indent + 2) + text, "plain"),) for text in rest[:_LONGEST_BODY]]
    return lines


def _hanging(mark: str, text: str, width: int) -> list[str]:
    first, *rest = wrap(clean(text), max(8, width - cell_len(mark))) or [""]
    return [mark + first, *(" " * cell_len(mark) + line for line in rest)]


def _body(text: str, width: int) -> list[Line]:
    from tui.ui.text.short_markdown import markdown_lines  # what the first paint does without

    lines = markdown_lines(untagged(text), max(8, width - 4))
    shown: list[Line] = [(("    ", "plain"), *line) for line in lines[:_LONGEST_BODY]]
    if len(lines) > _LONGEST_BODY:
        shown.append(((f"    … {len(lines) - _LONGEST_BODY:,} more lines", "dim"),))
    return shown


def _json_lines(value: "Json") -> list[Line]:
    text = clean(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    return [(("    " + line, "plain"),) for line in text.split("\n")]


def _source(source: "Source", width: int) -> list[Line]:
    host = site_name(host_of(source.url)) if source.url else "no address"
    head: Line = (
        (f"    [{source.id}] ", "accent"),
        (one_line(source.title or source.url or ""), "plain"),
        (f"  {host}", "dim"),
    )
    said = [("says", one_line(source.snippet, _LONGEST_SNIPPET))] if source.snippet else []
    return [head, *_pairs([*said, *source.facts], width, indent=8)]


def _hosted(url: str | None, facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return only the host of a file's address, which may hold a token."""
    return [*([("at", host_of(url))] if url else []), *facts]
