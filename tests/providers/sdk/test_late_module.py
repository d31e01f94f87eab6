"""What pydantic imports and no contract needs is imported when somebody uses it, and is then the real module."""

import sys

import pytest

from tests.architecture.fresh import Fresh
from tui.providers.sdk import LateModule

pytestmark = pytest.mark.quick

_PYDANTIC = "import tui.providers.sdk, pydantic.types, secrets as early; "
_USED = "assert len(early.token_hex(4)) == 8; import secrets; assert secrets.token_hex is early.token_hex; "


def test_it_is_imported_with_the_first_use_of_anything_of_it() -> None:
    with Fresh() as fresh:
        assert fresh.imported(_PYDANTIC, ["hmac"]) == set()
        assert fresh.imported(f"{_PYDANTIC}{_USED}assert type(secrets) is not type(early)", ["hmac"]) == {"hmac"}
        assert fresh.imported(f"{_PYDANTIC}from secrets import choice; assert choice('a') == 'a'", ["hmac"]) == {"hmac"}
        assert fresh.imported(
            "import secrets; before = secrets; import tui.providers.sdk, secrets; assert secrets is before", ["hmac"]
        )


def test_what_pydantic_needs_it_for_works() -> None:
    with Fresh() as fresh:
        compared = "assert pydantic.SecretStr('a') == pydantic.SecretStr('a') != pydantic.SecretStr('b')"
        assert fresh.imported(f"{_PYDANTIC}{compared}", ["hmac"]) == {"hmac"}


def test_a_module_that_has_no_such_name_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    late = LateModule("secrets")
    monkeypatch.setitem(sys.modules, "secrets", late)
    with pytest.raises(AttributeError, match="nothing"):
        assert late.nothing
