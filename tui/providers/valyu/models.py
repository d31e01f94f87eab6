"""The JSON objects of Valyu's DeepResearch API as lenient models (tests/contracts/valyu.md 4 to 12)."""

from typing import Annotated

from tui.providers.sdk.json import Amount, Body, Clean, Count, Flag, Ident, OpenBody, Raw, Text, Time, Url, many, one
from tui.providers.sdk.turns import TurnBody


class ProgressBody(Body):
    """Step n of N; N is an estimate and the end may come before it."""

    current_step: Count = None
    total_steps: Count = None


class ValyuSource(OpenBody):
    """One source. Only `url` is reliable; members differ between documentation and real responses."""

    source_id: Ident = None
    title: Text = None
    url: Url = None
    snippet: Text = None
    fragment: Url = None


class ValyuInteraction(Body):
    """A checkpoint: pending until `created_at` + `timeout_ms`, or over."""

    interaction_id: Ident = None
    type: Text = None
    data: Clean = None
    created_at: Time = None
    timeout_ms: Count = None
    expected_response: Clean = None
    responded_at: Time = None
    auto_continued: Flag = None
    response: Clean = None


class SeriesBody(Body):
    """One series of a chart."""

    name: Text = None
    data: Raw = None
    line_style: Text = None


class ImageBody(OpenBody):
    """A chart (with its data), a generated picture or a screenshot."""

    image_id: Ident = None
    image_type: Text = None
    title: Text = None
    description: Text = None
    image_url: Url = None
    chart_type: Text = None
    x_axis_label: Text = None
    y_axis_label: Text = None
    data_series: Annotated[tuple[SeriesBody, ...], many(SeriesBody)] = ()
    source_url: Url = None
    created_at: Time = None
    captured_at: Time = None


class DeliverableBody(OpenBody):
    """A file made beside the report."""

    id: Ident = None
    request: Text = None
    type: Text = None
    status: Text = None
    title: Text = None
    description: Text = None
    url: Url = None
    row_count: Count = None
    column_count: Count = None
    error: Raw = None
    created_at: Time = None


class ValyuCost(Body):
    """What a task cost, in USD by part."""

    task: Amount = None
    screenshots: Amount = None
    code_execution: Amount = None
    deliverables: Amount = None


class ValyuUsage(Body):
    """The usage that older servers send instead of a cost."""

    search_cost: Amount = None
    contents_cost: Amount = None
    ai_cost: Amount = None
    compute_cost: Amount = None
    total_cost: Amount = None


class ValyuTask(Body):
    """The status response, a list entry, a batch entry or a create response."""

    deepresearch_id: Raw = None
    status: Raw = None
    query: Text = None
    input: Text = None  # old name of query
    title: Text = None
    mode: Text = None
    research_mode: Text = None
    model: Text = None
    created_at: Time = None
    completed_at: Time = None
    output_formats: Clean = None
    public: Flag = None
    batch_id: Ident = None
    batch_task_id: Ident = None
    task_id: Ident = None  # in batches: the caller's own id
    progress: Annotated[ProgressBody | None, one(ProgressBody)] = None
    output_type: Text = None
    output: Raw = None
    structured_output: Clean = None
    sources: Annotated[tuple[ValyuSource, ...], many(ValyuSource, text_as="url")] = ()
    images: Annotated[tuple[ImageBody, ...], many(ImageBody)] = ()
    deliverables: Annotated[tuple[DeliverableBody, ...], many(DeliverableBody)] = ()
    pdf_url: Url = None
    cost: Amount = None
    cost_breakdown: Annotated[ValyuCost | None, one(ValyuCost)] = None
    usage: Annotated[ValyuUsage | None, one(ValyuUsage)] = None
    total_word_count: Count = None
    messages: Annotated[tuple[TurnBody, ...], many(TurnBody)] = ()
    error: Raw = None
    message: Text = None
    success: Flag = None
    tools: Clean = None
    hitl_config: Clean = None
    interaction: Annotated[ValyuInteraction | None, one(ValyuInteraction)] = None
    hitl_history: Annotated[tuple[ValyuInteraction, ...], many(ValyuInteraction)] = ()
    editable: Flag = None
    version: Count = None
    metadata: Clean = None
    workflow: Clean = None
    brand_collection_id: Ident = None
    webhook_secret: Raw = None
