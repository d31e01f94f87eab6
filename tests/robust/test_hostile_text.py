"""Hostile text through sockets, clients, readers, archive and command line: nothing of it acts on a terminal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.cli.conftest import run_here
from tests.corpora import corpora, marks
from tests.robust.hostile import OWN_TEXTS, Planted, harmful, hostile_reports, texts
from tui.domain.task import Task
from tui.domain.text import clean, one_line, unsafe_characters
from tui.engine.archive import Archive
from tui.engine.files.saved_detail import read_detail
from tui.report.export import FORMATS

pytestmark = pytest.mark.no_cover  # long, and what it runs is covered elsewhere: tracing would double its time

FILE_FORMATS = ("html", pytest.param("md", marks=pytest.mark.slow))
PIECES = ("text", "error", "title", "\x1b[2J", "[bold]", "a OR b NEAR(", '"', "host:\x9b31m", "cites:\u202e", "%", "*")


@pytest.fixture
def archive(planted: Planted, hostile_home: Path) -> Iterator[Archive]:
    opened = Archive.open(_archive_in(hostile_home), read_only=True)
    yield opened
    opened.close(timeout=60)


def _archive_in(home: Path) -> Path:
    (found,) = home.rglob("archive.db")
    return found


def by_remote_id(archive: Archive) -> dict[str, Task]:
    return {task.remote_id or "": task for task in archive.load_tasks()}


def addresses(value: object) -> set[str]:
    """Every address, which is kept verbatim and judged before anything is done with it."""
    return {text for text in texts(value) if text.startswith("https://example.org/")}


def test_no_task_is_lost_whatever_its_answers_say(planted: Planted, archive: Archive) -> None:
    known = by_remote_id(archive)
    assert {*planted.texts, *planted.reports, *planted.cases} <= known.keys()


def test_every_poisoned_task_is_done_and_has_its_report(planted: Planted, archive: Archive) -> None:
    known = by_remote_id(archive)
    odd = [known[one] for one in planted.texts if not (known[one].status.value == "done" and known[one].has_report)]
    assert odd == []


def test_no_field_of_any_task_or_detail_holds_what_a_terminal_could_act_on(archive: Archive) -> None:
    for task in archive.load_tasks():
        detail = read_detail(archive, task.id)
        kept = addresses(detail)
        bad = [text for text in texts(detail) if text not in kept and unsafe_characters(text.replace("\n", ""))]
        assert bad == [], task.remote_id


def test_every_text_stays_readable(planted: Planted, archive: Archive) -> None:
    known = by_remote_id(archive)
    for remote_id, text in planted.texts.items():
        words = one_line(clean(text))[:20].rstrip()
        task = known[remote_id]
        assert words in one_line(f"{task.prompt} {task.title}"), remote_id


@pytest.mark.parametrize("arguments", [("list",), ("list", "--json"), ("list", "--jsonl"), ("archive", "stats")])
@pytest.mark.parametrize("tty", [False, True])
def test_lists_are_harmless(hostile_home: Path, arguments: tuple[str, ...], tty: bool) -> None:
    ended = run_here(arguments, tty=tty)
    assert ended.code == 0, ended.err
    assert ended.out
    assert harmful(ended.out + ended.err) == set()


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_searches_are_harmless_and_never_a_crash(hostile_home: Path, piece: str, flag: tuple[str, ...]) -> None:
    ended = run_here(("search", *flag, "--", piece), tty=True)
    assert ended.code in {0, 2}, ended.err
    assert harmful(ended.out + ended.err) == set()


def some(planted: Planted, archive: Archive) -> list[Task]:
    """A task for each hostile text, the providers taking turns, and one for each hostile report."""
    known = by_remote_id(archive)
    return [known[one] for one in (*planted.chosen, *planted.reports)]


def test_show_is_harmless_for_people_and_for_scripts(planted: Planted, archive: Archive) -> None:
    for task in some(planted, archive):
        for arguments in (("show", task.id), ("show", task.id, "--json"), ("show", task.id, "--raw")):
            ended = run_here(arguments, tty=True)
            assert ended.code == 0, (task.remote_id, ended.err)
            assert harmful(ended.out + ended.err) == set(), (arguments, task.remote_id)


def test_citations_and_exports_are_harmless_on_a_terminal(planted: Planted, archive: Archive) -> None:
    formats = [*FORMATS]
    for number, task in enumerate(some(planted, archive)):
        if not task.has_report:
            continue
        name = formats[number % len(formats)]
        for arguments in (("cite", task.id), ("export", task.id, "-t", name)):
            ended = run_here(arguments, tty=True)
            assert ended.code == 0, (task.remote_id, ended.err)
            assert harmful(ended.out + ended.err) == set(), (arguments, task.remote_id)


@pytest.mark.parametrize("name", FILE_FORMATS)
def test_exported_files_stay_in_their_folder_and_hold_no_control(
    hostile_home: Path, archive: Archive, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "out"
    ended = run_here(("export", "--all", "-t", name, "-o", str(folder)), tty=True)
    assert ended.code == 0, ended.err
    assert harmful(ended.out + ended.err) == set()
    files = [*folder.rglob("*")]
    assert len(files) == sum(task.has_report for task in archive.load_tasks())
    assert {file.parent for file in files} == {folder}
    outside = {path for path in tmp_path.rglob("*") if path.is_file()} - {*files} - {*hostile_home.rglob("*")}
    assert outside == set()
    for file in files:
        assert not unsafe_characters(file.name), file.name
        assert len(file.name.encode()) <= 140
        assert not file.name.startswith((".", "-"))
        content = file.read_bytes().decode("utf-8").replace("\r\n", "\n")
        assert re.findall(r"[^\t\n -~\xa0-\U0010ffff]", content) == [], file.name
        assert name != "html" or executable(content) == [], file.name


def executable(page: str) -> list[str]:
    """What a browser would run or fetch because of a page, by a real parser: scripts, handlers, frames, pictures."""
    tree = LexborHTMLParser(page)
    active = [
        node.html or "" for node in tree.css("script, iframe, object, embed, base, form, img, link, video, audio")
    ]
    handlers = [name for node in tree.css("*") for name in node.attributes if name.startswith("on")]
    links = [node.attributes.get("href") or "" for node in tree.css("a")]
    return active + handlers + [link for link in links if not link.startswith(("http://", "https://", "#"))]


@pytest.mark.parametrize("name", [*OWN_TEXTS])
def test_what_is_typed_comes_back_harmless(hostile_home: Path, name: str) -> None:
    text = OWN_TEXTS[name]
    for arguments in (("show", text), ("export", text), ("cite", text), (text,), ("list", "--status", text),
                      ("config", "get", text), ("config", "set", text, text), ("auth", "set", text),
                      ("track", text, text), ("help", text), ("import", text)):  # fmt: skip
        ended = run_here(arguments, tty=True)
        assert ended.code not in {0, 1}, (arguments, ended.out, ended.err)
        assert harmful(ended.out + ended.err) == set(), arguments


@pytest.mark.parametrize("name", ["every_control", "title_and_clipboard", "every_bidi_mark"])
@pytest.mark.parametrize(
    "table", ["ui.theme", "ui.browser", "notify.command", "archive.path", "providers.valyu.base_url", "keys.x", "x"]
)
def test_configured_values_come_back_harmless(hostile_home: Path, name: str, table: str) -> None:
    section, _, key = table.rpartition(".")
    value = json.dumps(OWN_TEXTS[name]) if key not in {"browser", "command"} else json.dumps([OWN_TEXTS[name]])
    toml = value.replace("\x7f", "\\u007f")
    (file,) = {Path(run_here(("config", "path")).out.strip())}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((f"[{section}]\n" if section else "") + f"{key} = {toml}\n", "utf-8")
    file.chmod(0o600)
    for arguments in (("config", "show"), ("config", "show", "--json"), ("config", "validate"), ("list",),
                      ("auth", "status"), ("doctor", "--offline"), ("doctor", "--offline", "--json")):  # fmt: skip
        ended = run_here(arguments, tty=arguments[0] != "doctor")  # which asks the terminal how large it is
        assert "Traceback" not in ended.err, (arguments, ended.err)
        assert harmful(ended.out + ended.err) == set(), arguments


@pytest.mark.parametrize("name", [name for name in OWN_TEXTS if "/" not in OWN_TEXTS[name]])
def test_files_with_hostile_names_are_read_and_named_harmlessly(hostile_home: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{OWN_TEXTS[name][:60]}.md"
    file.write_text("# A report\n\nA claim [1].\n\n## Sources\n\n1. [One](https://example.org/)\n")
    for arguments in (("cite", str(file)), ("export", str(file), "-t", "html"), ("import", str(file))):
        ended = run_here(arguments, tty=True)
        assert ended.code == 0, ended.err
        assert harmful(ended.out + ended.err) == set(), arguments


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(content, id=f"{folder.name}-{name}", marks=marks(folder))
        for folder in corpora()
        for name, content in hostile_reports([folder]).items()
    ],
)
def test_a_hostile_report_from_a_file_is_cited_and_exported_harmlessly(
    home: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "report.md"
    file.write_bytes(content)
    for arguments in (("cite", str(file)), ("cite", str(file), "--json"), ("export", str(file), "-t", "txt")):
        ended = run_here(arguments, tty=True)
        assert ended.code in {0, 2, 5}, ended.err
        assert "Traceback" not in ended.err
        assert harmful(ended.out + ended.err) == set(), arguments
