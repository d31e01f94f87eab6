"""The objects of Tavily's research: every member optional, every value lenient, unknown members kept."""

from typing import Annotated, ClassVar

from tui.providers.sdk.json import Amount, Body, Clean, Raw, Text, Time, Url, many, one


class TavilySource(Body):
    """A page; no id and no quote."""

    keeps_own: ClassVar[bool] = True
    url: Url = None
    title: Text = None


class TavilyUsage(Body):
    """What was billed; only with `include_usage`."""

    keeps_own: ClassVar[bool] = True
    credits: Amount = None


class TavilyTask(Body):
    """The answer to a create and to a get; while a task goes on there is hardly more than the status."""

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


class AllowanceBody(Body):
    """Credits of a key or of the account; figures may be texts ("1,000"), a limit of null is none."""

    keeps_own: ClassVar[bool] = True
    usage: Clean = None
    limit: Clean = None
    current_plan: Text = None
    plan_usage: Clean = None
    plan_limit: Clean = None
    paygo_usage: Clean = None
    paygo_limit: Clean = None


class AccountBody(Body):
    """The usage answer."""

    key: Annotated[AllowanceBody | None, one(AllowanceBody)] = None
    account: Annotated[AllowanceBody | None, one(AllowanceBody)] = None
