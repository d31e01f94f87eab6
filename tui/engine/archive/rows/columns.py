"""Conditions on the rows of tasks that several statements share; no imports, for the fast path of `list --json`."""

FINISHED = "status IN ('done', 'partial', 'failed', 'cancelled', 'expired')"
HAS_REPORT = """substr(record, -18) = '"has_report":true}'"""  # task_json writes that member last
UNREAD = f"(seen = 0 AND {FINISHED} AND {HAS_REPORT})"
