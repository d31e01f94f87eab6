"""Settings that somebody else may change are not obeyed: they name programs to run."""

from pathlib import Path

import pytest

from tui.config.load import load
from tui.domain.errors import ConfigError


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    path = folder / "config.toml"
    path.write_text("[ui]\nmeasure = 80\n")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_file_that_others_may_only_read_is_obeyed(settings: Path, mode: int) -> None:
    settings.chmod(mode)
    assert load(settings).ui.measure == 80


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602, 0o664])
def test_a_file_that_others_may_change_is_refused_with_what_to_do(settings: Path, mode: int) -> None:
    settings.chmod(mode)
    with pytest.raises(ConfigError, match="can be changed by others") as refused:
        load(settings)
    assert refused.value.hint == f"chmod go-w {settings}"


def test_a_folder_in_which_others_may_put_a_file_is_refused(settings: Path) -> None:
    settings.parent.chmod(0o777)
    with pytest.raises(ConfigError, match=r"folder .* can be changed by others"):
        load(settings)
    settings.parent.chmod(0o1777)
    assert load(settings).ui.measure == 80, "nobody can replace a file of ours there"


def test_what_a_link_leads_to_is_looked_at(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    link = tmp_path / "mine" / "config.toml"
    link.symlink_to(settings)
    assert load(link).ui.measure == 80
    settings.chmod(0o666)
    with pytest.raises(ConfigError, match="can be changed by others"):
        load(link)


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert load(tmp_path / "none" / "config.toml").ui.measure == 100
