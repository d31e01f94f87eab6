"""Conditions on the rows of tasks that several statements share; cheap to import, for the fast `list --json`."""

FINAL_SQL = "status IN ('done', 'partial', 'failed', 'cancelled', 'expired')"
"""Tasks whose status is final: `tui.domain.status.FINAL`, without its enum; a test holds them equal."""
HAS_REPORT = """substr(record, length(record) - 17) = '"has_report":true}'"""  # task_json writes that member last
UNREAD = f"(seen = 0 AND {FINAL_SQL} AND {HAS_REPORT})"
