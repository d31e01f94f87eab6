"""Drafts, answers, comparison, themes, crash reports, first run: pure parts of the screens."""

import json
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from textual.events import Key

from tests.ui.fakes import NOW, default_states, info, task
from tui.domain.account import account_title
from tui.domain.actions import Approve, Respond, RespondJson, Select
from tui.domain.amounts import at_most
from tui.domain.budget import Budget, Limits
from tui.domain.capability import ConnectionState
from tui.domain.detail import Interaction, Json
from tui.domain.errors import ConfigError, UsageError
from tui.domain.options import Option
from tui.domain.provider import Draft
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.engine.api import ProviderState
from tui.engine.archive.rows.values import CostLine, PaidTask
from tui.providers.protocol import Provider
from tui.providers.registry import load
from tui.report.document import Citation, Document, Entry, MarkerKind, Resolution, Section
from tui.ui import crash_report
from tui.ui.checkpoint.form import action_of, form_of
from tui.ui.commands.keymap import Keymap, is_text
from tui.ui.commands.registry import COMMAND_SCOPES, CommandContext
from tui.ui.compare.diff import outline
from tui.ui.costs.ledger import ledger, months
from tui.ui.dashboard.empty_state import first_run_lines, nothing_matches
from tui.ui.dashboard.questions import ask_of
from tui.ui.dashboard.sums import spent_line
from tui.ui.new_task.planner import Plan, read_schema
from tui.ui.search.preview import marked
from tui.ui.stylesheet import first_sheet, folder, other_sheets, shared_sheets
from tui.ui.terminal.checks import check_terminal
from tui.ui.terminal.textual_patches import LenientParser
from tui.ui.text import themes
from tui.ui.text.lines import EMPTY, Line, line_width
from tui.ui.widgets.bars import StatusLine, footer_commands
from tui.ui.widgets.provider_strip import strip_line


def text(lines: Sequence[Line]) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


# Drafts


class Strict:
    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        return [("strategy", "no such strategy")] if "strategy" in draft.options else []

    def cost_at_most(self, draft: Draft) -> Cost:
        return Cost(2.5 if draft.mode == "heavy" else 0.5, "USD", CostKind.PRICE_LIST)

    def options(self) -> Sequence[Option]:
        return ()


def plan(**more: object) -> Plan:
    return replace(Plan.of(default_states()), prompt="Find out", **more)  # type: ignore[arg-type]


def test_a_new_plan_goes_to_the_first_provider_that_can_in_its_default_mode() -> None:
    states = default_states()
    states[0] = replace(states[0], link=ConnectionState.NO_KEY)
    made = Plan.of(states)
    assert [choice.state.key for choice in made.chosen] == ["yutori"]
    assert made.draft(made.chosen[0]).mode == "fast"
    assert "EXTRUCT_API_KEY" in made.choices[0].unable


def test_doing_a_task_again_takes_everything_it_was_started_with() -> None:
    draft = Draft("Why?", "heavy", {"type": "object"}, {"depth": 3})
    made = Plan.of(default_states(), {"valyu": draft})
    (choice,) = made.chosen
    made.prompt = "Why?"
    assert choice.state.key == "valyu"
    assert made.draft(choice) == draft


def test_troubles_are_said_field_by_field_at_their_provider() -> None:
    made = plan()
    made.choices[0].options = {"strategy": "x"}
    made.choices[2].chosen = True
    assert made.troubles(lambda _: cast("Provider", Strict())) == {"extruct": ["strategy: no such strategy"]}


def test_an_empty_brief_and_no_provider_are_troubles() -> None:
    made = Plan.of(default_states())
    made.choices[0].chosen = False
    assert made.troubles(None) == {"": ["brief: nothing is written yet", "provider: none is chosen"]}


def test_prices_follow_the_mode() -> None:
    made = plan()
    made.choices[0].next_mode(1)
    assert at_most(made.prices(lambda _: cast("Provider", Strict()))) == "at most $2.50"


def test_modes_go_round() -> None:
    choice = plan().choices[0]
    choice.next_mode(-1)
    assert choice.mode == 1
    choice.next_mode(1)
    assert choice.mode == 0


