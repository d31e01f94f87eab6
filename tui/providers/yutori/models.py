"""The JSON objects of Yutori's API as lenient models (tests/contracts/yutori.md 4, 6, 11 and 12)."""

from typing import Annotated

from tui.providers.sdk.json import Amount, Body, Clean, Count, Ident, OpenBody, Raw, Text, Time, Url, many, one


class PreviewBody(OpenBody):
    """The preview of a cited page."""

    title: Text = None
    description: Text = None
    image: Url = None
    url: Url = None


class YutoriCitation(OpenBody):
    """A citation: an id that counts from "0" within one update, and an address."""

    id: Ident = None
    url: Url = None
    title: Text = None
    preview_data: Annotated[PreviewBody | None, one(PreviewBody)] = None


class StatsBody(OpenBody):
    """Statistics so far; `sec_saved` is the vendor's estimate of human work saved."""

    num_tool_calls: Count = None
    num_mcp_tool_calls: Count = None
    num_webpages_read: Count = None
    num_crawler_calls: Count = None
    num_navigator_steps: Count = None
    num_websites_visited: Count = None
    sec_saved: Count = None
    credit_cost: Amount = None


class UpdateBody(OpenBody):
    """An update published while the task ran; usually the report itself, at the end."""

    id: Ident = None
    timestamp: Time = None
    content: Text = None
    citations: Annotated[tuple[YutoriCitation, ...], many(YutoriCitation, text_as="url")] = ()
    stats: Annotated[StatsBody | None, one(StatsBody)] = None
    structured_result: Clean = None
    structured_output_status: Text = None
    header_image_url: Url = None


class YutoriTask(Body):
    """The status response, a create response or a list entry."""

    task_id: Raw = None
    view_url: Url = None
    status: Raw = None
    result: Raw = None
    structured_result: Clean = None
    structured_output_status: Text = None
    created_at: Time = None
    updates: Annotated[tuple[UpdateBody, ...], many(UpdateBody)] = ()
    rejection_reason: Text = None
    mode: Text = None
    query: Text = None  # it and the next five: in lists, or read by the vendor's own clients; in no schema
    title: Text = None
    citations: Annotated[tuple[YutoriCitation, ...], many(YutoriCitation, text_as="url")] = ()
    sources: Annotated[tuple[YutoriCitation, ...], many(YutoriCitation, text_as="url")] = ()
    error: Raw = None
    message: Raw = None
    webhook_url: Text = None


class RateLimitsBody(Body):
    """The account-wide daily request limit; figures are null if it cannot be read."""

    requests_today: Count = None
    daily_limit: Amount = None
    remaining_requests: Amount = None
    reset_at: Time = None
    status: Text = None


class YutoriUsage(Body):
    """The usage response."""

    rate_limits: Annotated[RateLimitsBody | None, one(RateLimitsBody)] = None
    activity: Annotated[OpenBody | None, one(OpenBody)] = None  # how many runs of each kind there were in a period
    num_active_scouts: Count = None
