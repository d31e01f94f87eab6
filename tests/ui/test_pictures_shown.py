"""Pictures in the terminal: what is written is made from pixels, and only where the terminal takes it."""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pty.terminal import ROOT, Person, person
from tests.ui.driving import WIDE, running
from tests.ui.fakes import FakeArchive, FakeEngine, rich_detail, task
from tui.domain.detail import Image as Attached
from tui.domain.detail import Report, ReportFormat
from tui.domain.task import TaskStatus
from tui.report.read import read_report
from tui.ui.reader.pictures import ReaderPictures
from tui.ui.terminal import show_picture
from tui.ui.terminal.graphics import Protocol, drawn, is_answered, protocol_of, sixels

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

Image = pytest.importorskip("PIL.Image")

KITTY, SIXEL, NEITHER = b"\x1b_Gi=31;OK\x1b\\\x1b[?62;c", b"\x1b[?62;4;6c", b"\x1b[?62;6c"
TWO = ((255, 0, 0), (0, 0, 255))


def two_coloured(width: int = 8, height: int = 12) -> "Pixels":
    """The upper half red, the lower one blue."""
    picture: Pixels = Image.new("RGB", (width, height), TWO[0])
    picture.paste(TWO[1], (0, height // 2, width, height))
    return picture


@pytest.mark.parametrize(
    ("answer", "env", "protocol"),
    [
        (KITTY, {}, Protocol.KITTY),
        (SIXEL, {}, Protocol.SIXEL),
        (SIXEL, {"TERM_PROGRAM": "iTerm.app"}, Protocol.ITERM),
        (NEITHER, {"LC_TERMINAL": "iTerm2"}, Protocol.ITERM),
        (NEITHER, {"LC_TERMINAL": "iTerm2", "TMUX": "/tmp/x"}, None),
        (NEITHER, {}, None),
        (b"\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?62;c", {}, None),
        (b"\x1b[?4;6c", {}, None),  # 4 is the terminal's own number there
        (b"", {}, None),
    ],
)
def test_what_a_terminal_takes_is_told_by_its_answer(
    answer: bytes, env: dict[str, str], protocol: Protocol | None
) -> None:
    assert protocol_of(answer, env) is protocol
    assert is_answered(answer) is bool(answer)


def test_the_kitty_protocol_carries_the_picture_as_png_in_parts() -> None:
    picture = Image.effect_noise((120, 90), 90).convert("RGB")
    parts = list(drawn(picture, Protocol.KITTY))
    assert len(parts) > 2
    assert [part.count("m=1;") for part in parts] == [1] * (len(parts) - 1) + [0]
    text = "".join(re.sub(r"^\x1b_G[^;]*;|\x1b\\$", "", part) for part in parts)
    again = Image.open(io.BytesIO(base64.b64decode(text)))
    assert again.convert("RGB").tobytes() == picture.tobytes()


def test_an_inline_file_carries_the_picture_as_png() -> None:
    [whole] = drawn(two_coloured(), Protocol.ITERM)
    text = whole.removesuffix("\x07").partition(":")[2]
    assert Image.open(io.BytesIO(base64.b64decode(text))).size == (8, 12)


@pytest.mark.parametrize("size", [(8, 12), (97, 31), (320, 200)])
def test_another_decoder_reads_the_sixels_as_the_picture_that_was_meant(tmp_path: Path, size: tuple[int, int]) -> None:
    decoder = shutil.which("sixel2png")
    if decoder is None:
        pytest.skip("sixel2png of libsixel is not installed here")
    noise, ramp = Image.effect_noise(size, 60), Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", (ramp, noise, ramp.rotate(180)))
    meant = picture.quantize(128).convert("RGB")
    (tmp_path / "picture.six").write_text("".join(drawn(picture, Protocol.SIXEL)), "ascii")
    command = [decoder, "-i", str(tmp_path / "picture.six"), "-o", str(tmp_path / "picture.png")]
    subprocess.run(command, check=True, timeout=60)
    read = Image.open(tmp_path / "picture.png").convert("RGB")
    assert read.size == size
    apart = max(abs(one - other) for one, other in zip(read.tobytes(), meant.tobytes(), strict=True))
    assert apart <= 2, "sixels tell colours in percent"


def test_the_parts_of_the_kitty_protocol_are_as_its_document_says() -> None:
    picture = Image.effect_noise((150, 120), 90).convert("RGB")
    first, *others = drawn(picture, Protocol.KITTY)
    payload = [re.fullmatch(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", part) for part in (first, *others)]
    keys = [match[1] if match else "" for match in payload]
    assert dict(pair.split("=") for pair in keys[0].split(",")) == {"a": "T", "f": "100", "q": "2", "m": "1"}
    assert keys[1:] == ["m=1"] * (len(others) - 1) + ["m=0"], "later parts have no key but m"
    sizes = [len(match[2]) if match else 0 for match in payload]
    assert max(sizes) <= 4096
    assert all(size % 4 == 0 for size in sizes[:-1]), "a part is a multiple of four, but for the last one"


def test_an_inline_file_tells_its_size_in_bytes() -> None:
    [whole] = drawn(two_coloured(), Protocol.ITERM)
    told = re.fullmatch(r"\x1b\]1337;File=([^:]*):([A-Za-z0-9+/=]*)\x07", whole)
    assert told
    arguments = dict(pair.split("=") for pair in told[1].split(";"))
    assert arguments["inline"] == "1"
    assert int(arguments["size"]) == len(base64.b64decode(told[2], validate=True))


def test_sixels_say_which_pixels_of_a_band_have_a_colour() -> None:
    head, *rest = sixels(two_coloured())
    assert head == '\x1bP0;1q"1;1;8;12'
    colours = {"".join(part.split(";")[2:]): part.split(";")[0] for part in rest if ";2;" in part}
    assert [part for part in rest if part.endswith("-")] == [f"{colours['10000']}!8~-", f"{colours['00100']}!8~-"]
    assert rest[-1] == "\x1b\\"


@pytest.mark.parametrize("protocol", [*Protocol])
def test_nothing_of_a_file_but_its_pixels_is_written(protocol: Protocol, tmp_path: Path) -> None:
    path = tmp_path / "hostile.png"
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", "\x1b]52;c;ZXZpbA==\x07 canary")
    two_coloured().save(path, pnginfo=told)
    decoded = show_picture._decoded(str(path), (800, 600))
    assert decoded is not None
    written = "".join(drawn(decoded, protocol))
    data = base64.b64decode(re.sub(r"[^A-Za-z0-9+/=]", "", written) + "==")
    assert b"canary" not in data + written.encode()
    assert "\x1b]52" not in written


@pytest.mark.parametrize("broken", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, b"GIF89a\xff\xff\xff\xff"])
def test_what_is_no_picture_is_none(broken: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(broken)
    assert show_picture._decoded(str(path), (80, 60)) is None


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.png"
    two_coloured(64, 64).save(path)
    monkeypatch.setattr(show_picture, "LARGEST", 1000)
    assert show_picture._decoded(str(path), (80, 60)) is None


def shown(path: Path, answer: bytes) -> tuple[int, bytes]:
    """Run the program in a terminal that answers; returns its exit code and what it wrote."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"} | dict.fromkeys(("TERM_PROGRAM", "LC_TERMINAL"), "")
    with Person([sys.executable, "-m", "tui.ui.terminal.show_picture", str(path)], env) as user:
        assert user.waits(lambda: b"\x1b[c" in user.out)
        user.type(answer)
        assert user.waits(lambda: b"any key" in user.out or user.process.poll() is not None)
        user.type("x")
        return user.ends(), user.out


@pytest.mark.parametrize(("answer", "begin"), [(KITTY, b"\x1b_Ga=T,f=100"), (SIXEL, b'\x1bP0;1q"1;1;')])
def test_it_is_shown_until_a_key_and_the_terminal_is_as_before(answer: bytes, begin: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    two_coloured().save(path, "PNG")
    code, out = shown(path, answer)
    assert code == show_picture.SHOWN
    assert begin in out
    assert out.index(b"\x1b[?1049h") < out.index(begin) < out.index(b"\x1b[?1049l")


def test_a_terminal_that_takes_none_and_a_file_that_is_none_are_told_by_the_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    two_coloured().save(path, "PNG")
    code, out = shown(path, NEITHER)
    assert (code, b"1049" in out) == (show_picture.UNABLE, False)
    path.write_text("no picture")
    code, out = shown(path, KITTY)
    assert (code, b"1049" in out) == (show_picture.NO_PICTURE, False)


def test_the_program_needs_neither_textual_nor_an_engine() -> None:
    code = "import sys, tui.ui.terminal.show_picture; print({'textual', 'PIL', 'httpx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_reader_shows_a_picture_and_is_there_again_after_a_key() -> None:
    with person("9", "picture") as user:
        assert user.sees("Task number 8")
        user.settle()
        user.press("G", "3")
        assert user.sees("A chart")
        user.settle()
        user.press("f")
        asked = user.out.count(b"\x1b[c")
        user.type("a")
        assert user.waits(lambda: user.out.count(b"\x1b[c") > asked)
        user.type(KITTY)
        assert user.waits(lambda: b"any key goes back" in user.out)
        assert b"\x1b_Ga=T,f=100" in user.out
        user.screen.reset()
        user.type("x")
        assert user.sees("A chart")  # all of the reader is painted again
        user.settle()
        user.type("q")
        assert user.ends() == 0
        assert user.modes_left_on() == set()


URL = "https://api.valyu.example/picture-1?token=canary"


@pytest.mark.parametrize(
    ("able", "code", "told"),
    [
        (True, show_picture.SHOWN, ""),
        (True, show_picture.NO_PICTURE, "no picture"),
        (True, show_picture.UNABLE, "opened"),
        (False, show_picture.SHOWN, "opened"),
    ],
)
async def test_a_picture_of_a_report_is_shown_or_opened(
    able: bool, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = task(0, TaskStatus.DONE, has_report=True)
    engine = FakeEngine([done])
    text = f"# Tides\n\n![A chart]({URL})\n"
    engine.details = {
        done.id: replace(
            rich_detail(done),
            report=Report(text, ReportFormat.MARKDOWN),
            images=(Attached("i", "chart", "A chart", URL),),
        )
    }
    ran: list[str] = []
    opened: list[str] = []

    def run(app: object, name: str, command: list[str]) -> int:
        ran.append(command[-1])
        return code

    monkeypatch.setattr("tui.ui.reader.pictures.run_outside", run)
    monkeypatch.setattr(ReaderPictures, "able", able)
    async with running([done], engine=engine, archive=FakeArchive([done]), size=WIDE, parse=read_report) as session:
        follow: Callable[[str], None] = opened.append
        monkeypatch.setattr(session.app, "follow_link", follow)
        await session.press("3")
        await session.settle()
        await session.press("f", "a")
        await session.settle()
        assert bool(ran) is able
        assert not any(Path(path).parent.exists() for path in ran)
        assert opened == ([URL] if told == "opened" else [])
        if told not in {"", "opened"}:
            assert told in session.said
        assert ReaderPictures.able is (able and code != show_picture.UNABLE)
