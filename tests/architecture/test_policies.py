"""Every policy has one home, with a table test of its own: nobody else does by hand what it is for."""

import ast
import re

import pytest

from tests.architecture.graph import ROOT, modules

_OTHER_SIDE = ("simulator/", "testing/")  # they play the services
HOMES = {
    "what is the same source": (r"utm_|\bwww\.", ("domain/source_key.py", "report/")),
    "what an account is called": (r"\{[a-z_.]*provider\}:\{", ("domain/account.py", "config/keys.py")),
    "how an amount is written": (r"\$\{[a-z_.]+:[,.0-9]*f\}", ("domain/amounts.py",)),
    "how wide a text is": (
        r"import .*\bcell_len|wcwidth|east_asian_width|import textwrap|\bljust\(width",
        ("domain/cells.py", "report/export/text.py", "report/output.py"),  # files; `cite` loads no tables of widths
    ),
    "how costs are added up": (r"sum\(.*\.cost\.amount or 0", ("domain/",)),
    "what a filter may say": (
        r"[\"'](?:is|tag|host|cites|before|after|status):[\"']|partition\(\":\"\).*(?:filter|term)",
        ("domain/task_filter.py",),
    ),
    "how a file is replaced": (r"\bfsync\(|\bos\.replace\(", ("domain/atomic.py", "cli/doctor/local_checks.py")),
    "what is a secret": (
        r"(?i)\"(?:x-api-key|authorization|passwd|api_key)\"[,}\])]",
        ("domain/redact.py", "providers/"),
    ),
    "how long a time is": (r"divmod\([a-z_]+, 3600\)|:02\}:\{", ("domain/times.py",)),
}


@pytest.mark.parametrize("policy", HOMES)
def test_a_policy_is_written_once(policy: str) -> None:
    pattern, homes = HOMES[policy]
    found = [
        f"{name}:{number}: {line.strip()}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        if not (name := path.relative_to(ROOT / "tui").as_posix()).startswith((*homes, *_OTHER_SIDE))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line) and '"""' not in line and "from tui.domain" not in line
    ]
    assert found == []


def test_json_is_walked_by_one_function() -> None:
    """Nobody else copies a value of any depth, objects and lists, by calling itself."""
    found = {
        f"{name}.{function.name}"
        for name, tree in modules().items()
        if not name.startswith(("tui.simulator", "tui.testing", "tui.config"))  # settings are tables, not JSON
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and _copies(function)
    }
    by_path = {"tui.providers.sdk.evidence._unwrap"}  # where a value stands decides what becomes of it
    assert found == {"tui.domain.json_walk.walk"} | by_path


def _copies(function: ast.FunctionDef) -> bool:
    """Whether a function makes objects and lists of what it returns for their members."""
    kinds = {
        type(node)
        for node in ast.walk(function)
        if isinstance(node, ast.DictComp | ast.ListComp)
        for inside in ast.walk(node)
        if isinstance(inside, ast.Call) and isinstance(inside.func, ast.Name) and inside.func.id == function.name
    }
    return kinds == {ast.DictComp, ast.ListComp}


def test_a_second_walk_is_found() -> None:
    (function,) = ast.parse(
        "def walk(v):\n    return {k: walk(i) for k, i in v.items()} if isinstance(v, dict) else [walk(i) for i in v]"
    ).body
    assert isinstance(function, ast.FunctionDef)
    assert _copies(function)