def test_a_schema_is_pasted_or_read_from_a_file(tmp_path: Path) -> None:
    schema = '{"type": "object", "properties": {"a": {"type": "string"}}}'
    (tmp_path / "s.json").write_text(schema)
    assert read_schema(schema) == read_schema(str(tmp_path / "s.json"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"type": 3}', "no JSON schema"),
        ("{", "no JSON"),
        ("/nowhere/s.json", "cannot be read"),
        ('{"type": "nope"}', "no JSON schema"),
    ],
)
def test_an_unusable_schema_is_refused_before_money_is_spent(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_schema(typed)


def test_a_file_that_is_no_object_is_no_schema(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("[1]")
    with pytest.raises(ValueError, match="object"):
        read_schema(str(tmp_path / "s.json"))


# Answers


def asked(kind: str, data: Json, expected: Json = None) -> Interaction:
    """A checkpoint as Valyu sends it."""
    checkpoint = {"interaction_id": "i1", "type": kind, "data": data, "expected_response": expected}
    body = json.dumps({"deepresearch_id": "x", "status": "awaiting_input", "interaction": checkpoint}).encode()
    found = load("valyu").reader().read_task(body, remote_id="x", received_at=NOW).interaction
    assert found is not None
    return found


def test_planning_questions_are_answered_one_by_one() -> None:
    one = asked("planning_questions", {"questions": [{"question": "Which years?", "context": "scope"}, "Where?"]})
    form = form_of(one)
    assert [(field.label, field.hint) for field in form.fields] == [("Which years?", "scope"), ("Where?", "")]
    assert action_of(one, {"q0": "all", "q1": " EU "}, {}) == Respond("i1", (("Which years?", "all"), ("Where?", "EU")))
    assert action_of(one, {"q0": "", "q1": "EU"}, {}) == Respond("i1", (("Which years?", ""), ("Where?", "EU")))
    with pytest.raises(ValueError, match="no question is answered yet"):
        action_of(one, {"q0": " ", "q1": ""}, {})


@pytest.mark.parametrize("kind", ["plan_review", "outline_review"])
def test_a_review_without_changes_approves(kind: str) -> None:
    one = asked(kind, {"plan": "# P", "outline": "# O"})
    assert form_of(one).text in {"# P", "# O"}
    assert action_of(one, {"modifications": "  "}, {}) == Approve("i1", approved=True)
    assert action_of(one, {"modifications": "shorter"}, {}) == Approve("i1", approved=False, changes="shorter")


def test_domains_are_kept_dropped_or_left() -> None:
    domains: Json = [
        {"domain": "a.org", "source_count": 3, "avg_relevance_score": 0.9, "ai_recommendation": "include"},
        {"domain": "b.org"},
        {"domain": "c.org"},
    ]
    one = asked("source_review", {"domains": domains})
    form = form_of(one)
    assert form.domains == ("a.org", "b.org", "c.org")
    assert (form.about or {})["a.org"] == "3 sources, relevance 0.90, suggested: keep"
    assert action_of(one, {}, {"a.org": True, "b.org": False}) == Select("i1", ("a.org",), ("b.org",))


def test_an_unknown_kind_is_answered_in_json() -> None:
    one = asked("new_kind", {"x": 1}, {"y": "number"})
    assert '"y"' in form_of(one).text
    assert action_of(one, {"json": '{"y": 2}'}, {}) == RespondJson("i1", {"y": 2})
    with pytest.raises(ValueError, match="no JSON"):
        action_of(one, {"json": "{"}, {})


@pytest.mark.parametrize(
    "kind", ["planning_questions", "plan_review", "source_review", "outline_review", "", "\x1b]0;x"]
)
@pytest.mark.parametrize(
    "data", [None, 3, "x", [], [1], {}, {"questions": 3, "domains": "x", "plan": None}, {"domains": [3, None]}]
)
def test_no_shape_of_a_checkpoint_breaks_the_form(kind: str, data: Json) -> None:
    form = form_of(asked(kind, data))
    assert form.fields or form.domains
    assert "\x1b" not in form.title + form.text


# Compare


def document(urls: Sequence[str], titles: Sequence[str]) -> Document:
    return Document(
        blocks=(),
        citations=tuple(
            Citation(f"[{n}]", MarkerKind.NUMERIC, (str(n),), (url,), (Resolution.URL,), 10 + n, 1)
            for n, url in enumerate(urls, 1)
        ),
        sources=tuple(Entry(str(n), url, f"Title {url}") for n, url in enumerate(urls, 1)),
        outline=tuple(Section(1 + n % 2, title, title.lower(), n) for n, title in enumerate(titles, 1)),
        words=1000,
    )


def test_like_headings_stand_beside_each_other_in_order() -> None:
    rows = outline(
        document([], ["Introduction", "Market size", "Risks"]), document([], ["The market size", "Outlook", "Risks"])
    )
    assert [(row.side, row.left.strip(), row.right.strip()) for row in rows] == [
        ("left", "Introduction", ""),
        ("both", "Market size", "The market size"),
        ("right", "", "Outlook"),
        ("both", "Risks", "Risks"),
    ]


def test_outlines_without_anything_in_common_are_both_shown_whole() -> None:
    rows = outline(document([], ["A b"]), document([], ["C d", "E f"]))
    assert [row.side for row in rows] == ["left", "right", "right"]
    assert outline(document([], []), document([], [])) == []


# Costs, search hits, first run


def spent_on(*tasks: Task) -> list[CostLine]:
    return [
        CostLine(
            one.id,
            one.provider,
            one.account,
            one.status,
            one.created_at or NOW,
            one.cost,
            "",
            PaidTask(one.title, one.mode or "", one.citations or 0, one.has_report),
        )
        for one in tasks
    ]


LEDGER = spent_on(
    task(0, cost=Cost(1, "USD", CostKind.REPORTED)),
    task(3, TaskStatus.DONE, mode="fast", citations=10, cost=Cost(2, "USD", CostKind.PRICE_LIST)),
    task(6),
    task(1, cost=Cost(7, "credits", CostKind.CREDITS)),
)


def page_of(
    month: str = "2026-11",
    width: int = 80,
    budget: Budget = Budget(),  # noqa: B008  frozen
    unfolded: tuple[str, ...] = (),
) -> str:
    left = {"valyu": "4,120 credits"}
    lines = ledger(LEDGER, month, width, now=NOW, budget=budget, left=left, unfolded=unfolded)
    assert all(line_width(one.line) <= width for one in lines)
    return text([one.line for one in lines])


def test_the_ledger_has_one_sum_with_its_kinds_and_says_what_is_not_known() -> None:
    said = page_of()
    assert "November 2026: ≤$3.00 + 7 credits" in said
    assert "$1.00  reported by the provider, 1 task" in said
    assert "$2.00  by the price list, 1 task" in said
    assert "not known  1 task" in said
    assert "4,120 credits" in said


def test_the_ledger_says_what_a_report_and_a_citation_cost_and_names_the_dearest_first() -> None:
    assert "▸ Valyu " in page_of()
    said = page_of(unfolded=("valyu",))
    row = next(line for line in said.splitlines() if "    fast" in line)
    assert row.split()[-2:] == ["$2.00", "$0.20"]
    dearest = ledger(LEDGER, "2026-11", 80, now=NOW, budget=Budget(), left={})
    assert [one.task_id for one in dearest if one.task_id] == ["t3", "t0", "t1"]


TWO_SERVICES = spent_on(
    task(0, provider="extruct", cost=Cost(25, "credits", CostKind.CREDITS)),
    task(1, provider="tavily", cost=Cost(196, "credits", CostKind.CREDITS)),
    task(2, provider="valyu", cost=Cost(2, "USD", CostKind.REPORTED)),
)


@pytest.mark.parametrize("width", [80, 120])
def test_credits_of_two_services_are_nowhere_one_sum(width: int) -> None:
    people = [replace(one, person=name) for one in TWO_SERVICES for name in ("nina", "omar")]
    limits = Budget({"credits": Limits(month=200)})
    said = text([one.line for one in ledger(people, "2026-11", width, now=NOW, budget=limits, left={})])
    assert "November 2026: $4.00 + 50 credits at Extruct + 392 at Tavily" in said
    assert "50 credits  counted by Extruct, 2 tasks" in said
    assert "392 credits  counted by Tavily, 2 tasks" in said
    assert "50 credits at Extruct of 200 credits" in said
    assert "192 credits over" in said
    assert "442" not in said
    assert "221" not in said
    nina = next(line for line in said.splitlines() if "nina" in line)
    assert "$2.00 + 25 cr" in nina
    dearest = [one.task_id for one in ledger(TWO_SERVICES, "2026-11", width, now=NOW, budget=limits, left={})]
    assert [one for one in dearest if one] == ["t2", "t0", "t1"]


def test_what_is_left_is_never_cut_where_there_is_room() -> None:
    left = {"Yutori": "9,958 of 10,000 requests today", "Tavily": "14,921 of 15,000 credits"}
    said = text([one.line for one in ledger(LEDGER, "2026-11", 120, now=NOW, budget=Budget(), left=left)])
    assert "9,958 of 10,000 requests today" in said


def test_a_narrow_ledger_leaves_columns_out_and_cuts_none() -> None:
    for width in (69, 60, 57):
        said = page_of(width=width)
        assert "…" not in "".join(said.split("── Dearest")[0])
        assert ("a report" in said) == (width > 57)
        assert "a citation" not in said
    assert "a citation" in page_of(width=70)


def test_a_chart_shows_one_currency_and_names_it() -> None:
    said = text([one.line for one in ledger(TWO_SERVICES[:2], "2026-11", 80, now=NOW, budget=Budget(), left={})])
    assert "By day, credits at Extruct" in said


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (60, "today $1.05 + 25 cr Extruct + 9 cr Tavily   month $2.00"),
        (50, "today $1.05 + credits   month $2.00"),
        (30, "today $1.05 + credits"),
        (15, ""),
    ],
)
def test_the_strip_tells_what_was_spent_in_what_room_there_is(room: int, told: str) -> None:
    days = ["$1.05 + 25 cr Extruct + 9 cr Tavily", "$1.05 + credits"]
    assert text([spent_line(days, ["$2.00", ""], room)]).strip() == told


