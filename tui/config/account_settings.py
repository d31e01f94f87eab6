"""Changes the keys and switches of provider accounts, as the accounts screen asks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config.load import load, set_value, write_private
from tui.config.paths import Paths
from tui.domain.account import DEFAULT, account_key, split_account_key
from tui.domain.errors import ConfigError

if TYPE_CHECKING:
    from tui.config.accounts import Account

_STORE_MISSING = "the key store needs an extra: install divewatch[keyring]"


class AccountSettings:
    """Reads and changes files; its methods may be called on any thread, but one at a time.

    Attributes:
        sources: For each account that has a key: its last characters and where it comes from.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.sources: Mapping[str, str] = {}

    def found(self, accounts: "Iterable[Account]") -> None:
        """Record the sources of these accounts' keys."""
        keyed = {account.account_key: account.key for account in accounts}
        self.sources = {name: f"{key.key.hint} from {key.source}" for name, key in keyed.items() if key}

    def key_path(self, account: str) -> Path:
        """Return the file for a key of the account."""
        from tui.config.keys import key_file

        return key_file(self._paths.keys, *split_account_key(account))

    def keep_key(self, account: str, raw: str, *, in_store: bool = False) -> str:
        """Save a key in a file only its owner can read, or in the desktop's key store; returns where.

        A key in the key store is found only where no file has one, so the file goes.

        Raises:
            ConfigError: it cannot be a key, or there is no key store.
            OSError: the file cannot be written.
        """
        from tui.config.keys import check_key

        key, path = check_key(raw, "the input"), self.key_path(account)
        if not in_store:
            write_private(path, key.reveal() + "\n")
            return str(path)
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            raise ConfigError(_STORE_MISSING) from None

        try:
            keyring.set_password("divewatch", ":".join(split_account_key(account)), key.reveal())
        except KeyringError as error:
            raise ConfigError("the key store does not take it", hint=type(error).__name__) from None
        path.unlink(missing_ok=True)
        return "the key store"

    def switch(self, account: str, *, on: bool) -> None:
        """Enable or disable an account in the configuration file; comments stay.

        Raises:
            ConfigError: the file cannot be read.
        """
        provider, name = split_account_key(account)
        table = f"providers.{provider}" if name == DEFAULT else f"providers.{provider}.accounts.{name}"
        set_value(self._paths.config_file, f"{table}.enabled", "true" if on else "false")

    def switched_off(self) -> tuple[str, ...]:
        """Return the disabled accounts.

        Raises:
            ConfigError: the file cannot be read.
        """
        providers = load(self._paths.config_file).providers
        tables = (
            (account_key(provider, name), one)
            for provider, table in providers.items()
            for name, one in ((DEFAULT, table), *table.accounts.items())
        )
        return tuple(account for account, table in tables if not table.enabled)
