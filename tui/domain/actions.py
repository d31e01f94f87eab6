"""Actions on a task at its provider and their outcomes: the only vocabulary for them above the provider seam.

An action says what is wanted, in our terms. How a service spells it, and whether it can at all, is the provider's
business (`tui.providers`); `capability_of` names what the service must be able to do.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.frozen import frozen
from tui.domain.task import Cost, Task, TaskStatus

if TYPE_CHECKING:
    from tui.domain.detail import Interaction, Json


@frozen
class Action:
    """Base of all actions."""


@frozen
class Cancel(Action):
    """End the task; what was found so far may be lost at the provider."""


@frozen
class Stop(Action):
    """End the task early and keep what was found: the task finishes with a partial report."""


@frozen
class Delete(Action):
    """Delete the task at the provider."""


@frozen
class Steer(Action):
    """Give a running task a further instruction."""

    instruction: str


@frozen
class Respond(Action):
    """Answer the questions of a checkpoint: (question, answer) in the order asked."""

    interaction_id: str
    answers: tuple[tuple[str, str], ...]


@frozen
class Approve(Action):
    """Approve what a checkpoint shows (a plan, an outline, the use of a tool), or ask for changes, or refuse."""

    interaction_id: str
    approved: bool
    changes: str = ""


@frozen
class Select(Action):
    """Keep some of the things a checkpoint lists, leave others out; what is in neither is left to the provider."""

    interaction_id: str
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@frozen
class RespondJson(Action):
    """Answer a checkpoint of an unknown kind with JSON in the provider's own terms."""

    interaction_id: str
    value: "Json"


@frozen
class Share(Action):
    """Make the report public or private again."""

    public: bool


@frozen
class Edit(Action):
    """Have the report edited; the version before stays. `confirmation` makes a repetition harmless where supported."""

    instruction: str
    section: str | None = None
    base_version: int | None = None
    confirmation: str | None = None


@frozen
class EditProgress(Action):
    """Read the progress of an edit."""

    edit_id: str


@frozen
class ListVersions(Action):
    """List the versions of the report at the provider."""


@frozen
class ReadVersion(Action):
    """Read one version of the report; its response is a task."""

    number: int


@frozen
class Restore(Action):
    """Make an old version of the report the latest one."""

    number: int


@frozen
class FollowUp(Action):
    """Start a task that continues this one; the outcome names it as successor."""

    prompt: str
    mode: str | None = None
    options: "Mapping[str, Json]" = field(default_factory=dict)


@frozen
class OpenBatch(Action):
    """Create an empty batch for tasks of one mode."""

    name: str = ""
    mode: str | None = None


@frozen
class AddToBatch(Action):
    """Start tasks in a batch: (our id, prompt) each, in the batch's mode. Carried out on the batch's id."""

    tasks: tuple[tuple[str, str], ...]
    mode: str | None = None


@frozen
class CancelBatch(Action):
    """End every unfinished task of a batch. Carried out on the batch's id."""


@frozen
class ReadBatch(Action):
    """Read the state of a batch. Carried out on the batch's id."""


@frozen
class ListBatches(Action):
    """List every batch of the account. Carried out on no id."""


_CAPABILITIES: Mapping[type[Action], Capability] = {
    Cancel: Capability.CANCEL,
    Stop: Capability.STOP,
    Delete: Capability.DELETE,
    Steer: Capability.STEER,
    Respond: Capability.RESPOND,
    Approve: Capability.RESPOND,
    Select: Capability.RESPOND,
    RespondJson: Capability.RESPOND,
    Share: Capability.SHARE,
    Edit: Capability.EDIT,
    EditProgress: Capability.EDIT,
    ListVersions: Capability.VERSIONS,
    ReadVersion: Capability.VERSIONS,
    Restore: Capability.VERSIONS,
    FollowUp: Capability.FOLLOW,
    OpenBatch: Capability.BATCH,
    AddToBatch: Capability.BATCH,
    CancelBatch: Capability.BATCH,
    ReadBatch: Capability.BATCH,
    ListBatches: Capability.BATCH,
}
READING_ACTIONS = frozenset({EditProgress, ListBatches, ListVersions, ReadBatch, ReadVersion})
"""Actions that only ask: they change nothing at the provider."""
BATCH_ACTIONS = frozenset({OpenBatch, AddToBatch, CancelBatch, ListBatches, ReadBatch})
"""Actions on a batch: they are carried out on the provider's batch id, not on a task's."""


