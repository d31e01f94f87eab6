"""The task filter on tasks in memory, while it is typed; and the fuzzy matcher of all other lists."""

import operator
import re
from collections.abc import Callable, Collection, Mapping

from tui.domain.account import account_matches
from tui.domain.annotations import Annotations, is_unread
from tui.domain.frozen import frozen
from tui.domain.task import Task
from tui.domain.task_filter import FilterTerm, parse
from tui.ui.text.formatting import provider_word, status_word

Lookup = Callable[[FilterTerm], Collection[str]]
"""Ids of the tasks for which a term holds that only the archive knows."""
_ONLY_THERE = {"host", "cites", "by", "text"}

_IS: Mapping[str, Callable[[Task, Annotations], bool]] = {
    "unread": is_unread,
    "read": lambda task, added: task.has_report and added.read,
    "pinned": lambda task, added: added.pinned,
    "hidden": lambda task, added: added.hidden,
    "noted": lambda task, added: bool(added.note),
    "deleted": lambda task, added: False,  # what is deleted is in no list
}
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def holds(condition: FilterTerm, task: Task, added: Annotations) -> bool:
    """Whether a filter term holds for a task, by what is known without the archive."""
    value = condition.values[0]
    if condition.name == "status":
        return task.status.value in condition.values
    if condition.name == "is":
        return any(_IS[state](task, added) for state in condition.values)
    if condition.name in {"before", "after"}:
        if task.created_at is None or condition.moment is None:
            return False
        return (task.created_at < condition.moment) == (condition.name == "before")
    if condition.name == "cost":
        amount = task.cost.amount
        known = amount is not None and task.cost.unit == condition.unit
        return known and _COMPARED[condition.operator](amount or 0.0, float(value))
    if condition.name == "provider":
        begun = condition.prefix and task.account_key.lower().startswith(value)
        return begun or account_matches(value, task.provider, task.account)
    texts = added.tags if condition.name == "tag" else (task.mode or "",)
    return any(text.lower().startswith(value) if condition.prefix else text.lower() == value for text in texts)


def haystack(task: Task, added: Annotations) -> str:
    """Return the text of a task in which the words of a filter are looked for."""
    words = (
        task.title,
        task.provider,
        task.account_title,
        status_word(task),
        provider_word(task),
        task.mode,
        task.remote_id,
    )
    mine = (added.note, *(f"#{tag}" for tag in added.tags))
    return " ".join(word for word in (*words, task.error, *mine) if word).casefold()


def matcher(text: str) -> Callable[[str], bool]:
    """Return a test of a haystack: the letters of every word occur in order, at most three skipped between two."""
    patterns = [
        re.compile(r"\w{0,3}?".join(re.escape(letter) for letter in word)).search for word in text.casefold().split()
    ]
    return lambda hay: all(search(hay) for search in patterns)


@frozen
class CompiledFilter:
    """A parsed filter of the task list."""

    words: Callable[[str], bool]
    phrases: tuple[str, ...]
    conditions: tuple[FilterTerm, ...]
    among: Collection[str] | None  # the tasks for which the terms hold that only the archive knows; None: all
    hidden: bool  # hidden tasks are asked for

    @classmethod
    def of(cls, text: str, lookup: Lookup | None = None) -> "CompiledFilter":
        """Parse `text`, which may be incomplete while it is typed.

        Raises:
            UsageError: a term that cannot be.
        """
        asked = parse(text, typing=True)
        known = tuple(one for one in asked.conditions if one.name not in _ONLY_THERE)
        looked_up = [set(lookup(one)) for one in asked.conditions if one not in known] if lookup else []
        among = set.intersection(*looked_up) if looked_up else None
        single = " ".join(term for term in asked.terms if " " not in term)
        phrases = tuple(term.casefold() for term in asked.terms if " " in term)
        return cls(matcher(single), phrases, known, among, asked.asks_for("hidden"))

    def keeps(self, task: Task, added: Annotations, hay: Callable[[], str]) -> bool:
        """Whether a task matches; `hay` makes its haystack, only if words are looked for."""
        if self.among is not None and task.id not in self.among:
            return False
        if not all(holds(one, task, added) for one in self.conditions):
            return False
        text = hay()
        return self.words(text) and all(phrase in text for phrase in self.phrases)
