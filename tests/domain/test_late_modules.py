"""What a library is imported without is imported when somebody uses it, and is then the real module."""

import pytest

from tests.architecture.fresh import Fresh

pytestmark = pytest.mark.quick

_PYDANTIC = "import tui.providers.sdk.json, pydantic, sys; "
_DURING = "import sys; from tui.domain.late_modules import importing_without\nwith importing_without('uuid'):\n    "


def test_pydantic_comes_without_openssl_until_a_secret_is_compared() -> None:
    compared = "assert pydantic.SecretStr('a') == pydantic.SecretStr('a') != pydantic.SecretStr('b')"
    with Fresh() as fresh:
        assert (
            fresh.imported(f"{_PYDANTIC} pydantic.SecretStr; assert 'secrets' not in sys.modules", ["_hashlib"])
            == set()
        )
        assert fresh.imported(f"{_PYDANTIC}{compared}", ["secrets"]) == {"secrets"}
        assert fresh.imported(f"{_PYDANTIC}import secrets; assert len(secrets.token_hex(4)) == 8", ["hmac"]) == {"hmac"}


def test_what_is_used_while_the_library_is_imported_is_there() -> None:
    with Fresh() as fresh:
        assert fresh.imported(f"{_DURING}import uuid; assert len(uuid.uuid4().hex) == 32", ["uuid"]) == {"uuid"}
        assert fresh.imported(f"{_DURING}from uuid import uuid4; assert len(uuid4().hex) == 32", ["uuid"]) == {"uuid"}


def test_what_was_imported_by_name_does_as_much_later() -> None:
    with Fresh() as fresh:
        named = f"{_DURING}from uuid import uuid4\nassert 'uuid' not in sys.modules"
        assert fresh.imported(named, ["uuid"]) == set()
        assert fresh.imported(f"{named}; assert len(uuid4().hex) == 32", ["uuid"]) == {"uuid"}


def test_what_was_there_before_is_left_alone() -> None:
    with Fresh() as fresh:
        assert fresh.imported(f"import uuid as before\n{_DURING}import uuid\nassert uuid is before", ["uuid"]) == {
            "uuid"
        }


def test_a_name_that_the_module_has_not_is_an_error() -> None:
    with Fresh() as fresh:
        late = f"{_DURING}import uuid\ntry:\n    uuid.nothing\nexcept AttributeError:\n    import uuid"
        assert fresh.imported(late, ["uuid"]) == {"uuid"}
