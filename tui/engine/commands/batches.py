"""Batches as text: briefs split out of one text, and counts in one line."""

import re
from collections.abc import Mapping

from tui.domain.text import plural

_PARTED = re.compile(r"(?m)^[ \t]*---+[ \t]*$")
_BLANK = re.compile(r"\n\s*\n")


def briefs_in(text: str) -> list[str]:
    """Return the briefs of a text: separated by lines of ---, else by blank lines."""
    parts = _PARTED.split(text) if _PARTED.search(text) else _BLANK.split(text)
    return [part.strip() for part in parts if part.strip()]


def counts_told(counts: Mapping[str, int]) -> str:
    """Return counts in one line: "5 tasks, 3 completed, 2 running"."""
    words = (
        (plural(count, "task") if name == "total" else f"{count:,} {name.replace('_', ' ')}", count)
        for name, count in counts.items()
    )
    return ", ".join(text for text, count in words if count)
