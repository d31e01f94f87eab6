"""The JSON objects of Extruct's API as lenient models (extruct.md sections 4, 7 and 10)."""

from typing import Annotated

from tui.providers.sdk.json import (
    Amount,
    Body,
    Clean,
    Count,
    Exact,
    Flag,
    Ident,
    OpenBody,
    Raw,
    Text,
    Time,
    Url,
    Words,
    many,
    one,
)


class OwnerBody(Body):
    """The owner of a task."""

    id: Ident = None
    email: Text = None


class ExtructSource(OpenBody):
    """One source: an id that the text cites, and an address."""

    id: Ident = None
    url: Url = None


class ReportBody(Body):
    """A markdown report or a schema report, told apart by its members, as `kind` may be missing or new."""

    kind: Text = None
    markdown: Exact = None
    fields: Clean = None
    basis: Clean = None
    sources: Annotated[tuple[ExtructSource, ...], many(ExtructSource, text_as="url")] = ()
    degradation_reasons: Words = ()


class ExtructTask(Body):
    """The task object of get, create and list."""

    id: Raw = None
    created_at: Time = None
    updated_at: Time = None
    status: Raw = None
    brief: Text = None
    depth: Text = None
    iterations: Count = None
    agents: Count = None
    sources: Raw = None
    owner: Annotated[OwnerBody | None, one(OwnerBody)] = None
    output_schema: Clean = None
    failure_reason: Text = None
    report: Raw = None


class UserBody(Body):
    """The owner of the key."""

    user_id: Ident = None
    email: Text = None
    available_credits: Amount = None
    organization_id: Ident = None
    organization_name: Text = None
    organization_slug: Text = None
    organization_is_active: Flag = None