def test_the_budget_is_a_bar_and_told_in_percent_with_what_is_left() -> None:
    said = page_of(budget=Budget({"USD": Limits(month=6)}))
    assert "$3.00 of $6.00" in said
    assert "50%, $3.00 left" in said


def test_the_budget_of_the_day_is_told_too_and_what_is_over_it() -> None:
    now = LEDGER[0].at
    today = sum(one.cost.amount or 0 for one in LEDGER if one.cost.unit == "USD" and one.at.date() == now.date())
    lines = ledger(LEDGER, f"{now:%Y-%m}", 80, now=now, budget=Budget({"USD": Limits(day=0.5)}), left={})
    said = text([one.line for one in lines])
    assert f"today      ${today:.2f} of $0.50" in said
    assert f"${today - 0.5:.2f} over" in said


def test_what_the_month_comes_to_at_this_pace_is_said_after_some_days() -> None:
    limits = Budget({"USD": Limits(month=4)})
    for day, told in ((2, False), (16, True)):
        now = LEDGER[0].at.replace(day=day, hour=0)
        lines = ledger(LEDGER, "2026-11", 80, now=now, budget=limits, left={})
        assert ("at this pace" in text([one.line for one in lines])) is told
    assert "$6.00 by 30 Nov, over $4.00" in text([one.line for one in lines])


