"""Which rows there are, in which order: whatever arrives, addressed by id only."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.fakes import NOW, task
from tui.domain.annotations import NO_ANNOTATIONS, Annotations
from tui.domain.errors import ArchiveError
from tui.domain.task import Cost, CostKind, Counter, Task, TaskStatus
from tui.ui.dashboard.sections import SECTION, by_state, section_of
from tui.ui.dashboard.task_list import GROUP, SORTS, TaskList
from tui.ui.dashboard.views import counts
from tui.ui.text.filter import haystack, matcher


def listed(*tasks: Task) -> TaskList:
    model = TaskList()
    model.apply({one.id: one for one in tasks})
    return model


def test_the_newest_task_is_first() -> None:
    assert listed(task(3), task(1), task(2)).rows == ["t1", "t2", "t3"]


def test_an_equal_value_is_no_change() -> None:
    model = listed(task(1), task(2))
    assert not model.apply({"t1": task(1)})


def test_a_new_value_that_keeps_the_order_concerns_only_its_row() -> None:
    model = listed(task(1), task(2))
    delta = model.apply({"t1": replace(task(1), counters={"steps": Counter(4)})})
    assert not delta.moved
    assert delta.ids == {"t1"}


def test_a_new_or_lost_task_changes_the_rows() -> None:
    model = listed(task(1), task(2))
    assert model.apply({"t0": task(0)}).moved
    assert model.rows == ["t0", "t1", "t2"]
    assert model.apply({"t1": None}).moved
    assert model.rows == ["t0", "t2"]


def test_a_task_that_goes_takes_its_mark_along() -> None:
    model = listed(task(1), task(2))
    model.toggle_mark("t1")
    model.apply({"t1": None})
    assert model.marked == set()


def tasks_in(model: TaskList) -> list[str]:
    return [row for row in model.rows if not row.startswith(SECTION)]


def test_of_waiting_tasks_the_first_deadline_is_first_whenever_it_is_told() -> None:
    model = listed(*(task(n, TaskStatus.WAITING) for n in (1, 2, 3)), task(4, TaskStatus.RUNNING))
    model.set_sort("status")
    assert model.set_deadline("t3", NOW + timedelta(minutes=9))
    assert model.set_deadline("t2", NOW + timedelta(minutes=2))
    assert tasks_in(model) == ["t2", "t3", "t1", "t4"]
    model.set_sort("newest")
    assert tasks_in(model) == ["t1", "t2", "t3", "t4"]


def in_sections(*tasks: Task) -> TaskList:
    model = listed(*tasks)
    model.set_today(NOW.astimezone().date())
    model.set_sort("status")
    return model


def test_the_list_stands_in_sections_of_which_each_counts_its_tasks() -> None:
    model = in_sections(
        task(1, TaskStatus.DONE),
        task(2),
        task(3, TaskStatus.WAITING),
        task(4, TaskStatus.FAILED, finished_at=NOW - timedelta(days=1)),
        task(5, TaskStatus.DONE, finished_at=NOW - timedelta(days=9)),
        task(6, TaskStatus.QUEUED),
    )
    assert model.rows == [
        *("section:waiting", "t3", "section:running", "t2", "t6", "section:today", "t1"),
        *("section:yesterday", "t4", "section:earlier", "t5"),
    ]
    assert model.in_section("section:running") == ["t2", "t6"]
    assert [model.position(place) for place in (1, 3, 10)] == [1, 2, 6]
    assert (model.row_count, model.listed) == (6, 6)
    assert model.listed_ids() == ["t3", "t2", "t6", "t1", "t4", "t5"]


def test_at_midnight_what_ended_today_ended_yesterday() -> None:
    model = in_sections(task(1, TaskStatus.DONE))
    assert model.rows[0] == "section:today"
    assert model.set_today(model.today + timedelta(days=1))
    assert model.rows[0] == "section:yesterday"
    assert not model.set_today(model.today)


def test_a_group_stands_where_the_most_urgent_of_its_tasks_would_and_no_count_is_wrong() -> None:
    model = in_sections(task(1, batch_id="b"), task(2, TaskStatus.WAITING, batch_id="b"), task(3))
    assert model.rows == ["section:waiting", "group:b", "section:running", "t3"]
    model.fold("group:b", unfold=True)
    assert model.rows == ["section:waiting", "group:b", "t2", "t1", "section:running", "t3"]
    assert model.in_section("section:waiting") == ["t2"]


def test_pinned_tasks_have_a_section_of_their_own() -> None:
    model = in_sections(task(1), task(2, TaskStatus.WAITING))
    model.add(["t1"], {"t1": Annotations(pinned=True)})
    assert model.rows == ["section:pinned", "t1", "section:waiting", "t2"]


def test_the_next_that_waits_is_found_round_the_end_and_in_folded_groups() -> None:
    model = in_sections(task(1), task(2, TaskStatus.WAITING), task(3, TaskStatus.WAITING), task(4))
    assert [model.rows[model.next_waiting(place) or 0] for place in (1, 2, 4)] == ["t3", "t2", "t2"]
    assert in_sections(task(1)).next_waiting(1) is None


def test_sorted_by_status_a_finished_task_moves() -> None:
    model = listed(task(1), task(2))
    model.set_sort("status")
    assert model.apply({"t1": task(1, TaskStatus.DONE)}).moved
    assert tasks_in(model) == ["t2", "t1"]


def test_what_waits_for_the_person_comes_first_by_status() -> None:
    model = listed(task(1, TaskStatus.DONE), task(2), task(3, TaskStatus.WAITING), task(4, TaskStatus.FAILED))
    model.set_sort("status")
    assert tasks_in(model) == ["t3", "t2", "t1", "t4"]


def test_the_dearest_come_first_in_each_currency_by_itself() -> None:
    costs = {
        "valyu": Cost(9, "USD", CostKind.REPORTED),
        "tavily": Cost(10, "credits", CostKind.CREDITS),
        "extruct": Cost(11, "credits", CostKind.CREDITS),
        "exa": Cost(),
        "gemini": Cost(1, "USD", CostKind.ESTIMATE),
    }
    tasks = [task(n, provider=name, cost=cost) for n, (name, cost) in enumerate(costs.items())]
    ordered = sorted(tasks, key=SORTS["cost"])
    assert [one.provider for one in ordered] == ["valyu", "gemini", "extruct", "tavily", "exa"]


@pytest.mark.parametrize("order", SORTS)
def test_every_order_is_total_and_reversible(order: str) -> None:
    tasks = [
        task(
            n,
            random.Random(n).choice(list(TaskStatus)),
            title="same",
            sources=n % 3,
            cost=Cost(n % 2, "USD", CostKind.REPORTED),
        )
        for n in range(30)
    ]
    one, other = listed(*tasks), listed(*reversed(tasks))
    one.set_sort(order)
    other.set_sort(order)
    assert one.rows == other.rows
    other.set_sort(order, reverse=True)
    assert tasks_in(other) == tasks_in(one)[::-1]


def test_the_sort_key_goes_round_all_orders() -> None:
    model = listed(task(1))
    for name in (*[*SORTS][1:], "newest"):
        assert model.next_sort() == name
        model.set_sort(name)


def test_the_filter_finds_words_of_title_provider_and_state() -> None:
    model = listed(
        task(1, title="Grid storage"), task(2, TaskStatus.FAILED, title="Grid prices"), task(3, title="Soup")
    )
    model.set_filter("grid failed")
    assert model.rows == ["t2"]
    assert model.listed == 1


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("vlyu", "valyu", True),
        ("grdstrg", "grid storage", False),
        ("grid", "GRID".casefold(), True),
        ("", "anything", True),
        ("a.b", "axb", False),
        ("[", "x [y]", True),
        ("数据", "大数据库", True),
        ("abc", "a12345bc", False),
    ],
)
def test_letters_may_be_skipped_but_not_many(typed: str, text: str, found: bool) -> None:
    assert matcher(typed)(text) is found


def test_a_task_that_stops_matching_leaves_the_filtered_list() -> None:
    model = listed(task(1, title="grid"), task(2, title="grid"))
    model.set_filter("grid")
    assert model.apply({"t1": task(1, title="soup")}).moved
    assert model.rows == ["t2"]


def test_the_error_is_searched_too() -> None:
    assert "no credits" in haystack(task(1, TaskStatus.FAILED, error="No credits"), NO_ANNOTATIONS)


def test_tasks_of_a_batch_are_one_row_that_unfolds() -> None:
    model = listed(task(1, batch_id="b"), task(2), task(3, batch_id="b"))
    assert model.rows == [f"{GROUP}b", "t2"]
    assert model.members(f"{GROUP}b") == ["t1", "t3"]
    assert model.fold(f"{GROUP}b", unfold=True)
    assert model.rows == [f"{GROUP}b", "t1", "t3", "t2"]
    assert model.group_of("t3") == f"{GROUP}b"
    assert not model.fold(f"{GROUP}b", unfold=True)


def test_a_batch_of_one_is_no_group() -> None:
    assert listed(task(1, batch_id="b"), task(2)).rows == ["t1", "t2"]


def test_our_own_groups_hold_the_same_brief_at_several_providers() -> None:
    assert listed(task(1, group_id="g"), task(2, group_id="g")).rows == [f"{GROUP}g"]


def test_a_member_that_changes_concerns_its_group_row_too() -> None:
    model = listed(task(1, batch_id="b"), task(3, batch_id="b"))
    delta = model.apply({"t1": replace(task(1, batch_id="b"), sources=9)})
    assert delta.ids == {"t1", f"{GROUP}b"}


def test_under_a_filter_members_stand_alone() -> None:
    model = listed(task(1, batch_id="b", title="apple"), task(3, batch_id="b", title="soup"))
    model.set_filter("soup")
    assert model.rows == ["t3"]
    assert model.group_of("t3") is None


def test_marking_a_group_marks_its_members_and_again_unmarks_them() -> None:
    model = listed(task(1, batch_id="b"), task(3, batch_id="b"))
    assert model.toggle_mark(f"{GROUP}b") == {f"{GROUP}b", "t1", "t3"}
    assert [one.id for one in model.marked_tasks()] == ["t1", "t3"]
    model.toggle_mark(f"{GROUP}b")
    assert model.marked == set()


def test_mark_all_means_what_is_listed() -> None:
    model = listed(task(1, title="apple"), task(2, title="soup"))
    model.set_filter("apple")
    model.toggle_all()
    assert model.marked == {"t1"}
    model.toggle_all()
    assert model.marked == set()


def test_hidden_tasks_are_left_out_until_asked_for() -> None:
    model = listed(task(1), task(2))
    model.add(["t1"], {"t1": Annotations(read=True, hidden=True)})
    model.rebuild()
    assert model.rows == ["t2"]
    model.show_hidden = True
    model.rebuild()
    assert model.rows == ["t1", "t2"]


def test_a_task_without_a_creation_time_is_listed_last() -> None:
    assert listed(task(1, created_at=None), task(2)).rows == ["t2", "t1"]


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["put", "drop", "mark", "fold", "filter"])), max_size=60))
def test_whatever_happens_rows_places_and_tasks_agree(steps: list[tuple[int, str]]) -> None:
    model = TaskList()
    for number, what in steps:
        name = f"t{number}"
        if what == "put":
            moment = NOW - timedelta(minutes=number % 5)
            model.apply({name: task(number, batch_id=f"b{number % 4}" if number % 2 else None, created_at=moment)})
        elif what == "drop" and name in model.tasks:
            model.apply({name: None})
        elif what == "mark" and name in model.tasks:
            model.toggle_mark(name)
        elif what == "fold":
            model.fold(f"{GROUP}b{number % 4}", unfold=bool(number % 2))
        elif what == "filter":
            model.set_filter("" if number % 2 else str(number % 3))
        assert len(set(model.rows)) == len(model.rows)
        assert all(model.place(row) == at for at, row in enumerate(model.rows))
        assert all(row in model.tasks or model.members(row) for row in model.rows)
        assert model.marked <= model.tasks.keys()
        assert len(set(model.listed_ids())) == len(model.listed_ids()) == model.listed


_STATES = [TaskStatus.WAITING, TaskStatus.RUNNING, TaskStatus.QUEUED, TaskStatus.UNKNOWN, TaskStatus.DONE]


def some_task(number: int, state: TaskStatus) -> Task:
    ended = NOW - timedelta(hours=9 * (number % 7)) if state.is_final and number % 5 else None
    group = f"b{number % 3}" if number % 2 else None
    return task(number, state, batch_id=group, finished_at=ended, has_report=number % 4 != 0)


def one_by_one(model: TaskList) -> list[str]:
    """Return the rows as they are if every row is asked for its section."""
    rows, last = list[str](), ""
    for row in tasks_in(model):
        first = (model.members(row) or [row])[0]
        is_member = not row.startswith(GROUP) and model.group_of(row)
        name = last if is_member else section_of(model.tasks[first], model.today, pinned=first in model.pinned)
        rows += [row] if name == last else [SECTION + name, row]
        last = name
    return rows


def in_the_state_of(head: str, model: TaskList, rows: list[str]) -> list[str]:
    folded = {row for row in rows if row.startswith(GROUP) and row not in model.unfolded}
    ids = [one for row in rows for one in (model.members(row) if row in folded else [row]) if one in model.tasks]
    name = head.removeprefix(SECTION)
    return [one for one in ids if name == "pinned" or section_of(model.tasks[one], model.today) == name]


@given(
    portions=st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.sampled_from([*_STATES, None])), max_size=12), max_size=6
    ),
    added=st.dictionaries(
        st.integers(0, 30).map("t{}".format),
        st.builds(Annotations, pinned=st.booleans(), hidden=st.booleans(), read=st.booleans()),
        max_size=8,
    ),
    sort=st.sampled_from(["status", "newest", "title"]),
    reverse=st.booleans(),
    text=st.sampled_from(["", "number 1"]),
    unfolded=st.sets(st.sampled_from(["group:b0", "group:b1", "group:b2"])),
)
def test_a_list_that_came_in_portions_is_the_one_that_was_made_at_once(
    portions: list[list[tuple[int, TaskStatus | None]]],
    added: dict[str, Annotations],
    sort: str,
    reverse: bool,
    text: str,
    unfolded: set[str],
) -> None:
    def model() -> TaskList:
        made = TaskList(unfolded=set(unfolded), today=NOW.astimezone().date())
        made.set_sort(sort, reverse=reverse)
        made.set_filter(text)
        made.add([*added], added)
        return made

    grown, whole = model(), model()
    for portion in portions:
        grown.apply({f"t{number}": some_task(number, state) if state else None for number, state in portion})
        assert grown.unread == sum(map(grown.is_unread, grown.tasks))
    whole.apply(grown.tasks)
    assert (grown.rows, grown.listed, grown.row_count) == (whole.rows, whole.listed, whole.row_count)
    if sort == "status":
        assert grown.rows == one_by_one(grown)
        for place, head in enumerate(grown.rows):
            if head.startswith(SECTION):
                below = takewhile(lambda row: not row.startswith(SECTION), grown.rows[place + 1 :])
                assert grown.in_section(head) == in_the_state_of(head, grown, [*below])


@given(
    portions=st.lists(
        st.dictionaries(st.integers(0, 110), st.sampled_from([*_STATES, None]), min_size=1, max_size=4), max_size=6
    ),
    deadlines=st.dictionaries(st.integers(0, 110), st.integers(0, 3), max_size=4),
    sort=st.sampled_from([*SORTS]),
    reverse=st.booleans(),
)
def test_few_tasks_that_move_in_a_long_list_stand_where_sorting_all_puts_them(
    portions: list[dict[int, TaskStatus | None]], deadlines: dict[int, int], sort: str, reverse: bool
) -> None:
    grown = listed(*(some_task(number, _STATES[number % 5]) for number in range(100)))
    grown.set_sort(sort, reverse=reverse)
    for portion in portions:
        grown.apply({f"t{number}": some_task(number, state) if state else None for number, state in portion.items()})
    for number, hours in deadlines.items():
        grown.set_deadline(f"t{number}", NOW + timedelta(hours=hours))
    whole = TaskList(deadlines=grown.deadlines)
    whole.set_sort(sort, reverse=reverse)
    whole.apply(grown.tasks)
    assert grown.rows == whole.rows


def test_a_task_that_moves_in_a_long_list_is_compared_with_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counted(task: Task) -> tuple[object, ...]:
        compared.append(task.id)
        return by_state(task)

    model = in_sections(*(some_task(number, TaskStatus.DONE) for number in range(4000)))
    monkeypatch.setitem(SORTS, "status", counted)
    assert model.apply({"t76": some_task(76, TaskStatus.RUNNING), "t78": None}).moved
    assert tasks_in(model)[0] == "t76"
    assert len(compared) < 20, "4,000 tasks are a dozen halves"
    compared.clear()
    model.set_filter("number 1")
    assert not compared, "typing sorts nothing"


def test_what_comes_into_a_long_list_is_asked_for_its_section_and_not_every_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counted(task: Task, today: date, *, pinned: bool = False) -> str:
        asked.append(task.id)
        return section_of(task, today, pinned=pinned)

    model = in_sections(*(some_task(n, _STATES[-1 if n > 40 else n % 5]) for n in range(0, 4000, 2)))
    monkeypatch.setattr("tui.ui.dashboard.task_list.section_of", counted)
    model.apply({f"t{n}": some_task(n, TaskStatus.DONE) for n in range(4000, 4200, 2)})
    assert len(model.rows) > 2100
    assert len(asked) < 120, "seven sections, whose ends are found by halves"
    asked.clear()
    counts = [len(model.in_section(row)) for row in model.rows if row.startswith(SECTION)]
    assert sum(counts) == 2100
    assert not asked, "only members of groups may be in another section than their row"


@given(
    groups=st.lists(st.sampled_from([None, "g", "h"]), min_size=1, max_size=12),
    marks=st.sets(st.integers(0, 14)),
    unfolded=st.sets(st.sampled_from(["g", "h"])),
    text=st.sampled_from(["", "number 1"]),
)
def test_marked_tasks_are_the_listed_ones_in_their_order(
    groups: list[str | None], marks: set[int], unfolded: set[str], text: str
) -> None:
    model = listed(*(replace(task(number), group_id=group) for number, group in enumerate(groups)))
    model.set_filter(text)
    for group in unfolded:
        model.fold(GROUP + group, unfold=True)
    model.marked = {f"t{number}" for number in marks}
    assert [one.id for one in model.marked_tasks()] == [one for one in model.listed_ids() if one in model.marked]


def test_places_and_sums_count_tasks_also_those_of_folded_groups() -> None:
    tasks = [task(n, batch_id="b" if n in {1, 2, 3} else None) for n in range(6)]
    model = TaskList()
    model.apply({one.id: one for one in tasks})
    assert model.listed == 6
    assert [model.position(place) for place in range(len(model.rows))] == [1, 2, 5, 6]
    model.fold(model.rows[1], True)
    assert [model.position(place) for place in range(len(model.rows))] == [1, 2, 2, 3, 4, 5, 6]
    assert counts(model)["All"] == 6
    model.add(["t5"], {"t5": Annotations(hidden=True)})
    assert (counts(model)["All"], model.listed) == (5, 5)
    model.show_hidden = True
    model.rebuild()
    assert (counts(model)["All"], model.listed) == (6, 6)


def test_the_number_of_unread_reports_is_kept_up_to_date() -> None:
    done = [task(n, TaskStatus.DONE, has_report=True) for n in range(5)]
    model = TaskList()
    model.apply({one.id: one for one in done})

    def counted() -> int:
        return sum(map(model.is_unread, model.tasks))

    assert model.unread == counted()
    model.add([done[0].id, done[1].id], {done[0].id: Annotations(read=True), done[1].id: Annotations(pinned=True)})
    assert model.unread == counted()
    model.apply(
        {done[0].id: replace(done[0], title="new"), done[2].id: None, done[3].id: replace(done[3], has_report=False)}
    )
    assert model.unread == counted()
    model.add([done[0].id, "unknown"], {"unknown": Annotations(read=True)})
    assert model.unread == counted()
    assert sum(model.statuses.values()) == len(model.tasks)


def test_an_archive_that_cannot_be_read_while_one_filters_is_said_and_ends_nothing() -> None:
    model, broken = TaskList(), [True]

    def lookup(_: object) -> list[str]:
        if broken:
            raise ArchiveError("the connection broke")
        return ["t1"]

    model.lookup = lookup
    model.apply({one.id: one for one in (task(1), task(2))})
    model.set_filter("host:a.org")
    assert (model.rows, model.trouble) == ([], "the connection broke")
    broken.clear()
    model.set_filter("host:a.org")
    assert (model.rows, model.trouble) == (["t1"], "")
    broken.append(True)
    model.apply({"t1": task(1, TaskStatus.DONE)})
    assert model.rows == ["t1"], "what was found before stays"
