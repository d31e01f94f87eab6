"""Fixtures every test may use."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no defect: no deadlines. Generated cases are the same in every run: red means changed code. More of
# them, and others in each run, come with --hypothesis-profile=thorough.
settings.register_profile(
    "suite", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("suite")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of contracts, reports and hostile inputs beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared/ folder with contracts and reports is not beside this checkout")
    return SHARED