def test_where_it_is_wide_what_is_left_stands_beside_the_sums_and_figures_say_where_they_come_from() -> None:
    said = page_of(width=120).splitlines()
    assert "November 2026" in said[0]
    assert "Left at the providers" in said[0]
    assert "4,120 credits" in said[1]
    assert any(line.endswith("counted by the provider") for line in map(str.rstrip, said))
    assert any(line.lstrip().startswith("tasks  ") for line in said)
    narrow = page_of(width=80).splitlines()
    assert " left        valyu 4,120 credits" in "\n".join(narrow)
    assert "no budget is set" in "\n".join(narrow)
    assert max(map(len, narrow)) <= 80


def test_other_months_and_all_time_are_ledgers_too() -> None:
    assert months(LEDGER, NOW.replace(month=12)) == ["2026-12", "2026-11", "all time"]
    assert "December 2026: nothing known" in page_of("2026-12")
    assert "all time: ≤$3.00" in page_of("all time")


def test_found_words_are_set_off() -> None:
    assert marked("grid and\nGRID", ((0, 4), (9, 13))) == (
        ("grid", "key"),
        (" and ", "plain"),
        ("GRID", "key"),
    )
    assert marked("", ()) == ()


def test_without_a_key_the_first_screen_names_the_variables_and_the_demo() -> None:
    states = {state.key: replace(state, link=ConnectionState.NO_KEY) for state in default_states()}
    said = text(first_run_lines(states, Keymap.build()))
    assert "VALYU_API_KEY" in said
    assert "valyu.example/keys" in said
    assert "divewatch demo" in said
    assert "enter d starts the demo" in said


