"""Conditions on the rows of tasks that several statements share; cheap to import, for the fast `list --json`."""

from tui.domain.status import FINAL_SQL

HAS_REPORT = """substr(record, length(record) - 17) = '"has_report":true}'"""  # task_json writes that member last
UNREAD = f"(seen = 0 AND {FINAL_SQL} AND {HAS_REPORT})"
