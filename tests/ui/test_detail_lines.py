"""The detail pane: everything received has a place, and a hundred thousand updates cost as little as ten."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.fakes import COUNTERS, NOW, rich_detail, task
from tui.domain.detail import Detail, Image, Interaction, Json, Report, ReportFormat, Series, Step, Update
from tui.domain.retention import retention_text
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus, TotalKind
from tui.domain.times import format_local
from tui.ui.dashboard.detail_lines import page
from tui.ui.dashboard.preview import asked_lines, beginning, plain_lines
from tui.ui.dashboard.summary_pane import task_lines
from tui.ui.text.folding import Entries, Fixed, FoldedPage
from tui.ui.text.lines import Line, line_width


def shown(one: Task, detail: Detail | None = None, opened: set[str] | None = None, width: int = 70) -> str:
    made = page(one, detail, width, now=NOW, opened=opened or set())
    return "\n".join("".join(text for text, _ in made.line(n)) for n in range(made.total))


def opened(detail: Detail, handle: str, width: int = 70) -> str:
    return shown(detail.task, detail, {handle}, width)


RUNNING = task(
    1, counters=COUNTERS, warnings=("shorter than before",), mode="heavy", web_url="https://valyu.example/t/1"
)
FULL = rich_detail(task(1, TaskStatus.WAITING))


def test_a_task_alone_is_shown_at_once() -> None:
    text = shown(RUNNING)
    assert "Task number 1" in text
    assert "● running" in text
    assert "! shorter than before" in text
    assert "valyu.example" in text
    assert "Find out everything about 1" in text


def test_how_long_the_provider_keeps_it_is_said_where_that_is_known() -> None:
    kept = "until 2026-12-01 00:00, 9 d 12 h from now"
    made = page(task(1, TaskStatus.DONE), None, 80, now=NOW, opened=set(), kept=kept)
    text = "\n".join("".join(piece for piece, _ in made.line(number)) for number in range(made.total))
    assert f"kept there {kept}" in text
    without = page(task(1, TaskStatus.DONE), None, 80, now=NOW, opened=set())
    assert "kept there" not in "".join(piece for number in range(without.total) for piece, _ in without.line(number))


def test_the_age_of_a_task_stands_in_the_line_of_its_time_or_nowhere() -> None:
    for seconds in (59, 3599, 4 * 3600 + 10, 90_000):
        one = task(1, created_at=NOW - timedelta(seconds=seconds))
        for width in (38, 40, 42, 70):
            (line,) = (line for line in shown(one, width=width).splitlines() if "started" in line)
            assert line.count("(") == line.count("ago)"), line
            assert line_width(((line, ""),)) <= width
    assert "(4:00:10 ago)" in shown(task(1, created_at=NOW - timedelta(hours=4, seconds=10)), width=41)


def test_a_title_of_many_lines_says_that_it_goes_on() -> None:
    lines = shown(task(1, title="Compare technologies for storage of electricity " * 9), width=40).splitlines()
    assert lines[2].endswith("…")
    assert all(len(line) <= 40 for line in lines[:3])
    assert "…" not in shown(task(1, title="Compare technologies " * 3), width=40)


def test_a_long_name_of_a_mode_is_not_cut() -> None:
    lines = shown(task(1, provider="gemini", mode="deep-research-preview-04-2026"), width=38).splitlines()
    assert lines[1:3] == ["● running  Gemini", "  deep-research-preview-04-2026"]
    assert "● running  Gemini  deep-research-preview-04-2026" in shown(
        task(1, provider="gemini", mode="deep-research-preview-04-2026"), width=60
    )


def test_bars_are_labelled_with_what_the_total_means() -> None:
    text = shown(RUNNING)
    assert "3 of about 10 steps  an estimate; it may end before" in text
    assert "12 of at most 25 agents  a budget; it need not be used up" in text
    assert "148 pages" in text
    assert text.count("░") > 0
    assert "%" not in text


def test_member_names_of_the_provider_are_words() -> None:
    one = task(1, TaskStatus.DONE)
    text = shown(one, Detail(one, facts=(("structured_output", "not_requested"), ("seen_by", "snake_case in a text"))))
    assert "structured output: not requested" in text
    assert "seen by: snake_case in a text" in text


def test_sources_that_are_counted_already_are_not_said_twice() -> None:
    assert shown(task(1, counters={"sources": Counter(7)}, sources=7)).count("7 sources") == 1
    assert "7 sources" in shown(task(1, sources=7))


def test_a_counter_without_total_has_no_bar() -> None:
    assert "░" not in shown(task(1, counters={"pages": Counter(148)}))


def test_a_finished_task_may_stay_below_its_estimate_without_a_word_about_it() -> None:
    text = shown(task(1, TaskStatus.DONE, counters={"steps": Counter(10, 25, TotalKind.ESTIMATE)}))
    assert "10 of about 25 steps" in text
    assert "may end before" not in text


@pytest.mark.parametrize(
    "place",
    [
        *("Review the plan", "4:00 left to answer", "Looked at page 39", "csv  table.csv  ready", "Prices by year"),
        *("Questions answered (1)", "Trace (30)", "strategy: deep", "Structured answer", "Received, not understood"),
        *("the field `usage` could not be understood", "Updates, newest first (40)", "Files  (W saves them) (1)"),
    ],
)
def test_everything_received_has_a_place(place: str) -> None:
    assert place in shown(FULL.task, FULL)


@pytest.mark.parametrize(
    ("handle", "inside"),
    [
        ("update:0", "found something"),
        ("update:0", "[1] A source  example.org"),
        ("file:0", "at: files.example"),
        ("image:0", "no number"),
        ("image:0", "31"),
        ("answered:0", '"q0": "so"'),
        ("step:0", '"q": 0'),
        ("structured", "    2,"),
        ("extra", '"new_member"'),
        ("question", '"plan"'),
        ("brief", "Find out everything about 1"),
    ],
)
def test_enter_unfolds_what_is_behind_a_line(handle: str, inside: str) -> None:
    assert inside in opened(FULL, handle)
    if handle != "brief":
        assert len(opened(FULL, handle)) > len(shown(FULL.task, FULL))


def test_addresses_with_tokens_are_never_shown() -> None:
    everything = {f"{name}:{n}" for name in ("file", "image", "update", "step") for n in range(3)} | {
        "structured",
        "extra",
    }
    assert "SECRET" not in shown(FULL.task, FULL, everything)


def test_a_finished_report_says_how_to_read_it() -> None:
    done = rich_detail(task(1, TaskStatus.DONE))
    assert "markdown, 19 bytes, 1 source listed" in shown(done.task, done)


def test_an_orphan_is_explained() -> None:
    assert "the answer to the create was lost or is under way" in shown(task(1, TaskStatus.QUEUED, remote_id=None))


def test_an_imported_report_waits_for_no_id() -> None:
    one = task(1, TaskStatus.DONE, provider="file", remote_id=None, sources=2)
    told = shown(one, Detail(one, report=Report("A claim [1].", ReportFormat.MARKDOWN)))
    assert "none yet" not in told
    assert "0 sources" not in told, "its list is part of its text"


def test_a_file_has_no_cost_and_took_no_time() -> None:
    one = task(1, TaskStatus.DONE, provider="file", remote_id=None, created_at=NOW, finished_at=NOW)
    told = shown(one) + "".join(piece for line in task_lines(one, None, 80, NOW) for piece, _ in line)
    assert "saved" in told
    assert not [word for word in ("took", " 0 s", "cost", "ended", "not known") if word in told]


def test_an_end_seen_by_a_poll_is_said_to_be_that() -> None:
    assert "as first seen" in shown(task(1, TaskStatus.DONE, finish_observed=True))


def test_parts_of_a_cost_are_listed() -> None:
    cost = Cost(3, "USD", CostKind.REPORTED, (("search", 1.0), ("code", 2.0)))
    lines = [line.strip() for line in shown(task(1, cost=cost)).splitlines()]
    at = lines.index("search: 1 USD")
    assert lines[at - 1].startswith("cost ")
    assert not any("not their sum" in line for line in lines)
    fixed = replace(cost, amount=0.1)
    assert "the provider also lists (the cost is not their sum):" in shown(task(1, cost=fixed))


def test_how_long_the_provider_keeps_it_is_said_once() -> None:
    one = task(1, TaskStatus.DONE, expires_at=NOW + timedelta(days=3))
    made = page(one, None, 80, now=NOW, opened=set(), kept=retention_text(one, one.expires_at, NOW))
    text = "\n".join("".join(piece for piece, _ in made.line(number)) for number in range(made.total))
    assert text.count(format_local(one.expires_at)) == 1


@pytest.mark.parametrize("width", [20, 38, 60, 100, 180])
def test_no_line_of_text_is_wider_than_the_pane_where_it_is_wrapped(width: int) -> None:
    one = task(1, title="word " * 60, error="reason " * 80, warnings=("warning " * 50,), prompt="brief " * 400)
    made = page(one, Detail(one), width, now=NOW, opened={"brief"})
    assert max(line_width(made.line(n)) for n in range(made.total)) <= max(20, width)


def test_a_hundred_thousand_updates_make_only_the_lines_that_are_looked_at() -> None:
    made: list[int] = []

    class Counting(Sequence[Update]):
        def __len__(self) -> int:
            return 100_000

        def __getitem__(self, number: int) -> Update:  # type: ignore[override]
            made.append(number)
            return Update(f"u{number}", NOW + timedelta(seconds=number), f"update {number}")

    detail = Detail(task(1), updates=Counting())  # type: ignore[arg-type]
    built = page(detail.task, detail, 70, now=NOW, opened={"update:5"})
    assert built.total > 100_000
    assert len(made) <= 2
    last = "".join(text for text, _ in built.line(built.total - 1))
    assert "update 0" in last
    assert len(made) <= 4


def test_a_huge_brief_is_folded_without_wrapping_all_of_it() -> None:
    text = shown(task(1, prompt="word " * 200_000))
    assert "… enter shows all of it" in text
    assert len(text) < 3000


def test_entries_find_their_way_between_heads_and_bodies() -> None:
    entries = Entries(
        "e", 4, lambda n: ((f"head {n}", "x"),), lambda n: [((f"body {n}.{i}", "x"),) for i in range(n)], {"e:2", "e:1"}
    )
    texts = ["".join(text for text, _ in entries.line(n)) for n in range(len(entries))]
    assert texts == ["head 0", "head 1", "body 1.0", "head 2", "body 2.0", "body 2.1", "head 3"]
    assert [entries.handle(n) for n in (0, 2, 5, 6)] == ["e:0", "e:1", "e:2", "e:3"]


def test_entries_that_are_gone_are_not_unfolded() -> None:
    assert len(Entries("e", 2, lambda _: (), lambda _: [()], {"e:7", "other:1"})) == 2


def test_empty_blocks_take_no_line() -> None:
    made = FoldedPage.of([Fixed([]), Fixed([(("a", "x"),)]), Fixed([]), Fixed([(("b", "x"),)], opens="b")])
    assert [made.line(n) for n in range(made.total)] == [(("a", "x"),), (("b", "x"),)]
    assert made.handle(1) == "b"


@pytest.mark.parametrize("data", [None, 3, "text", [], {}, {"questions": "no list"}, [[{"x": None}]]])
def test_a_checkpoint_of_any_shape_is_shown(data: Json) -> None:
    one = replace(FULL, interaction=Interaction("i", "something_new", data))
    assert "something new" in shown(one.task, one, {"question"})


def test_a_chart_without_numbers_draws_no_bar() -> None:
    image = Image("c", "chart", "Empty", series=(Series("s", (("a", None), ("b", 0.0), ("c", -2.0))),))
    one = Detail(task(1), images=(image,))
    assert "no number" in shown(one.task, one, {"image:0"})


# What one needs first


def texts(lines: Sequence[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line).strip() for line in lines]


def test_a_plan_is_read_without_its_marks_above_the_facts() -> None:
    asked = Interaction(
        "i", "plan_review", {"plan": "x"}, text="## Plan\n\n1. **Summary** of [it](https://a.org)\n2. Figures\n",
        deadline=NOW + timedelta(seconds=213),
    )  # fmt: skip
    waiting = task(2, TaskStatus.WAITING)
    made = page(waiting, Detail(waiting, interaction=asked), 60, now=NOW, opened=set())
    lines = texts([made.line(number) for number in range(made.total)])
    assert "3:33 left to answer" in lines
    assert (
        lines.index("Plan")
        < lines.index("1. Summary of it")
        < next(number for number, line in enumerate(lines) if line.startswith("started"))
    )


def test_a_question_that_cannot_be_answered_here_says_why() -> None:
    waiting = task(2, TaskStatus.WAITING)
    asked = Interaction("i", "plan_review", {}, text="A plan")
    made = page(waiting, Detail(waiting, interaction=asked), 60, now=NOW, opened=set(), not_here="it takes no answers")
    lines = texts([made.line(number) for number in range(made.total)])
    assert "it takes no answers" in lines
    assert not any("a answers" in line for line in lines)


def test_a_question_without_a_deadline_or_with_one_that_is_over_says_so() -> None:
    held = Interaction("i", "plan_review", {}, held=True)
    assert "on hold: it waits however long it takes" in texts(asked_lines(held, 60, NOW))
    late = Interaction("i", "plan_review", {}, deadline=NOW - timedelta(minutes=1))
    assert "time to answer was over 1:00 ago" in texts(asked_lines(late, 60, NOW))


def test_a_report_begins_in_the_pane_without_its_title() -> None:
    assert texts(plain_lines("So ([doi.org](https://doi.org/10.1016/S0(21)02-0)).", 60, 2)) == ["So (doi.org)."]
    report = Report("# Title\n\nFirst *words* [1].\n\n```\ncode\n```\n" + "more\n" * 50, ReportFormat.MARKDOWN)
    lines = texts(beginning(report, 60))
    assert lines[0] == "First words [1]."
    assert lines[-1] == "…"
    assert len(lines) <= 10
    assert beginning(Report("{}", ReportFormat.JSON), 60) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- QUIC [[1]](https://www.rfc-editor.org/rfc/rfc9000) is new", "- QUIC [1] is new"),
        ("*Said [[2]](https://a.example/x_(y)) of it.*", "Said [2] of it."),
        ("said before [[3]].", "said before [3]."),
        ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
        ("**strong** and *weak*", "strong and weak"),
        (r"\*kept\*", r"\*kept\*"),
    ],
)
def test_a_preview_shows_words_without_their_marks(text: str, shown: str) -> None:
    assert texts(plain_lines(text, 60, 2)) == [shown]


@given(st.text(max_size=400), st.integers(20, 90))
def test_a_preview_of_any_text_is_as_wide_as_the_pane_at_most(text: str, width: int) -> None:
    assert all(line_width(line) <= width for line in plain_lines(text, width, 12))


def test_a_step_of_the_trace_says_who_wrote_or_what_was_done_and_leaves_the_cells_to_its_text() -> None:
    steps = (
        Step("user", "text", "What now?"),
        Step("assistant", "reasoning", "It depends."),
        Step("assistant", "call", "ports", "web_search"),
        Step("tool", "result", "5 sources", "web_search"),
        Step("exa", "plan_made", "three parts"),
    )
    rows = shown(RUNNING, Detail(RUNNING, trace=steps)).split("\n")
    at = rows.index(next(row for row in rows if "Trace (5)" in row))
    assert [row.rstrip() for row in rows[at + 1 : at + 6]] == [
        "  user                What now?",
        "  reasoning           It depends.",
        "  calls web_search    ports",
        "  web_search answers  5 sources",
        "  plan_made           three parts",
    ]


def test_trace_and_updates_are_told_without_markup() -> None:
    text = "**RESEARCH QUERY:** see [the plan](https://example.org/plan)\n\n## Then\n- `one`"
    one = replace(RUNNING, counters={})
    detail = Detail(one, trace=(Step("user", "text", text),), updates=(Update("1", None, text),))
    told = shown(one, detail)
    assert told.count("RESEARCH QUERY: see the plan") == 2
    for handle in ("step:0", "update:0"):
        assert "**" not in opened(detail, handle)
        assert "•" in opened(detail, handle)


def test_html_is_told_without_its_tags() -> None:
    words = "First <b>words</b> <a href='https://a.example'>[1]</a> <sup data-n='2'></sup>."
    text = f"<article><h2>Grid &amp; storage</h2><p>{words}</p><p>Then</p>"
    one = replace(RUNNING, counters={})
    detail = Detail(one, updates=(Update("1", None, text),))
    assert "Grid & storage First words [1]. Then" in shown(one, detail)
    assert "<" not in opened(detail, "update:0")
    assert texts(beginning(Report(text, ReportFormat.HTML), 60))[0] == "First words [1]."
    kept = "<tool>x < y</tool>"  # the words of a tool, not a page
    assert kept in shown(one, Detail(one, updates=(Update("1", None, kept),)))


def test_what_a_total_means_is_never_cut() -> None:
    one = task(1, TaskStatus.RUNNING, counters={"steps": Counter(7, 15, TotalKind.ESTIMATE)})
    for width in (30, 42, 80):
        assert "an estimate; it may end before" in shown(one, width=width)


def test_a_range_of_costs_is_told_once_and_markers_read_as_in_the_report() -> None:
    cost = Cost(3.0, "USD", CostKind.ESTIMATE, at_least=1.0)
    one = task(1, TaskStatus.DONE, cost=cost)
    told = shown(one, Detail(one, report=Report("It began in 2007 [cite: 1, 2].", ReportFormat.MARKDOWN)))
    assert told.count("$1.00") == 1
    assert "It began in 2007 [1, 2]." in told
