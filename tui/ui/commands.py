"""The one registry of commands: bindings, footer, palette, `?` help and the README key table are all made from it.

Must not import textual: the command line prints the key table without starting a user interface.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from tui.domain.provider import Capability
from tui.domain.task import Task, TaskStatus
from tui.ui.command import Command, Situation, some, while_state

__all__ = ["CHAINS", "COMMANDS", "TITLES", "Command", "Situation", "alive", "footer"]


def _task(now: Situation) -> str | None:
    return None if now.task else "no task is selected"


def _meant(now: Situation) -> str | None:
    return None if now.marked else _task(now)


def _rows(now: Situation) -> str | None:
    return None if now.tasks else "the list is empty"


def _report(now: Situation) -> str | None:
    return _task(now) or (None if now.task and now.task.has_report else "this task has no report yet")


def _web_page(now: Situation) -> str | None:
    return _task(now) or (None if now.task and now.task.web_url else "the provider names no web page for this task")


def _compare(now: Situation) -> str | None:
    return None if now.marked == 2 else "mark exactly two tasks with space first"


def _active(task: Task) -> bool:
    return not task.status.is_final and task.remote_id is not None


def _again(now: Situation) -> str | None:
    return None if now.group else _task(now)


def _cancel_what(now: Situation) -> str | None:
    """A task, or the provider's batch that the selected row stands for."""
    if not now.group:
        return _cancel(now)
    if any(task.batch_id is None for task in now.group) or len({task.batch_id for task in now.group}) > 1:
        return "unfold the group and cancel its tasks one by one"
    if not any(_active(task) for task in now.group):
        return "the batch has already ended"
    return None if now.provider and Capability.BATCH in now.provider.capabilities else "this provider has no batches"


def _two_versions(now: Situation) -> str | None:
    return None if now.marked == 2 else "mark two versions with space first"


def _create(now: Situation) -> str | None:
    return None if now.providers else "no provider is set up: divewatch auth set PROVIDER"


_cites = some("citations", "the report cites nothing")
_heads = some("headings", "the report has no headings")
_listed = some("sources", "no source is listed")
_url = some("url", "nothing here has an address")
_hits = some("hits", "search with / first")
_domains = some("sources", "there are no domains to decide about")
_group = some("grouped", "this row is no group")
_cancel = while_state(Capability.CANCEL, _active, "the task has already ended")
_steer = while_state(Capability.STEER, _active, "only a task under way can be given further instructions")
_delete = while_state(Capability.DELETE, lambda task: task.status.is_final, "cancel it first: it is still under way")
_respond = while_state(
    Capability.RESPOND, lambda task: task.status is TaskStatus.WAITING, "the task is not waiting for an answer"
)
_edit = while_state(
    Capability.EDIT, lambda task: task.status is TaskStatus.DONE, "only a finished report can be edited"
)
_follow = while_state(
    Capability.FOLLOW, lambda task: task.has_report and task.remote_id is not None, "this task has no report yet"
)
_old_version = some("remote", "only an older version at the provider can be restored")
_share = while_state(
    Capability.SHARE, lambda task: task.status is TaskStatus.DONE, "only a finished task can be shared"
)
_assets = while_state(Capability.ASSETS, lambda task: task.status.is_final, "files come when the task has ended")

_APP = (
    Command("app.help", ("?",), "help", "Show the keys of this screen", "help", footer=90),
    Command("app.palette", (":", "ctrl+p"), "palette", "Run any command that is possible now", "palette", typing=True),
    Command(
        "app.quit", ("q", "ctrl+q"), "quit", "Quit; tasks go on at their providers", "leave", footer=95, typing=True
    ),
    Command("app.back", ("escape",), "back", "Clear, close or go one level out; never quits", "back", typing=True),
    Command("app.next_pane", ("tab",), "next pane", "Move to the next pane", "next_pane", typing=True),
    Command(
        "app.previous_pane", ("shift+tab",), "previous pane", "Move to the previous pane", "previous_pane", typing=True
    ),
    Command("app.refresh", ("r",), "refresh", "Ask the providers now", "refresh"),
    Command("app.pause", ("p",), "pause", "Stop or resume asking the providers by itself", "pause"),
    Command("app.theme", ("t",), "theme", "Next colour theme", "theme"),
    Command("app.log", ("L",), "log", "What was sent and seen, and when", "log"),
    Command("app.suspend", ("ctrl+z",), "suspend", "Put divewatch into the background (fg brings it back)", "suspend"),
)

