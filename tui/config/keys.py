"""Find the key of an account: environment, `token_env`, `token_command`, a 0600 file, the desktop's key store.

A key is never printed, logged or quoted in an error; only its source and its last four characters are shown.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tui.config.permissions import refuse_readable
from tui.config.schema import AccountTable
from tui.domain.errors import ConfigError
from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.domain.provider import ProviderInfo
from tui.domain.secret import Secret
from tui.domain.text import clean

_LONGEST = 4096
_COMMAND_SECONDS = 20.0
_KEYRING_SECONDS = 3.0  # a locked key store may never answer
_TURNED_OFF = "keyring.backends.null.Keyring"
_PLACEHOLDER = late(r"(?i)(your|my|insert|paste)[-_ ]?.*(key|token)|<.*>|x{6,}|changeme")


@frozen
class FoundKey:
    """A key and its source ("VALYU_API_KEY", "token_command", ...)."""

    key: Secret
    source: str


def find_key(
    info: ProviderInfo,
    account: str,
    table: AccountTable,
    *,
    environ: Mapping[str, str] = os.environ,
    key_folder: Path | None = None,
) -> FoundKey | None:
    """Return the first key found, or None.

    Raises:
        ConfigError: a source is there but cannot be used; the message never repeats the key.
    """
    variables = (*(info.key_variables if account == "default" else ()), *filter(None, [table.token_env]))
    for variable in variables:
        if environ.get(variable, "").strip():
            return FoundKey(check_key(environ[variable], variable), variable)
    if table.token_command:
        return FoundKey(check_key(_run(table.token_command), "token_command"), "token_command")
    stored = key_file(key_folder, info.name, account) if key_folder else None
    for path in filter(None, [table.token_file, stored]):
        file = path.expanduser()
        if file.exists() or path is table.token_file:
            return FoundKey(check_key(_read_private(file), str(file)), f"file {clean(str(file))}")
    return _from_keyring(info.name, account)


def check_key(raw: str, source: str) -> Secret:
    """Return `raw` as a usable key.

    Raises:
        ConfigError: the key cannot be sent as it is.
    """
    key = raw.strip()
    if key[:7].lower() == "bearer ":
        key = key[7:].strip()
    if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'":
        key = key[1:-1].strip()
    trouble = ""
    if not key:
        trouble = "it is empty"
    elif len(key) > _LONGEST:
        trouble = f"it is longer than {_LONGEST} characters"
    elif not key.isascii() or not key.isprintable() or " " in key:
        trouble = "it holds characters that no key has (a line break, a blank or a letter outside ASCII)"
    elif key.startswith("$"):
        trouble = "it is the name of a variable, not its value; use token_env for that"
    elif _PLACEHOLDER.fullmatch(key):
        trouble = "it is a placeholder; put your own key there"
    if trouble:
        raise ConfigError(f"the key from {clean(source)} cannot be used: {trouble}")
    return Secret(key)


def key_file(folder: Path, provider: str, account: str) -> Path:
    """Return the file in which `auth set` saves a key."""
    return folder / (provider if account == "default" else f"{provider}.{account}")


def _read_private(path: Path) -> str:
    try:
        refuse_readable(path)
        return path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"the key file {clean(str(path))} cannot be read: {reason}") from None


def _run(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, as a list, without a shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer within {_COMMAND_SECONDS:.0f} s"
        raise ConfigError(f"token_command {clean(command[0])} failed: {reason}") from None
    if done.returncode:
        raise ConfigError(f"token_command {clean(command[0])} ended with exit code {done.returncode}")
    return done.stdout.decode("utf-8", "replace").strip().split("\n", 1)[0]


def _from_keyring(provider: str, account: str) -> FoundKey | None:
    if os.environ.get("PYTHON_KEYRING_BACKEND") == _TURNED_OFF:
        return None  # importing it would take 4 MB for nothing
    try:
        import keyring
    except ImportError:
        return None
    value = _within(_KEYRING_SECONDS, lambda: keyring.get_password("divewatch", f"{provider}:{account}"))
    return FoundKey(check_key(value, "keyring"), "keyring") if value else None


def _within(seconds: float, call: Callable[[], str | None]) -> str | None:
    """Return the result of `call` within `seconds`; None if it fails or hangs (its daemon thread is left behind)."""
    result: list[str | None] = []

    def attempt() -> None:
        try:
            result.append(call())
        except Exception:  # noqa: BLE001 - any failure of a third-party key store means "no key there"
            result.append(None)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    return result[0] if result else None
