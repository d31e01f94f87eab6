"""The command context of the dashboard, and whether its first rows are still loading."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from tui.domain.capability import Capability, ConnectionState
from tui.domain.possible import incapable
from tui.domain.task import IN_QUEUE, NOBODY_SENDS, Task, TaskStatus
from tui.domain.text import one_line
from tui.ui.commands.registry import CommandContext
from tui.ui.dashboard.task_list import GROUP, TaskList

if TYPE_CHECKING:
    from tui.engine.api import ProviderState
    from tui.ui.shell.shell import Shell


def is_filling(app: "Shell", model: TaskList) -> bool:
    """Whether the first rows are still loading, from the archive or from an account that has not answered yet."""
    states = app.providers().values()
    asking = not states or any(state.link is ConnectionState.STARTING for state in states)
    return app.loading or asking or not model.rows


def context_of(model: TaskList, selected: str | None, providers: "Mapping[str, ProviderState]") -> CommandContext:
    """Return the command context while the cursor is on row `selected`: a task id, a group, or None (empty list)."""
    row = selected or ""
    task = model.tasks.get(row)
    group = tuple(model.tasks[task_id] for task_id in model.members(row))
    about = task or next(iter(group), None)
    account = providers.get(about.account_key) if about else None
    ready = [state.info for state in providers.values() if state.link is not ConnectionState.NO_KEY]
    return CommandContext(
        task=task,
        provider=account.info if account else None,
        tasks=model.row_count,
        marked=len(model.marked_tasks()),
        filtered=bool(model.filter),
        grouped=row.startswith(GROUP) or (task is not None and model.group_of(task.id) is not None),
        group=group,
        providers=len(ready),
        keyless=account is not None and bool(account.sender),
        batches=sum(Capability.BATCH in info.capabilities for info in ready),
    )


def not_answered_here(task: Task, providers: "Mapping[str, ProviderState]") -> str:
    """Return why a task that waits cannot be answered from here; "" where it can, and of any other task."""
    state = providers.get(task.account_key) if task.status is TaskStatus.WAITING else None
    return one_line(incapable(Capability.RESPOND, state.info) or "") if state is not None else ""


def kept_there(task: Task, providers: "Mapping[str, ProviderState]") -> timedelta | None:
    """Return how long its provider keeps a task; None if that is not known."""
    state = providers.get(task.account_key)
    return state.info.retention.keeps if state and state.info.retention else None


def queue_text(task: Task, providers: "Mapping[str, ProviderState]") -> str:
    """Return the state of a task in the queue of a shared archive, in words; "" for any other task."""
    if not task.waits_in_queue:
        return ""
    state = providers.get(task.account_key)
    if state is None or state.link is ConnectionState.NO_KEY:
        return f"queued; nobody who has the key is there now: {NOBODY_SENDS}; x takes it back"
    if not state.sender:
        return "queued; it is sent from here in a moment"
    return f"none yet: {IN_QUEUE}; {one_line(state.sender.partition(' (')[0])} sends it; x takes it back"
