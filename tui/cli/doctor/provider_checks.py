"""The network checks of `doctor` and `cost --left`: free requests to all accounts in parallel."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tui.cli.doctor.local_checks import Finding, Level
from tui.domain.capability import Capability
from tui.domain.errors import (
    BadAnswer,
    BadKey,
    DivewatchError,
    Forbidden,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
)
from tui.domain.provider import AccountState, Response
from tui.domain.text import clean, join, one_line
from tui.engine.polling.connection import settings_of
from tui.providers import registry
from tui.providers.protocol import Client, Provider

if TYPE_CHECKING:
    from tui.config.accounts import Account

_SECONDS = 20.0
_NO_TASK = "divewatch-doctor"
_SKEW = timedelta(seconds=30)  # beyond this, times on the screen would mislead


def check_providers(accounts: "Sequence[Account]") -> list[Finding]:
    """Request the list of every account with a key, and its balance if the provider has one."""

    async def all_of_them() -> list[list[Finding]]:
        return await asyncio.gather(*(_reach(account) for account in accounts if account.key))

    return [finding for found in asyncio.run(all_of_them()) for finding in found]


def balances(accounts: "Sequence[Account]") -> list[tuple[str, AccountState]]:
    """Request the balance of every account with a key; an account that does not answer tells why."""
    asked = [
        account
        for account in accounts
        if account.key and Capability.ACCOUNT in registry.load(account.provider).info.capabilities
    ]

    async def all_of_them() -> list[AccountState]:
        return await asyncio.gather(*(_balance(account) for account in asked))

    return [(account.account_key, state) for account, state in zip(asked, asyncio.run(all_of_them()), strict=True)]


async def _balance(account: "Account") -> AccountState:
    try:
        client = registry.load(account.provider).client(settings_of(account))
    except DivewatchError as error:
        return AccountState((("not known:", clean(error.message)),))
    try:
        return await asyncio.wait_for(client.account(), _SECONDS)
    except ProviderError as error:
        return AccountState((("not known:", clean(error.message)),))
    except TimeoutError:
        return AccountState((("not known:", f"no answer within {_SECONDS:.0f} s"),))
    finally:
        await client.close()


async def _reach(account: "Account") -> list[Finding]:
    name = account.account_key
    provider = registry.load(account.provider)
    try:
        client = provider.client(settings_of(account))
    except DivewatchError as error:
        return [Finding("providers", name, error.message, Level.BAD, error.hint)]
    try:
        return await asyncio.wait_for(_ask(name, provider, client), _SECONDS)
    except TimeoutError:
        return [Finding("providers", name, f"no answer within {_SECONDS:.0f} s", Level.BAD, "check the network")]
    finally:
        await client.close()


async def _ask(name: str, provider: Provider, client: Client) -> list[Finding]:
    began = time.monotonic()
    try:
        answer = await _probe(provider, client)
    except ProviderError as error:
        return [_trouble(name, provider, error)]
    took = (time.monotonic() - began) * 1000
    found = [Finding("providers", name, f"answers, and takes the key ({took:.0f} ms)")]
    found += _clock(name, answer) if answer is not None else []
    if Capability.ACCOUNT in provider.info.capabilities:
        try:
            state = await client.account()
        except ProviderError as error:
            return [*found, Finding("providers", name, f"balance: {clean(error.message)}", Level.WARN, error.hint)]
        facts = [f"{label} {value}" for label, value in state.facts]
        found.append(Finding("providers", name, one_line("; ".join(facts), 200) or "tells no balance"))
    return found


async def _probe(provider: Provider, client: Client) -> Response | None:
    """Send a free request: the list, else a task that cannot exist.

    That a service does not have that task says that it took the key; there is no answer to return then.
    """
    if Capability.LIST in provider.info.capabilities:
        answer = await client.fetch_page()
        provider.reader().read_page(answer.body or b"", received_at=answer.received_at)
        return answer
    try:
        return await client.fetch(_NO_TASK)
    except Refused as error:
        if isinstance(error, BadKey | Forbidden | PaymentNeeded):
            raise
        return None


def _trouble(name: str, provider: Provider, error: ProviderError) -> Finding:
    if isinstance(error, BadKey):
        advice = f"check {join(provider.info.key_variables, 'or')}; keys are made at {provider.info.key_page}"
        return Finding("providers", name, "the key is rejected", Level.BAD, advice)
    if isinstance(error, RateLimited):
        return Finding("providers", name, clean(error.message), Level.WARN, "it is reachable; wait a little")
    advice = error.hint or ("try later" if not isinstance(error, BadAnswer) else "is that really its address?")
    return Finding("providers", name, clean(error.message), Level.BAD, advice)


def _clock(name: str, answer: Response) -> list[Finding]:
    if answer.served_at is None:
        return []
    skew = answer.received_at - answer.served_at
    if abs(skew) <= _SKEW:
        return []
    seconds = round(skew.total_seconds())
    found = f"this machine's clock is {abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
    return [Finding("providers", name, found, Level.WARN, "set the clock: ages and times on the screen are wrong")]
