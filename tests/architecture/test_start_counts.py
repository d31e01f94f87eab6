"""What a start costs in counts, the same on any machine: modules, compiled expressions, classes that are made."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.quick

_COUNT = """
import json, re, sys
compiled = []
compiling = re._compiler.compile
re._compiler.compile = lambda *given: compiled.append(str(given[0])) or compiling(*given)
{statement}
ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "tui"]
made = {{
    kind
    for module in ours
    for kind in vars(module).values()
    if isinstance(kind, type) and type(vars(kind).get("__dataclass_fields__")) is dict and kind.__module__[:4] == "tui."
}}
print(json.dumps({{
    "modules": len(sys.modules), "ours": len(ours), "compiled": len(compiled), "dataclasses": len(made)
}}))
"""
_TEXTUAL = "from tui.ui.late_textual import import_textual; import_textual()"
_DASHBOARD = f"""{_TEXTUAL}
import tui.cli.commands.open_ui, tui.ui.startup, tui.ui.app, tui.ui.dashboard.screen
import tui.engine.archive.archive, tui.engine.archive.open, tui.ui.terminal.driver
"""
_READER = f"""{_TEXTUAL}
import tui.cli.commands.open_ui, tui.ui.startup, tui.ui.app, tui.ui.routes, tui.ui.terminal.driver
from tui.engine.files.documents import detect_document
import tui.ui.reader.screen
from tui.ui.reader.layout.indexed_report import IndexedReport
from tui.ui.reader.loading import read
text = "# A title\\n\\nWhat is known [1], and by whom [2].\\n\\n| a | b |\\n| - | - |\\n| 1 | 2 |\\n\\n## Sources\\n\\n"
text += "1. [One](https://one.example)\\n2. [Two](https://two.example)\\n"
detail = detect_document(text.encode(), "report")
IndexedReport.of(read(detail.report), highlighted=False)
"""


def counted(statement: str) -> Mapping[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", _COUNT.format(statement=statement)],
        capture_output=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    found: Mapping[str, int] = json.loads(done.stdout)
    return found


def test_the_second_start_compiles_nothing_again(tmp_path: Path) -> None:
    keeping = f"""import sys; sys.dont_write_bytecode = False
from pathlib import Path
from tui.ui.kept_code import KeptCode
start = KeptCode(Path({str(tmp_path / "kept")!r}))
start.use()
{_READER}
start.keep()"""
    counts = [counted(keeping)["compiled"] for _ in range(2)]
    assert counts[0] > 150
    assert counts[1] <= 6  # what `kept_code` itself imports before, and a set of characters that is in no order


@pytest.mark.parametrize(
    ("statement", "most"),
    [
        (_DASHBOARD, {"modules": 486, "ours": 136, "compiled": 63, "dataclasses": 5}),
        (_READER, {"modules": 599, "ours": 176, "compiled": 167, "dataclasses": 20}),
    ],
    ids=["dashboard", "read FILE"],
)
def test_a_start_makes_no_more_than_it_needs(statement: str, most: Mapping[str, int]) -> None:
    found = counted(statement)
    assert {name: (count, most[name]) for name, count in found.items() if count > most[name]} == {}
