"""Modules and functions stay short enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import tui

TREE = Path(tui.__file__).parent
MODULE, FUNCTION = 400, 55  # lines, with docstrings and blanks


def _too_long() -> Iterator[str]:
    for path in TREE.rglob("*.py"):
        text = path.read_text("utf-8")
        if text.count("\n") > MODULE:
            yield str(path.relative_to(TREE))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno >= FUNCTION:
                    yield f"{path.relative_to(TREE)}: {node.name}"


def test_no_module_and_no_function_is_too_long() -> None:
    assert list(_too_long()) == []
