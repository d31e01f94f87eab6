"""list, show, search, archive and cost on the archive of a whole world."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, tasks
from tui.cli import output
from tui.domain.cells import cell_len
from tui.engine.archive import Archive


def test_the_list_is_a_table_with_every_task(world: Cli) -> None:
    lines = world("list").out.splitlines()
    assert lines[0].split()[:4] == ["id", "status", "provider", "mode"]
    ids = [line.split()[0] for line in lines[1:]]
    assert ids == [task["id"] for task in tasks(world)]


def test_columns_are_aligned_although_titles_are_wide(world: Cli) -> None:
    lines = world("list").out.splitlines()
    column = lines[0].index("provider")
    assert {line[column:].split()[0] for line in lines[1:]} >= {"extruct", "yutori", "valyu"}


def test_a_filter_that_finds_nothing_says_so(world: Cli) -> None:
    ended = world("list", "--provider", "nobody")
    assert (ended.code, ended.raw) == (0, b"")
    assert "no task is like that" in ended.err


def test_a_status_that_is_none_names_the_nearest(world: Cli) -> None:
    ended = world("list", "--status", "doen")
    assert ended.code == 2
    assert "did you mean status:done?" in ended.err


def test_show_takes_the_beginning_of_an_id(world: Cli) -> None:
    task = tasks(world, status="done", provider="valyu")[0]
    text = world("show", task["id"][:7]).out
    assert text.startswith(task["title"])
    for word in ("status:", "Report", "Sources", task["id"], task["remote_id"]):
        assert word in text


def test_an_id_that_begins_several_is_refused_with_the_choices(world: Cli) -> None:
    first = {task["id"][0] for task in tasks(world)}
    crowded = next(char for char in first if sum(task["id"][0] == char for task in tasks(world)) > 1)
    ended = world("show", crowded)
    assert ended.code == 2
    assert "divewatch" in ended.err


def test_show_json_holds_everything_received(world: Cli) -> None:
    task = tasks(world, status="done", provider="valyu")[0]
    shown = world("show", task["id"], "--json").json
    assert shown["schema_version"] == 1
    assert shown["source_count"] == task["sources"]
    assert len(shown["sources"]) > 3
    assert shown["report"].strip()
    assert shown["versions"][-1]["state"] == "final"
    for name in ("prompt", "report_format", "updates", "trace", "interaction", "images", "deliverables", "facts"):
        assert name in shown
    for name in ("id", "title", "status", "provider", "cost", "counters"):
        assert shown[name] == task[name]


def test_tokens_in_addresses_of_pictures_are_masked(world: Cli) -> None:
    everything = "".join(world("show", task["id"], "--json").out for task in tasks(world, provider="valyu"))
    values = re.findall(r"[?&]token=([^\"&)\\\\]*)", everything)
    assert values
    assert set(values) == {"…"}


def test_show_raw_is_the_answer_byte_for_byte(world: Cli) -> None:
    task = tasks(world, status="done", provider="extruct")[0]
    raw = world("show", task["id"], "--raw")
    assert raw.json["id"] == task["remote_id"]
    assert world("show", task["id"], "--version", "1").raw
    assert world("show", task["id"], "--version", "99").code == 5


def test_raw_bytes_cannot_control_a_terminal(world: Cli) -> None:
    task = tasks(world, status="done", provider="extruct")[0]
    ended = world("show", task["id"], "--raw", tty=True)
    assert "stand-ins" in ended.err
    assert ended.out.strip()


@pytest.mark.parametrize("arguments", [("show", "zzzzzzzzz"), ("cite", "zzzzzzzzz"), ("export", "zzzzzzzzz")])
def test_an_unknown_task_is_exit_code_5(world: Cli, arguments: tuple[str, ...]) -> None:
    ended = world(*arguments)
    assert (ended.code, ended.raw) == (5, b"")


@pytest.mark.parametrize("arguments", [("show", "x"), ("archive", "stats"), ("export", "--all", "-o", "x")])
def test_without_an_archive_the_next_step_is_said(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)
    assert ended.code == 5
    assert "divewatch sync" in ended.err


def test_search_shows_where_the_words_stand(world: Cli) -> None:
    ended = world("search", "post-quantum")
    assert ended.code == 0
    assert re.search(r"^\w{10}  .*[Qq]uantum", ended.out, re.MULTILINE)
    hit = world("search", "post-quantum", "--json").json["tasks"][0]["hit"]
    start, end = hit["marks"][0]
    assert hit["snippet"][start:end].lower() in {"post", "post-quantum", "quantum"}


def test_search_cut_short_is_said(world: Cli) -> None:
    ended = world("search", "the", "--limit", "1")
    assert "raise --limit" in ended.err


def test_archive_stats_and_verify_agree(world: Cli) -> None:
    figures = world("archive", "stats", "--json").json
    assert figures["schema_version"] == 1
    assert figures["tasks"] == len(tasks(world))
    checked = world("archive", "verify", "--json").json
    assert checked["problems"] == []
    assert checked["bodies"] > 10
    assert "checked" in world("archive", "verify").err
    assert "full text" in world("archive", "stats").out


def test_a_backup_is_a_whole_archive_and_never_replaces_one(
    world: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = home.parent / "copy" / "data" / "archive.db"
    target.parent.mkdir(parents=True)
    assert world("archive", "backup", str(target)).out == f"{target}\n"
    listed = world("list", "--json").json
    again = world("archive", "backup", str(target))
    assert again.code == 1
    assert "there already" in again.err
    monkeypatch.setenv("DIVEWATCH_HOME", str(target.parents[1]))
    assert world("list", "--json").json == listed


def test_compacting_keeps_everything(world: Cli) -> None:
    before = world("list", "--json").json
    assert world("archive", "compact").code == 0
    assert world("list", "--json").json == before


def test_costs_are_summed_by_kind(world: Cli) -> None:
    rows = world("cost", "--json").json["costs"]
    assert {row["kind"] for row in rows} >= {"credits", "price_list", "reported"}
    for row in rows:
        assert (row["amount"] is None) == (row["unit"] is None)
    extruct = sum(row["amount"] or 0 for row in rows if row["provider"] == "extruct")
    assert extruct == sum(task["cost"]["amount"] or 0 for task in tasks(world, provider="extruct"))
    assert "kind" in world("cost").out


def test_without_an_archive_nothing_was_spent(cli: Cli) -> None:
    assert cli("cost", "--json").json == {"schema_version": 1, "costs": []}
    assert "nothing was spent" in cli("cost").err


def test_the_list_takes_the_terms_of_the_dashboards_filter(world: Cli) -> None:
    every = tasks(world)
    dear = world("list", "cost>0.3", "provider:yutori", "--json").json["tasks"]
    assert dear == [task for task in every if task["provider"] == "yutori" and (task["cost"]["amount"] or 0) > 0.3]
    assert world("list", "status:done", "mode:heavy").code == 0
    wrong = world("list", "status:dome")
    assert wrong.code == 2
    assert "did you mean status:done?" in wrong.err


def test_a_raw_answer_is_printed_without_the_key_it_echoes(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALYU_API_KEY", "canary-canary-1")
    monkeypatch.setattr(Archive, "raw", lambda *_: b'{"a": "canary-canary-1", "b": "\xff"}')
    ended = world("show", tasks(world)[0]["id"], "--raw")
    assert ended.raw == b'{"a": "\xe2\x80\xa6", "b": "\xff"}'
    assert "echoed a key" in ended.err


def test_costs_are_listed_by_day_and_by_task_and_say_of_when_the_prices_are(world: Cli) -> None:
    months, days = world("cost", "--json").json["costs"], world("cost", "--by", "day", "--json").json["costs"]
    assert sum(row["tasks"] for row in months) == sum(row["tasks"] for row in days)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["day"]) for row in days)
    listed = world("cost", "--by", "task", "--json").json
    assert {row["id"] for row in listed["costs"]} == {task["id"] for task in tasks(world)}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", listed["prices_of"])
    text = world("cost", "--by", "task")
    assert all(row["title"] in text.out for row in listed["costs"])
    assert f"as published on {listed['prices_of']}" in text.err


def test_a_task_deleted_here_was_paid_for_all_the_same(world: Cli) -> None:
    task = tasks(world, status="done")[0]
    world("remove", task["id"], "--yes")
    rows = world("cost", "--by", "task", "--json").json["costs"]
    assert [row["title"] for row in rows if row["id"] == task["id"]] == ["(deleted here)"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_list_in_a_terminal_has_no_line_wider_than_it(
    world: Cli, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(output, "width_of_terminal", lambda: width)
    lines = world("list").out.splitlines()
    assert len(lines) > 30
    assert all(cell_len(line) <= max(width, 80) for line in lines)
    assert lines[0].split()[-1] == "title"


def test_costs_by_task_in_a_terminal_keep_their_figures_and_cut_titles(
    world: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "width_of_terminal", lambda: 100)
    lines = world("cost", "--by", "task").out.splitlines()
    assert all(cell_len(line) <= 100 for line in lines)
    assert any(line.endswith("…") for line in lines)
    assert all(row["id"] in "\n".join(lines) for row in world("cost", "--by", "task", "--json").json["costs"])