_DIALOG = (
    Command("dialog.close", ("escape", "q"), "close", "Close without doing anything", "back", footer=90, typing=True),
    Command("dialog.next_pane", ("tab",), "next field", "Move to the next field", "next_pane", typing=True),
    Command(
        "dialog.previous_pane", ("shift+tab",), "field before", "Move to the field before", "previous_pane", typing=True
    ),
    Command("dialog.quit", ("ctrl+q",), "quit", "Quit; tasks go on at their providers", "leave", typing=True),
)

_MOVE = (
    Command("list.down", ("j", "down"), "down", "One line down", "cursor_down", typing=True),
    Command("list.up", ("k", "up"), "up", "One line up", "cursor_up", typing=True),
    Command("list.page_down", ("pagedown", "ctrl+f"), "page down", "One page down", "page_down"),
    Command("list.page_up", ("pageup", "ctrl+b"), "page up", "One page up", "page_up"),
    Command("list.half_down", ("ctrl+d",), "half page down", "Half a page down", "half_down"),
    Command("list.half_up", ("ctrl+u",), "half page up", "Half a page up", "half_up"),
    Command("list.top", ("g", "home"), "top", "To the first line", "top"),
    Command("list.bottom", ("G", "end"), "bottom", "To the last line", "bottom"),
)

_TASKS = (
    Command("tasks.open", ("enter",), "open", "Open the task, then its report", "open", _rows, footer=1),
    Command("tasks.new", ("n",), "new", "Start a task: the cost is shown before anything is sent", "new", _create, 2),
    Command("tasks.filter", ("/",), "filter", "Narrow the list as you type", "filter", footer=3),
    Command("tasks.mark", ("space",), "mark", "Mark the task and go on to the next", "mark", _rows, 4),
    Command("tasks.mark_all", ("*",), "mark all", "Mark every listed task, or none", "mark_all", _rows),
    Command("tasks.answer", ("a",), "answer", "Answer the question the task waits with", "answer", _respond),
    Command("tasks.steer", ("i",), "instruct", "Give a running task a further instruction", "steer", _steer),
    Command("tasks.cancel", ("x",), "cancel", "Cancel at the provider (asks first)", "cancel", _cancel_what, 5),
    Command(
        "tasks.delete", ("D",), "delete", "Delete at the provider (asks first); the archive keeps it", "delete", _delete
    ),
    Command("tasks.archive", ("d",), "hide", "Hide the task from the list, or bring it back", "hide", _meant),
    Command("tasks.hidden", ("H",), "hidden", "Show or leave out hidden tasks", "toggle_hidden"),
    Command("tasks.note", ("N",), "note", "Your note and tags on the task (tags for all marked ones)", "note", _meant),
    Command("tasks.pin", ("P",), "pin", "Keep the task on top of the list, or let it go", "pin", _meant),
    Command("tasks.read", ("U",), "unread", "Count the report as unread, or as read", "read", _meant),
    Command("tasks.remove", ("X",), "delete here", "Delete from this archive (asks first)", "remove", _meant),
    Command("tasks.restore", ("z",), "undelete", "Bring back what was last deleted from this archive", "restore"),
    Command(
        "tasks.again",
        ("R",),
        "again",
        "Start again: filled in with all it was started with, to be changed as you like",
        "again",
        _again,
    ),
    Command(
        "tasks.follow",
        ("f",),
        "follow up",
        "Start a task that builds on this report (or the marked ones)",
        "follow",
        _follow,
    ),
    Command(
        "tasks.batch",
        ("b",),
        "batch",
        "Start several briefs as one batch",
        "batch",
        some("batches", "no provider here has batches"),
    ),
    Command(
        "tasks.versions",
        ("v",),
        "versions",
        "Every version of the report, here and at the provider",
        "versions",
        _report,
    ),
    Command("tasks.edit", ("E",), "edit", "Have the report edited at the provider", "edit", _edit),
    Command("tasks.track", ("+",), "track", "Adopt a task by its id or web address", "track", _create),
    Command("tasks.share", ("u",), "share", "Share or unshare the report by a public address", "share", _share),
    Command("tasks.files", ("w",), "files", "Save the files the task made", "files", _assets),
    Command("tasks.export", ("e",), "export", "Export the report (or all marked ones)", "export", _report),
    Command("tasks.web", ("o",), "web page", "Open the task at the provider's site", "web", _web_page),
    Command("tasks.copy_id", ("y",), "copy id", "Copy the task's id at the provider", "copy_id", _task),
    Command(
        "tasks.copy_report", ("Y",), "copy report", "Copy the whole report as it was received", "copy_report", _report
    ),
    Command("tasks.compare", ("c",), "compare", "Two marked reports side by side", "compare", _compare),
    Command("tasks.sort", ("s",), "sort", "Sort by the next column", "sort", _rows),
    Command("tasks.reverse", ("S",), "reverse", "Reverse the order", "reverse", _rows),
    Command("tasks.unfold", ("l", "right"), "unfold", "Unfold a group", "unfold", _group),
    Command("tasks.fold", ("h", "left"), "fold", "Fold a group", "fold", _group),
    Command("tasks.search", ("F",), "find", "Search the text of every saved report", "search"),
    Command("tasks.sources", ("B",), "sources", "Every source of every report", "sources"),
    Command("tasks.costs", ("$",), "costs", "What was spent, by provider and month, by kind", "costs"),
    Command("tasks.pane_1", ("1",), "list", "The list of tasks", "pane_list"),
    Command("tasks.pane_2", ("2",), "detail", "The detail of the selected task", "pane_detail", _rows),
    Command("tasks.pane_3", ("3",), "report", "The report of the selected task", "pane_report", _report),
)

