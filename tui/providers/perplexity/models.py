"""The JSON objects of Perplexity's API as lenient models."""

from typing import Annotated, ClassVar

from tui.providers.sdk.json import Amount, Body, Clean, Count, Flag, Ident, Raw, Text, Time, Url, one


class PerplexityResult(Body):
    """A result of a search; `[n]` in the text names its id."""

    keeps_own: ClassVar[bool] = True
    id: Ident = None
    url: Url = None
    title: Text = None
    snippet: Text = None


class PageBody(Body):
    """A page that was read; it has no number."""

    keeps_own: ClassVar[bool] = True
    url: Url = None
    title: Text = None
    snippet: Text = None


class PictureBody(Body):
    """A picture that was found."""

    keeps_own: ClassVar[bool] = True
    image_url: Url = None
    origin_url: Url = None
    title: Text = None


class AnnotationBody(Body):
    """A citation by offsets; every member may be missing."""

    keeps_own: ClassVar[bool] = True
    url: Url = None
    title: Text = None
    start_index: Count = None
    end_index: Count = None


class PerplexityCost(Body):
    """What it cost, in parts that add up."""

    keeps_own: ClassVar[bool] = True
    currency: Text = None
    total_cost: Amount = None


class PerplexityUsage(Body):
    """Tokens and tool calls; only at the end."""

    keeps_own: ClassVar[bool] = True
    cost: Annotated[PerplexityCost | None, one(PerplexityCost)] = None


class PerplexityError(Body):
    """Why it failed."""

    keeps_own: ClassVar[bool] = True
    message: Text = None
    type: Text = None
    code: Ident = None


class PerplexityRun(Body):
    """A run; `response` and the members behind it are those of the retired completions."""

    id: Raw = None
    object: Text = None
    status: Raw = None
    created_at: Time = None
    completed_at: Time = None
    model: Text = None
    preset: Text = None
    effort: Text = None
    output: Raw = None
    error: Raw = None
    incomplete_details: Clean = None
    usage: Annotated[PerplexityUsage | None, one(PerplexityUsage)] = None
    previous_response_id: Ident = None
    background: Flag = None
    store: Flag = None
    service_tier: Text = None
    instructions: Text = None
    tools: Clean = None
    text: Clean = None
    response: Raw = None
    started_at: Time = None
    failed_at: Time = None
    error_message: Text = None
