"""The objects of Exa's Agent API: every member optional, every value lenient, unknown members kept."""

from typing import Annotated

from tui.providers.sdk.json import Amount, Body, Clean, Exact, Flag, OpenBody, Raw, Text, Time, Url, many, one


class RequestBody(OpenBody):
    """The request, as the service repeats it."""

    query: Text = None
    effort: Text = None
    systemPrompt: Text = None
    previousRunId: Text = None
    budget: Clean = None


class ExaCitation(OpenBody):
    """A page that supports a field."""

    url: Url = None
    title: Text = None


class ExaGrounding(OpenBody):
    """The sources of one field: `structured.companies[0].name`, or the text."""

    field: Text = None
    citations: Annotated[tuple[ExaCitation, ...], many(ExaCitation, text_as="url")] = ()
    confidence: Clean = None  # low, medium, high
    score: Amount = None  # 0 to 1, in fixtures of the SDK


class ExaOutput(Body):
    """The result; never null: while a run goes on it is there and empty."""

    text: Exact = None
    structured: Clean = None
    grounding: Annotated[tuple[ExaGrounding, ...], many(ExaGrounding)] = ()


class ExaUsage(OpenBody):
    """Usage; zeros until the end."""

    agentComputeUnits: Amount = None
    searches: Amount = None
    emails: Amount = None
    phoneNumbers: Amount = None
    dataSources: Clean = None


class ExaCost(OpenBody):
    """The billed amount in dollars; zeros until the end."""

    total: Amount = None
    agentCompute: Amount = None
    search: Amount = None
    emails: Amount = None
    phoneNumbers: Amount = None
    dataSources: Clean = None


class ExaRun(Body):
    """A run: the response of create, get, cancel and stop, and the entry of a list."""

    id: Raw = None
    object: Text = None
    status: Raw = None
    stopReason: Text = None
    createdAt: Time = None
    completedAt: Time = None
    request: Annotated[RequestBody | None, one(RequestBody)] = None
    output: Annotated[ExaOutput | None, one(ExaOutput)] = None
    usage: Annotated[ExaUsage | None, one(ExaUsage)] = None
    costDollars: Annotated[ExaCost | None, one(ExaCost)] = None
    error: Raw = None
    warnings: Raw = None
    requestId: Text = None


class EventBody(Body):
    """A stored event; `data` is an object, and JSON in a text in one third-party reader."""

    id: Raw = None
    event: Text = None
    data: Raw = None
    createdAt: Time = None


class EventPageBody(Body):
    """A page of stored events."""

    object: Text = None
    data: Annotated[tuple[EventBody, ...], many(EventBody)] = ()
    hasMore: Flag = None
    nextCursor: Text = None
