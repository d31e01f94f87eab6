"""Account keys and titles: "valyu" for a provider's default account, "valyu:work" for another one."""

DEFAULT = "default"
_TITLES = {"openai": "OpenAI", "you": "You.com"}  # until they are loaded: those that are not the name in capitals


def account_key(provider: str, account: str = DEFAULT) -> str:
    """Return the key of an account, its name in configuration, screens, command line and filters."""
    return provider if account == DEFAULT else f"{provider}:{account}"


def title(provider: str) -> str:
    """Return the display name of a provider ("Valyu", "OpenAI"); its `name` is for commands and filters."""
    return _TITLES.get(provider) or f"{provider[:1].upper()}{provider[1:]}"


def note_title(provider: str, its_title: str) -> None:
    """Register the display name of a provider when it is loaded; names of third-party providers come from here only."""
    _TITLES[provider] = its_title


def account_title(key: str) -> str:
    """Return the display name of an account by its key: "Valyu", "Valyu:work"."""
    provider, account = split_account_key(key)
    return account_key(title(provider), account)


def split_account_key(key: str) -> tuple[str, str]:
    """Return (provider, account) of a key; "valyu" and "valyu:default" are the same account."""
    provider, _, account = key.partition(":")
    return provider, account or DEFAULT


def account_matches(wanted: str, provider: str, account: str) -> bool:
    """Whether a filter value matches an account: "valyu" matches every account there, "valyu:work" that one."""
    asked, name = wanted_account(wanted)
    return asked.casefold() == provider.casefold() and (name is None or name.casefold() == account.casefold())


def wanted_account(wanted: str) -> tuple[str, str | None]:
    """Return (provider, account) that a filter means; None for every account there."""
    provider, colon, account = wanted.partition(":")
    return provider, account if colon else None
