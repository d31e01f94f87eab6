"""The JSON objects of Perplexity's API as lenient models."""

from typing import Annotated

from tui.providers.sdk.json import Amount, Body, Clean, Count, Flag, Ident, OpenBody, Raw, Text, Time, Url, one


class PerplexityResult(OpenBody):
    """A result of a search; `[n]` in the text names its id."""

    id: Ident = None
    url: Url = None
    title: Text = None
    snippet: Text = None


class PageBody(OpenBody):
    """A page that was read; it has no number."""

    url: Url = None
    title: Text = None
    snippet: Text = None


class PictureBody(OpenBody):
    """A found picture."""

    image_url: Url = None
    origin_url: Url = None
    title: Text = None


class AnnotationBody(OpenBody):
    """A citation by offsets; every member may be missing."""

    url: Url = None
    title: Text = None
    start_index: Count = None
    end_index: Count = None


class PerplexityCost(OpenBody):
    """The cost, in parts that add up."""

    currency: Text = None
    total_cost: Amount = None


class PerplexityUsage(OpenBody):
    """Tokens and tool calls; only at the end."""

    cost: Annotated[PerplexityCost | None, one(PerplexityCost)] = None


class PerplexityError(OpenBody):
    """Why it failed."""

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
