"""Text for people fits their terminal and breaks between words; a pipe gets every line whole."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import Cli
from tui.cli.fitting import fitted
from tui.cli.output import columns_of_terminal
from tui.cli.tables import table
from tui.domain.cells import cell_len

ADDRESS = "https://a.example/a/path/that/is/longer/than/the/line"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short\nlines", ["short", "lines"]),
        ("one two three four five six", ["one two three four", "five six"]),
        ("  label  one two three four", ["  label  one two", "         three four"]),
        ("- one two three four five", ["- one two three four", "  five"]),
        ("    indented text that goes on", ["    indented text", "    that goes on"]),
        ("a label too long here  and text", ["a label too long", "    here  and text"]),
        (f"see {ADDRESS} there", ["see", ADDRESS, "there"]),
        ("the names gpt-5-mini, gpt-6-luna", ["the names", "gpt-5-mini,", "gpt-6-luna"]),
        ("日本の緊急地震速報について仕組み", ["日本の緊急地震速報に", "ついて仕組み"]),
        ("End.  A sentence after two blanks", ["End.  A sentence", "after two blanks"]),
    ],
)
def test_a_line_goes_on_below_its_last_column(text: str, lines: list[str]) -> None:
    assert fitted(text, 20).split("\n") == lines


@given(st.text(alphabet="ab é中-5/:.  \n"), st.integers(10, 60))
def test_fitting_loses_nothing_and_only_what_is_whole_is_wider(text: str, width: int) -> None:
    shown = fitted(text, width)
    assert re.sub(r"\s+", "", shown) == re.sub(r"\s+", "", text)
    for line in shown.split("\n"):
        assert cell_len(line.rstrip()) <= width or re.search(r"\S*(?:[-/])\S*", line)


def test_the_last_column_is_broken_beside_the_others_or_below_them() -> None:
    rows = [["one", "text of several words that goes on"], ["two", "short"]]
    assert table(("n", "text"), rows, width=30).splitlines() == [
        "n    text",
        "one  text of several words",
        "     that goes on",
        "two  short",
    ]
    assert table(("n", "text"), rows, width=24).splitlines() == [
        "n",
        "one",
        "    text of several",
        "    words that goes on",
        "two",
        "    short",
    ]
    assert table(("n", "text"), rows).splitlines()[1] == "one  text of several words that goes on"


def test_columns_that_can_be_spared_go_before_the_last_one_is_too_narrow() -> None:
    rows = [["id", "2026-11-29", "5", "a title of some words"]]
    head = ("id", "day", "cost", "title")
    assert table(head, rows, width=40, right=[2], cut=True, spare=[1]).splitlines() == [
        "id  cost  title",
        "id     5  a title of some words",
    ]


COMMANDS = [
    ("list",),
    ("search", "energy"),
    ("log",),
    ("cost",),
    ("cost", "--by", "task"),
    ("archive", "stats"),
    ("archive", "--help"),
    ("batch", "list", "--offline"),
    ("keys",),
    ("help", "providers"),
    ("help", "environment"),
    ("help", "json"),
    ("new", "-p", "valyu", "--options"),
    ("simulate", "--faults", "list"),
    ("--help",),
]


@pytest.mark.parametrize("columns", [50, 80])
def test_every_command_fits_the_terminal(world: Cli, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert columns_of_terminal() == columns
    for command in COMMANDS:
        ended = world(*command, tty=True)
        assert ended.code == 0, (command, ended.err)
        wide = [line for line in (ended.out + ended.err).split("\n") if cell_len(line) > columns]
        assert not [line for line in wide if not re.search(r"\S+://\S+|/\S+|\S+-\S+", line.strip())], command


def test_a_pipe_gets_every_line_whole(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = world("log").out.splitlines()
    assert any(len(line) > 80 for line in lines)
    assert all(re.match(r"when|\d{4}-", line) for line in lines)


def test_costs_are_told_to_people_to_the_cent_and_to_programs_in_full(world: Cli) -> None:
    people, programs = world("cost", tty=True), world("cost")
    assert not re.search(r"\d\.\d{3}|\$\d+\.\d\b|price_list", people.out)
    assert re.search(r"≤\$\d+\.\d\d  by the price list", people.out)
    assert "failed tasks cost nothing in the end" in people.err
    assert programs.out.splitlines()[0].split() == ["month", "provider", "tasks", "amount", "unit", "kind", "refunded"]


def test_what_is_to_be_done_is_said_once_for_all_it_concerns(cli: Cli) -> None:
    ended = cli("doctor", "--offline")
    assert ended.out.count("auth set") == 1
    assert "no key" in ended.out


def test_one_key_is_enough(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALYU_API_KEY")
    found = {one["subject"]: one for one in world("doctor", "--offline", "--json").json["findings"]}
    assert (found["valyu"]["found"], found["valyu"]["level"], found["valyu"]["advice"]) == ("no key", "ok", "")


def test_a_search_that_finds_nothing_says_the_next_step(world: Cli) -> None:
    assert "`divewatch list` shows every task" in world("search", "nowhere-at-all").err


def test_a_search_in_an_empty_archive_says_how_to_fill_it(cli: Cli) -> None:
    assert "`divewatch sync` fetches your tasks" in cli("search", "vacuum").err


def test_a_state_looked_for_where_a_mark_belongs_is_led_to_its_term(world: Cli) -> None:
    assert "did you mean status:failed?" in world("search", "is:failed").err


def test_a_search_shows_text_without_markup_and_says_a_title_once(world: Cli) -> None:
    told = world("search", "energy").out
    assert not re.search(r"</?\w+|\]\(|\*\*|^\s+.*: \W*#", told, re.MULTILINE)
    title = world("search", "tram").out
    assert title.count("delay of the tram line") == 1


def test_citations_are_told_to_people_as_a_reader_sees_them_and_to_programs_as_written(
    cli: Cli, tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    report.write_text("A claim [[1]](https://a.example/one), another 【2†source】.\n\n[2] Two https://b.example\n")
    people, programs = cli("cite", str(report), tty=True), cli("cite", str(report))
    assert re.search(r"linked number +\[1\] +1 +https://a.example/one", people.out)
    assert "[[1]](https://a.example/one)" in programs.out
    lines = programs.out.splitlines()
    first, second = (next(line for line in lines if mark in line) for mark in ("[[1]]", "【2†source】"))
    columns = {cell_len(first.partition("[[1]]")[0]), cell_len(second.partition("【2†source】")[0])}
    assert len(columns) == 1, "wide characters, too, are counted as the terminal draws them"
