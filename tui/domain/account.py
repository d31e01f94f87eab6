"""What an account is called: "valyu" for a provider's default account, "valyu:work" for another one."""

DEFAULT = "default"


def account_key(provider: str, account: str = DEFAULT) -> str:
    """Return the name of an account everywhere: in the configuration, on screens, at the command line, in filters."""
    return provider if account == DEFAULT else f"{provider}:{account}"


def split_account_key(key: str) -> tuple[str, str]:
    """Return (provider, account) of a key; "valyu" and "valyu:default" are the same account."""
    provider, _, account = key.partition(":")
    return provider, account or DEFAULT


def account_matches(wanted: str, provider: str, account: str) -> bool:
    """Whether an account is meant by a filter: "valyu" means every account there, "valyu:work" that one."""
    asked, colon, name = wanted.partition(":")
    return asked.casefold() == provider.casefold() and (not colon or name.casefold() == account.casefold())
