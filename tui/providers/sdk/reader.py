"""`JsonReader`: answers of a service -> domain values, but for the one hook that only the service can write.

What is the same for all is here once: decoding, identity, status words, pages, answers that are errors in disguise,
containers of several answers, and that nothing but `BadAnswer` is ever raised.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from tui.domain.actions import (
    BATCH_ACTIONS,
    Action,
    Approve,
    Cancel,
    Delete,
    Edit,
    FollowUp,
    ListVersions,
    Outcome,
    Respond,
    RespondJson,
    Select,
    Share,
    Steer,
    Stop,
)
from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer
from tui.domain.provider import AccountState, Draft
from tui.domain.task import Task, TaskStatus
from tui.domain.text import one_line
from tui.providers.http.explain import explain_value
from tui.providers.protocol import Page
from tui.providers.sdk.endpoints import WITH_RESULT, Paging
from tui.providers.sdk.exchanges import MAGIC, Received, unpack
from tui.providers.sdk.json import Body, Notes, decode, read
from tui.providers.sdk.outcomes import usual_outcome
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.reading import status_of, task_object, with_draft
from tui.providers.sdk.transcripts import Event, events_of, objects_of, whole_of

if TYPE_CHECKING:
    from tui.providers.sdk.spec import ProviderSpec

SURE = 1000
"""A saved answer with this much is the service's even without a report."""
ORDINARY = frozenset(
    "id task_id run_id created_at updated_at completed_at status success error message messages title query input "
    "output output_type output_schema output_formats structured_output result report sources citations mode model "
    "tools usage version metadata progress images cost public owner batch_id workflow webhook_url "
    "object request createdAt completedAt warnings type".split()
)
"""Members of task answers that say nothing about whose they are: many services have them."""
_NO_IDS = frozenset({"", "N/A"})
_DONE_WORDS: Mapping[type[Action], str] = {
    Cancel: "cancelled at {title}",
    Stop: "stopped at {title}; what was found is kept",
    Delete: "deleted at {title}",
    Steer: "instruction sent",
    Respond: "answer sent",
    Approve: "answer sent",
    Select: "answer sent",
    RespondJson: "answer sent",
    Share: "sharing changed",
    Edit: "edit asked for",
    FollowUp: "started at {title}",
    ListVersions: "versions read",
    **dict.fromkeys(BATCH_ACTIONS, "batch read"),
}
B = TypeVar("B", bound=Body)


