"""What nothing uses is not in the program, and what a comment names is there."""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from tests.architecture.graph import ROOT, modules
from tui.ui.stylesheet import folder

_CALLED_BY_NAME = re.compile(r"_?on_|watch_|test_|__")  # handlers of Textual, tests of the contract, Python's own
_OVERRIDES = {  # methods of other packages' classes
    "compose",
    "format_commands",
    "get_default_screen",
    "get_selection",
    "list_commands",
    "run_input_thread",
    "selection_updated",
    "send_message",
    "text_select_all",
    "_fatal_error",
}
_FOR_OTHERS = {"ManualClock", "switch_on", "ProviderContract"}  # for tests of the program, and of its providers
_WORDS = re.compile(r"[\w\s.:,|\[\]\"']+")  # a text that may hold names: an annotation, an attribute looked up by name


@pytest.fixture(scope="module")
def program() -> Mapping[str, ast.Module]:
    return modules()


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield what a module defines, but for what a decorator takes into its care."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from [node.name] if isinstance(node, ast.ClassDef) or not node.decorator_list else []
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def used(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module uses, be it in a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield node.name  # so are the methods of subclasses that override it
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.fullmatch(node.value):
            yield from re.findall(r"\w+", node.value)


def test_everything_that_is_defined_is_used(program: Mapping[str, ast.Module]) -> None:
    known = {name for tree in program.values() for name in used(tree)} | _OVERRIDES | _FOR_OTHERS
    unused = {
        f"{module}.{name}"
        for module, tree in program.items()
        for name in defined(tree)
        if name not in known and not _CALLED_BY_NAME.match(name)
    }
    assert unused == set()


def test_what_is_unused_is_found() -> None:
    tree = ast.parse(
        "A = 1\nB = A\ndef f(): f.g\ndef h(): pass\nclass C:\n    def i(self): self.k = 'j'\n    def j(s): ..."
    )
    assert set(defined(tree)) - set(used(tree)) == {"B", "h", "C", "i"}


def test_every_rule_of_a_style_sheet_is_about_something_of_the_program(program: Mapping[str, ast.Module]) -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "tui" / "ui").rglob("*.py")))
    words = set(re.findall(r"[\w-]+", source))
    for sheet in sorted(folder().glob("*.tcss")):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        selectors = " ".join(re.findall(r"([^{};]+)\{", text))
        names = re.findall(r"(?<=[\s.#&>])-?[A-Za-z][\w-]+", selectors)
        assert {name.rpartition("--")[2] for name in names} - words == set(), sheet.name  # line--TONE


def test_every_document_that_a_comment_names_is_in_the_repository() -> None:
    here = {path.name for path in (ROOT / "tests" / "contracts").glob("*.md")}
    named = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        for name in re.findall(r"\b[a-z]\w*\.md(?= sections?\b|\)[.;\"]| [0-9])", path.read_text("utf-8"))
        if name not in here
    }
    assert named == set()
