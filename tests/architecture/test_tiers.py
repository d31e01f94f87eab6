"""Tests that start programs are found by what they call, and left out of the default tier; none compiles in vain."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests import tiers
from tests.pty.terminal import person


def directly() -> None:
    subprocess.run([], check=False)


def by_a_helper() -> None:
    directly()


def in_a_terminal() -> None:
    with person():
        pass


def not_at_all() -> None:
    assert subprocess.PIPE


@pytest.mark.parametrize(
    ("function", "starts"), [(directly, True), (by_a_helper, True), (in_a_terminal, True), (not_at_all, False)]
)
@pytest.mark.quick
def test_what_starts_programs_is_found(function: Callable[[], None], starts: bool) -> None:
    assert tiers._spawns(function) is starts


def test_what_a_program_imports_is_compiled_once_also_where_python_is_told_to_write_nothing() -> None:
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
