"""The predicates of the registry: each returns None if a command is possible, else the reason why not."""

from tui.domain.capability import Capability
from tui.domain.possible import under_way
from tui.domain.task import NO_REPORT, Task, TaskStatus
from tui.ui.commands.command import CommandContext, some, while_state


def choose_answer(now: CommandContext) -> str | None:
    """The checkpoint must have domains, or a plan, to decide about."""
    return None if now.sources or now.verdicts else "there is nothing to choose: write the answer"


def no_batch(now: CommandContext) -> str | None:
    """Refuse in the form of a batch."""
    return "a batch goes to one provider, in a mode shown, with its defaults" if now.batches else None


def take_several(now: CommandContext) -> str | None:
    """Refuse on lists from which only one entry can be chosen."""
    return None if now.several else "only one can be taken here"


def selected(now: CommandContext) -> str | None:
    """A task must be selected."""
    return None if now.task else "no task is selected"


def meant(now: CommandContext) -> str | None:
    """A task must be selected or marked."""
    return None if now.marked else selected(now)


def rows(now: CommandContext) -> str | None:
    """The list must not be empty."""
    return None if now.tasks else "the list is empty"


def something_to_open(now: CommandContext) -> str | None:
    """The list must have a row; with no account and no filter, enter leads to a first key."""
    return None if not (now.providers or now.filtered) else rows(now)


def reports(now: CommandContext) -> str | None:
    """A task must be marked, or the selected one must have a report."""
    return None if now.marked else report(now)


def report(now: CommandContext) -> str | None:
    """The selected task must have a report."""
    return selected(now) or (None if now.task and now.task.has_report else unwritten(now.task))


def unwritten(task: Task | None) -> str:
    """Return why there is no report to open: the task runs, the report is being fetched, or there is none."""
    if task is None or not task.status.is_final:
        return "this task has no report yet"
    if task.status in {TaskStatus.DONE, TaskStatus.PARTIAL} and NO_REPORT not in task.warnings:
        return "its report has not come yet"
    return "this task ended without a report"


def web_page(now: CommandContext) -> str | None:
    """The selected task must have a web page at its provider."""
    return selected(now) or (None if now.task and now.task.web_url else "the provider names no web page for this task")


def typed(now: CommandContext) -> str | None:
    """The field must not be empty."""
    return None if now.filtered else "type what to look for first"


def compare(now: CommandContext) -> str | None:
    """Two to four tasks must be marked."""
    return None if 2 <= now.marked <= 4 else "mark two to four tasks with space first"


def again(now: CommandContext) -> str | None:
    """A task or a group must be selected, to be started again, and an account must have a key."""
    return (None if now.group else selected(now)) or create(now)


def cancel_what(now: CommandContext) -> str | None:
    """There must be a task, or a batch behind the selected group, that can be cancelled."""
    if not now.group:
        return cancel(now)
    if any(task.batch_id is None for task in now.group) or len({task.batch_id for task in now.group}) > 1:
        return "unfold the group and cancel its tasks one by one"
    if not any(under_way(task) for task in now.group):
        return "the batch has already ended"
    return None if now.provider and Capability.BATCH in now.provider.capabilities else "this provider has no batches"


def two_versions(now: CommandContext) -> str | None:
    """Two versions must be marked."""
    return None if now.marked == 2 else "mark two versions with space first"


def create(now: CommandContext) -> str | None:
    """At least one account must have a key."""
    return None if now.providers else "no provider has a key: A takes one"


cites = some("citations", "the report cites nothing")
heads = some("headings", "the report has no headings")
listed = some("sources", "no source is listed")
sources = some("sources", "the report has no sources")
jumped = some("back", "there was no jump")
batches = some("batches", "no provider here has batches")
url = some("url", "nothing here has an address")
hits = some("hits", "search with / first")
found = some("hits", "nothing found")
domains = some("sources", "there are no domains to decide about")
decide = some("verdicts", "there is no plan to decide about")
others = some("waiting", "no other task waits for you")
group = some("grouped", "this row is no group")
cancel = while_state(Capability.CANCEL, with_key=False)
steer = while_state(Capability.STEER, with_key=False)
delete = while_state(Capability.DELETE)
respond = while_state(Capability.RESPOND, with_key=False)
edit = while_state(Capability.EDIT)
follow = while_state(Capability.FOLLOW, with_key=False)
old_version = some("remote", "only an older version at the provider can be restored")
share = while_state(Capability.SHARE)
assets = while_state(Capability.ASSETS)
