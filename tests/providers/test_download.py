"""Assets are saved whole, for their owner only, and the key goes nowhere else."""

import os
import stat
from pathlib import Path

import pytest

from tests.providers.faults import Faults, answer, fault_server
from tests.providers.test_http import KEY, QUICK_READ, http_for
from tui.domain.errors import BadKey, Gone, ProviderError, Refused, Unreachable, UsageError
from tui.providers.http import download
from tui.providers.http.base_url import Origin
from tui.providers.http.download import save
from tui.providers.http.session import HttpSession

PICTURE = b"\x89PNG" + bytes(range(256)) * 400


async def test_a_file_is_saved_whole_and_private_with_progress(faults: Faults, tmp_path: Path) -> None:
    faults.canned["v1"] = answer(200, PICTURE, ("Content-Type", "image/png"))
    told: list[tuple[int, int | None]] = []
    async with http_for(faults.base) as http:
        target = tmp_path / "chart.png"
        written = await save(
            http, faults.base + "/v1/a.png?token=t", target, lambda done, total: told.append((done, total))
        )
    assert target.read_bytes() == PICTURE
    assert written == len(PICTURE)
    assert told[-1] == (len(PICTURE), len(PICTURE))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["chart.png"]
    assert faults.seen[0].headers["x-api-key"] == KEY


async def test_the_key_does_not_go_to_another_origin(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.canned["v1"] = answer(200, PICTURE)
    monkeypatch.setattr(Origin, "owns", lambda _self, _url: False)
    monkeypatch.setattr(download, "_distrusted", lambda _url: "")
    async with http_for(faults.base) as http:
        await save(http, faults.base + "/v1/a.png", tmp_path / "a.png")
    assert KEY not in str(faults.seen[0].headers)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://storage.valyu.ai/a.png",
        "https://127.0.0.1/a.png",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/a.png",
        "https://user@storage.valyu.ai/a.png",
        "https://xn--80ak6aa92e.com/a.png",
        "/relative.png",
        "",
        "https://a.example/\x1b[2J",
    ],
)
async def test_an_address_that_is_no_public_web_address_is_not_asked(url: str, faults: Faults, tmp_path: Path) -> None:
    async with http_for(faults.base) as http:
        with pytest.raises(Refused):
            await save(http, url, tmp_path / "a")
    assert faults.seen == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [("cut", Unreachable), ("reset", Unreachable), ("stall_in_the_middle", Unreachable), ("gzip_cut", Unreachable)],
)
async def test_half_a_file_is_no_file(
    behaviour: str, kind: type[ProviderError], faults: Faults, tmp_path: Path
) -> None:
    target = tmp_path / "a.csv"
    target.write_text("the older one")
    async with http_for(faults.base, limits=QUICK_READ) as http:
        with pytest.raises(kind):
            await save(http, f"{faults.base}/{behaviour}/a.csv", target)
    assert target.read_text() == "the older one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(("status", "kind"), [(404, Gone), (401, BadKey), (302, Unreachable), (204, ProviderError)])
async def test_a_status_is_explained(status: int, kind: type[ProviderError], faults: Faults, tmp_path: Path) -> None:
    faults.canned["v1"] = answer(status, b"", ("Location", "https://evil.example/"))
    async with http_for(faults.base) as http:
        with pytest.raises(kind):
            await save(http, faults.base + "/v1/a", tmp_path / "a")


async def test_a_file_above_the_limit_is_given_up(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_MOST_BYTES", 1000)
    async with http_for(faults.base) as http:
        with pytest.raises(Unreachable, match="larger than 1,000 bytes"):
            await save(http, faults.base + "/endless/a", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_not_there_is_named(faults: Faults, tmp_path: Path) -> None:
    async with http_for(faults.base) as http:
        with pytest.raises(UsageError, match="missing/a cannot be written"):
            await save(http, faults.base + "/ok/a", tmp_path / "missing" / "a")


async def test_a_full_disk_is_no_fault_of_the_network(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    async with http_for(faults.base) as http:
        with pytest.raises(UsageError, match="No space left"):
            await save(http, faults.base + "/ok/a", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


async def test_a_planted_link_is_not_followed(faults: Faults, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / ".a.part").symlink_to(victim)
    async with http_for(faults.base) as http:
        await save(http, faults.base + "/ok/a", tmp_path / "a")
    assert victim.read_text() == "untouched"
    assert not (tmp_path / "a").is_symlink()


async def test_two_origins_are_really_two(faults: Faults, tmp_path: Path) -> None:
    async with fault_server() as other, http_for(faults.base) as http:
        assert isinstance(http, HttpSession)
        with pytest.raises(Refused):
            await save(http, other.base + "/ok/a", tmp_path / "a")
        assert other.seen == []
