"""What is typed to narrow a list: words in any order, and for tasks also `tag:`, `is:`, `provider:` and `status:`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.domain.annotations import Annotations, is_unread
from tui.domain.task import Task
from tui.ui.text.formatting import provider_word, status_word

_Test = Callable[[Task, Annotations, str], bool]


_IS: Mapping[str, Callable[[Task, Annotations], bool]] = {
    "unread": is_unread,
    "read": lambda task, added: task.has_report and added.read,
    "pinned": lambda task, added: added.pinned,
    "hidden": lambda task, added: added.hidden,
    "noted": lambda task, added: bool(added.note),
}


def _status(task: Task, added: Annotations, value: str) -> bool:
    words = (task.status.value, status_word(task), *(() if task.status.is_final else ("active",)))
    return any(word.startswith(value) for word in words)


_TESTS: Mapping[str, _Test] = {
    "tag": lambda task, added, value: any(tag.startswith(value.lstrip("#")) for tag in added.tags),
    "is": lambda task, added, value: (
        not value or any(test(task, added) for word, test in _IS.items() if word.startswith(value))
    ),
    "provider": lambda task, added, value: f"{task.provider}:{task.account}".startswith(value),
    "status": _status,
}


def haystack(task: Task, added: Annotations) -> str:
    """Return what the words of a filter are looked for in."""
    words = (task.title, task.provider, task.account, status_word(task), provider_word(task), task.mode, task.remote_id)
    mine = (added.note, *(f"#{tag}" for tag in added.tags))
    return " ".join(word for word in (*words, task.error, *mine) if word).casefold()


def matcher(text: str) -> Callable[[str], bool]:
    """Return a test of a haystack: the letters of every word occur in order, at most three skipped between two."""
    patterns = [
        re.compile(r"\w{0,3}?".join(re.escape(letter) for letter in word)).search for word in text.casefold().split()
    ]
    return lambda hay: all(search(hay) for search in patterns)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter of the task list, taken apart; the value of a condition may be the beginning of one, as it is typed."""

    words: Callable[[str], bool]
    conditions: tuple[tuple[_Test, str], ...]
    hidden: bool  # hidden tasks are asked for

    @classmethod
    def of(cls, text: str) -> "Narrowing":
        """Take `text` apart; `name:value` with a name that is no condition is an ordinary word."""
        words: list[str] = []
        conditions: list[tuple[_Test, str]] = []
        for word in text.casefold().split():
            name, colon, value = word.partition(":")
            if colon and name in _TESTS:
                conditions.append((_TESTS[name], value))
            else:
                words.append(word)
        return cls(matcher(" ".join(words)), tuple(conditions), "is:hidden" in text.casefold().split())

    def keeps(self, task: Task, added: Annotations, hay: Callable[[], str]) -> bool:
        """Whether a task stays listed; `hay` makes its haystack where that has to be looked at."""
        return all(test(task, added, value) for test, value in self.conditions) and self.words(hay())
