"""The JSON objects of Gemini's Interactions API as lenient models."""

from typing import Annotated

from tui.providers.sdk.json import Body, Clean, Count, Exact, Flag, Ident, OpenBody, Raw, Text, Time, Url, many, one


class ContentBody(Body):
    """One piece of content: a text, a picture, a document. Annotations are read with the report's text."""

    type: Text = None
    text: Exact = None
    annotations: Raw = None
    data: Raw = None  # base64, perhaps megabytes
    mime_type: Text = None
    uri: Url = None


class FaultBody(Body):
    """An error, in both of its forms."""

    code: Ident = None
    message: Text = None
    status: Text = None
    details: Clean = None


class StepBody(OpenBody):
    """One step: a question, thought, call, result or text; the set of types is open."""

    type: Text = None
    content: Annotated[tuple[ContentBody, ...], many(ContentBody)] = ()
    summary: Annotated[tuple[ContentBody, ...], many(ContentBody)] = ()
    error: Annotated[FaultBody | None, one(FaultBody)] = None
    signature: Raw = None  # long and opaque: for the service alone
    id: Ident = None
    call_id: Ident = None
    arguments: Clean = None
    search_type: Text = None
    result: Clean = None
    is_error: Flag = None
    name: Text = None
    server_name: Text = None


class GeminiGrounding(Body):
    """The number of uses of one tool."""

    type: Text = None
    count: Count = None


class GeminiUsage(OpenBody):
    """Tokens and searches; the rest are the same figures by kind of content."""

    total_tokens: Count = None
    total_input_tokens: Count = None
    total_output_tokens: Count = None
    total_thought_tokens: Count = None
    total_cached_tokens: Count = None
    total_tool_use_tokens: Count = None
    grounding_tool_count: Annotated[tuple[GeminiGrounding, ...], many(GeminiGrounding)] = ()


class GeminiInteraction(Body):
    """An interaction; only the status is always there. `outputs` was the name of `steps` before May 2026."""

    id: Raw = None
    status: Raw = None
    agent: Text = None
    model: Text = None
    object: Text = None
    role: Text = None
    created: Time = None
    updated: Time = None
    steps: Annotated[tuple[StepBody, ...], many(StepBody)] = ()
    outputs: Annotated[tuple[ContentBody, ...], many(ContentBody)] = ()
    errors: Annotated[tuple[FaultBody, ...], many(FaultBody, text_as="message")] = ()
    error: Annotated[FaultBody | None, one(FaultBody)] = None
    usage: Annotated[GeminiUsage | None, one(GeminiUsage)] = None
    agent_config: Clean = None
    labels: Clean = None
    tools: Clean = None
    response_format: Clean = None
    input: Clean = None
    previous_interaction_id: Text = None
    continuation_token: Text = None
    environment_id: Text = None
    service_tier: Text = None