def capability_of(action: Action | type[Action]) -> Capability:
    """Return the capability that a provider needs for `action`."""
    return _CAPABILITIES[action if isinstance(action, type) else type(action)]


def answer_of(asked: "Interaction", value: "Json") -> Action:
    """Return the action of a checkpoint's answer in JSON; the JSON is the same for every provider.

    `{"answers": [{"question", "answer"}]}`, `{"approved", "modifications"}`, `{"included_domains",
    "excluded_domains"}`, as the checkpoint wants it; anything else goes to the provider as it is.
    """
    from tui.domain.detail import Reply

    given = value if isinstance(value, Mapping) else {}
    answers, approved = given.get("answers"), given.get("approved")
    if asked.reply is Reply.ANSWERS and isinstance(answers, list | tuple):
        pairs = tuple((one.get("question"), one.get("answer")) for one in answers if isinstance(one, Mapping))
        if len(pairs) == len(answers) and all(isinstance(a, str) and isinstance(b, str) for a, b in pairs):
            return Respond(asked.id, tuple((str(question), str(answer)) for question, answer in pairs))
    if asked.reply is Reply.APPROVAL and isinstance(approved, bool) and given.keys() <= {"approved", "modifications"}:
        changes = given.get("modifications")
        return Approve(asked.id, approved, changes if isinstance(changes, str) else "")
    if asked.reply is Reply.SELECTION and given and given.keys() <= {"included_domains", "excluded_domains"}:
        included, excluded = (given.get(name, ()) for name in ("included_domains", "excluded_domains"))
        if isinstance(included, list | tuple) and isinstance(excluded, list | tuple):
            return Select(asked.id, tuple(map(str, included)), tuple(map(str, excluded)))
    return RespondJson(asked.id, value)


@frozen
class Outcome:
    """The result of an action: one line for the user; `status` if the response tells the task's new one.

    `successor` is set where the task goes on as another one (a follow-up, an answered question, an approved plan): a
    new id at the provider, whose `parent_id` is the task acted upon.
    """

    message: str
    status: TaskStatus | None = None
    successor: Task | None = None


@frozen
class Shared(Outcome):
    """The report is public (`web_url` is its address, where the provider has one) or private again."""

    public: bool | None = None
    web_url: str | None = None


@frozen
class Pending(Outcome):
    """The action is in progress: carry out `ask` after `after` seconds to learn its state."""

    ask: Action = field(default_factory=ListVersions)
    after: float = 3.0


@frozen
class RemoteVersion:
    """One version of a report at the provider."""

    number: int
    at: datetime | None = None
    about: str = ""
    newest: bool = False


@frozen
class Versions(Outcome):
    """The versions the provider keeps, newest first."""

    versions: tuple[RemoteVersion, ...] = ()


@frozen
class Batch:
    """A batch as its provider reports it; `counts` under the provider's own names ("total", "completed", ...)."""

    id: str
    name: str = ""
    status: str = ""  # the provider's own word
    mode: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    cost: Cost = Cost()
    created_at: datetime | None = None


@frozen
class BatchOutcome(Outcome):
    """The result of a batch action: the batch's id and tasks; `Task.id` is the id under which each was added.

    `batches` is what the provider tells of the batch itself, or of all batches where they were asked for.
    """

    batch_id: str | None = None
    tasks: tuple[Task, ...] = ()
    batches: tuple[Batch, ...] = ()
