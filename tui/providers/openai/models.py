"""The JSON object of OpenAI's Responses API as a lenient model."""

from typing import Annotated

from tui.providers.sdk.json import Body, Clean, Count, Flag, Raw, Text, Time, one


class OpenAIError(Body):
    """Why a run failed."""

    code: Text = None
    message: Text = None
    param: Text = None
    type: Text = None


class IncompleteBody(Body):
    """Why a run ended early."""

    reason: Text = None


class InputDetails(Body):
    """A breakdown of the input tokens."""

    cached_tokens: Count = None
    cache_write_tokens: Count = None


class OutputDetails(Body):
    """A breakdown of the output tokens."""

    reasoning_tokens: Count = None


class OpenAIUsage(Body):
    """The tokens of a run; only after its end."""

    input_tokens: Count = None
    input_tokens_details: Annotated[InputDetails | None, one(InputDetails)] = None
    output_tokens: Count = None
    output_tokens_details: Annotated[OutputDetails | None, one(OutputDetails)] = None
    total_tokens: Count = None


class SearchUsage(Body):
    """Billed searches; opening a page is not one."""

    num_requests: Count = None


class ToolUsage(Body):
    """Billed tool calls; only newer models report them."""

    web_search: Annotated[SearchUsage | None, one(SearchUsage)] = None
    image_gen: Clean = None


class ResponseBody(Body):
    """A response: a run in any state. `output` is parsed item by item, as its kinds are an open set."""

    id: Raw = None
    object: Raw = None
    status: Raw = None
    created_at: Time = None
    completed_at: Time = None
    model: Text = None
    error: Annotated[OpenAIError | None, one(OpenAIError)] = None
    incomplete_details: Annotated[IncompleteBody | None, one(IncompleteBody)] = None
    output: Raw = None
    usage: Annotated[OpenAIUsage | None, one(OpenAIUsage)] = None
    tool_usage: Annotated[ToolUsage | None, one(ToolUsage)] = None
    billing: Clean = None
    background: Flag = None
    store: Flag = None
    instructions: Clean = None
    metadata: Clean = None
    previous_response_id: Text = None
    conversation: Clean = None
    max_output_tokens: Count = None
    max_tool_calls: Count = None
    reasoning: Clean = None
    service_tier: Text = None
    tools: Clean = None
    tool_choice: Clean = None
    text: Clean = None
    content_filters: Clean = None
