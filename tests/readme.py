"""Write the generated parts of README.md: `python -m tests.readme`; a test fails when they are not current."""

import re
from pathlib import Path

from tui.cli.table import SECTIONS
from tui.ui.keymap import Keymap
from tui.ui.reference import key_markdown

README = Path(__file__).resolve().parents[1] / "README.md"


def commands() -> str:
    """Return the table of commands."""
    rows = [f"| `{entry.name}` | {entry.about} |" for _, entries in SECTIONS for entry in entries]
    return "\n".join(["| command | does |", "| --- | --- |", *rows]) + "\n"


def current(text: str) -> str:
    """Return the README with its generated parts made anew."""
    for name, part in (("keys", key_markdown(Keymap.build())), ("commands", commands())):
        pattern = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda found, part=part: f"{found[1]}\n{part}\n{found[2]}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(current(README.read_text("utf-8")), "utf-8")
