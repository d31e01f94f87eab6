"""Exported files have safe names and are written whole."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import UsageError
from tui.engine.files.documents import detect_document, report_of
from tui.engine.files.exported import free_name, safe_name, write_file
from tui.report.export import render
from tui.report.read import read_report

DAY = datetime(2026, 7, 19, tzinfo=UTC)


@given(st.text(), st.sampled_from([None, DAY]), st.sampled_from([".md", ".csl.json"]))
def test_a_name_stays_inside_its_folder(title: str, moment: datetime | None, suffix: str) -> None:
    name = safe_name(title, moment, suffix)
    assert (Path("/folder") / name).parent == Path("/folder")
    assert name[0] not in ".-"
    assert name.endswith(suffix)
    assert len(name.encode()) <= 121
    assert name.isprintable()


def test_hostile_titles_make_harmless_names(corpus: Path) -> None:
    for case in json.loads((corpus / "hostile/strings.json").read_text())["cases"]:
        assert "/" not in safe_name(case["text"], DAY, ".md")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("QUIC & congestion: a survey!", "2026-07-19-quic-congestion-a-survey.md"),
        ("光刻机 2026", "2026-07-19-光刻机-2026.md"),
        ("../../etc/passwd", "2026-07-19-etc-passwd.md"),
    ],
)
def test_titles_stay_readable(title: str, name: str) -> None:
    assert safe_name(title, DAY, ".md") == name


def test_without_a_date_device_names_and_emptiness_are_avoided() -> None:
    assert safe_name("CON", None, ".md") == "_con.md"
    assert safe_name("...", None, ".md") == "report.md"


def test_a_file_is_private_and_never_replaced_without_force(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    write_file(path, "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="exists"):
        write_file(path, "two")
    assert path.read_text() == "one"
    write_file(path, "two\r\n", force=True)
    assert path.read_bytes() == b"two\r\n"
    assert [file.name for file in tmp_path.iterdir()] == ["a.md"]


def test_a_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        write_file(tmp_path / "none" / "a.md", "x")


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "a.csl.json").touch()
    (tmp_path / "a-2.csl.json").touch()
    assert free_name(tmp_path, "a.csl.json").name == "a-3.csl.json"
    assert free_name(tmp_path, "b.md").name == "b.md"


@pytest.mark.parametrize("title", ["con." + "x" * 200, "n" * 200, "ü" * 200, "COM1." + "ü" * 200])
def test_no_name_is_longer_than_120_bytes_also_with_a_number(tmp_path: Path, title: str) -> None:
    name = safe_name(title, None, ".csl.json")
    assert len(name.encode()) <= 120
    taken = {tmp_path / name}
    for _ in range(12):
        taken.add(free_name(tmp_path, name, besides=taken, replacing=True))
    assert len(taken) == 13
    assert max(len(path.name.encode()) for path in taken) <= 120


@pytest.mark.parametrize("depth", [100, 199, 201, 600, 990, 5000])
def test_json_of_any_depth_can_be_exported_as_json(depth: int) -> None:
    body = ("[" * depth + "1" + "]" * depth).encode()
    for whole in (body, b'{"id": "t", "status": "done", "report": {"kind": "json", "json": ' + body + b"}}"):
        detail = detect_document(whole, "deep")
        assert json.loads(render("json", detail, read_report(report_of(detail))))
