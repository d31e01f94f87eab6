"""Files are where the environment says."""

from pathlib import Path

import pytest

from tui.config.paths import archive_place, find_paths
from tui.domain.errors import ConfigError


def test_one_variable_puts_everything_under_one_folder(tmp_path: Path) -> None:
    paths = find_paths({"DIVEWATCH_HOME": str(tmp_path)})
    for path in (paths.config_file, paths.data, paths.state, paths.cache, paths.themes, paths.templates, paths.keys):
        assert path.is_relative_to(tmp_path)


def test_xdg_folders_are_honoured_and_relative_ones_ignored() -> None:
    paths = find_paths({"HOME": "/home/ada", "XDG_DATA_HOME": "/data", "XDG_STATE_HOME": "relative"})
    assert paths.data == Path("/data/divewatch")
    assert paths.state == Path("/home/ada/.local/state/divewatch")
    assert paths.config_file == Path("/home/ada/.config/divewatch/config.toml")


def test_other_platforms_use_their_own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    paths = find_paths({})
    assert "divewatch" in str(paths.data)


def test_the_config_file_can_be_elsewhere() -> None:
    assert find_paths({"DIVEWATCH_CONFIG": "/etc/dw.toml", "HOME": "/h"}).config_file == Path("/etc/dw.toml")


@pytest.mark.parametrize(
    ("text", "archive"),
    [
        ("", None),
        ("[ui]\nmouse = true\n", None),
        ("[archive]\npath = '/elsewhere/a.db'\n", "/elsewhere/a.db"),
        ("[archive]\nurl = ''\n", None),
    ],
)
def test_the_archive_is_found_without_loading_the_configuration(tmp_path: Path, text: str, archive: str | None) -> None:
    environ = {"DIVEWATCH_HOME": str(tmp_path)}
    file = find_paths(environ).config_file
    file.parent.mkdir()
    file.write_text(text)
    assert archive_place(environ) == (Path(archive) if archive else tmp_path / "data" / "archive.db")


@pytest.mark.parametrize("text", [b"[archive]\npath = 3\n", b"[archive\n", b"archive = 1\n", b"[archive]\xff"])
def test_a_file_that_may_name_another_archive_is_not_passed_over(tmp_path: Path, text: bytes) -> None:
    environ = {"DIVEWATCH_HOME": str(tmp_path)}
    file = find_paths(environ).config_file
    file.parent.mkdir()
    file.write_bytes(text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        archive_place(environ)


def test_without_a_config_file_the_archive_is_in_its_default_place(tmp_path: Path) -> None:
    assert archive_place({"DIVEWATCH_HOME": str(tmp_path)}) == tmp_path / "data" / "archive.db"