_READER = (
    Command("reader.down", ("j", "down"), "down", "One line down", "line_down"),
    Command("reader.up", ("k", "up"), "up", "One line up", "line_up"),
    Command("reader.page_down", ("space", "pagedown", "ctrl+f"), "page down", "One page down", "page_down"),
    Command("reader.page_up", ("b", "pageup", "ctrl+b"), "page up", "One page up", "page_up"),
    Command("reader.half_down", ("ctrl+d",), "half page down", "Half a page down", "half_down"),
    Command("reader.half_up", ("ctrl+u",), "half page up", "Half a page up", "half_up"),
    Command("reader.top", ("g", "home"), "top", "To the beginning", "top"),
    Command("reader.bottom", ("G", "end"), "bottom", "To the end", "bottom"),
    Command("reader.left", ("h", "left"), "left", "Scroll a wide table or code block to the left", "scroll_left_cells"),
    Command(
        "reader.right", ("l", "right"), "right", "Scroll a wide table or code block to the right", "scroll_right_cells"
    ),
    Command("reader.next_citation", ("]",), "next cite", "To the next citation", "next_citation", _cites, 1),
    Command("reader.previous_citation", ("[",), "prev cite", "To the previous citation", "previous_citation", _cites),
    Command("reader.next_heading", ("}",), "next heading", "To the next heading", "next_heading", _heads),
    Command(
        "reader.previous_heading", ("{",), "previous heading", "To the previous heading", "previous_heading", _heads
    ),
    Command(
        "reader.source",
        ("enter",),
        "source",
        "Show the source of the citation under the cursor",
        "show_source",
        _cites,
        2,
    ),
    Command(
        "reader.number",
        tuple("1234567890"),
        "source n",
        "Type a number, then enter: to that source",
        "number",
        some("sources", "the report has no sources"),
        takes_key=True,
    ),
    Command("reader.hints", ("f",), "hints", "Letters on every visible citation: one letter jumps", "hints", _cites, 6),
    Command("reader.open", ("o",), "open", "Open the source in the browser", "open_source", _url, 3),
    Command("reader.copy", ("y",), "copy URL", "Copy the address of the source", "copy_url", _url),
    Command(
        "reader.copy_citation", ("C",), "copy citation", "Copy the sentence with its sources", "copy_citation", _cites
    ),
    Command("reader.copy_report", ("Y",), "copy report", "Copy the whole report as it was received", "copy_report"),
    Command("reader.outline", ("T",), "outline", "Show or leave the outline", "outline", _heads, 5),
    Command(
        "reader.sources",
        ("S",),
        "sources",
        "Show or leave the list of sources",
        "sources_panel",
        some("sources", "the report has no sources"),
    ),
    Command("reader.search", ("/",), "search", "Search in the report as you type", "search", footer=4),
    Command("reader.next_hit", ("n",), "next hit", "To the next hit", "next_hit", _hits),
    Command("reader.previous_hit", ("N",), "previous hit", "To the previous hit", "previous_hit", _hits),
    Command(
        "reader.back",
        ("backspace", "<"),
        "jump back",
        "To where you were before the jump",
        "jump_back",
        some("back", "there was no jump"),
    ),
    Command(
        "reader.forward", (">",), "jump forward", "Undo the jump back", "jump_forward", some("forward", "nothing ahead")
    ),
    Command("reader.audit", ("A",), "audit", "Which citations lead nowhere, which sources are never cited", "audit"),
    Command("reader.raw", ("v",), "raw text", "Switch between the report and its text as received", "raw"),
    Command("reader.width", ("w",), "width", "Comfortable or full line width", "width"),
    Command("reader.percent", ("%",), "percent", "Type a number, then %: to that part of the report", "percent"),
    Command("reader.mark", ("m",), "mark", "Then a letter: remember this place", "mark"),
    Command("reader.to_mark", ("'",), "to mark", "Then a letter: back to that place", "to_mark"),
    Command("reader.export", ("e",), "export", "Export the report", "export"),
)

