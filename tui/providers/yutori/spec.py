"""Yutori as data: endpoints, modes, options (contract: yutori.md)."""

from typing import Any

from tui.domain.capability import Capability
from tui.domain.options import OptionKind as Kind
from tui.domain.provider import Cadence, Draft, Mode
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import https
from tui.providers.sdk.endpoints import GET, POST, Endpoints, Paging
from tui.providers.sdk.spec import UUID, HeaderKey, ProviderSpec, Reference
from tui.providers.sdk.spec import ServiceOption as Option

PRICE = Cost(0.35, "USD", CostKind.PRICE_LIST)
"""One research task of any mode (section 14, pricing page of 2026-10-07)."""


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body; `mode` only if the user chose one, as older servers do not know it.

    `browser`, `task_spec` and `used_deprecated_task_spec` are in some captures: never to be sent.
    """
    chosen = {"mode": draft.mode, "output_schema": draft.output_schema}
    given = {name: value for name, value in chosen.items() if value is not None}
    return {"query": draft.prompt} | given | PROVIDER.body_options(draft)


_TASKS = ("research", "tasks")
_END = "When it is done"
_WEBHOOK, _HOOKS = "https address that is told the end; divewatch does not need one", ("scout", "slack", "zapier")
PROVIDER = ProviderSpec(
    name="yutori",
    title="Yutori",
    base_url="https://api.yutori.com",
    key=HeaderKey("x-api-key", "YUTORI_API_KEY"),
    key_page="https://platform.yutori.com",
    reference=Reference(rf"{UUID}(?:-\d{{9,11}})?", ("yutori.com",), whole=True),
    reader_class="tui.providers.yutori.read:YutoriReader",
    endpoints=Endpoints(
        create=POST(*_TASKS, body=create_body),
        fetch=GET(*_TASKS, "{id}"),
        list=GET(*_TASKS),
        # Without a page size Yutori would send everything; `has_more` without a cursor occurs, and ends the list.
        paging=Paging(100, "page_size", cursor_parameter="cursor", items=("tasks",), more="has_more"),
        account=GET("usage"),
    ),
    cadence=Cadence(first=10.0, steady=30.0, idle=60.0),
    modes=(
        Mode("deep", PRICE, "3 to 15 minutes", default=True, known_on="2026-10-07"),
        Mode("fast", PRICE, "gives up quality for speed", known_on="2026-10-07"),
    ),
    service_options=(
        Option("user_timezone", "time zone", Kind.TEXT, "decides what this week means", default="America/Los_Angeles"),
        Option("user_location", "location", Kind.TEXT, "city, region, country", default="San Francisco, CA, US"),
        Option("skip_email", "skip e-mail", Kind.FLAG, "no e-mail when it is done", default="on", group=_END),
        Option("webhook_url", "webhook", Kind.TEXT, _WEBHOOK, group=_END, rule=https),
        Option("webhook_format", "webhook format", Kind.CHOICE, choices=_HOOKS, default=_HOOKS[0], group=_END),
    ),
    cannot={
        Capability.CANCEL: "Yutori cannot stop a research task; it runs to its end and is billed",
        Capability.DELETE: "Yutori keeps its research tasks; they can only be hidden here",
        Capability.SHARE: "Yutori has no switch for sharing a task; its page has an address already",
    },
)
