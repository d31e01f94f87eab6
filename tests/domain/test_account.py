"""An account has one name."""

import pytest

from tui.domain.account import account_key, account_matches, account_title, split_account_key, title


@pytest.mark.parametrize(
    ("provider", "account", "key"),
    [("valyu", "default", "valyu"), ("valyu", "work", "valyu:work"), ("a", "b:c", "a:b:c")],
)
def test_a_key_names_an_account_and_is_read_back(provider: str, account: str, key: str) -> None:
    assert account_key(provider, account) == key
    assert split_account_key(key) == (provider, account)


def test_the_default_account_may_be_named() -> None:
    assert split_account_key("valyu:default") == split_account_key("valyu")


@pytest.mark.parametrize(
    ("wanted", "provider", "account", "meant"),
    [
        ("valyu", "valyu", "default", True),
        ("valyu", "valyu", "work", True),
        ("Valyu", "valyu", "work", True),
        ("valyu:work", "valyu", "work", True),
        ("valyu:default", "valyu", "default", True),
        ("valyu:work", "valyu", "default", False),
        ("valyu:default", "valyu", "work", False),
        ("val", "valyu", "default", False),
        ("yutori", "valyu", "default", False),
    ],
)
def test_a_filter_means_one_account_or_all_of_a_provider(wanted: str, provider: str, account: str, meant: bool) -> None:
    assert account_matches(wanted, provider, account) is meant


@pytest.mark.parametrize(
    ("key", "read"),
    [("valyu", "Valyu"), ("valyu:work", "Valyu:work"), ("valyu:default", "Valyu"), ("openai", "OpenAI"),
     ("you:team", "You.com:team"), ("file", "File"), ("", "")],
)  # fmt: skip
def test_people_read_a_title_where_commands_take_a_key(key: str, read: str) -> None:
    assert account_title(key) == read
    assert account_title(key) == account_key(title(split_account_key(key)[0]), split_account_key(key)[1])