_SOURCES = (
    Command("sources.jump", ("enter",), "cited at", "To the first place that cites the source", "jump", _listed, 1),
    Command("sources.next", ("]",), "next cite", "To its next citation", "next_citation", _listed, 2),
    Command("sources.previous", ("[",), "prev cite", "To its previous citation", "previous_citation", _listed),
    Command("sources.open", ("o",), "open", "Open the source in the browser", "open_source", _url, 3),
    Command("sources.copy", ("y",), "copy URL", "Copy the address", "copy_url", _url, 4),
    Command("sources.filter", ("/",), "filter", "Narrow the list as you type", "filter", footer=5),
    Command("sources.sort", ("s",), "sort", "Change the order", "sort"),
)

_FOUND = (
    Command("found.open", ("enter",), "open", "Open the report at the hit", "open", some("hits", "nothing found"), 1),
    Command("found.edit", ("/",), "search", "Change what is searched for", "edit", footer=2),
)

_LOG = (
    Command("log.task", ("enter",), "task", "To the task of this line", "open", _rows, 1),
    Command("log.copy", ("y",), "copy", "Copy this line", "copy_line", _rows, 2),
    Command("log.filter", ("/",), "filter", "Narrow the list as you type", "filter", footer=3),
)

_COMPARE = (
    Command("compare.part", ("v",), "part", "Next part: sources, outline, figures", "part", footer=1),
    Command("compare.swap", ("x",), "swap", "Swap left and right", "swap", footer=2),
    Command("compare.open", ("enter",), "open", "Open the source, or the report at the heading", "open", footer=3),
    Command("compare.copy", ("y",), "copy URL", "Copy the address", "copy_url", _url, 4),
)

_VERSIONS = (
    Command("versions.open", ("enter",), "open", "Open the version in the reader", "open", _rows, 1),
    Command("versions.mark", ("space",), "mark", "Mark the version; two can be compared", "mark", _rows, 2),
    Command(
        "versions.compare",
        ("c",),
        "compare",
        "The two marked versions, their changes first",
        "compare",
        _two_versions,
        3,
    ),
    Command(
        "versions.restore",
        ("R",),
        "restore",
        "Make it the newest at the provider (asks first)",
        "restore",
        _old_version,
        4,
    ),
    Command("versions.edit", ("E",), "edit", "Have the report edited at the provider", "edit", _edit),
)

_COSTS = (Command("costs.copy", ("y",), "copy", "Copy the table as text", "copy", footer=1),)

_FORM = (
    Command(
        "form.send",
        ("ctrl+s", "ctrl+j"),
        "send",
        "Check, show what it costs at most, ask, then send",
        "send",
        footer=1,
        typing=True,
    ),
    Command(
        "form.toggle",
        ("space", "enter"),
        "choose",
        "Choose a provider, or change what is under the cursor",
        "change",
        footer=3,
    ),
    Command("form.next_mode", ("l", "right"), "mode", "The next mode of the provider", "next_mode", footer=4),
    Command("form.previous_mode", ("h", "left"), "mode before", "The mode before", "previous_mode"),
    Command("form.editor", ("ctrl+e",), "editor", "Write the brief in $EDITOR", "editor", footer=2, typing=True),
)

