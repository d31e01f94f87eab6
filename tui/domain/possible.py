"""Which actions a task allows in its present state, and the reason for those it does not."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.task import Task, TaskStatus

if TYPE_CHECKING:  # the first paint does without it
    from tui.domain.provider import ProviderInfo


def under_way(task: Task) -> bool:
    """Whether the task is unfinished at its provider."""
    return not task.status.is_final and task.remote_id is not None


def is_taken_back(action: Capability, task: Task) -> bool:
    """Whether cancelling only takes a queued task back, for which no provider is needed."""
    return action is Capability.CANCEL and task.waits_in_queue


def why_not(action: Capability, task: Task, info: "ProviderInfo | None") -> str | None:
    """Return why `action` cannot be carried out on `task` now, for display; None if it can be tried."""
    if is_taken_back(action, task):
        return None
    if task.is_file:
        return "it is a file that was imported: there is no provider to ask"
    return incapable(action, info) or wrong_state(action, task, info)


def incapable(action: Capability, info: "ProviderInfo | None") -> str | None:
    """Return why a provider does not support `action` at all; None if it does."""
    if info is None:
        return "this task's provider is not set up here"
    if action in info.capabilities:
        return None
    return info.missing.get(action) or f"{info.title} cannot {action.value} a task"


def wrong_state(action: Capability, task: Task, info: "ProviderInfo | None" = None) -> str | None:
    """Return why `action` is not possible in the state of `task`; None if it is."""
    fits, reason = _STATES.get(action, (_always, ""))
    if fits(task) and action in {Capability.CANCEL, Capability.STOP} and _has_ended_there(task, info):
        return "it has ended there and only waits for your answer: nothing runs that could be stopped"
    return None if fits(task) else reason


def _has_ended_there(task: Task, info: "ProviderInfo | None") -> bool:
    """Whether a waiting task has ended at its provider, so that its answer starts a further one."""
    words = info.ended_words if info is not None and task.status is TaskStatus.WAITING else ()
    return task.provider_status.casefold() in words


def _always(_task: Task) -> bool:
    return True


def _is_done(task: Task) -> bool:
    return task.status is TaskStatus.DONE


_STATES: Mapping[Capability, tuple[Callable[[Task], bool], str]] = {
    Capability.CANCEL: (under_way, "the task has already ended"),
    Capability.STOP: (under_way, "the task has already ended"),
    Capability.STEER: (under_way, "only a task under way can be given further instructions"),
    Capability.DELETE: (lambda task: task.status.is_final, "cancel it first: it is still under way"),
    Capability.RESPOND: (lambda task: task.status is TaskStatus.WAITING, "the task is not waiting for an answer"),
    Capability.EDIT: (_is_done, "only a finished report can be edited"),
    Capability.FOLLOW: (lambda task: task.has_report and task.remote_id is not None, "this task has no report yet"),
    Capability.SHARE: (_is_done, "only a finished task can be shared"),
    Capability.ASSETS: (lambda task: task.status.is_final, "files come when the task has ended"),
}
