"""The commands of the dashboard: the part of the registry (`tui.ui.commands.registry`) that is about tasks."""

from tui.domain.status import TaskStatus
from tui.ui.commands import predicates as can
from tui.ui.commands.command import Command

TASKS = (
    Command("tasks.open", "enter", "open", "Open the task, then its report", can.something_to_open, 1),
    Command("tasks.new", "n", "new", "Start a task: the cost is shown before anything is sent", can.create, 2),
    Command("tasks.filter", "/", "filter", "Narrow the list as you type", footer=3),
    Command("tasks.mark", "space", "mark", "Mark the task and go on to the next", can.rows, 4),
    Command("tasks.mark_range", "M", "mark to here", "Mark all from the last marked task to this one", can.rows),
    Command("tasks.mark_all", "*", "mark all", "Mark every listed task, or none", can.rows),
    Command("tasks.answer", "a", "answer", "Answer the question the task waits with", can.respond),
    Command("tasks.next", "w", "next for you", "Go to the next task that waits for your answer", can.rows),
    Command("tasks.steer", "i", "instruct", "Give a running task a further instruction", can.steer),
    Command("tasks.cancel", "x", "cancel", "Cancel at the provider (asks first)", can.cancel_what, 5),
    Command("tasks.delete", "D", "delete", "Delete at the provider (asks first); the archive keeps it", can.delete),
    Command("tasks.hide", "d", "hide", "Hide the task from the list, or bring it back", can.meant),
    Command("tasks.hidden", "H", "hidden", "Show or leave out hidden tasks"),
    Command("tasks.note", "N", "note", "Your note and tags on the task (tags for all marked ones)", can.meant),
    Command("tasks.pin", "P", "pin", "Pin the task to the top of the list, or unpin it", can.meant),
    Command("tasks.read", "U", "unread", "Count the report as unread, or as read", can.meant),
    Command("tasks.remove", "X", "delete here", "Delete from this archive (asks first)", can.meant),
    Command("tasks.restore", "z", "undelete", "Bring back what was last deleted from this archive"),
    Command("tasks.again", "R", "again", "Start again, with all it was started with filled in", can.again),
    Command(
        "tasks.follow", "f", "follow up", "Start a task that builds on this report (or the marked ones)", can.follow
    ),
    Command("tasks.batch", "b", "batch", "Start several briefs as one batch", can.batches),
    Command("tasks.versions", "v", "versions", "Every version of the report, here and at the provider", can.report),
    Command("tasks.edit", "E", "edit", "Have the report edited at the provider", can.edit),
    Command("tasks.track", "+", "track", "Adopt a task by its id or web address", can.create),
    Command("tasks.share", "u", "share", "Share or unshare the report by a public address", can.share),
    Command("tasks.files", "W", "files", "Save the files the task made", can.assets),
    Command("tasks.export", "e", "export", "Export the report (or all marked ones)", can.reports, 6),
    Command("tasks.web", "o", "web page", "Open the task at the provider's site", can.web_page),
    Command("tasks.copy_id", "y", "copy id", "Copy the task's id at the provider", can.selected),
    Command("tasks.copy_report", "Y", "copy report", "Copy the whole report as it was received", can.report),
    Command("tasks.compare", "c", "compare", "Two to four marked reports side by side", can.compare),
    Command("tasks.sort", "s", "sort", "Sort by the next column", can.rows),
    Command("tasks.reverse", "S", "reverse", "Reverse the order", can.rows),
    Command("tasks.next_view", "]", "next view", "The next view of the list: for you, running, unread, your own"),
    Command("tasks.previous_view", "[", "view before", "The view before"),
    Command("tasks.save_view", "V", "keep view", "Keep the filter as a view with a name, or throw that view away"),
    Command("tasks.unfold", "l right", "unfold", "Unfold a group", can.group),
    Command("tasks.fold", "h left", "fold", "Fold a group", can.group),
    Command("tasks.search", "F", "find", "Search the text of every saved report", footer=7),
    Command("tasks.sources", "B", "sources", "Every source of every report", footer=8),
    Command("tasks.costs", "$", "costs", "What was spent: by month, day, provider and mode", footer=9),
    Command("tasks.accounts", "A", "accounts", "Provider accounts: keys, state, last answer, what is left"),
    Command("tasks.pane_1", "1", "list", "The list of tasks"),
    Command("tasks.pane_2", "2", "detail", "The detail of the selected task", can.rows),
    Command("tasks.pane_3", "3", "report", "The report of the selected task", can.report),
)


_PURPOSES = {
    "Task list: go and mark": "open next mark mark_range mark_all unfold fold pane_1 pane_2 pane_3 search sources "
    "costs accounts",
    "Task list: start and answer": "new answer steer again follow batch track",
    "Task list: the list itself": "filter next_view previous_view save_view sort reverse hidden",
    "Task list: one task, or all marked": "export copy_id copy_report compare files versions web",
    "Task list: yours alone": "note pin read hide remove restore",
    "Task list: at the provider": "cancel delete edit share",
}
PURPOSES = {title: tuple(f"tasks.{name}" for name in names.split()) for title, names in _PURPOSES.items()}
"""The commands of the task list by what they are for: there are too many for one list."""


FIRST_KEYS = {
    TaskStatus.WAITING: ("tasks.answer", "tasks.next", "tasks.web"),
    TaskStatus.RUNNING: ("tasks.cancel",),
    TaskStatus.QUEUED: ("tasks.cancel",),
    TaskStatus.DONE: ("tasks.open", "tasks.export"),
    TaskStatus.PARTIAL: ("tasks.open", "tasks.export"),
    TaskStatus.FAILED: ("tasks.again",),
    TaskStatus.CANCELLED: ("tasks.again",),
    TaskStatus.EXPIRED: ("tasks.again",),
}
"""What the footer shows first on a row, by the state of its task, as far as it is possible: what one wants there."""
