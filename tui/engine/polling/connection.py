"""A connection to one provider account: its reader and client, made on first use on the engine's thread."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

from tui.config.accounts import Account as Configured
from tui.domain.account import account_key
from tui.domain.errors import BadKey, ConfigError, ProviderError, Unreachable
from tui.domain.frozen import frozen
from tui.domain.provider import ProviderInfo
from tui.domain.text import join
from tui.engine.executor import done
from tui.engine.ingest.total_reader import TotalReader
from tui.providers import registry
from tui.providers.priced import with_prices
from tui.providers.protocol import Client, ClientSettings, Provider
from tui.providers.sdk.prices import Rates, TokenPrices, set_prices

T = TypeVar("T")

CLOSING_TIME = 0.5  # seconds we wait for a client to close its connections
HARD_DEADLINE = 90.0  # seconds; clients end requests themselves long before


class NoKey(ConfigError):
    """There is no key for this account; the message names the variable to set."""

    exit_code = 4


@frozen
class ServiceAccount:
    """A provider, the user's name for the account, and the source of its settings.

    `settings` may block (a token command) and may raise `ConfigError`; it is called on a worker thread when the account
    is first used, and again when the key was rejected, so that a corrected key works without a restart.
    """

    provider: Provider
    settings: Callable[[], ClientSettings]
    name: str = "default"

    @property
    def key(self) -> str:
        """Identity of the account: "valyu" or "valyu:work" (as `ProviderState.key`)."""
        return account_key(self.provider.info.name, self.name)


def account_of(found: Configured) -> ServiceAccount:
    """Return a configured account as the engine uses it; imports the provider's description, not its client.

    Raises:
        NotFound, ConfigError: there is no such provider, or it cannot be loaded.
    """

    def settings() -> ClientSettings:
        if found.trouble:
            raise ConfigError(found.trouble)
        return settings_of(found)

    if found.token_prices or found.tool_prices:
        rows = tuple(Rates(name, one.input, one.output, one.cached) for name, one in found.token_prices.items())
        set_prices(found.provider, TokenPrices(rows, found.tool_prices))
    return ServiceAccount(with_prices(registry.load(found.provider), found.prices), settings, found.name)


def settings_of(found: Configured) -> ClientSettings:
    """Return the client settings of a configured account; blocks if its key comes from a command."""
    key = found.key.key if found.key else None
    return ClientSettings(found.base_url, key, found.name, found.ca_file, found.headers, found.version)


class Connection:
    """The connection to one account: creates reader and client on demand; its requests are never cancelled."""

    def __init__(self, account: ServiceAccount, workers: Executor) -> None:
        self.account = account
        self._workers = workers
        self._reader: TotalReader | None = None
        self._client: Client | None = None
        self._settings: ClientSettings | None = None
        self._opening = asyncio.Lock()
        self._requests: set[asyncio.Future[Any]] = set()

    @property
    def info(self) -> ProviderInfo:
        """The provider's description."""
        return self.account.provider.info

    @property
    def reader(self) -> TotalReader:
        """The provider's reader, which raises nothing but `BadAnswer`."""
        if self._reader is None:
            self._reader = TotalReader(self.account.provider.reader())
        return self._reader

    async def ask(self, call: Callable[[Client], Awaitable[T]]) -> T:
        """Send one request. It continues if the caller is cancelled, and is abandoned after `HARD_DEADLINE` seconds.

        Raises:
            NoKey: there is no key, or it cannot be used.
            ProviderError: what the client raises; `Unreachable` with `outcome_unknown` for one that never ended.
        """
        client = await self.open()
        request = asyncio.ensure_future(call(client))
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)
        request.add_done_callback(_retrieve)
        await asyncio.wait({request}, timeout=HARD_DEADLINE)
        if not request.done():
            raise Unreachable(f"no answer within {HARD_DEADLINE:.0f} s", outcome_unknown=True)
        return request.result()

    async def renew(self) -> bool:
        """Read the settings again; returns True if they changed, so that a rejected key is worth another try."""
        async with self._opening:
            try:
                settings = await self._load()
            except NoKey:
                return False
            if settings == self._settings:
                return False
            await self.close()
            return True

    async def close(self) -> None:
        """Close the client without waiting for requests; they end with it or with the process."""
        client, self._client = self._client, None
        if client is not None:
            closing = asyncio.ensure_future(client.close())
            self._requests.add(closing)
            closing.add_done_callback(self._requests.discard)
            closing.add_done_callback(_retrieve)
            await asyncio.wait({closing}, timeout=CLOSING_TIME)

    async def open(self) -> Client:
        """Return the client, made if there is none yet.

        Raises:
            NoKey: there is no key, or it cannot be used.
        """
        async with self._opening:
            if self._client is None:
                settings = await self._load()
                self._client = await done(self._workers.submit(self.account.provider.client, settings))
                self._settings = settings
            return self._client

    async def _load(self) -> ClientSettings:
        variables = join(self.info.key_variables, "or")
        try:
            settings = await done(self._workers.submit(self.account.settings))
        except ConfigError as error:
            raise NoKey(error.message, hint=error.hint or f"set {variables}") from error
        if settings.key is None:
            raise NoKey(f"no key: set {variables}", hint=f"get one at {self.info.key_page}")
        return settings


def _retrieve(request: "asyncio.Future[Any]") -> None:
    """Retrieve the result, so that asyncio does not report the exception of an abandoned request as never retrieved."""
    if not request.cancelled():
        request.exception()


def explain(error: ProviderError, info: ProviderInfo) -> str:
    """Return an error for the provider strip in one line: its cause and its hint."""
    if isinstance(error, BadKey):
        return f"key rejected: check {join(info.key_variables, 'or')}"
    return f"{error.message}{f' ({error.hint})' if error.hint else ''}"
