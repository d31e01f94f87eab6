"""No module is in an import circle, type imports included, and no public class name is used twice.

The figures are today's and only ever go down; `python -m tests.architecture.graph` says which modules and classes.
"""

import ast
from collections.abc import Mapping

import pytest

from tests.architecture.graph import circles, double_names, graph, modules

IN_CIRCLES = 0
TWICE = 0


@pytest.fixture(scope="module")
def program() -> Mapping[str, ast.Module]:
    """All modules, as long as this file is tested: they are half a million objects."""
    return modules()


def trees(**sources: str) -> dict[str, ast.Module]:
    return {name: ast.parse(source) for name, source in sources.items()}


def test_no_more_modules_than_before_are_in_import_circles(program: Mapping[str, ast.Module]) -> None:
    groups = circles(graph(program))
    assert sum(map(len, groups)) <= IN_CIRCLES, groups


def test_no_more_public_class_names_than_before_are_used_twice(program: Mapping[str, ast.Module]) -> None:
    names = double_names(program)
    assert len(names) <= TWICE, names


def test_imports_for_types_and_in_functions_make_circles_too() -> None:
    given = trees(
        a="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import B\n",
        b="def late():\n    import c\n",
        c="import a, d\n",
        d="",
    )
    assert circles(graph(given)) == [["a", "b", "c"]]
    assert circles(graph(given, late=False)) == []


def test_a_public_class_of_two_modules_is_found_and_a_private_one_is_not() -> None:
    given = trees(a="class Page: ...\nclass _Row: ...\n", b="class Page: ...\nclass _Row: ...\n")
    assert double_names(given) == {"Page": ["a", "b"]}
