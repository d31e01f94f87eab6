"""Fixtures every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of contracts, reports and hostile inputs beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared/ folder with contracts and reports is not beside this checkout")
    return SHARED