_OPTIONS = (
    Command("options.change", ("enter", "space"), "change", "The next value, or write one", "change", _rows, 1),
    Command("options.unset", ("backspace", "delete", "x"), "unset", "Leave it to the provider", "unset", _rows, 2),
    Command("options.done", ("ctrl+s", "ctrl+j"), "done", "Back to the form", "back", footer=3, typing=True),
)

_WRITE = (Command("write.take", ("ctrl+s", "ctrl+j"), "take", "Take what is written", "take", footer=1, typing=True),)

_ANSWER = (
    Command("answer.send", ("ctrl+s", "ctrl+j"), "send", "Send the answer", "send", footer=1, typing=True),
    Command(
        "answer.cycle",
        ("space",),
        "keep/drop",
        "Keep the domain, drop it, or leave it to the provider",
        "cycle",
        _domains,
        2,
    ),
)

_NOTE = (Command("note.save", ("ctrl+s", "ctrl+j"), "save", "Save note and tags", "save", footer=1, typing=True),)

_CHOOSE = (Command("choose.take", ("enter",), "take", "Take the highlighted one", "choose", footer=1),)

_CONFIRM = (
    Command("confirm.yes", ("y",), "yes", "Do it", "yes", footer=1),
    Command("confirm.no", ("n",), "no", "Leave it", "no", footer=2),
)

_HELP = (Command("help.filter", ("/",), "search", "Search these keys", "filter", footer=1),)


def _registry(*groups: Iterable[Command]) -> dict[str, Command]:
    registry: dict[str, Command] = {}
    for command in (command for group in groups for command in group):
        if command.id in registry:
            raise ValueError(f"two commands are called {command.id}")
        registry[command.id] = command
    return registry


COMMANDS: Mapping[str, Command] = _registry(
    _APP,
    _DIALOG,
    _MOVE,
    _TASKS,
    _READER,
    _SOURCES,
    _FOUND,
    _LOG,
    _COMPARE,
    _COSTS,
    _VERSIONS,
    _FORM,
    _OPTIONS,
    _WRITE,
    _ANSWER,
    _NOTE,
    _CHOOSE,
    _CONFIRM,
    _HELP,
)

CHAINS: Mapping[str, tuple[str, ...]] = {
    "tasks": ("tasks", "list", "app"),
    "reader": ("reader", "app"),
    "sources": ("sources", "list", "app"),
    "found": ("found", "list", "app"),
    "log": ("log", "list", "app"),
    "compare": ("compare", "list", "app"),
    "costs": ("costs", "list", "app"),
    "form": ("form", "list", "app"),
    "versions": ("versions", "list", "app"),
    "options": ("options", "list", "dialog"),
    "write": ("write", "dialog"),
    "help": ("help", "list", "dialog"),
    "answer": ("answer", "list", "dialog"),
    "note": ("note", "dialog"),
    "choose": ("choose", "list", "dialog"),
    "confirm": ("confirm", "dialog"),
    "palette": ("list", "dialog"),
    "dialog": ("dialog",),
    "app": ("app",),
}
"""Which groups of commands are alive on a screen, the innermost first."""

TITLES: Mapping[str, str] = {
    "app": "Everywhere",
    "dialog": "In dialogs",
    "list": "In every list",
    "tasks": "Task list",
    "reader": "Report",
    "sources": "Sources",
    "found": "Search in all reports",
    "log": "Event log",
    "compare": "Compare",
    "costs": "Costs",
    "versions": "Versions of a report",
    "form": "New task",
    "options": "Options of a provider",
    "write": "Text of several lines",
    "answer": "Answer a question",
    "note": "Note and tags",
    "choose": "Choice",
    "confirm": "Question",
    "help": "Help",
}


def alive(context: str) -> list[Command]:
    """Return the commands that are alive on the screen `context`, its own first."""
    chain = CHAINS[context]
    return sorted((c for c in COMMANDS.values() if c.context in chain), key=lambda c: chain.index(c.context))


@cache
def footer(context: str, limit: int = 6) -> Sequence[Command]:
    """Return at most `limit` commands for the footer of a screen, in display order."""
    ranked = [command for command in alive(context) if command.footer is not None]
    ranked.sort(key=lambda command: command.footer or 0)
    own = [command for command in ranked if command.context not in {"app", "dialog"}]
    everywhere = [command for command in ranked if command.context in {"app", "dialog"}]
    return (*own[: limit - len(everywhere)], *everywhere)
