"""What tasks cost, as a CSV file for a spreadsheet: a line for each task; pure."""

import csv
import io
from collections.abc import Iterable

from tui.domain.text import one_line
from tui.engine.archive.rows.values import CostLine

_COLUMNS = ("created", "account", "mode", "amount", "unit", "kind", "status", "person", "id", "title")
_FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would calculate


def csv_text(spendings: Iterable[CostLine]) -> str:
    """Return the table with its heading, oldest first; an amount that is not known is empty."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for one in sorted(spendings, key=lambda one: one.at):
        cost, task = one.cost, one.task
        known = () if cost.amount is None else (f"{cost.amount:.10g}", cost.unit)
        words = (one.status.value, one.person, one.task_id, task.title if task else "")
        table.writerow(
            (
                f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
                one.account_key,
                _plain(task.mode if task else ""),
                *(known or ("", "")),
                cost.kind.value,
                *map(_plain, words),
            )
        )
    return text.getvalue()


def _plain(text: str) -> str:
    """Return foreign text as one line that no spreadsheet takes for a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