def test_with_a_key_the_first_screen_says_how_to_start() -> None:
    states = {state.key: state for state in default_states()}
    keymap = Keymap.build(overrides={"tasks.new": "a", "tasks.answer": "n"})
    assert "a  starts one" in text(first_run_lines(states, keymap))


def test_before_the_engine_runs_nothing_is_promised() -> None:
    assert "Looking for providers" in text(first_run_lines({}, Keymap.build()))


def test_a_filter_that_leaves_nothing_says_how_to_clear_it() -> None:
    assert "Nothing in 1,200 tasks matches xyz" in text(nothing_matches("xyz", 1200))


# Themes


@pytest.mark.parametrize(
    ("env", "wish", "chosen"),
    [
        ({"COLORTERM": "truecolor"}, "auto", "dark"),
        ({"TERM": "xterm-256color"}, "auto", "dark"),
        ({"TERM": "tmux-256color", "COLORFGBG": "0;15"}, "auto", "light"),
        ({"TERM": "linux"}, "auto", "terminal"),
        ({"TERM": "xterm"}, "auto", "terminal"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "dark", "terminal"),
        ({"TERM": "xterm"}, "contrast", "contrast"),
    ],
)
def test_the_theme_fits_the_terminal(env: dict[str, str], wish: str, chosen: str) -> None:
    assert themes.choose(wish, env) == chosen


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)])
def test_every_tone_can_be_read_on_its_ground_and_under_the_cursor(name: str, least: float) -> None:
    theme = next(one for one in themes.builtin() if one.name == name)
    grounds = [
        str(theme.background),
        str(theme.surface),
        theme.variables["line-cursor"],
        theme.variables["line-cursor-blurred"],
    ]
    tones = [str(theme.foreground), *(value for key, value in theme.variables.items() if key.startswith("text-"))]
    worst = {
        (tone, ground): (max(a, b) + 0.05) / (min(a, b) + 0.05)
        for tone in tones
        for ground in grounds
        for a, b in [(luminance(tone), luminance(ground))]
    }
    floor = dict.fromkeys(grounds, 4.5) | {grounds[0]: least}
    assert {pair: round(ratio, 2) for pair, ratio in worst.items() if ratio < floor[pair[1]]} == {}


