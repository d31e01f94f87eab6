"""Passes text to the user's machine: clipboard, browser, window title, notifications.

Nothing here waits for a helper program on the caller's thread, uses a shell, or hands a key to a child process. Every
outcome comes back as one `HandoffResult`, so that a screen can say what happened and show the text to take by hand.
"""

import base64
import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.amounts import text_size
from tui.domain.text import clean, one_line

if TYPE_CHECKING:
    from tui.domain.detail import Json

OSC52_LIMIT = 75_000  # bytes of text; common terminals drop longer ones without a word
_TEXT_BROWSERS = frozenset("w3m lynx links links2 elinks www-browser browsh".split())
_COPY_TOOLS = (
    ("pbcopy", ("pbcopy",), ""),
    ("wl-copy", ("wl-copy",), "WAYLAND_DISPLAY"),
    ("xclip", ("xclip", "-selection", "clipboard"), "DISPLAY"),
    ("xsel", ("xsel", "--clipboard", "--input"), "DISPLAY"),
    ("clip.exe", ("clip.exe",), "WSL_DISTRO_NAME"),
)


class HandoffResult(NamedTuple):
    """The result of a copy or of opening a link.

    Attributes:
        message: What happened and how.
        ok: False where nothing arrived; `text` is then what the person can take by hand.
        text: The address or text concerned.
        ask: Set where a second yes is needed before a link is opened: why.
        host: The host as it really is, for that question.
    """

    message: str
    ok: bool = True
    text: str = ""
    ask: str = ""
    host: str = ""


Tell = Callable[[HandoffResult], None]


