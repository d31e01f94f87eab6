"""The detail of a task: everything its provider sent about it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from tui.domain.anchors import Anchored, Part
from tui.domain.annotations import NOBODY, People
from tui.domain.frozen import frozen
from tui.domain.task import Task

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class ReportFormat(StrEnum):
    """The markup of a report's text."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"  # structured output: `Report.text` is the JSON, indented
    TEXT = "text"
    RST = "rst"  # reStructuredText
    LATEX = "latex"
    WIKITEXT = "wikitext"  # MediaWiki
    ASCIIDOC = "asciidoc"
    ORG = "org"


class Numbering(StrEnum):
    """How bracketed numbers in a report relate to the provider's own source list."""

    BY_ID = "by_id"  # the number is `Source.id` (Extruct, Valyu): the provider's list beats lists in the text
    BY_URL = "by_url"  # markers carry URLs (Yutori): sources are joined by URL
    NONE = "none"  # the provider's list says nothing about the markers


@frozen
class Source:
    """One entry of a provider's source list; never merged with another, whatever its URL."""

    id: str
    url: str | None = None  # verbatim, judged by `tui.domain.url` before anything happens with it
    title: str | None = None
    snippet: str | None = None
    fragment: str | None = None  # "#:~:text=..." that makes `url` a deep link
    facts: tuple[tuple[str, str], ...] = ()  # every other member received, as (label, text), in order
    cited: bool = True  # False: the service read it ("consulted") and does not say that the report rests on it
    final_url: str | None = None  # where `url` leads, if `url` is a redirector and the service tells
    excerpts: tuple[str, ...] = ()  # further quotes beside `snippet`


@frozen
class Report:
    """The text of a report exactly as received, and what is needed to parse it."""

    text: str
    format: ReportFormat
    numbering: Numbering = Numbering.NONE
    sources: tuple[Source, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # JSON path -> source ids
    partial: bool = False
    anchored: tuple[Anchored, ...] = ()  # citations that came beside the text, in the order received
    parts: tuple[Part, ...] = ()  # the pieces that spans count in; none: the whole text is one
    dialect: bool = False  # markdown that a person may have written or saved, with what other programs add to it


@frozen
class Update:
    """An intermediate result that a provider published while the task ran."""

    id: str
    at: datetime | None
    text: str
    format: ReportFormat = ReportFormat.TEXT
    sources: tuple[Source, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    structured: Json = None


@frozen
class Step:
    """One entry of a task's trace: a message, a call or its result."""

    role: str
    kind: str  # text, reasoning, call, result, or the provider's own word
    text: str
    tool: str | None = None
    data: Json = None


class Reply(StrEnum):
    """The kind of answer a checkpoint takes; decides the form that is shown and the action that is sent."""

    ANSWERS = "answers"  # `Interaction.questions`, each with a text: `Respond`
    APPROVAL = "approval"  # approve `Interaction.text`, or say what to change: `Approve`
    SELECTION = "selection"  # keep or drop `Interaction.choices`: `Select`
    JSON = "json"  # an unknown kind, answered in the provider's own terms: `RespondJson`


TOOL_USE = "tool_use"
"""The kind of a question whether a tool may be used: it is allowed or refused, not changed."""


@frozen
class Interaction:
    """A checkpoint: a question on which the task waits, or one that was answered."""

    id: str
    kind: str  # the service's own word for what is asked ("plan_review", "function_call"), or TOOL_USE
    data: Json
    created_at: datetime | None = None
    deadline: datetime | None = None
    expected: Json = None
    answered_at: datetime | None = None
    auto_continued: bool | None = None
    response: Json = None
    reply: Reply = Reply.JSON
    title: str = ""  # one line for the head of the form; empty: made of `kind`
    text: str = ""  # what is to be read before answering
    questions: tuple[tuple[str, str], ...] = ()  # (question, hint)
    choices: tuple[tuple[str, str], ...] = ()  # (name, what is known about it)
    held: bool = False  # the task waits for the answer however long it takes


@frozen
class Series:
    """One data series of a chart: points as (x label, y); None where a point has no usable number."""

    name: str
    points: tuple[tuple[str, float | None], ...]


@frozen
class Image:
    """A picture of a report; charts carry their data, so that a terminal can draw them."""

    id: str
    kind: str
    title: str
    url: str | None = None  # may hold a token: a secret, never shown or logged in full
    chart: str | None = None
    x_label: str = ""
    y_label: str = ""
    series: tuple[Series, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    data: bytes | None = None  # the picture itself, where the answer carries it instead of an address
    media_type: str = ""  # of `data`: "image/png"


@frozen
class Deliverable:
    """A file that the task made besides the report."""

    id: str
    kind: str
    title: str
    status: str
    url: str | None = None  # may hold a token: a secret
    error: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


@frozen
class Detail:
    """A task with everything received about it.

    `facts` are labelled values that need no place of their own; `extra` holds members no contract knows, as received;
    `problems` says, one line each, what could not be understood. Nothing received is in none of these places.
    """

    task: Task
    report: Report | None = None
    structured: Json = None
    updates: tuple[Update, ...] = ()
    trace: tuple[Step, ...] = ()
    interaction: Interaction | None = None
    answered: tuple[Interaction, ...] = ()
    images: tuple[Image, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    people: People = NOBODY  # who started it, and who added what; known here, not received
