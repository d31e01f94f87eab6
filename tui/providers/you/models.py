"""The objects of You.com's research: every member optional, every value lenient, unknown members kept."""

from typing import Annotated, ClassVar

from tui.providers.sdk.json import Body, Raw, Text, Time, Url, Words, many, one


class SourceBody(Body):
    """A page with several quotes."""

    keeps_own: ClassVar[bool] = True
    url: Url = None
    title: Text = None
    snippets: Words = ()


class OutputBody(Body):
    """The result: text, or an object where a schema was sent."""

    content: Raw = None
    content_type: Text = None
    sources: Annotated[tuple[SourceBody, ...], many(SourceBody, text_as="url")] = ()


class ResultBody(Body):
    """What `result` of a task holds, and the whole of an answer at once."""

    output: Annotated[OutputBody | None, one(OutputBody)] = None
    warnings: Raw = None


class InputBody(Body):
    """What was asked, as the service repeats it."""

    keeps_own: ClassVar[bool] = True
    input: Text = None
    research_effort: Text = None


class TaskBody(Body):
    """The status answer, the handle a create answers with (`task_id`), and the report it may answer with instead."""

    id: Raw = None
    task_id: Raw = None
    task_type: Text = None
    type: Text = None
    status: Raw = None
    created_at: Time = None
    updated_at: Time = None
    completed_at: Time = None
    error: Raw = None
    input: Annotated[InputBody | None, one(InputBody)] = None
    result: Annotated[ResultBody | None, one(ResultBody)] = None
    output: Annotated[OutputBody | None, one(OutputBody)] = None
    warnings: Raw = None
    stream_url: Text = None
