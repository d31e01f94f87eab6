"""The JSON objects of Parallel's API as lenient models."""

from typing import Annotated

from tui.providers.sdk.json import Body, Clean, Count, Flag, Ident, OpenBody, Raw, Text, Time, Url, Words, many, one


class WarningBody(OpenBody):
    """A warning of a run."""

    type: Text = None
    message: Text = None
    detail: Clean = None


class ParallelError(OpenBody):
    """Why a run failed; one page of the documents says `details`."""

    ref_id: Text = None
    message: Text = None
    detail: Clean = None
    details: Clean = None


class ParallelRun(Body):
    """A run without its output. `output`, `basis` and `input` are beside it in files of the web application."""

    run_id: Raw = None
    interaction_id: Ident = None
    status: Raw = None
    is_active: Flag = None
    processor: Text = None
    metadata: Clean = None
    taskgroup_id: Ident = None
    created_at: Time = None
    modified_at: Time = None
    warnings: Annotated[tuple[WarningBody, ...], many(WarningBody, text_as="message")] = ()
    error: Annotated[ParallelError | None, one(ParallelError, text_as="message")] = None
    errors: Clean = None  # in a stale page of the documents
    input: Raw = None
    output: Raw = None
    basis: Raw = None
    output_schema: Raw = None


class ParallelCitation(OpenBody):
    """A page that supports a field, with quotes."""

    url: Url = None
    title: Text = None
    excerpts: Words = ()


class BasisBody(OpenBody):
    """The basis of a field; a text has one entry, whatever its name."""

    field: Text = None
    reasoning: Text = None
    confidence: Text = None
    citations: Annotated[tuple[ParallelCitation, ...], many(ParallelCitation, text_as="url")] = ()


class CallBody(OpenBody):
    """A call of a tool of an MCP server."""

    tool_call_id: Ident = None
    server_name: Text = None
    tool_name: Text = None
    arguments: Clean = None
    content: Clean = None
    error: Clean = None


class ParallelOutput(OpenBody):
    """The output of a run."""

    type: Text = None
    content: Raw = None
    basis: Annotated[tuple[BasisBody, ...], many(BasisBody)] = ()
    mcp_tool_calls: Annotated[tuple[CallBody, ...], many(CallBody)] = ()
    output_schema: Clean = None


class SourceStatsBody(OpenBody):
    """The number of pages looked at."""

    num_sources_considered: Count = None
    num_sources_read: Count = None
    sources_read_sample: Words = ()


class ParallelInput(OpenBody):
    """The input of a run."""

    input: Raw = None
    processor: Text = None
    previous_interaction_id: Ident = None
    mcp_servers: Raw = None
    webhook: Raw = None
