"""cite, read, export and import: files in, files out."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, tasks
from tui.domain.text import unsafe_characters

REPORT = """# Bells of Tyrol

Founding goes back to 1599 [1]. Prices rose [2][3].

## References

[1] Foundry history - https://example.org/history
[2] Prices - https://example.org/prices
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A small report with one citation that leads nowhere."""
    path = tmp_path / "bells.md"
    path.write_text(REPORT)
    return path


def test_citations_are_resolved_as_data(cli: Cli, report: Path, home: Path) -> None:
    cited = cli("cite", str(report), "--json").json
    assert [citation["ids"] for citation in cited["citations"]] == [["1"], ["2"], ["3"]]
    assert cited["citations"][0]["urls"] == ["https://example.org/history"]
    assert cited["citations"][2]["status"] == ["dangling"]
    assert [source["id"] for source in cited["sources"]] == ["1", "2"]
    assert not home.exists()


def test_standard_input_is_a_report_too(cli: Cli) -> None:
    ended = cli("cite", "-", "--json", stdin=REPORT.encode())
    assert len(ended.json["citations"]) == 3
    assert "https://example.org/history" in cli("cite", "-", stdin=REPORT.encode()).out


def test_sources_may_come_beside_the_text(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text("Founded in 1599 [1].\n")
    (tmp_path / "sources.json").write_text('[{"id": "1", "url": "https://example.org/a", "title": "A"}]')
    cited = cli("cite", str(tmp_path / "text.md"), "--sources", str(tmp_path / "sources.json"), "--json").json
    assert cited["citations"][0]["urls"] == ["https://example.org/a"]


def test_a_source_beside_the_text_without_a_number_is_no_source_called_none(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text("A claim. [1]")
    (tmp_path / "sources.json").write_text('[{"id": null, "url": "https://example.org/a"}, {"id": "1"}]')
    cited = cli("cite", str(tmp_path / "text.md"), "--sources", str(tmp_path / "sources.json"), "--json").json
    assert [source["id"] for source in cited["sources"]] == ["1"]


@pytest.mark.parametrize(("body", "code"), [("{broken", 2), ('{"sources": 3}', 2), (None, 5)])
def test_sources_that_are_none_are_refused(cli: Cli, tmp_path: Path, body: str | None, code: int) -> None:
    (tmp_path / "text.md").write_text("x [1]")
    if body is not None:
        (tmp_path / "sources.json").write_text(body)
    assert cli("cite", str(tmp_path / "text.md"), "--sources", str(tmp_path / "sources.json")).code == code


def test_a_task_is_cited_by_its_id(world: Cli) -> None:
    task = tasks(world, status="done", provider="valyu")[0]
    cited = world("cite", task["id"], "--json").json
    assert len(cited["citations"]) == task["citations"]
    assert len(cited["sources"]) >= 3


def test_a_task_without_report_is_exit_code_5(world: Cli) -> None:
    task = next(task for task in tasks(world, status="failed") if not task["has_report"])
    for command in ("cite", "export", "read"):
        ended = world(command, task["id"])
        assert ended.code == 5, command
        assert "no report" in ended.err


def test_a_folder_or_nothing_is_no_report(cli: Cli, tmp_path: Path) -> None:
    assert cli("cite", str(tmp_path)).code == 5
    assert cli("cite", str(tmp_path / "none.md")).code == 5


def test_reading_needs_a_terminal(cli: Cli, report: Path) -> None:
    ended = cli("read", str(report))
    assert ended.code == 2
    assert "terminal" in ended.err


@pytest.mark.parametrize("fmt", ["md", "html", "json", "txt", "bibtex", "ris", "csl"])
def test_every_format_goes_to_standard_output(cli: Cli, report: Path, fmt: str) -> None:
    ended = cli("export", str(report), "--format", fmt)
    assert ended.code == 0, ended.err
    assert "https://example.org/history" in ended.out


def test_the_format_follows_from_the_name_of_the_file(cli: Cli, report: Path, tmp_path: Path) -> None:
    for name, start in (("a.html", "<!doctype html>"), ("a.bib", "@misc"), ("a.csl.json", "["), ("a.json", "{")):
        assert cli("export", str(report), "-o", str(tmp_path / name)).out == f"{tmp_path / name}\n"
        assert (tmp_path / name).read_text().startswith(start)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_file_is_not_replaced_without_force(cli: Cli, report: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    target.write_text("mine")
    ended = cli("export", str(report), "-o", str(target))
    assert ended.code == 2
    assert "--force" in ended.err
    assert target.read_text() == "mine"
    assert cli("export", str(report), "-o", str(target), "--force").code == 0
    assert "1599" in target.read_text()


def test_everything_is_exported_into_a_folder(world: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    ended = world("export", "--all", "--format", "html", "-o", str(folder))
    assert ended.code == 0, ended.err
    with_report = [task for task in tasks(world) if task["has_report"]]
    assert len(list(folder.iterdir())) == len(ended.out.splitlines()) == len(with_report)
    some = [task["id"] for task in with_report[:2]]
    world("export", *some, "-o", str(folder), "--format", "html", "--force")
    assert len(list(folder.iterdir())) == len(with_report)
    world("export", *some, "-o", str(folder), "--format", "html")
    assert len(list(folder.iterdir())) == len(with_report) + 2


def test_tokens_of_pictures_are_in_no_export(world: Cli, tmp_path: Path) -> None:
    with_report = [task["id"] for task in tasks(world, provider="valyu") if task["has_report"]]
    raw = "".join(world("show", task, "--raw").out for task in with_report)
    tokens = {part.split('"')[0] for part in raw.split("token=")[1:]}
    assert tokens
    for fmt in ("md", "html", "json"):
        world("export", *with_report, "--format", fmt, "-o", str(tmp_path / fmt))
        text = "".join(path.read_text() for path in (tmp_path / fmt).iterdir())
        assert not [token for token in tokens if token in text]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which"),
        (("x", "--all"), "say which"),
        (("--all",), "need a folder"),
        (("a", "b"), "need a folder"),
        (("x", "--format", "docx"), "no format"),
        (("--all", "--format", "pdf", "-o", "folder"), "one report at a time"),
    ],
)
def test_wrong_exports_are_refused(world: Cli, arguments: tuple[str, ...], said: str) -> None:
    ended = world("export", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_pdf_is_made_by_a_tool_of_the_user(
    cli: Cli, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    ended = cli("export", str(report), "-o", str(tmp_path / "a.pdf"))
    assert ended.code == 1
    assert "weasyprint" in ended.err
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "weasyprint"
    shell = shutil.which("sh", path="/bin:/usr/bin")
    tool.write_text(f'#!{shell}\n/bin/cp "$1" "$2"\n')
    tool.chmod(0o700)
    assert cli("export", str(report), "-o", str(tmp_path / "a.pdf")).code == 0
    assert "1599" in (tmp_path / "a.pdf").read_text()
    assert cli("export", str(report), "-o", str(tmp_path / "a.pdf")).code == 2
    tool.write_text(f"#!{shell}\necho broken >&2; exit 3\n")
    ended = cli("export", str(report), "-o", str(tmp_path / "b.pdf"))
    assert ended.code == 1
    assert "broken" in ended.err
    assert cli("export", str(report), "--format", "pdf").code == 2


def test_reports_are_imported_once(cli: Cli, report: Path) -> None:
    first = cli("import", str(report), "--json").json
    (task,) = first["added"]
    assert (task["provider"], task["title"], task["status"]) == ("file", "Bells of Tyrol", "done")
    assert (task["citations"], task["sources"]) == (3, 2)
    again = cli("import", str(report), "--json").json
    assert (again["added"], again["known"]) == ([], 1)
    assert len(tasks(cli)) == 1
    shown = cli("show", task["id"], "--json").json
    assert shown["report"] == REPORT
    assert cli("search", "founding", "--json").json["tasks"][0]["id"] == task["id"]
    assert cli("search", "cites:https://example.org/prices", "--json").json["tasks"][0]["id"] == task["id"]
    assert cli("cite", task["id"], "--json").json["citations"]
    assert cli("show", task["id"], "--raw").raw == REPORT.encode()
    assert cli("cost", "--json").json["costs"] == []
    assert "it is a file" in cli("versions", "list", task["id"]).err
    assert "it is a file" in cli("share", task["id"]).err


def test_answers_of_providers_become_their_tasks(cli: Cli, corpus: Path) -> None:
    files = sorted((corpus / "contracts" / "examples").rglob("*.json"))
    result = cli("import", *map(str, files), "--json").json
    by_provider = {task["provider"] for task in result["added"]}
    assert {"extruct", "yutori", "valyu"} <= by_provider
    again = cli("import", *map(str, files), "--json").json
    assert again["added"] == []


def test_every_task_of_a_saved_list_is_imported(cli: Cli, tmp_path: Path) -> None:
    runs = [
        {
            "id": f"agent_run_{at}",
            "object": "agent_run",
            "status": "completed",
            "output": {"text": f"# Run {at}\nDone."},
        }
        for at in range(3)
    ]
    saved = tmp_path / "list.json"
    saved.write_text(json.dumps({"object": "list", "data": runs, "hasMore": False, "nextCursor": None}))
    added = cli("import", str(saved), "--json").json["added"]
    assert [(task["provider"], task["title"]) for task in added] == [("exa", f"Run {at}") for at in range(3)]
    assert cli("import", str(saved), "--json").json["known"] == 3
    assert cli("show", added[1]["id"], "--json").json["report"] == "# Run 1\nDone."
    assert cli("cite", str(saved)).code == 0


def test_json_of_nobody_is_imported_as_it_is(cli: Cli, tmp_path: Path) -> None:
    saved = tmp_path / "settings.json"
    saved.write_text(json.dumps({"a": 1}, indent=2))  # as it is shown
    (task,) = cli("import", str(saved), "--json").json["added"]
    assert task["provider"] == "file"


def test_a_saved_stream_is_imported_as_its_services_task(cli: Cli, tmp_path: Path) -> None:
    run = {"id": "agent_run_1", "object": "agent_run", "status": "completed", "output": {"text": "# Run\nDone."}}
    saved = tmp_path / "run.txt"
    saved.write_text(f"id: 1\nevent: agent_run.completed\ndata: {json.dumps(run)}\n")
    (task,) = cli("import", str(saved), "--json").json["added"]
    assert (task["provider"], task["status"], task["title"]) == ("exa", "done", "Run")
    assert cli("show", task["id"], "--json").json["report"] == "# Run\nDone."


def test_an_answer_of_a_known_task_adds_nothing(world: Cli, tmp_path: Path) -> None:
    task = tasks(world, status="done", provider="extruct")[0]
    raw = world("show", task["id"], "--raw").raw
    (tmp_path / "same.json").write_bytes(raw)
    (tmp_path / "pretty.json").write_text(json.dumps(json.loads(raw), indent=4))
    result = world("import", str(tmp_path), "--json").json
    assert (result["added"], result["known"]) == ([], 2)


@pytest.mark.parametrize(
    ("name", "body"),
    [("a.bin", b"\0\1\2"), ("a.md", b""), ("a.json", b'{"broken": '), ("a.png", b"\x89PNG text"), ("a.csv", b"a,b\n")],
)
def test_what_is_no_report_is_refused(cli: Cli, tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    ended = cli("import", str(tmp_path / name), "--json")
    assert ended.code == 2
    assert [*ended.json["refused"]] == [str(tmp_path / name)]
    assert tasks(cli) == []


def test_hostile_names_and_contents_do_nothing_to_a_terminal(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b]0;owned\x07.md"
    path.write_text(
        "# Title \x1b[2J\u202e\n\nText\x9b31m [1].\n\n## References\n\n[1] x\x1b[0m - https://example.org/\n"
    )
    ended = [cli("import", str(path)), cli("list"), cli("cite", str(path)), cli("import", f"{path}x")]
    task_id = tasks(cli)[0]["id"]
    ended += [cli("show", task_id), cli("show", task_id, "--json"), cli("export", task_id, "-t", "txt")]
    ended += [
        cli("export", str(path), tty=True),
        cli("export", str(path), "-t", "json"),
        cli("export", str(path), "-t", "html"),
    ]
    for one in ended:
        assert not unsafe_characters(one.out), one.out
        assert not unsafe_characters(one.err), one.err


def test_utf16_and_a_byte_order_mark_are_read(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(REPORT.encode("utf-16"))
    (tmp_path / "b.md").write_bytes(b"\xef\xbb\xbf" + REPORT.encode())
    for name in ("a.md", "b.md"):
        assert len(cli("cite", str(tmp_path / name), "--json").json["citations"]) == 3
    assert cli("import", str(tmp_path / "a.md")).code == 0


def test_json_of_an_unknown_service_is_shown_as_it_is_and_said_to_be_unknown(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(b'{"id": "resp_1", "status": "completed", "output": [{"\\ud800": "text"}]}')
    ended = cli("import", str(file))
    assert ended.code == 0, ended.err
    assert "unknown JSON, shown as it is" in ended.err
    (task,) = cli("list", "--json").json["tasks"]
    assert (task["provider"], task["has_report"]) == ("file", True)
    assert "resp_1" in cli("show", task["id"]).out
    assert cli("show", task["id"], "--json").json["title"] == "answer"
    cited = cli("cite", str(file))
    assert cited.code == 0
    assert "unknown JSON, shown as it is" in cited.err


@pytest.mark.parametrize("name", ["json", "html", "md"])
def test_an_export_is_imported_as_the_report_it_was_made_of(world: Cli, tmp_path: Path, name: str) -> None:
    task = tasks(world, status="done", provider="valyu")[0]
    assert world("export", task["id"], "-o", str(tmp_path / f"report.{name}")).code == 0
    (added,) = world("import", str(tmp_path / f"report.{name}"), "--json").json["added"]
    before, after = world("cite", task["id"], "--json").json, world("cite", added["id"], "--json").json
    assert [one["urls"] for one in after["citations"]] == [one["urls"] for one in before["citations"]]
    assert len(after["sources"]) == len(before["sources"])
