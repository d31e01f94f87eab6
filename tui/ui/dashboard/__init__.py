"""The dashboard: task table, detail pane, and the commands on tasks."""
