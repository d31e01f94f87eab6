"""The checks of `doctor` on this machine, without the network: terminal, settings, archive, keys, environment."""

import os
import platform
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__
from tui.domain.amounts import size_text
from tui.domain.errors import DivewatchError
from tui.domain.text import clean, join, one_line, plural

if TYPE_CHECKING:
    from tui.config.accounts import Account
    from tui.config.schema import Config
    from tui.engine.archive import Archive

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_ROOM = 1 << 20  # bytes that must be free, at least: an answer with its report, its index and the log
_NO_KEY = "`divewatch auth set PROVIDER` keeps a key; one is enough, `divewatch demo` needs none"
_VERIFY_BELOW = 64 * 2**20  # bytes; a larger archive takes too long to be read whole here


class Level(StrEnum):
    """The severity of a finding; a bad one makes exit code 1."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check, and how to fix it."""

    area: str
    subject: str
    found: str
    level: Level = Level.OK
    advice: str = ""


def program() -> Iterator[Finding]:
    """Yield the versions of the program and its parts."""
    from importlib.metadata import version

    parts = f"{__version__}, Python {platform.python_version()}, Textual {version('textual')}, {platform.platform()}"
    yield Finding("program", "divewatch", parts)


def terminal(config: "Config | None", environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Check the terminal, the clipboard and the browser."""
    term = environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        advice = "the dashboard needs one; `list`, `show`, `watch` and `export` do not"
        yield Finding("terminal", "terminal", "standard input or output is none", Level.WARN, advice)
    elif term in {"", "dumb"}:
        yield Finding("terminal", "terminal", f"TERM={term or '(unset)'}", Level.BAD, "set TERM, e.g. xterm-256color")
    else:
        size = os.get_terminal_size()
        small = size.columns < 60 or size.lines < 16
        advice = "make the window larger: 80x24 shows everything" if small else ""
        found = f"{one_line(term, 40)}, {size.columns}x{size.lines}{', in tmux' if environ.get('TMUX') else ''}"
        yield Finding("terminal", "terminal", found, Level.WARN if small else Level.OK, advice)
    yield Finding("terminal", "colours", _colours(environ, term))
    yield _encoding(environ)
    yield from _ways_out(config, environ)


def _colours(environ: Mapping[str, str], term: str) -> str:
    if "NO_COLOR" in environ:
        return "none (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "16.7 million (COLORTERM)"
    return "256 (TERM)" if "256" in term else "16"


def _encoding(environ: Mapping[str, str]) -> Finding:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    named = next((f"{name}={environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "unset")
    if encoding == "utf8":
        return Finding("terminal", "encoding", f"UTF-8 ({one_line(named, 60)})")
    advice = "set LANG to a UTF-8 locale, e.g. C.UTF-8: other characters are shown as question marks"
    return Finding("terminal", "encoding", f"{encoding or 'unknown'} ({one_line(named, 60)})", Level.WARN, advice)


def _ways_out(config: "Config | None", environ: Mapping[str, str]) -> Iterator[Finding]:
    from tui.ui.terminal.handoff import Terminal

    browser = config.ui.browser if config and config.ui.browser else ()
    way = Terminal(lambda sequence: None, lambda work: None, browser=browser, env=environ)
    routes = [*way.copy_routes(), "the terminal's own clipboard (OSC 52)"]
    advice = ""
    if environ.get("TMUX") and "tmux" not in routes:
        advice = "in tmux: set -g set-clipboard on"
    yield Finding("terminal", "clipboard", join(routes, "then"), Level.WARN if advice else Level.OK, advice)
    opener = way.opener()
    if opener:
        yield Finding("terminal", "browser", one_line(" ".join(opener), 80))
    else:
        advice = "links are copied instead; set ui.browser or BROWSER, or use your terminal's ctrl-click"
        yield Finding("terminal", "browser", "none is reachable from here", Level.WARN, advice)


def settings(path: Path, config: "Config | None", trouble: DivewatchError | None) -> Iterator[Finding]:
    """Check the configuration file."""
    if config is None:
        message = trouble.message if trouble else "cannot be used"
        yield Finding("config", "config.toml", message, Level.BAD, (trouble and trouble.hint) or "correct the file")
        return
    found = clean(str(path)) if path.exists() else f"{clean(str(path))} is not there: the defaults are in force"
    yield Finding("config", "config.toml", found)
    from tui.ui.commands.keymap import Keymap

    try:
        Keymap.build(config.ui.keymap, config.keys)
    except DivewatchError as error:
        yield Finding("config", "keys", error.message, Level.BAD, error.hint)


def archive(place: Path | str) -> Iterator[Finding]:
    """Check the archive without changing it."""
    if isinstance(place, str):
        yield from _archive_on_server(place)
        return
    path = place
    shown = clean(str(path))
    if not os.path.lexists(path):
        yield Finding("archive", "archive", f"{shown} is not there yet: it is made when something is saved")
        return
    from tui.engine.archive import Archive, notice

    try:
        with Archive.open(path, read_only=True) as opened:
            figures = opened.maintenance.stats()
            yield Finding("archive", "archive", f"{shown}, {plural(figures.tasks, 'task')}, {size_text(figures.file)}")
            journal = f"{figures.journal}, {figures.file_system or 'unknown file system'}, SQLite {figures.sqlite}"
            yield Finding("archive", "journal", journal)
            yield _full_text(figures.full_text)
            if figures.file <= _VERIFY_BELOW:
                problems = opened.maintenance.verify().problems
                advice = "`divewatch archive verify` says more; start divewatch once to recover" if problems else ""
                found = one_line(problems[0], 200) if problems else "structure and every stored answer are sound"
                yield Finding("archive", "check", found, Level.BAD if problems else Level.OK, advice)
            else:
                yield Finding("archive", "check", "not read whole here", advice="`divewatch archive verify` does")
            if opened.notice:
                yield Finding("archive", "replaced", clean(opened.notice), Level.BAD, notice.ADVICE)
            yield from (Finding("archive", "note", clean(note), Level.WARN) for note in opened.notes)
            yield from _unsaved(opened)
            yield _room(path)
    except DivewatchError as error:
        yield Finding("archive", "archive", error.message, Level.BAD, error.hint)
        return
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("archive", "privacy", "others can read the archive", Level.WARN, f"chmod 600 {shown}")


def _unsaved(opened: "Archive") -> Iterator[Finding]:
    if unheard := len(opened.unheard()):
        found = f"the last answer of {plural(unheard, 'ended task')} is not saved"
        yield Finding("archive", "answers", found, Level.WARN, "`divewatch sync` asks for what is missing")


def _archive_on_server(url: str) -> Iterator[Finding]:
    from tui.engine.archive import Archive

    try:
        with Archive.open(url, read_only=True) as opened:
            figures = opened.maintenance.stats()
            told = f"{opened.place}, {plural(figures.tasks, 'task')}, {size_text(figures.file)}, {figures.sqlite}"
            yield Finding("archive", "archive", clean(told))
            yield from _unsaved(opened)
    except DivewatchError as error:
        yield Finding("archive", "archive", error.message, Level.BAD, error.hint)


def _room(path: Path) -> Finding:
    """Try to write beside the archive: only that detects a full disk, a quota or a read-only place."""
    import tempfile

    advice = "nothing new can be saved: free some space, or make the file and its folder writable"
    try:
        with path.open("r+b"), tempfile.NamedTemporaryFile(dir=path.parent, prefix=".doctor-") as file:
            file.write(bytes(_ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding("archive", "saving", f"impossible: {error.strerror}", Level.BAD, advice)
    return Finding("archive", "saving", "there is room, and it may be written")


def _full_text(there: bool) -> Finding:
    if there:
        return Finding("archive", "search", "full-text index (FTS5)")
    return Finding("archive", "search", "no FTS5 in this SQLite", Level.WARN, "search reads every text, which is slow")


def keys(accounts: "tuple[Account, ...]") -> Iterator[Finding]:
    """Yield the source of each account's key, never the key. One key is enough to work with."""
    missing = (Level.OK, "") if any(account.key for account in accounts) else (Level.WARN, _NO_KEY)
    for account in accounts:
        name = account.account_key
        if account.key:
            yield Finding("keys", name, f"{account.key.key.hint} from {clean(account.key.source)}")
        elif account.trouble:
            yield Finding("keys", name, account.trouble, Level.BAD, "`divewatch auth set` keeps a key safely")
        else:
            yield Finding("keys", name, "no key", *missing)


def environment(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield environment variables that change how the program works; values only if harmless."""
    proxies = [name for name in _PROXIES if environ.get(name)]
    if proxies:
        yield Finding("environment", "proxy", f"requests go through the proxy of {join(proxies)}")
    if environ.get("SSLKEYLOGFILE"):
        advice = "unset it: whoever reads that file can read your traffic, keys included"
        yield Finding(
            "environment", "SSLKEYLOGFILE", "the secrets of TLS connections are written down", Level.WARN, advice
        )
    for name in (
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "DIVEWATCH_HOME",
        "DIVEWATCH_CONFIG",
        "DIVEWATCH_PERSON",
        "NO_COLOR",
        "PYTHONPATH",
    ):
        if environ.get(name):
            yield Finding("environment", name, one_line(environ[name], 100))
