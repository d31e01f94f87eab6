"""The JSON objects of Parallel's API as lenient models."""

from typing import Annotated, ClassVar

from tui.providers.sdk.json import Body, Clean, Count, Flag, Ident, Raw, Text, Time, Url, Words, many, one


class WarningBody(Body):
    """Something that went wrong while the run went on."""

    keeps_own: ClassVar[bool] = True
    type: Text = None
    message: Text = None
    detail: Clean = None


class ParallelError(Body):
    """Why a run failed; one page of the documents says `details`."""

    keeps_own: ClassVar[bool] = True
    ref_id: Text = None
    message: Text = None
    detail: Clean = None
    details: Clean = None


class ParallelRun(Body):
    """A run; it holds no output. `output`, `basis` and `input` stand beside it in files of the web application."""

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
    error: Annotated[ParallelError | None, one(ParallelError)] = None
    input: Raw = None
    output: Raw = None
    basis: Raw = None
    output_schema: Raw = None


class ParallelCitation(Body):
    """A page that supports a field, with quotes."""

    keeps_own: ClassVar[bool] = True
    url: Url = None
    title: Text = None
    excerpts: Words = ()


class BasisBody(Body):
    """What a field rests on; of a text one entry, whatever its name."""

    keeps_own: ClassVar[bool] = True
    field: Text = None
    reasoning: Text = None
    confidence: Text = None
    citations: Annotated[tuple[ParallelCitation, ...], many(ParallelCitation, text_as="url")] = ()


class CallBody(Body):
    """A call of a tool of an MCP server."""

    keeps_own: ClassVar[bool] = True
    tool_call_id: Ident = None
    server_name: Text = None
    tool_name: Text = None
    arguments: Clean = None
    content: Clean = None
    error: Clean = None


class ParallelOutput(Body):
    """The output of a run."""

    keeps_own: ClassVar[bool] = True
    type: Text = None
    content: Raw = None
    basis: Annotated[tuple[BasisBody, ...], many(BasisBody)] = ()
    mcp_tool_calls: Annotated[tuple[CallBody, ...], many(CallBody)] = ()
    output_schema: Clean = None


class SourceStatsBody(Body):
    """How many pages were looked at."""

    keeps_own: ClassVar[bool] = True
    num_sources_considered: Count = None
    num_sources_read: Count = None
    sources_read_sample: Words = ()


class ParallelInput(Body):
    """What a run was asked."""

    keeps_own: ClassVar[bool] = True
    input: Raw = None
    processor: Text = None
    previous_interaction_id: Ident = None
    mcp_servers: Raw = None
    webhook: Raw = None