class JsonReader(ABC, Generic[B]):
    """Reads the responses of one service; pure, and total but for `BadAnswer` (see `tui.providers.protocol.Reader`).

    A service says what its words mean and writes `read`; whatever else differs is a small method to override.

    Attributes:
        body: the model of the task object.
        statuses: the service's status words in lower case; a word that is not here is UNKNOWN and noted.
        id_members: members that may hold the id; the first is the usual one.
        created_id_members: the same for the answer to a create, where it differs.
        fewest_members: how many known members make an answer without an id one about the task asked for.
        created_without_id: statuses with which a create may be answered without an id: refused in a success answer,
            or finished at once.
        partial_when_failed: whether what a failed task wrote is a report that was cut short, so that it is PARTIAL.
        done_words: "what was done" per action, where the usual words are not true.
    """

    body: ClassVar[type[Body]]
    statuses: ClassVar[Mapping[str, TaskStatus]]
    id_members: ClassVar[tuple[str, ...]] = ("id",)
    created_id_members: ClassVar[tuple[str, ...]] = ()
    fewest_members: ClassVar[int] = 3
    created_without_id: ClassVar[frozenset[TaskStatus]] = frozenset()
    partial_when_failed: ClassVar[bool] = False
    done_words: ClassVar[Mapping[type[Action], str]] = {}

    def __init__(self, spec: "ProviderSpec") -> None:
        self.spec = spec

    @abstractmethod
    def read(self, body: B, context: ReadContext) -> TaskParts:
        """Return the parts of a task object. Every service implements it."""

    # -- small things a service may see differently -------------------------------------------------------------------

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the task object inside a response ({"run": ..., "output": ...})."""
        return value

    def status_word(self, value: Mapping[str, Any]) -> object:
        """Return the status word of a task object."""
        return value.get("status")

    def same_id(self, asked: str, received: str) -> bool:
        """Whether two ids are of one task."""
        return asked.casefold() == received.casefold()

    def outcome(self, action: Action, value: Mapping[str, Any], context: ReadContext) -> Outcome:
        """Return the outcome told by a non-empty response to an action.

        By default: edits, versions and batches in their usual shapes; a task with another id is the successor, one
        with the same id tells the new status.
        """
        words = self.done(action)
        usual = usual_outcome(action, value, words, lambda item: self.task_in(item, context), self.id_members[0])
        if usual is not None:
            return usual
        found = self._id_in(value, self.id_members)
        other = found is not None and (context.remote_id is None or not self.same_id(context.remote_id, found))
        if other and not isinstance(action, Cancel | Stop | Delete | Steer):
            task = replace(self.task_in(value, context), parent_id=context.remote_id)
            return Outcome(f"{words}; it goes on as {found}", successor=task)
        said = explain_value(value.get("message"))
        known = context.status is not TaskStatus.UNKNOWN
        return Outcome(f"{words} ({said})" if said else words, context.status if known else None)

    def read_account(self, body: bytes) -> AccountState:
        """Read the response of the account endpoint.

        Raises:
            BadAnswer: it says nothing about the account.
        """
        raise BadAnswer(f"{self.spec.title} tells nothing about the account")

    def is_complete(self, entry: Mapping[str, Any]) -> bool:
        """Whether a list entry is as complete as a status response; asked if `Paging.whole` is set."""
        return True

    def recognises(self, value: Mapping[str, Any]) -> int:
        """Return the confidence that a saved JSON object is a response of this service.

        0: it is not; below `SURE` only if it holds a report. An id and a status are not enough: a member must be
        there that only this service's tasks have, or nothing that its tasks never have.
        """
        value = self.task_of(value)
        if all(value.get(name) is None for name in self.id_members):
            return 0
        known = self.members | set(self.id_members)
        score = sum(name in known for name in value)
        if (known - ORDINARY) & value.keys():
            return SURE + score
        return score if value.keys() <= known else 0

    def of_stream(self, events: Sequence[Event]) -> Mapping[str, Any] | None:
        """Return the task object told by an event stream; None without one.

        By default the newest event that tells of a task and how it is.
        """
        return next((value for value in reversed(objects_of(events)) if self._tells(self.task_of(value))), None)

    # -- the same for all ---------------------------------------------------------------------------------------------

    @property
    def members(self) -> frozenset[str]:
        """Every member that a task object may have."""
        return frozenset(self.body.model_fields)

    def peek(self, body: bytes) -> TaskStatus:
        """Return the status in a status response without reading the rest; UNKNOWN if invalid. Never raises."""
        try:
            value = decode(body, Notes())
            word = self.status_word(self.task_of(value)) if isinstance(value, dict) else None
            return status_of(word, self.statuses, Notes())[0]
        except (BadAnswer, AttributeError, TypeError):
            return TaskStatus.UNKNOWN

    def read_task(self, body: bytes, *, remote_id: str | None, received_at: datetime, traced: bool = True) -> Detail:
        """Read a status response, or a container of several responses."""
        notes = Notes()
        more: tuple[Received, ...] = ()
        if body.startswith(MAGIC):
            first, *rest = unpack(body)
            body, more = first.body, tuple(rest)
        body = self._whole(body)
        known = self.members | {"run", "output"}
        value = (self._at_once(body) if remote_id is None else None) or task_object(
            body, self.id_members, known, notes, task_of=self.task_of, fewest=self.fewest_members
        )
        task = self.task_of(value)
        return self._detail(task, remote_id, received_at, notes, more=more, whole=value, traced=traced)

    def _whole(self, body: bytes) -> bytes:
        """Return the task object in an event stream; any other value unchanged."""
        events = events_of(body)
        return whole_of(self.of_stream(events), body) if events else body

    def _tells(self, task: Mapping[str, Any]) -> bool:
        return bool(self.status_word(task)) and self._id_in(task, self.id_members) is not None

    def _at_once(self, body: bytes) -> dict[str, Any] | None:
        """Return the stored response to a create without an id, which does not look like a status response."""
        if self.peek(body) not in self.created_without_id & WITH_RESULT:
            return None
        value = decode(body, Notes())
        return value if isinstance(value, dict) else None

    def read_page(self, body: bytes, *, received_at: datetime, cursor: str | None = None) -> Page:
        """Read a list response; broken entries are counted in `Page.problems`, others kept."""
        notes = Notes()
        paging = self.spec.endpoints.paging or Paging(100)
        answer = decode(body, notes)
        items = answer
        if isinstance(answer, dict):
            items = next((answer[name] for name in paging.items if isinstance(answer.get(name), list)), None)
        if not isinstance(items, list):
            raise BadAnswer("the answer is no list of tasks")
        details: dict[str, tuple[Detail, bool]] = {}
        for number, item in enumerate(items, 1):
            entry = item.get(paging.entry) if paging.entry and isinstance(item, dict) else item
            try:
                if not isinstance(entry, dict) or self._id_in(entry, self.id_members) is None:
                    raise BadAnswer("it is no task")
                complete = paging.whole and self.is_complete(entry)
                detail = self._detail(entry, None, received_at, Notes(), told=complete)
                whole = paging.whole and (detail.task.has_report or (complete and detail.task.error is not None))
            except BadAnswer as error:
                notes.problem(f"entry {number}: {error.message}")
            except Exception as error:  # noqa: BLE001 - whatever one entry does to its reader, its neighbours are read
                notes.problem(f"entry {number}: it could not be read ({type(error).__name__})")
            else:
                details.setdefault(str(detail.task.remote_id), (detail, whole))
        following = self._following(answer, len(items), cursor, paging)
        tasks = tuple(detail.task for detail, _ in details.values())
        return Page(
            tasks,
            following,
            tuple(detail for detail, whole in details.values() if whole),
            notes.problems,
            self.id_members[0],
        )

    def read_created(self, body: bytes, *, draft: Draft, received_at: datetime) -> Task:
        """Read the response to a create; the remote id is kept even if nothing else can be read."""
        notes = Notes()
        value = decode(self._whole(body), notes)
        if isinstance(value, dict):
            value = self.task_of(value)
            found = self._id_in(value, self.created_id_members or self.id_members)
            if found is not None:
                return with_draft(
                    self._detail({**value, self.id_members[0]: found}, None, received_at, notes).task, draft
                )
            without = {name: item for name, item in value.items() if name not in self.id_members}
            if status_of(self.status_word(without), self.statuses, Notes())[0] in self.created_without_id:
                return with_draft(self._detail(without, None, received_at, notes).task, draft)
        said = explain_value(value)
        raise BadAnswer(f"the answer names no task{': ' + said if said else ''}", outcome_unknown=True)

    def read_outcome(
        self, action: Action, body: bytes, *, received_at: datetime, remote_id: str | None = None
    ) -> Outcome:
        """Read the response to an action; an empty one means success."""
        if not body.strip():
            return Outcome(self.done(action))
        notes = Notes()
        try:
            value = decode(body, notes)
        except BadAnswer as error:
            error.outcome_unknown = True  # it was taken; only its answer cannot be read
            raise
        if isinstance(value, list):
            value = {"items": value}
        if not isinstance(value, dict):
            raise BadAnswer("the answer does not say what happened", outcome_unknown=True)
        if value.get("success") is False:
            raise BadAnswer(f"{self.spec.title} did not do it: {explain_value(value) or 'no reason given'}")
        status, word = status_of(self.status_word(value), self.statuses, Notes())
        context = ReadContext(status, word, remote_id, received_at, notes, value)
        outcome = self.outcome(action, value, context)
        return replace(outcome, message=one_line(outcome.message, 400))

    def done(self, action: Action) -> str:
        """Return the usual message for an action."""
        words = {**_DONE_WORDS, **self.done_words}.get(type(action), "done at {title}")
        return words.format(title=self.spec.title)

    def task_in(self, value: Mapping[str, Any], context: ReadContext) -> Task:
        """Read a task object inside another response (a batch, a successor)."""
        return self._detail(value, None, context.received_at, Notes(), told=False).task

    def _id_in(self, value: Mapping[str, Any], names: Sequence[str]) -> str | None:
        for name in names:
            found = value.get(name)
            if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip() not in _NO_IDS:
                return str(found)
        return None

    def _following(self, answer: object, count: int, cursor: str | None, paging: Paging) -> str | None:
        if paging.offset:
            before = int(cursor) if cursor and cursor.isdigit() else 0
            return str(before + count) if count >= paging.size else None
        if not paging.cursor_parameter or not isinstance(answer, dict) or (paging.more and not answer.get(paging.more)):
            return None
        found = next((answer[name] for name in paging.following if isinstance(answer.get(name), str)), None)
        return found if found and found != cursor else None

    def _identity(self, value: Mapping[str, Any], asked: str | None) -> str | None:
        """Return the id of the task a response is about; the requested id wins over its spelling there."""
        received = next((value[name] for name in self.id_members if value.get(name) is not None), None)
        if received is None:
            return asked
        if asked is None:
            return one_line(str(received), 200)
        if not self.same_id(asked, str(received)):
            raise BadAnswer("the answer is about another task")
        return asked

    def _detail(
        self,
        value: Mapping[str, Any],
        asked: str | None,
        received_at: datetime,
        notes: Notes,
        *,
        more: tuple[Received, ...] = (),
        whole: Mapping[str, Any] | None = None,
        told: bool = True,
        traced: bool = True,
    ) -> Detail:
        remote_id = self._identity(value, asked)
        body = read(self.body, value, notes)
        status, word = status_of(self.status_word(value), self.statuses, notes)
        value, traced = value if whole is None else whole, traced or status.is_final
        context = ReadContext(status, word, remote_id, received_at, notes, value, more, traced)
        parts = self.read(cast("B", body), context)
        meant, report = parts.status or status, parts.report
        if report is not None and (status is not TaskStatus.DONE or (meant.is_final and meant is not TaskStatus.DONE)):
            report = replace(report, partial=True)
        error = parts.error or (f"{self.spec.title} gave no reason" if told and meant is TaskStatus.FAILED else None)
        if meant is TaskStatus.FAILED and report is not None and self.partial_when_failed:
            meant = TaskStatus.PARTIAL
        parts.report, parts.error = report, error
        task = parts.task(self.spec, remote_id, meant, word)
        return Detail(
            task,
            report=report,
            structured=parts.structured,
            updates=parts.updates,
            trace=parts.trace,
            interaction=parts.interaction,
            answered=parts.answered,
            images=parts.images,
            deliverables=parts.deliverables,
            facts=parts.facts,
            extra=notes.extra,
            problems=notes.problems,
        )
