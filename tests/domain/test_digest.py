"""A digest is SHA-256 whoever computes it; a short one loads no OpenSSL."""

import hashlib
import importlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.fresh import Fresh
from tui.domain import digest

pytestmark = pytest.mark.quick


@pytest.fixture(params=["Python's own", "OpenSSL's"])
def whose(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    importlib.import_module("hashlib")
    if request.param == "Python's own":
        monkeypatch.delitem(sys.modules, "_hashlib", raising=False)
    return str(request.param)


@pytest.mark.parametrize("length", [0, 1, 64, digest.SHORT, digest.SHORT + 1])
def test_it_is_that_of_hashlib_at_any_length(whose: str, length: int) -> None:
    data = bytes(number % 251 for number in range(length))
    assert digest.sha256(data) == hashlib.sha256(data).digest(), whose


@given(st.binary())
def test_it_is_that_of_hashlib_for_any_data(data: bytes) -> None:
    own = digest._own()
    assert digest.sha256(data) == hashlib.sha256(data).digest()
    assert own is None or own(data).digest() == hashlib.sha256(data).digest()


def test_a_build_of_python_without_its_own_takes_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "_hashlib", raising=False)
    monkeypatch.setattr(digest, "_own", lambda: None)
    assert digest.sha256(b"data") == hashlib.sha256(b"data").digest()


def test_only_long_data_loads_openssl() -> None:
    asked = "from tui.domain.digest import SHORT, sha256; sha256(bytes(SHORT"
    with Fresh() as fresh:
        assert fresh.imported(f"{asked}))", ["_hashlib"]) == set()
        assert fresh.imported(f"{asked} + 1))", ["_hashlib"]) == {"_hashlib"}