class Terminal:
    """The terminal's clipboard, title and notifications, and the programs around it.

    Args:
        write: Sends a control sequence to the terminal (UI thread only).
        hop: Runs a function on the UI thread; called from helper threads.
        browser: The configured program and arguments that open a link; empty looks for one.
        notify: How the terminal is told, "off", "bell", "osc9", "osc777" or "osc99".
        notify_command: Program and arguments that get a JSON object on standard input.
        env: The environment; the process's own by default.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        hop: Callable[[Callable[[], None]], None],
        *,
        browser: Sequence[str] = (),
        notify: str = "bell",
        notify_command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._write = write
        self._hop = hop
        self._browser = tuple(browser)
        self._notify = notify
        self._notify_command = tuple(notify_command)
        self._env = dict(os.environ if env is None else env)
        self.remote = bool(self._env.get("SSH_CONNECTION") or self._env.get("SSH_TTY"))

    # Clipboard

    def copy(self, text: str, what: str, tell: Tell) -> None:
        """Copy `text` by every available way and report which worked; `what` names it ("URL", "report")."""
        text = clean(text)
        small = len(text.encode()) <= OSC52_LIMIT
        if small:
            self._write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")

        def run() -> None:
            way = next((name for name, argv in self._copy_tools() if self._feed(argv, text.encode())), None)
            self._hop(lambda: tell(self._copied(text, what, way, small)))

        threading.Thread(target=run, name="copy", daemon=True).start()

    def _copied(self, text: str, what: str, way: str | None, small: bool) -> HandoffResult:
        size = text_size(text)
        if way:
            return HandoffResult(f"copied {what}, {size}, via {way}", text=text)
        if small:
            return HandoffResult(f"sent {what}, {size}, to the terminal's clipboard (OSC 52)", text=text)
        return HandoffResult(
            f"{what} is {size}, more than terminals take: export it to a file instead", ok=False, text=text
        )

    def copy_routes(self) -> list[str]:
        """Return the programs that `copy` tries, in order; the terminal's own clipboard is used besides."""
        return [name for name, _ in self._copy_tools()]

    def _copy_tools(self) -> list[tuple[str, Sequence[str]]]:
        tools: list[tuple[str, Sequence[str]]] = []
        if self._env.get("TMUX") and (tmux := self._which("tmux")):
            tools.append(("tmux", (tmux, "load-buffer", "-w", "-")))
        if not self.remote:
            for name, argv, variable in _COPY_TOOLS:
                if (not variable or self._env.get(variable)) and (path := self._which(argv[0])):
                    tools.append((name, (path, *argv[1:])))
        return tools

    def _which(self, program: str) -> str | None:
        return shutil.which(program, path=self._env.get("PATH", os.defpath))

    # Links

    def open_url(self, url: str, tell: Tell, *, confirmed: bool = False) -> None:
        """Open `url` by its verdict, or copy it where no browser can be reached; never decodes or repairs it.

        A `copy` verdict (international, numeric, special hosts) asks first: `HandoffResult.ask` is set and nothing
        happens until the call is repeated with `confirmed`.
        """
        from tui.domain.url import Verdict, check_url, openable

        judged = check_url(url)
        if judged.verdict is Verdict.REFUSE:
            tell(HandoffResult(f"not opened: {judged.reason}", ok=False, text=clean(url)))
            return
        web = url[:8].lower().startswith(("http://", "https://"))
        if not web:
            self.copy(
                url, "address", lambda told: tell(HandoffResult(f"{judged.reason}; {told.message}", told.ok, told.text))
            )
            return
        if judged.verdict is Verdict.COPY and not confirmed:
            tell(
                HandoffResult(
                    f"{judged.reason}: {judged.host}", ok=False, text=clean(url), ask=judged.reason, host=judged.host
                )
            )
            return
        argv = self.opener()
        if argv is None:
            self.copy(url, "link", lambda told: tell(HandoffResult(f"no browser here: {told.message}", told.ok, url)))
        elif self._start((*argv, openable(url))):
            tell(HandoffResult(f"opened {judged.host}", text=url))
        else:
            self.copy(
                url, "link", lambda told: tell(HandoffResult(f"{argv[0]} did not start: {told.message}", told.ok, url))
            )

    def opener(self) -> tuple[str, ...] | None:
        """Return the command that opens a link on the user's machine, without the link; None if there is none."""
        if words := self._browser or _words(self._env.get("DIVEWATCH_BROWSER", "")):
            return words
        for wish in self._env.get("BROWSER", "").split(os.pathsep):
            if (words := _words(wish)) and Path(words[0]).name not in _TEXT_BROWSERS:
                return words
        if sys.platform == "darwin" and not self.remote:
            return ("open",)
        for variable, program in (
            ("WSL_DISTRO_NAME", "wslview"),
            ("WAYLAND_DISPLAY", "xdg-open"),
            ("DISPLAY", "xdg-open"),
        ):
            if self._env.get(variable) and (path := self._which(program)):
                return (path,)
        return None

    # Attention

    def push_title(self) -> None:
        """Save the window title."""
        self._write("\x1b[22;0t")

    def pop_title(self) -> None:
        """Restore the saved window title."""
        self._write("\x1b[23;0t")

    def set_title(self, title: str) -> None:
        """Set the window title; in tmux it is the pane's title."""
        self._write(f"\x1b]2;{one_line(title, 120)}\x07")

    def attention(self, title: str, body: str, payload: "Mapping[str, Json]") -> None:
        """Notify by every configured way; the command gets `payload` as JSON."""
        title, body = _plain(title), _plain(body)
        sequences = {
            "bell": "\x07",
            "osc9": self._through(f"\x1b]9;{title}: {body}\x07"),
            "osc777": self._through(f"\x1b]777;notify;{title};{body}\x07"),
            "osc99": self._through(f"\x1b]99;;{title}: {body}\x1b\\"),
        }
        if self._notify in sequences:
            self._write(sequences[self._notify])
        if self._notify_command:
            data = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
            arguments = (self._notify_command, data, 30.0)
            threading.Thread(target=self._feed, args=arguments, name="notify", daemon=True).start()

    def _through(self, sequence: str) -> str:
        if not self._env.get("TMUX"):
            return sequence
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"

    # Child processes

    def _for_children(self) -> Mapping[str, str]:
        """Return the environment without keys."""
        from tui.domain.redact import without_secrets

        return without_secrets(self._env)

    def _feed(self, argv: Sequence[str], data: bytes, timeout: float = 2.0) -> bool:
        try:
            done = subprocess.run(  # noqa: S603  fixed argv, no shell
                argv,
                input=data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=self._for_children(),
                timeout=timeout,
                check=False,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            return False
        return done.returncode == 0

    def _start(self, argv: Sequence[str]) -> bool:
        try:
            child = subprocess.Popen(  # noqa: S603  fixed argv, no shell; the link was judged
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=self._for_children(),
            )
        except (OSError, ValueError):
            return False
        threading.Thread(target=child.wait, name="reaper", daemon=True).start()
        return True


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(word for word in shlex.split(command) if word != "%s")
    except ValueError:
        return ()


def _plain(text: str) -> str:
    """Return one line without the separators of the notification sequences."""
    return one_line(text, 200).replace(";", ",")