def test_a_users_theme_changes_only_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('dark = false\n[colours]\nprimary = "#123456"\n')
    theme = themes.load(tmp_path / "mine.toml")
    assert (theme.name, theme.primary, theme.dark) == ("mine", "#123456", False)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("darc = true", "unknown key 'darc', did you mean 'dark'?"),
        ('[colours]\nprimry = "red"', "unknown key colours.primry, did you mean 'primary'?"),
        ('[colours]\nprimary = "reddish"', "colours.primary is no colour"),
        ("dark = 3", "true or false"),
        ("x = = 1", "mine.toml"),
    ],
)
def test_a_broken_theme_names_file_and_key(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(toml)
    with pytest.raises(ConfigError, match=re.escape(said)):
        themes.load(tmp_path / "mine.toml")


def test_style_sheets_begin_with_the_tokens_and_each_is_used_once() -> None:
    every = [*shared_sheets(), *other_sheets()]
    assert [path.name for path in every[:2]] == ["tokens.tcss", "base.tcss"]
    assert sorted(every) == sorted(folder().glob("*.tcss"))


@pytest.mark.parametrize(("reading", "most"), [(False, 58), (True, 86)])
def test_few_rules_are_parsed_before_the_first_paint(reading: bool, most: int) -> None:
    sheets = [*shared_sheets(), first_sheet(reading=reading)]
    assert sum(path.read_text().count("{") for path in sheets) <= most


# Crash reports


def broken(key: str) -> None:
    secret_local = key
    raise RuntimeError(f"refused {secret_local}\x1b]0;x\x07")


def test_a_crash_report_has_no_variables_keys_or_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALYU_API_KEY", "canary-from-environment")
    try:
        broken("canary-from-argument")
    except RuntimeError as error:
        said = crash_report.report(error, ("canary-from-argument",))
    assert "RuntimeError: refused …" in said
    assert "canary" not in said
    assert "\x1b" not in said
    assert "in broken" in said


def test_a_crash_report_is_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "state" / "crash.log"
    assert crash_report.save("one", path)
    assert crash_report.save("two", path)
    assert path.read_text() == "one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("safe")
    (tmp_path / "crash.log").symlink_to(tmp_path / "victim")
    assert not crash_report.save("x", tmp_path / "crash.log")
    assert (tmp_path / "victim").read_text() == "safe"


# Before the screen is taken


class Tty(StringIO):
    def isatty(self) -> bool:
        return True


def test_no_terminal_is_a_usage_error_that_says_what_to_use_instead() -> None:
    with pytest.raises(UsageError) as raised:
        check_terminal(StringIO(), Tty(), {"TERM": "xterm"})
    assert raised.value.exit_code == 2
    assert "divewatch list" in raised.value.hint


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {}, {"TERM": ""}])
def test_a_terminal_that_cannot_place_a_cursor_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="cannot place a cursor"):
        check_terminal(Tty(), Tty(), env)


def test_the_size_is_asked_from_the_terminal_not_from_the_environment() -> None:
    env = {"TERM": "xterm", "COLUMNS": "9999999", "LINES": "1"}
    check_terminal(Tty(), Tty(), env)
    assert env == {"TERM": "xterm"}


def test_a_closed_stream_is_no_terminal() -> None:
    closed = StringIO()
    closed.close()
    with pytest.raises(UsageError):
        check_terminal(closed, Tty(), {"TERM": "xterm"})


def test_the_crash_report_keeps_the_environment_out() -> None:
    assert os.environ.get("PATH", "") not in crash_report.report(ValueError("x"))


@pytest.mark.parametrize("context", [context for context in COMMAND_SCOPES if context != "confirm"])
def test_the_footer_of_a_screen_with_a_field_shows_only_keys_that_are_no_text(context: str) -> None:
    keys = [key for _, key in footer_commands(context, Keymap.build(), CommandContext(), typing=True)]
    assert "escape" in keys
    assert not any(is_text(key) for key in keys)


def test_an_excerpt_begins_shortly_before_what_was_found() -> None:
    assert text([marked("x" * 50 + "word", ((50, 54),))]) == "…" + "x" * 16 + "word"


@pytest.mark.parametrize(
    "report", ["1114112u", "99999999999999999999u", "55296u", "97:65;2:1u", "57358;1:3u", "200000000~"]
)
def test_a_key_report_that_names_no_key_is_passed_over(report: str) -> None:
    parser = LenientParser()
    keys = [event for event in parser.feed(f"\x1b[{report}") if isinstance(event, Key)]
    assert keys == []
    assert [event.key for event in parser.feed("\x1b[97;5u") if isinstance(event, Key)] == ["ctrl+a"]


# The strip with many accounts


