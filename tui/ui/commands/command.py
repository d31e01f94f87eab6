"""What a command is, which method carries it out, when it is possible, and the predicates that decide so."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tui.domain.capability import Capability
from tui.domain.possible import incapable, is_taken_back, wrong_state
from tui.domain.task import Task

if TYPE_CHECKING:
    from tui.domain.provider import ProviderInfo


class CommandContext(NamedTuple):
    """The state of a screen that predicates look at; the defaults describe an empty screen."""

    task: Task | None = None  # the selected one
    provider: "ProviderInfo | None" = None  # of the selected task
    tasks: int = 0  # rows that could be selected
    marked: int = 0
    filtered: bool = False
    grouped: bool = False  # the selected row can be folded or unfolded
    group: tuple[Task, ...] = ()  # the tasks of the selected group row
    remote: bool = False  # an older version at the provider is selected
    providers: int = 0  # accounts that can start a task
    batches: int = 0  # accounts that can start a batch
    keyless: bool = False  # another process polls the selected task's account; this one has no key
    citations: int = 0
    sources: int = 0
    verdicts: bool = False  # a plan or outline is approved or changed
    several: bool = False  # more than one line can be taken
    waiting: int = 0  # other tasks that wait for an answer
    hits: int = 0  # of a live search
    headings: int = 0
    url: bool = False  # something under the cursor has an address
    back: bool = False
    forward: bool = False


Predicate = Callable[[CommandContext], str | None]
Method = TypeVar("Method", bound=Callable[..., object])
_HANDLED = "_handled"  # the attribute of a function that names its commands


def handles(command_id: str, *arguments: object) -> Callable[[Method], Method]:
    """Mark a method as what carries out a command, called with `arguments`, on the UI thread; it may be a coroutine.

    A method of a subclass that overrides it carries the command out in its place.
    """

    def mark(method: Method) -> Method:
        vars(method).setdefault(_HANDLED, {})[command_id] = arguments
        return method

    return mark


@cache
def handled_by(kind: type) -> Mapping[str, tuple[str, tuple[object, ...]]]:
    """Return the methods of a class that carry out commands, by command id: name and arguments."""
    return {
        command_id: (name, arguments)
        for base in reversed(kind.__mro__)
        for name, method in vars(base).items()
        if isinstance(method, FunctionType)
        for command_id, arguments in vars(method).get(_HANDLED, {}).items()
    }


def handler(command_id: str, owners: Iterable[object]) -> Callable[..., object]:
    """Return the function that carries out a command: that of the first of `owners` which has one."""
    for owner in owners:
        kind: type = type(owner)
        if found := handled_by(kind).get(command_id):
            return partial(getattr(owner, found[0]), *found[1])
    raise KeyError(command_id)


class Command(NamedTuple):
    """Something a person can do with a key.

    Attributes:
        id: Stable name, "context.verb": what a user's keymap and the palette refer to.
        bound: Its default keys, human spelling, with blanks between: "?", "G", "ctrl+p", "enter down".
        label: One or two words for the footer.
        help: One sentence for help, palette and README.
        when: None if possible now, else the reason why not, in words for a person.
        footer: Rank in the footer (1 first); None keeps it out.
        takes_key: Its function gets the pressed key as its argument.
        typing: Its keys that are not printable also work while text is typed into a field.
    """

    id: str
    bound: str
    label: str
    help: str
    when: Predicate | None = None
    footer: int | None = None
    takes_key: bool = False
    typing: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Its default keys."""
        return tuple(self.bound.split())

    @property
    def context(self) -> str:
        """The group of commands this one belongs to, e.g. "reader"."""
        return self.id.partition(".")[0]

    def why_not(self, now: CommandContext) -> str | None:
        """Return why the command cannot be carried out now; None if it can."""
        return self.when(now) if self.when else None


class Argument(NamedTuple):
    """What may stand behind a word in the palette: `theme light`, `sort cost`.

    Attributes:
        help: What it does, in a few words; the value is put behind them.
        values: What may stand there; empty: any text.
        take: Carries it out with a value.
        preview: Shows what a value would look like while it is highlighted; with "" all is as before.
    """

    help: str
    values: tuple[str, ...]
    take: Callable[[str], None]
    preview: Callable[[str], None] | None = None


def some(count: str, reason: str) -> Predicate:
    """Return a predicate: the field `count` of the context is not zero, else `reason`."""
    return lambda now: None if getattr(now, count) else reason


def capable(capability: Capability) -> Predicate:
    """Return a predicate: the selected task's provider can do this, else its own reason why not."""

    def predicate(now: CommandContext) -> str | None:
        if not now.task:
            return "no task is selected"
        return incapable(capability, now.provider)

    return predicate


def while_state(capability: Capability, *, with_key: bool = True) -> Predicate:
    """Return a predicate: the provider can do this and the task is in a state that wants it, else the reason.

    `with_key` is False for what a process that has the key does for others.
    """
    able = capable(capability)

    def predicate(now: CommandContext) -> str | None:
        if now.task is None or is_taken_back(capability, now.task):
            return able(now) if now.task is None else None
        return able(now) or wrong_state(capability, now.task, now.provider) or (without_key(now) if with_key else None)

    return predicate


def without_key(now: CommandContext) -> str | None:
    """Return why nothing can be done at the provider from here: another process has the key. None if it can."""
    account = now.task.account_title if now.task else ""
    return f"this needs the key of {account}, which is not on this machine" if now.keyless else None
