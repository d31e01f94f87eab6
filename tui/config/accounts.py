"""The provider accounts: every known provider's default account, and those of the configuration."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from tui.config.keys import FoundKey, find_key
from tui.config.schema import AccountTable, Config, PriceTable, ProviderTable
from tui.domain.account import DEFAULT, account_key
from tui.domain.errors import ConfigError
from tui.domain.frozen import frozen
from tui.domain.provider import ProviderInfo
from tui.domain.secret import hold_variables


@frozen
class Account:
    """One account at a provider. `key` is None without a usable key; `trouble` tells why one could not be used."""

    provider: str
    name: str
    base_url: str
    key: FoundKey | None
    ca_file: Path | None = None
    trouble: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # header -> value: organisation, project
    version: str = ""
    prices: Mapping[str, float] = field(default_factory=dict)  # by mode, where they are not the published ones
    token_prices: Mapping[str, PriceTable] = field(default_factory=dict)  # of the provider, by model
    tool_prices: Mapping[str, float] = field(default_factory=dict)

    @property
    def account_key(self) -> str:
        """The key of the account: "valyu" (the default account) or "valyu:work"."""
        return account_key(self.provider, self.name)


def find_accounts(
    config: Config,
    infos: Sequence[ProviderInfo],
    *,
    environ: Mapping[str, str] = os.environ,
    key_folder: Path | None = None,
) -> tuple[Account, ...]:
    """Return the enabled accounts in display order; unusable keys are reported in `Account.trouble`.

    Raises:
        ConfigError: the configuration names a provider that does not exist.
    """
    hold_variables(variable for info in infos for variable in info.key_variables)
    known = {info.name for info in infos}
    for name in config.providers:
        if name not in known:
            raise ConfigError(f"there is no provider {name!r}", hint=f"known: {', '.join(sorted(known))}")
    return tuple(
        _account(info, name, table, environ, key_folder, priced=tables)
        for info in infos
        for tables in (config.providers.get(info.name, ProviderTable()),)
        for name, table in _tables(tables)
        if table.enabled
    )


def _tables(table: ProviderTable) -> Iterator[tuple[str, AccountTable]]:
    yield DEFAULT, table
    yield from table.accounts.items()


def _account(
    info: ProviderInfo,
    name: str,
    table: AccountTable,
    environ: Mapping[str, str],
    key_folder: Path | None,
    *,
    priced: ProviderTable,
) -> Account:
    from_environment = environ.get(info.base_url_variable, "") if name == DEFAULT else ""
    base_url = (from_environment or table.base_url or info.base_url).strip().rstrip("/").removesuffix("/v1")
    key, trouble = None, ""
    try:
        key = find_key(info, name, table, environ=environ, key_folder=key_folder)
    except ConfigError as error:
        trouble = f"{error.message}{f' ({error.hint})' if error.hint else ''}"
    given = {header: _header(variable, name, table, environ) for variable, header in info.headers.items()}
    return Account(
        info.name,
        name,
        base_url,
        key,
        table.ca_file,
        trouble,
        {header: value for header, value in given.items() if value},
        table.version or "",
        priced.prices,
        priced.token_prices,
        priced.tool_prices,
    )


def _header(variable: str, name: str, table: AccountTable, environ: Mapping[str, str]) -> str:
    value = (environ.get(variable, "") if name == "default" else "") or table.headers.get(variable, "")
    usable = value.strip()
    return usable if usable.isascii() and usable.isprintable() else ""
