"""The dashboard: task table, detail pane, and what one does with a task."""
