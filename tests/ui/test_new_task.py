"""The form that starts tasks: ten providers, prices and times of every mode, the budget, similar briefs of before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.ui.driving import SMALL, WIDE, region_of, running
from tests.ui.fakes import NOW, FakeEngine, info, rich_detail, task
from tests.ui.test_screens import Priced
from tui.domain.amounts import price_text
from tui.domain.budget import Budget, Limits
from tui.domain.capability import Capability, ConnectionState
from tui.domain.options import Option, OptionKind
from tui.domain.provider import Draft, Mode
from tui.domain.task import Cost, CostKind, Task, TaskStatus
from tui.engine.api import ProviderState
from tui.providers import registry
from tui.ui.new_task.earlier import SimilarBriefs, time_in, usual_times
from tui.ui.new_task.outcome import mode_lines, modes_in_brief, way_back
from tui.ui.new_task.planner import Choice
from tui.ui.new_task.screen import NewTaskScreen
from tui.ui.reader.screen import ReaderScreen
from tui.ui.shell.command_screen import TooSmall

TEN = ("extruct", "yutori", "valyu", "openai", "gemini", "perplexity", "parallel", "exa", "tavily", "you")


def ten_states() -> list[ProviderState]:
    """Ten providers: two cannot stop a task, one takes modes that are not known here."""
    states = []
    for name in TEN:
        missing = [Capability.CANCEL] if name in {"extruct", "yutori"} else []
        states.append(
            ProviderState(replace(info(name, *missing), open_modes=name == "openai"), link=ConnectionState.OK)
        )
    return states


async def test_a_brief_goes_to_ten_providers_with_four_keys_at_the_smallest_size() -> None:
    async with running([], engine=FakeEngine([], ten_states()), drafting=lambda _: Priced(), size=SMALL) as session:
        await session.press("n", *"Why?", "tab", "*")
        shown = session.text()
        assert "Ask whom: 10 of 10" in shown
        assert "at most $5.00   10 tasks" in shown
        assert "Extruct and Yutori cannot be stopped once started" in shown
        await session.press("ctrl+s", "y")
        await session.settle()
        assert [asked[1] for asked in session.engine.asked if asked[0] == "create"] == [*TEN]


async def test_a_long_name_of_a_mode_is_whole_where_there_is_room() -> None:
    (state,) = (one for one in ten_states() if one.info.name == "gemini")
    named = replace(state.info.modes[0], name="deep-research-preview-04-2026")
    states = [replace(state, info=replace(state.info, modes=(named, *state.info.modes)))]
    async with running([], engine=FakeEngine([], states), drafting=lambda _: Priced(), size=(160, 50)) as session:
        await session.press("n")
        assert "‹ deep-research-preview-04-2026 ›" in session.text()
        await session.pilot.resize_terminal(60, 24)
        await session.settle()
        assert "deep-" in session.text()
        assert " options" in session.text()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"valyu"}, "; x cancels it later."),
        ({"extruct"}, " and cannot be taken back from here."),
        ({"extruct", "valyu"}, "; x cancels it later, but not at Extruct."),
    ],
)
def test_the_question_before_sending_says_what_can_be_stopped(names: set[str], said: str) -> None:
    assert way_back([Choice(state) for state in ten_states() if state.info.name in names]) == said


async def test_a_brief_that_started_at_several_services_says_all_of_them() -> None:
    states = [state for state in ten_states() if state.info.name in {"extruct", "valyu"}]
    async with running([], engine=FakeEngine([], states), drafting=lambda _: Priced(), size=WIDE) as session:
        await session.press("n", *"Why?", "tab", "*", "ctrl+s", "y")
        await session.settle()
        assert session.said == "started at Extruct and Valyu"


def test_a_mode_without_a_price_says_so_beside_those_with_one() -> None:
    modes = (Mode("instant", Cost()), Mode("heavy", Cost()))
    choice = Choice(ProviderState(replace(info("valyu"), modes=modes)))
    known = Cost(2.5, "USD", CostKind.PRICE_LIST)
    line = modes_in_brief(choice, lambda mode: known if mode == "heavy" else Cost(), 70)
    assert "".join(text for text, _ in line[0]).strip() == "instant ?   heavy ≤$2.50"


def test_modes_that_find_no_room_are_not_cut_silently() -> None:
    modes = tuple(Mode(name, Cost()) for name in ("gpt-6-sol", "gpt-6-astra", "gpt-6-luna"))
    choice = Choice(ProviderState(replace(info("openai"), modes=modes)))

    def shown(most: int) -> list[str]:
        lines = modes_in_brief(choice, lambda mode: Cost(), 28, most)
        return ["".join(text for text, _ in line) for line in lines]

    assert shown(1) == [" gpt-6-sol   gpt-6-astra…"]
    assert shown(2) == [" gpt-6-sol   gpt-6-astra", " gpt-6-luna"]


def test_what_is_known_of_a_mode_is_folded_into_its_column_and_never_cut() -> None:
    note = "at most 75 agents; 10 to 20 minutes or more"
    choice = Choice(ProviderState(replace(info("valyu"), modes=(Mode("fast", Cost(), note), Mode("heavy", Cost())))))
    lines = ["".join(text for text, _ in line) for line in mode_lines(choice, lambda _: Cost(), {}, 30)]
    assert all(len(line) <= 30 for line in lines)
    assert lines[:3] == [" fast     at most 75 agents;", "          10 to 20 minutes or", "          more"]


async def test_accounts_without_a_key_share_one_line_beside_those_that_have_one() -> None:
    states = [
        state if state.info.name in TEN[:3] else replace(state, link=ConnectionState.NO_KEY) for state in ten_states()
    ]
    async with running([], engine=FakeEngine([], states), drafting=lambda _: Priced(), size=SMALL) as session:
        await session.press("n", "tab")
        shown = session.text()
        assert "Ask whom: 1 of 3" in shown
        assert "7 more without a key: " in shown
        assert "Gemini no key" not in shown


async def test_choosing_all_again_chooses_none() -> None:
    async with running([], engine=FakeEngine([], ten_states()), drafting=lambda _: Priced()) as session:
        await session.press("n", "tab", "*", "*")
        assert "Ask whom: 0 of 10" in session.text()


async def test_every_mode_is_shown_with_its_price_and_the_time_it_took_before() -> None:
    done = [
        task(n, TaskStatus.DONE, provider="extruct", mode="fast", finished_at=NOW + timedelta(minutes=minutes))
        for n, minutes in enumerate((4, 6, 7))
    ]
    async with running(done, drafting=lambda _: Priced(), size=WIDE) as session:
        await session.press("n", "tab")
        shown = session.text()
        assert "fast   ≤$0.50  6 to 8 min" in shown
        assert "heavy  ≤$2.50  up to 90 min" in shown


async def test_a_mode_that_is_not_known_is_typed_where_the_provider_takes_others() -> None:
    async with running([], engine=FakeEngine([], ten_states()), drafting=lambda _: Priced(), size=WIDE) as session:
        await session.press("n", *"Why?", "tab", "m")
        assert "it has the modes shown and no others" in session.said
        await session.press("space", "j", "j", "j", "space", "m", *["backspace"] * 4, *"o9", "enter")
        assert "‹ o9" in session.text()
        await session.press("ctrl+s", "y")
        (asked,) = [asked for asked in session.engine.asked if asked[0] == "create"]
        assert asked[1:3] == ("openai", Draft("Why?", "o9"))


async def test_the_sum_stands_beside_what_was_spent_and_the_budget() -> None:
    spent = [task(0, TaskStatus.DONE, created_at=datetime.now(UTC), cost=Cost(1.05, "USD", CostKind.REPORTED))]
    budget = Budget({"USD": Limits(day=5.0)})
    async with running(spent, drafting=lambda _: Priced(), budget=budget) as session:
        await session.press("n", *"Why?")
        assert "today $1.05 of $5.00, then at most $1.55" in session.text()


@pytest.mark.parametrize("key", ["n", "b"])
async def test_an_archive_that_does_not_answer_keeps_no_form_waiting_and_the_budget_is_warned_of(key: str) -> None:
    budget, late = Budget({"USD": Limits(task=0.1, day=5.0)}), list[Callable[[], None]]()
    async with running([], drafting=lambda _: Priced(), budget=budget, size=WIDE) as session:
        session.app.call_on_ui_thread = late.append  # type: ignore[assignment, method-assign]
        await session.press(key, *"Why?", "ctrl+s")
        assert "! what was spent before is not known yet: it could exceed the budget" in session.text()
        assert "more than the budget of $0.10 for a task" in session.text()
        for answer in late:
            answer()
        await session.press("n")
        assert "is not known yet" not in session.text()
        assert len(session.app.screen.query(TooSmall)) == 1


async def test_a_similar_brief_of_before_is_shown_and_its_report_opened_over_the_form() -> None:
    prompts = ("Which sodium batteries can be bought today?", "Early warning of earthquakes")
    tasks = [task(n, TaskStatus.DONE, title=prompt, prompt=prompt) for n, prompt in enumerate(prompts)]
    engine = FakeEngine(tasks)
    engine.details["t0"] = rich_detail(tasks[0])
    async with running(tasks, engine=engine, drafting=lambda _: Priced(), size=WIDE) as session:
        await session.press("n", *"makers of sodium batteries")
        shown = session.text()
        assert "You asked something like this before" in shown
        assert prompts[0][:34] in shown
        assert prompts[1] not in shown
        await session.press("tab", "tab", "enter")
        await session.settle()
        assert isinstance(session.app.screen, ReaderScreen)
        await session.press("escape")
        assert isinstance(session.app.screen, NewTaskScreen)


async def test_options_stand_under_headings_with_defaults_and_units() -> None:
    options = [
        Option("strategy", "strategy", OptionKind.PROSE, "how to go about it"),
        Option("search.pages", "pages", OptionKind.NUMBER, "read at most", default="20", unit="pages"),
        Option(
            "style",
            "style",
            OptionKind.PROSE,
            "how it is written, in its own words, at most fifteen thousand of them",
        ),
    ]

    class Grouped(Priced):
        def options(self) -> Sequence[Option]:
            return options

    async with running([], drafting=lambda _: Grouped()) as session:
        await session.press("n", "tab", "o")
        rows = [line.strip(" │") for line in session.painted()]
        order = [
            one
            for row in rows
            for one in ("How it works", "strategy", "style", "Search", "pages")
            if row.startswith(one)
        ]
        assert order == ["How it works", "strategy", "style", "Search", "pages"]
        assert "default: 20" in session.text()
        assert "3 options" in session.text()
        await session.press("j")
        session.app.news("done: A report")
        assert "at most fifteen thousand of them" in session.text(), "the explanation goes before the count, and news"
        await session.press("j", "enter", "7", "enter")
        assert "7 pages" in session.text()


def finished(number: int, minutes: float, *, noticed: bool = False) -> Task:
    end = NOW + timedelta(minutes=minutes)
    return task(
        number, TaskStatus.DONE, provider="x", mode="m", created_at=NOW, finished_at=end, finish_observed=noticed
    )


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        ((8,), "8 min"),
        ((4, 9), "5 to 8 min"),
        ((0.5,), "30 s"),
        ((120, 200), "2 to 3 h"),
        ((4, 5, 6, 7, 700), "5 to 7 min"),
    ],
)
def test_the_usual_time_is_the_middle_half_of_what_tasks_took(minutes: tuple[float, ...], text: str) -> None:
    assert usual_times([finished(n, one) for n, one in enumerate(minutes)]) == {("x", "m"): text}


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("3 to 15 minutes", "3 to 15 min"),
        ("2-5 min, at most 10 steps", "2-5 min"),
        ("at most 25 agents; 4 to 9 minutes", "4 to 9 min"),
        ("12 to 94 s; measured $0.006 to $0.057", "12 to 94 s"),
        ("seconds; one search", "seconds"),
        ("about 80 searches, minutes", "minutes"),
        ("half a minute to hours, 5 minutes as a rule", "half a minute to hours"),
        ("up to two hours", "up to two hours"),
        ("a third to a half of the time", "a third to a half of the time"),
        ("$2 in, $10 out per million tokens, $10 per 1,000 searches", ""),
        ("mini or pro, as Tavily decides", ""),
        ("gives up quality for speed", ""),
        ("", ""),
    ],
)
def test_the_usual_time_of_a_mode_that_was_never_used_is_the_time_in_its_note_and_nothing_else(
    note: str, text: str
) -> None:
    assert time_in(note) == text


def test_every_mode_of_every_provider_says_a_time_or_none_never_a_price() -> None:
    for name in TEN:
        for mode in registry.load(name).info.modes:
            assert "$" not in time_in(mode.note), (name, mode)
            assert len(time_in(mode.note)) < 30, (name, mode)


@pytest.mark.parametrize("size", [(120, 40), (160, 50)])
async def test_on_a_wide_screen_the_brief_has_a_third_and_the_rest_says_what_helps(size: tuple[int, int]) -> None:
    async with running([], engine=FakeEngine([], ten_states()), drafting=lambda _: Priced(), size=size) as session:
        await session.press("n")
        assert "Before you write" in session.text()
        await session.press(*"Why?")
        assert region_of(session, "#brief-box").height == 10
        assert "You asked nothing like this before" in session.text()
        assert "A good brief says" in session.text()
        await session.press("tab", "tab")
        assert session.app.focused is session.app.screen.query_one("#brief")  # there is nothing to choose in the rest
        await session.press(*["enter"] * 12)
        assert region_of(session, "#brief-box").height > 10
        assert region_of(session, "#plan-box").height == 15  # ten accounts, two more lines, head and edges


async def test_beside_the_archives_time_the_chosen_mode_says_what_its_provider_says_of_it() -> None:
    done = [task(1, TaskStatus.DONE, provider="extruct", mode="fast", finished_at=NOW + timedelta(minutes=9))]
    async with running(done, drafting=lambda _: Priced(), size=WIDE) as session:
        await session.press("n", "tab", "l")
        assert "heavy  ≤$2.50  up to 90 min" in session.text()
        await session.press("h")
        shown = session.text()
        assert "fast   ≤$0.50  10 min" in shown
        assert "fast: 2-5 min" in shown


def test_a_time_that_a_provider_told_beats_one_at_which_the_end_was_noticed() -> None:
    assert usual_times([finished(0, 8), finished(1, 5000, noticed=True)]) == {("x", "m"): "8 min"}


def test_tasks_that_failed_or_run_say_nothing_about_the_usual_time() -> None:
    assert usual_times([task(0), task(1, TaskStatus.FAILED, finished_at=NOW)]) == {}


@pytest.mark.parametrize(
    ("before", "brief", "found"),
    [
        ("Grid storage: what is each technology for?", "storage technology for the grid", True),
        ("Grid storage: what is each technology for?", "what is a leap second", False),
        ("高速铁路的路线和经验", "日本高速铁路的经验", True),
        ("高速铁路的路线和经验", "地震预警系统", False),
        ("short", "", False),
    ],
)
def test_similar_briefs_share_their_rarer_words(before: str, brief: str, found: bool) -> None:
    assert bool(SimilarBriefs([task(0, prompt=before), task(1, prompt=None)]).find(brief)) is found


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (Cost(3.0, "USD", CostKind.ESTIMATE, at_least=0.5), "$0.50-3.00"),
        (Cost(30, "credits", CostKind.CREDITS, at_least=5), "5-30 cr"),
        (Cost(3.0, "USD", CostKind.PRICE_LIST), "≤$3.00"),
        (Cost(0.0, "USD", CostKind.PRICE_LIST), "$0.00"),
        (Cost(), ""),
    ],
)
def test_a_price_that_is_a_range_shows_both_ends(cost: Cost, text: str) -> None:
    assert price_text(cost) == text


def test_the_meaning_of_an_option_is_not_cut_where_values_leave_room() -> None:
    from tui.providers.valyu.options import OPTIONS
    from tui.ui.new_task.options import OptionLines

    lines = OptionLines(OPTIONS, {}, lambda values: ())
    told = ["".join(text for text, _ in lines.line(number, 114)) for number in range(lines.line_count())]
    assert [line for line in told if len(line.rstrip()) > 114] == []
