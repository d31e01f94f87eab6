"""The one registry of commands: bindings, footer, palette, `?` help and the README key table are all made from it.

Must not import textual: the command line prints the key table without starting a user interface.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from tui.ui.commands import predicates as can
from tui.ui.commands.command import Command, CommandContext
from tui.ui.commands.task_commands import TASKS

__all__ = ["COMMANDS", "COMMAND_SCOPES", "TITLES", "Command", "CommandContext", "commands_in", "footer"]

_APP = (
    Command("app.help", "? f1", "help", "Show the keys of this screen", footer=90, typing=True),
    Command(
        "app.palette",
        ": ctrl+p",
        "palette",
        "Run any command that is possible now; theme, sort, view, search take a value",
        typing=True,
    ),
    Command("app.quit", "q ctrl+q", "quit", "Quit; tasks go on at their providers", footer=95, typing=True),
    Command(
        "app.interrupt", "ctrl+c", "interrupt", "Copy what the mouse marked; else leave, the second time", typing=True
    ),
    Command("app.back", "escape", "back", "Clear, close or go one level out; never quits", typing=True),
    Command("app.next_pane", "tab", "next pane", "Move to the next pane", typing=True),
    Command("app.previous_pane", "shift+tab", "previous pane", "Move to the previous pane", typing=True),
    Command("app.refresh", "r", "refresh", "Ask the providers now"),
    Command("app.pause", "p", "pause", "Stop or resume asking the providers by itself"),
    Command("app.theme", "t", "theme", "Next colour theme"),
    Command("app.log", "L", "log", "What happened since you last looked, newest first"),
    Command("app.suspend", "ctrl+z", "suspend", "Put divewatch into the background (fg brings it back)"),
)

_DIALOG = (
    Command("dialog.close", "escape q", "close", "Close without doing anything", footer=90, typing=True),
    Command("dialog.help", "? f1", "help", "Show the keys of this dialog", footer=91, typing=True),
    Command("dialog.next_pane", "tab", "next", "Move to the next field", typing=True),
    Command("dialog.previous_pane", "shift+tab", "field before", "Move to the field before", typing=True),
    Command("dialog.interrupt", "ctrl+c", "interrupt", "Leave the program, the second time", typing=True),
    Command("dialog.quit", "ctrl+q", "quit", "Quit; tasks go on at their providers", typing=True),
)

_MOVE = (
    Command("list.down", "j down", "down", "One line down; 5 j goes five", typing=True),
    Command("list.up", "k up", "up", "One line up", typing=True),
    Command("list.page_down", "pagedown ctrl+f", "page down", "One page down"),
    Command("list.page_up", "pageup ctrl+b", "page up", "One page up"),
    Command("list.half_down", "ctrl+d", "half page down", "Half a page down"),
    Command("list.half_up", "ctrl+u", "half page up", "Half a page up"),
    Command("list.top", "g home", "top", "Go to the first line"),
    Command("list.bottom", "G end", "bottom", "Go to the last line"),
)

_READER = (
    Command("reader.down", "j down", "down", "One line down"),
    Command("reader.up", "k up", "up", "One line up"),
    Command("reader.page_down", "space pagedown ctrl+f", "page down", "One page down"),
    Command("reader.page_up", "b pageup ctrl+b", "page up", "One page up"),
    Command("reader.half_down", "ctrl+d", "half page down", "Half a page down"),
    Command("reader.half_up", "ctrl+u", "half page up", "Half a page up"),
    Command("reader.top", "g home", "top", "Go to the beginning"),
    Command("reader.bottom", "G end", "bottom", "Go to the end"),
    Command("reader.left", "h left", "left", "Scroll a wide table or code block to the left"),
    Command("reader.right", "l right", "right", "Scroll a wide table or code block to the right"),
    Command("reader.next_citation", "]", "next cite", "Go to the next citation", can.cites, 1),
    Command("reader.previous_citation", "[", "prev cite", "Go to the previous citation", can.cites),
    Command("reader.next_heading", "}", "next heading", "Go to the next heading", can.heads),
    Command("reader.previous_heading", "{", "previous heading", "Go to the previous heading", can.heads),
    Command("reader.source", "enter", "source", "Show the source of the citation under the cursor", can.cites, 2),
    Command(
        "reader.number",
        "1 2 3 4 5 6 7 8 9 0",
        "source n",
        "Type a number, then enter: to that source",
        can.sources,
        takes_key=True,
    ),
    Command("reader.hints", "f", "hints", "Letters on citations, links and pictures: one letter follows", footer=6),
    Command("reader.open", "o", "open", "Open the source in the browser", can.url, 3),
    Command("reader.copy", "y", "copy URL", "Copy the address of the source", can.url),
    Command("reader.copy_citation", "C", "copy citation", "Copy the sentence with its sources", can.cites),
    Command("reader.copy_report", "Y", "copy report", "Copy the whole report as it was received"),
    Command("reader.outline", "T", "outline", "Show or leave the outline", can.heads, 5),
    Command("reader.sources", "S", "sources", "Show or leave the list of sources", can.sources),
    Command("reader.search", "/", "search", "Search in the report as you type", footer=4),
    Command("reader.next_hit", "n", "next hit", "Go to the next hit", can.hits),
    Command("reader.previous_hit", "N", "previous hit", "Go to the previous hit", can.hits),
    Command("reader.back", "backspace <", "jump back", "Return to where the last jump began", can.jumped),
    Command("reader.forward", ">", "jump forward", "Undo the jump back, or say what is left to read"),
    Command("reader.audit", "A", "audit", "Which citations lead nowhere, which sources are never cited"),
    Command("reader.raw", "v", "raw text", "Switch between the report and its text as received"),
    Command("reader.width", "w", "width", "Comfortable or full line width"),
    Command("reader.percent", "%", "percent", "Type a number, then %: to that part of the report"),
    Command("reader.mark", "m", "mark", "Then a letter: remember this place"),
    Command("reader.to_mark", "'", "to mark", "Then a letter: back to that place"),
    Command("reader.export", "e", "export", "Export the report"),
)

_SOURCES = (
    Command("sources.jump", "enter", "cited at", "Go to the first place that cites the source", can.listed, 1),
    Command("sources.next", "]", "next cite", "To its next citation", can.listed, 2),
    Command("sources.previous", "[", "prev cite", "To its previous citation", can.listed),
    Command("sources.open", "o", "open", "Open the source in the browser", can.url, 3),
    Command("sources.copy", "y", "copy URL", "Copy the address", can.url, 4),
    Command("sources.filter", "/", "filter", "Narrow the list as you type", footer=5),
    Command("sources.sort", "s", "sort", "Change the order, or list the hosts", footer=6),
)

_SEARCH = (
    Command("search.open", "enter", "open", "Open the report at the hit", can.found, 1),
    Command("search.edit", "/", "search", "Change what is searched for", footer=2),
    Command("search.unfold", "l right", "unfold", "Every place in this report", can.found, 3),
    Command("search.fold", "h left", "fold", "This report without its places", can.found),
    Command("search.next", "n", "next place", "Go to the next place, in any report", can.found, 4),
    Command("search.previous", "N", "place before", "Go to the previous place", can.found),
    Command("search.save", "S +", "keep", "Keep this search, also as a view; or forget it", can.typed, 5),
)

_LOG = (
    Command("log.task", "enter", "task", "Go to the task of this line", can.rows, 1),
    Command("log.copy", "y", "copy", "Copy this line", can.rows, 2),
    Command("log.filter", "/", "filter", "Narrow the list as you type", footer=4),
    Command(
        "log.part",
        "1 2 3 4",
        "part",
        "What happened, requests, problems, all (tab: the next)",
        footer=3,
        takes_key=True,
    ),
)

_COMPARE = (
    Command(
        "compare.part",
        "v 1 2 3 4",
        "next part",
        "Overview, sources, outline, text by number; the next one with v or tab",
        footer=1,
        takes_key=True,
    ),
    Command("compare.swap", "x", "swap", "Swap left and right, or the next pair of several", footer=2),
    Command("compare.open", "enter", "open", "Open the source, or the report at the heading", footer=3),
    Command("compare.copy", "y", "copy URL", "Copy the address", can.url, 4),
)

_VERSIONS = (
    Command("versions.open", "enter", "open", "Open the version in the reader", can.rows, 1),
    Command("versions.mark", "space", "mark", "Mark the version; two can be compared", can.rows, 2),
    Command("versions.compare", "c", "compare", "The two marked versions, their changes first", can.two_versions, 3),
    Command("versions.restore", "R", "restore", "Make it the newest at the provider (asks first)", can.old_version, 4),
    Command("versions.edit", "E", "edit", "Have the report edited at the provider", can.edit),
)

_COSTS = (
    Command("costs.task", "enter", "open", "Go to the task of this line, or show modes", can.rows, 1),
    Command(
        "costs.earlier", "[", "month before", "Show the previous month; before the first one, all time", can.rows, 2
    ),
    Command("costs.later", "]", "month after", "Show the next month", can.rows, 3),
    Command("costs.budget", "b", "budget", "Set a budget; you are warned before it could be exceeded", footer=4),
    Command("costs.file", "e", "CSV", "Write what is shown, task by task, into a CSV file", can.rows, 5),
    Command("costs.copy", "y", "copy", "Copy the table as text", can.rows, 6),
)

_ACCOUNTS = (
    Command("accounts.key", "enter K", "paste a key", "Paste a key; it is kept and tried at once", can.rows, 1),
    Command("accounts.store", "ctrl+k", "key store", "The same, kept in the desktop's key store", can.rows),
    Command("accounts.page", "o", "key page", "Open the page where keys are made", can.url, 3),
    Command("accounts.switch", "x", "off or on", "Switch the account off, or on again; its tasks stay", can.rows, 2),
    Command("accounts.demo", "d", "demo", "Start the demo: a simulator on this machine", footer=4),
    Command("accounts.read", "f", "open a file", "Read a report from a file", footer=5),
    Command("accounts.track", "+", "track", "Adopt a task by its id or web address", can.create),
)

_FORM = (
    Command(
        "form.send", "ctrl+s ctrl+j", "send", "Check, show what it costs at most, ask, then send", footer=1, typing=True
    ),
    Command("form.toggle", "space enter", "choose", "Choose a provider, or change what is under the cursor", footer=3),
    Command("form.next_mode", "l right", "mode", "Switch to the provider's next mode", footer=4),
    Command("form.previous_mode", "h left", "mode before", "Switch to the previous mode"),
    Command("form.type_mode", "m", "type mode", "Type a mode that the provider may know", can.no_batch),
    Command("form.options", "o", "options", "Set the provider's own options", can.no_batch, 5),
    Command("form.all", "*", "all", "Choose every provider, or none", can.no_batch),
    Command(
        "form.template",
        "ctrl+t",
        "template",
        "Take a brief from a template, or keep this one",
        can.no_batch,
        typing=True,
    ),
    Command("form.editor", "ctrl+e", "editor", "Write the brief in $EDITOR", footer=2, typing=True),
)

_OPTIONS = (
    Command("options.change", "enter space", "change", "Switch to the next value, or type one", can.rows, 1),
    Command("options.unset", "backspace delete x", "unset", "Unset it: the provider decides", can.rows, 2),
    Command("options.done", "ctrl+s ctrl+j", "done", "Back to the form", footer=3, typing=True),
)

_DRAFT = (
    Command(
        "draft.discard",
        "ctrl+r",
        "start over",
        "Throw away what was typed; once more brings it back",
        footer=80,
        typing=True,
    ),
)

_WRITE = (Command("write.take", "ctrl+s ctrl+j", "take", "Take what is written", footer=1, typing=True),)

_CHECKPOINT = (
    Command("checkpoint.send", "ctrl+s ctrl+j", "send", "Send the answer", footer=1, typing=True),
    Command(
        "checkpoint.cycle",
        "space",
        "choose",
        "Take a verdict; keep the domain, drop it, or leave it to the provider",
        can.choose_answer,
        2,
    ),
    Command("checkpoint.all", "*", "all", "Keep all domains, drop all, or leave all to the provider", can.domains),
    Command("checkpoint.editor", "ctrl+e", "editor", "Change the plan in $EDITOR", can.decide, 3, typing=True),
    Command("checkpoint.next", "w ctrl+n", "next task", "Answer the next task that waits", can.others, 4, typing=True),
)

_NOTE = (Command("note.save", "ctrl+s ctrl+j", "save", "Save note and tags", footer=1, typing=True),)

_CHOOSE = (
    Command("choose.take", "enter", "take", "Take the highlighted one, or those that are marked", footer=1),
    Command("choose.mark", "space", "mark", "Mark one more", can.take_several, 2),
)

_CONFIRM = (
    Command("confirm.yes", "y", "yes", "Do what the question says", footer=1),
    Command("confirm.no", "n", "no", "Leave it, or what the question says beside n", footer=2),
)

_HELP = (Command("help.filter", "/", "search", "Search these keys", footer=1),)


def _registry(*groups: Iterable[Command]) -> dict[str, Command]:
    registry: dict[str, Command] = {}
    for command in (command for group in groups for command in group):
        if command.id in registry:
            raise ValueError(f"two commands are called {command.id}")
        registry[command.id] = command
    return registry


def _grouped(commands: Iterable[Command]) -> Mapping[str, Sequence[Command]]:
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.context, []).append(command)
    return groups


COMMANDS: Mapping[str, Command] = _registry(
    _APP,
    _DIALOG,
    _MOVE,
    TASKS,
    _READER,
    _SOURCES,
    _SEARCH,
    _LOG,
    _COMPARE,
    _COSTS,
    _ACCOUNTS,
    _VERSIONS,
    _FORM,
    _OPTIONS,
    _WRITE,
    _DRAFT,
    _CHECKPOINT,
    _NOTE,
    _CHOOSE,
    _CONFIRM,
    _HELP,
)
_GROUPS = _grouped(COMMANDS.values())

COMMAND_SCOPES: Mapping[str, tuple[str, ...]] = {
    "tasks": ("tasks", "list", "app"),
    "reader": ("reader", "app"),
    "sources": ("sources", "list", "app"),
    "search": ("search", "list", "app"),
    "log": ("log", "list", "app"),
    "compare": ("compare", "list", "app"),
    "costs": ("costs", "list", "app"),
    "accounts": ("accounts", "list", "app"),
    "form": ("form", "draft", "list", "app"),
    "versions": ("versions", "list", "app"),
    "options": ("options", "list", "dialog"),
    "write": ("write", "draft", "dialog"),
    "ask": ("draft", "dialog"),
    "help": ("help", "list", "dialog"),
    "checkpoint": ("checkpoint", "draft", "list", "dialog"),
    "note": ("note", "draft", "dialog"),
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
    "search": "Search in all reports",
    "log": "Event log",
    "compare": "Compare",
    "costs": "Costs",
    "accounts": "Provider accounts",
    "versions": "Versions of a report",
    "form": "New task",
    "options": "Options of a provider",
    "write": "Text of several lines",
    "draft": "In forms: what was typed is kept until it is sent",
    "checkpoint": "Answer a question",
    "note": "Note and tags",
    "choose": "Choice",
    "confirm": "Question",
    "help": "Help",
}


def commands_in(context: str) -> list[Command]:
    """Return the commands that have keys on the screen `context`, its own first."""
    return [command for group in COMMAND_SCOPES[context] for command in _GROUPS[group]]


@cache
def footer(context: str, limit: int = 6, first: tuple[str, ...] = ()) -> Sequence[Command]:
    """Return at most `limit` commands for the footer of a screen, in display order; `first` before all others."""
    ranked = [command for command in commands_in(context) if command.footer is not None]
    ranked.sort(key=lambda command: command.footer or 0)
    own = [command for command in ranked if command.context not in {"app", "dialog"}]
    everywhere = [command for command in ranked if command.context in {"app", "dialog"}]
    return (*tuple(dict.fromkeys((*(COMMANDS[one] for one in first), *own)))[: limit - len(everywhere)], *everywhere)
