"""doctor says what works here, what does not, and what to do about it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Ended, fault
from tui.cli.doctor import local_checks, provider_checks
from tui.cli.doctor.local_checks import Level
from tui.domain.provider import Response
from tui.simulator.server import Simulator


def found(ended: Ended, subject: str) -> list[tuple[str, str]]:
    """Return (level, text) of the findings about a subject."""
    rows = ended.json["findings"]
    return [(row["level"], f"{row['found']} {row['advice']}") for row in rows if row["subject"] == subject]


def test_a_good_world_is_good(world: Cli) -> None:
    ended = world("doctor", "--json")
    assert ended.code == 0, ended.out
    assert ended.json["ok"] is True
    for provider in ("extruct", "yutori", "valyu"):
        assert ("ok", "answers, and takes the key") in [
            (level, text.split(" (")[0]) for level, text in found(ended, provider)
        ]
    assert found(ended, "gemini")[-1][1].startswith("answers, and takes the key")  # it has no list to ask for
    assert found(ended, "check") == [("ok", "structure and every stored answer are sound ")]
    assert found(ended, "search")[0][0] == "ok"
    text = world("doctor").out
    assert "What to do" in text


def test_keys_are_never_shown(world: Cli, simulator: Simulator) -> None:
    everything = world("doctor").out + world("doctor", "--json").out
    for key in simulator.keys.values():
        assert key not in everything
        assert f"…{key[-4:]}" in everything


@pytest.mark.parametrize(
    ("name", "said"), [("401", "rejected"), ("drop", "try later"), ("html", ""), ("500", ""), ("empty", "empty")]
)
def test_a_provider_in_trouble_is_bad_and_the_others_are_not(
    world: Cli, simulator: Simulator, name: str, said: str
) -> None:
    with fault(simulator, f"yutori:{name}"):
        ended = world("doctor", "--json")
    assert ended.code == 1
    level, text = found(ended, "yutori")[-1]
    assert level == "bad"
    assert said in text
    assert {level for level, _ in found(ended, "valyu")} == {"ok"}


@pytest.mark.parametrize(("name", "said"), [("401", "rejected"), ("500", "trouble"), ("drop", "try later")])
def test_a_service_without_a_list_is_asked_all_the_same(world: Cli, simulator: Simulator, name: str, said: str) -> None:
    with fault(simulator, f"gemini:{name}"):
        ended = world("doctor", "--json")
    level, text = found(ended, "gemini")[-1]
    assert level == "bad"
    assert said in text


def test_a_rate_limit_is_no_defect(world: Cli, simulator: Simulator) -> None:
    with fault(simulator, "valyu:429"):
        ended = world("doctor", "--json")
    assert ended.code == 0
    assert found(ended, "valyu")[-1][0] == "warn"


def test_offline_asks_nobody(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.requests)
    assert world("doctor", "--offline").code == 0
    assert len(simulator.requests) == before


def test_a_newcomer_has_nothing_bad(cli: Cli, home: Path) -> None:
    ended = cli("doctor", "--json")
    assert ended.code == 0, ended.out
    assert [level for level, _ in found(ended, "valyu")] == ["warn"]
    assert not home.exists()


def test_a_broken_configuration_is_bad(cli: Cli, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[ui]\nnonsense = 1\n")
    ended = cli("doctor", "--json")
    assert ended.code == 1
    assert "nonsense" in found(ended, "config.toml")[0][1]
    (home / "config" / "config.toml").write_text("[keys]\n'app.log' = 'Z'\n'tasks.new' = 'Z'\n")
    assert found(cli("doctor", "--offline", "--json"), "keys")[0][0] == "bad"
    (home / "config" / "config.toml").write_text("[providers.nobody]\nenabled = true\n")
    assert found(cli("doctor", "--offline", "--json"), "accounts")[0][0] == "bad"


def test_a_damaged_archive_is_bad_and_left_alone(cli: Cli, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    file = home / "data" / "archive.db"
    file.write_bytes(b"no database at all" * 100)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    assert found(ended, "archive")[0][0] == "bad"
    assert file.read_bytes() == b"no database at all" * 100


def test_a_key_file_that_others_can_read_is_bad(cli: Cli, home: Path) -> None:
    cli("auth", "set", "valyu", stdin=b"val_0123456789abcdef\n")
    (home / "config" / "keys" / "valyu").chmod(0o644)
    ended = cli("doctor", "--offline", "--json")
    assert ended.code == 1
    assert "chmod 600" in found(ended, "valyu")[0][1]


@pytest.mark.parametrize(
    ("environ", "subject", "level", "said"),
    [
        ({"SSLKEYLOGFILE": "/tmp/keys"}, "SSLKEYLOGFILE", Level.WARN, "unset it"),
        ({"HTTPS_PROXY": "http://user:password@proxy"}, "proxy", Level.OK, "HTTPS_PROXY"),
        ({"NO_COLOR": "1"}, "NO_COLOR", Level.OK, "1"),
    ],
)
def test_the_environment_that_matters_is_named(environ: dict[str, str], subject: str, level: Level, said: str) -> None:
    (finding,) = local_checks.environment(environ)
    assert (finding.subject, finding.level) == (subject, level)
    assert said in finding.found + finding.advice
    assert "password" not in finding.found + finding.advice


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "16.7 million (COLORTERM)"),
        ({"TERM": "xterm-256color"}, "256 (TERM)"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "xterm", "NO_COLOR": ""}, "none (NO_COLOR)"),
    ],
)
def test_colours_are_told_from_the_environment(environ: dict[str, str], colours: str) -> None:
    assert next(one.found for one in local_checks.terminal(None, environ) if one.subject == "colours") == colours


def test_a_dumb_terminal_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert next(local_checks.terminal(None, {"TERM": "dumb"})).level is Level.BAD


@pytest.mark.parametrize(("seconds", "said"), [(0, None), (29, None), (120, "ahead"), (-120, "behind")])
def test_a_wrong_clock_is_noticed(seconds: int, said: str | None) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    answer = Response(200, b"", now, served_at=now - timedelta(seconds=seconds))
    found = provider_checks._clock("valyu", answer)
    assert [said in one.found for one in found if said] == ([True] if said else [])
    assert provider_checks._clock("valyu", Response(200, b"", now)) == []
