"""The objects of Tavily's research: every member optional, every value lenient, unknown members kept."""

from typing import Annotated

from tui.providers.sdk.json import Amount, Body, Clean, OpenBody, Raw, Text, Time, Url, many, one


class TavilySource(OpenBody):
    """A page; no id and no quote."""

    url: Url = None
    title: Text = None


class TavilyUsage(OpenBody):
    """The billed credits; only with `include_usage`."""

    credits: Amount = None


class TavilyTask(Body):
    """The response to a create and a get; before the end hardly more than the status."""

    request_id: Raw = None
    created_at: Time = None
    status: Raw = None
    content: Raw = None  # markdown, or an object where a schema was sent
    sources: Annotated[tuple[TavilySource, ...], many(TavilySource, text_as="url", holes=True)] = ()
    response_time: Amount = None
    usage: Annotated[TavilyUsage | None, one(TavilyUsage)] = None
    error: Raw = None
    message: Raw = None
    input: Text = None
    model: Text = None


class AllowanceBody(OpenBody):
    """Credits of a key or account; figures may be texts ("1,000"); a null limit is unlimited."""

    usage: Clean = None
    limit: Clean = None
    current_plan: Text = None
    plan_usage: Clean = None
    plan_limit: Clean = None
    paygo_usage: Clean = None
    paygo_limit: Clean = None


class AccountBody(Body):
    """The usage response."""

    key: Annotated[AllowanceBody | None, one(AllowanceBody)] = None
    account: Annotated[AllowanceBody | None, one(AllowanceBody)] = None