def many_states(active: int, link: ConnectionState = ConnectionState.OK) -> list[ProviderState]:
    names = ("openai", "gemini", "perplexity", "parallel", "exa", "tavily", "extruct", "yutori", "valyu", "youdotcom")
    return [ProviderState(info(name), link=link, active=active) for name in names]


@pytest.mark.parametrize("active", [0, 17])
def test_ten_accounts_fit_in_80_cells_with_their_whole_names(active: int) -> None:
    line = strip_line(many_states(active), NOW, 80)
    assert line_width(line) <= 80
    assert text([line]).split() == [account_title(one.key) for one in many_states(0)]


def test_accounts_with_tasks_under_way_are_counted_where_they_fit() -> None:
    states = [*many_states(7)[:6], *many_states(0)[6:]]
    assert text([strip_line(states, NOW, 80)]) == " OpenAI 7 Gemini 7 Perplexity 7 Parallel 7 Exa 7 Tavily 7 +4 ok"
    assert text([strip_line(many_states(7), NOW, 120)]).count(" 7") == 10


def test_what_was_spent_takes_the_cells_that_are_left() -> None:
    whole = line_width(strip_line(many_states(7)[:3], NOW, 200))
    end = strip_line(many_states(7)[:3], NOW, 200, end_for=lambda room: (("today $1", "plain"),) if room >= 8 else ())
    assert text([end]).endswith("today $1")
    assert line_width(end) == 200
    assert whole < 200
    assert "today" not in text([strip_line(many_states(7), NOW, 80, end_for=lambda room: (("today" * 9, "plain"),))])


def test_no_name_is_cut_at_any_width() -> None:
    whole = {account_title(one.key) for one in many_states(7)}
    for width in range(20, 161):
        words = text([strip_line(many_states(7), NOW, width)]).split()
        assert {word for word in words if word.isalpha() and word not in {"ok", "active", "more"}} <= whole


def test_where_no_account_has_a_key_that_is_said_instead_of_cut_names() -> None:
    said = text([strip_line(many_states(0, ConnectionState.NO_KEY), NOW, 80)])
    assert said.strip() == "– no key yet for any of 10 services"


def test_of_many_accounts_the_one_in_trouble_has_its_name_and_its_trouble() -> None:
    states = [*many_states(0)[:9], ProviderState(info("youdotcom"), link=ConnectionState.BAD_KEY)]
    said = text([strip_line(states, NOW, 80)])
    assert f"Youdotcom {ConnectionState.BAD_KEY.value}" in said
    assert said.endswith(" +9 ok")


def test_accounts_without_a_key_take_no_room_beside_one_that_has_a_key() -> None:
    states = [*many_states(0, ConnectionState.NO_KEY)[:9], ProviderState(info("valyu"), link=ConnectionState.OK)]
    assert text([strip_line(states, NOW, 80)]).strip() == "● Valyu ok"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (Interaction("i", "plan_review", None), "plan"),
        (Interaction("i", "planning_questions", None, questions=(("a", ""), ("b", ""))), "2 questions"),
        (Interaction("i", "source_review", None, choices=(("a", ""), ("b", ""), ("c", ""))), "3 domains"),
        (Interaction("i", "function_call", None, questions=(("a", ""),)), "function call"),
        (Interaction("i", "function_call", None, questions=(("a", ""), ("b", ""))), "2 function calls"),
        (Interaction("i", "what_now", None), "what now"),
    ],
)
def test_a_row_says_what_is_asked_whatever_the_service_calls_it(what: Interaction, said: str) -> None:
    assert ask_of(what).what == said


def test_a_bar_measures_nothing_when_what_it_shows_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def compose_line(bar: StatusLine, width: int) -> Line:
        measured.append(width)
        return EMPTY

    monkeypatch.setattr(StatusLine, "compose_line", compose_line)
    bar = StatusLine()
    bar.place((("1/2", "plain"),))
    bar.say("saved")
    assert len(measured) >= 2
    measured.clear()
    bar.place((("1/2", "plain"),))
    bar.say("saved")
    bar.show(bar.shown)
    assert not measured
