"""The objects of You.com's research: every member optional, every value lenient, unknown members kept."""

from typing import Annotated

from tui.providers.sdk.json import Body, OpenBody, Raw, Text, Time, Url, Words, many, one


class YouSource(OpenBody):
    """A page with several quotes."""

    url: Url = None
    title: Text = None
    snippets: Words = ()


class YouOutput(Body):
    """The result: text, or an object where a schema was sent."""

    content: Raw = None
    content_type: Text = None
    sources: Annotated[tuple[YouSource, ...], many(YouSource, text_as="url", holes=True)] = ()


class YouResult(Body):
    """The `result` of a task, and a whole immediate response."""

    output: Annotated[YouOutput | None, one(YouOutput)] = None
    warnings: Raw = None


class YouInput(OpenBody):
    """What was asked, as the service repeats it."""

    input: Text = None
    research_effort: Text = None


class YouTask(Body):
    """The status response, the handle that a create returns (`task_id`), or an immediate report."""

    id: Raw = None
    task_id: Raw = None
    task_type: Text = None
    type: Text = None
    status: Raw = None
    created_at: Time = None
    updated_at: Time = None
    completed_at: Time = None
    error: Raw = None
    input: Annotated[YouInput | None, one(YouInput)] = None
    result: Annotated[YouResult | None, one(YouResult)] = None
    output: Annotated[YouOutput | None, one(YouOutput)] = None
    warnings: Raw = None
    stream_url: Text = None
