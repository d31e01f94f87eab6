"""The time left to answer a checkpoint, and what happens without an answer; pure."""

from datetime import datetime

from tui.domain.detail import Interaction
from tui.domain.times import elapsed


def time_left(deadline: datetime | None, now: datetime, *, held: bool) -> str:
    """Return "3:33 left", "on hold" of a task that is `held`, or what else is known of the deadline."""
    if deadline is not None and deadline > now:
        return f"{elapsed((deadline - now).total_seconds())} left"
    return "on hold" if held else "no deadline" if deadline is None else "deadline passed"


def consequence(asked: Interaction, now: datetime, provider: str) -> str:
    """Return what happens if nobody answers, as far as the provider documents it."""
    if asked.held:
        return "The task is on hold and waits until you answer."
    if asked.deadline is None:
        return f"{provider} gave no deadline; the task waits for your answer."
    if asked.deadline <= now:
        ago = elapsed((now - asked.deadline).total_seconds())
        return f"The deadline passed {ago} ago; an answer may come too late."
    left = elapsed((asked.deadline - now).total_seconds())
    return f"In {left} {provider} goes on without you, or puts the task on hold."
