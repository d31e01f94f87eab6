"""Clipboard, links, title, notifications: every way, no shell, no key handed on."""

import base64
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

import pytest

from tui.domain.redact import without_secrets
from tui.ui.terminal.handoff import OSC52_LIMIT, HandoffResult, Terminal

_PROGRAM = """#!{python}
import json, os, sys
data = sys.stdin.read()
with open({out!r} + ".tmp", "w") as file:
    json.dump([sys.argv[1:], data, dict(os.environ), os.isatty(1)], file)
os.rename({out!r} + ".tmp", {out!r})
print("NOISE")
sys.exit({status})
"""


class Desk:
    """A terminal whose bytes and outcomes are kept; helper programs are scripts on a PATH of their own."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None, **more: object) -> None:
        self.folder = folder
        self.written: list[str] = []
        self.said: list[HandoffResult] = []
        self._done = Event()
        base = {"PATH": str(folder), "VALYU_API_KEY": "canary-key-123456", "HOME": str(folder)}
        self.terminal = Terminal(self.written.append, lambda work: work(), env={**base, **(env or {})}, **more)  # type: ignore[arg-type]

    def program(self, name: str, *, status: int = 0) -> None:
        path = self.folder / name
        out = self.folder / f"{name}.out"
        path.write_text(_PROGRAM.format(python=sys.executable, out=str(out), status=status))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def ran(self, name: str) -> tuple[list[str], str, dict[str, str]] | None:
        out = self.folder / f"{name}.out"
        for _ in range(6000):
            if out.exists():
                argv, data, env, _ = json.loads(out.read_text())
                return argv, data, env
            Event().wait(0.01)  # a process of its own: nothing tells when it has written
        return None

    def tell(self, told: HandoffResult) -> None:
        self.said.append(told)
        self._done.set()

    def answer(self, act: Callable[[], None]) -> HandoffResult:
        act()
        assert self._done.wait(60)
        return self.said[-1]

    def osc52(self) -> str | None:
        found = re.search(r"\x1b]52;c;([^\x07]*)\x07", "".join(self.written))
        return base64.b64decode(found[1]).decode() if found else None


def test_without_any_tool_the_terminal_itself_is_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    told = desk.answer(lambda: desk.terminal.copy("https://example.org/a", "URL", desk.tell))
    assert desk.osc52() == "https://example.org/a"
    assert told == HandoffResult(
        "sent URL, 21 bytes, to the terminal's clipboard (OSC 52)", text="https://example.org/a"
    )


def test_inside_tmux_its_own_buffer_is_loaded_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"TMUX": "/tmp/x,1,0"})
    desk.program("tmux")
    told = desk.answer(lambda: desk.terminal.copy("深度", "title", desk.tell))
    assert told.message == "copied title, 6 bytes, via tmux"
    assert desk.ran("tmux") is not None
    argv, data, env = desk.ran("tmux") or ([], "", {})
    assert (argv, data) == (["load-buffer", "-w", "-"], "深度")
    assert "VALYU_API_KEY" not in env
    assert desk.osc52() == "深度"


def test_over_ssh_no_local_tool_is_used(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22", "DISPLAY": ":0"})
    desk.program("xclip")
    assert "OSC 52" in desk.answer(lambda: desk.terminal.copy("x", "URL", desk.tell)).message


def test_a_local_tool_that_fails_leaves_the_terminals_clipboard(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"DISPLAY": ":0"})
    desk.program("xclip", status=1)
    assert "OSC 52" in desk.answer(lambda: desk.terminal.copy("x", "URL", desk.tell)).message


def test_more_than_terminals_take_is_not_sent_but_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    told = desk.answer(lambda: desk.terminal.copy("x" * (OSC52_LIMIT + 1), "report", desk.tell))
    assert not told.ok
    assert "export it to a file instead" in told.message
    assert desk.osc52() is None


def test_what_is_copied_holds_no_control_characters(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.answer(lambda: desk.terminal.copy("rm -rf /\x1b[201~\r\x07", "text", desk.tell))
    assert "\x1b" not in (desk.osc52() or "\x1b")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "--help", "https://a.example/\x1b]0;x\x07", ""]
)
def test_a_refused_link_is_neither_opened_nor_copied(tmp_path: Path, url: str) -> None:
    desk = Desk(tmp_path, {"DISPLAY": ":0"})
    desk.program("xdg-open")
    desk.terminal.open_url(url, desk.tell)
    assert not desk.said[0].ok
    assert desk.said[0].message.startswith("not opened: ")
    assert desk.osc52() is None
    assert not (tmp_path / "xdg-open.out").exists()


def test_a_link_goes_verbatim_to_the_opener_without_keys_and_terminal(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"DISPLAY": ":0", "GITHUB_TOKEN": "canary"})
    desk.program("xdg-open")
    url = "https://ok.example/a%2Fb?next=https%3A%2F%2Fx&y=$(id);#:~:text=two words"
    assert desk.answer(lambda: desk.terminal.open_url(url, desk.tell)).message == "opened ok.example"
    ran = desk.ran("xdg-open")
    assert ran is not None
    argv, _, env = ran
    assert argv == [url.replace(" ", "%20")]
    assert not [name for name in env if name.endswith(("_KEY", "_TOKEN"))]


def test_an_international_host_is_opened_only_after_a_second_yes(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"DISPLAY": ":0"})
    desk.program("xdg-open")
    desk.terminal.open_url("https://аpple.com/", desk.tell)
    asked = desk.said[0]
    assert asked.ask
    assert asked.host.startswith("xn--")
    assert not (tmp_path / "xdg-open.out").exists()
    desk.terminal.open_url("https://аpple.com/", desk.tell, confirmed=True)
    assert desk.said[-1].message.startswith("opened xn--")


def test_a_mail_address_is_copied_not_opened(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"DISPLAY": ":0"})
    told = desk.answer(lambda: desk.terminal.open_url("mailto:a@b.example", desk.tell))
    assert "is not opened" in told.message
    assert desk.osc52() == "mailto:a@b.example"


def test_without_a_browser_the_link_is_copied_and_shown(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"SSH_TTY": "/dev/pts/1"})
    told = desk.answer(lambda: desk.terminal.open_url("https://ok.example/", desk.tell))
    assert told.message.startswith("no browser here: ")
    assert told.text == "https://ok.example/"


@pytest.mark.parametrize(
    ("env", "configured", "argv"),
    [
        ({"BROWSER": "w3m"}, (), None),
        ({"BROWSER": "/usr/bin/lynx:code-open"}, (), ("code-open",)),
        ({"BROWSER": "firefox %s"}, (), ("firefox",)),
        ({"BROWSER": "x'"}, (), None),
        ({"DIVEWATCH_BROWSER": "w3m -dump", "BROWSER": "z"}, (), ("w3m", "-dump")),
        ({"BROWSER": "z"}, ("my", "-b"), ("my", "-b")),
    ],
)
def test_the_opener_is_the_configured_one_and_never_a_text_browser_by_accident(
    tmp_path: Path, env: dict[str, str], configured: tuple[str, ...], argv: tuple[str, ...] | None
) -> None:
    assert Desk(tmp_path, {"SSH_TTY": "x", **env}, browser=configured).terminal.opener() == argv


def test_an_opener_that_does_not_start_falls_back_to_copying(tmp_path: Path) -> None:
    desk = Desk(tmp_path, browser=("/nowhere/browser",))
    told = desk.answer(lambda: desk.terminal.open_url("https://ok.example/", desk.tell))
    assert told.message.startswith("/nowhere/browser did not start: ")
    assert desk.osc52() == "https://ok.example/"


def test_the_title_is_one_clean_line(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.terminal.push_title()
    desk.terminal.set_title("a\x1b]0;evil\x07\nb")
    desk.terminal.pop_title()
    assert desk.written[0] == "\x1b[22;0t"
    assert desk.written[1].count("\x1b") == 1
    assert desk.written[1].count("\x07") == 1
    assert desk.written[2] == "\x1b[23;0t"


@pytest.mark.parametrize(
    ("way", "sequence"),
    [
        ("bell", "\x07"),
        ("osc9", "\x1b]9;divewatch: a, b is done\x07"),
        ("osc777", "\x1b]777;notify;divewatch;a, b is done\x07"),
        ("osc99", "\x1b]99;;divewatch: a, b is done\x1b\\"),
        ("off", ""),
    ],
)
def test_the_terminal_is_told_in_the_chosen_way(tmp_path: Path, way: str, sequence: str) -> None:
    desk = Desk(tmp_path, notify=way)
    desk.terminal.attention("divewatch", "a; b is done", {})
    assert "".join(desk.written) == sequence


def test_inside_tmux_a_notification_is_passed_through(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"TMUX": "x"}, notify="osc9")
    desk.terminal.attention("t", "b", {})
    assert "".join(desk.written) == "\x1bPtmux;\x1b\x1b]9;t: b\x07\x1b\\"


def test_the_notify_command_gets_json_on_its_input_and_nothing_in_its_arguments(tmp_path: Path) -> None:
    desk = Desk(tmp_path, notify="off", notify_command=(str(tmp_path / "told"), "--flag"))
    desk.program("told")
    desk.terminal.attention("t", "b", {"title": "$(touch x); 深度", "status": "done"})
    ran = desk.ran("told")
    assert ran is not None
    argv, data, env = ran
    assert argv == ["--flag"]
    assert json.loads(data) == {"title": "$(touch x); 深度", "status": "done"}
    assert "VALYU_API_KEY" not in env


def test_names_like_keys_are_not_handed_on() -> None:
    kept = without_secrets(
        {"PATH": "x", "OPENAI_API_KEY": "1", "MY_TOKEN": "2", "Secret": "3", "DB_PASSWORD": "4", "KEYBOARD": "5"}
    )
    assert set(kept) == {"PATH", "KEYBOARD"}


def test_the_process_environment_is_the_default() -> None:
    assert Terminal(lambda _: None, lambda _: None).remote is bool(
        os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY")
    )
