"""The import graph of the package, from its source; `python -m tests.architecture.graph` prints what is wrong with it.

Imports for type checking count like all others; imports inside functions count too unless asked otherwise.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Graph = Mapping[str, set[str]]


@cache
def modules(package: str = "tui") -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the package by its name."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text("utf-8"))
    return found


def graph(trees: Mapping[str, ast.Module], *, late: bool = True) -> Graph:
    """Return which modules each module imports.

    Args:
        trees: The modules.
        late: Whether imports inside functions count.
    """
    return {name: set(_imports(tree, trees.keys(), late)) - {name} for name, tree in trees.items()}


def _imports(tree: ast.Module, names: Set[str], late: bool) -> Iterator[str]:
    for node in _nodes(tree, late):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            wanted = [one if one in names else node.module for one in inside]
        else:
            continue
        yield from (one for one in wanted if one in names)


def _nodes(tree: ast.AST, late: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if late or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _nodes(node, late)


def circles(imports: Graph) -> list[list[str]]:
    """Return the groups of modules that import one another, the largest first (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(imports[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = stack.index(name)
            group, stack[at:] = sorted(stack[at:]), []
            if len(group) > 1:
                found.append(group)

    for name in imports:
        if name not in order:
            visit(name)
    return sorted(found, key=len, reverse=True)


def double_names(trees: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Return the public classes whose name is used in more than one module, and the modules."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    return {name: where for name, where in sorted(found.items()) if len(where) > 1}


def main() -> int:
    """Print circles and double names; status 1 if there are any."""
    trees = modules()
    groups, names = circles(graph(trees)), double_names(trees)
    for group in groups:
        print(f"circle of {len(group)}: {' '.join(group)}")
    for name, where in names.items():
        print(f"class {name} twice: {' '.join(where)}")
    print(
        f"{len(trees)} modules, {sum(map(len, groups))} in {len(groups)} circles, {len(names)} class names used twice"
    )
    return bool(groups or names)


if __name__ == "__main__":
    sys.exit(main())
