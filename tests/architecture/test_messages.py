"""Errors are told in one style: a phrase says what happened, a hint what to do next."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui
from tui.domain import errors

TREE = Path(tui.__file__).parent
ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type)} | {"NotNow", "ReadOnly", "ServerGone"}
ARTICLES = ("The ", "A ", "An ", "There ", "This ", "That ", "No ", "Not ", "It ", "Try ", "Check ", "Make ", "Write ")


def _texts(module: Path) -> Iterator[str]:
    """Yield messages and hints of the errors that a module makes, `…` for what is filled in."""
    for call in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ERRORS:
            for text in (*call.args[:1], *(one.value for one in call.keywords if one.arg == "hint")):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                yield "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in parts)


@pytest.mark.parametrize("package", sorted({path.relative_to(TREE).parts[0] for path in TREE.glob("*/*.py")}))
def test_messages_are_phrases_without_a_full_stop(package: str) -> None:
    for module in (TREE / package).rglob("*.py"):
        odd = [
            text for text in _texts(module) if text.startswith(ARTICLES) or (text[-1:] == "." and text[-3:] != "...")
        ]
        assert not odd, (module.name, odd)
