"""Extruct as data: endpoints, modes with prices, and what it would refuse (contract: extruct.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.errors import Forbidden, Unavailable
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import Complaint
from tui.providers.sdk.endpoints import GET, POST, Endpoints, Paging
from tui.providers.sdk.spec import UUID, Bearer, ProviderSpec, Reference

AGENTS = {"medium": 25, "high": 50, "xhigh": 75}
"""Agents a task of each depth may use; one finished agent is one credit (create page, 2026-11-21)."""
DEFAULT_DEPTH = "medium"
_NOTES = {"medium": "minutes", "high": "longer", "xhigh": "10 to 20 minutes or more"}
_MOST_NESTING, _MOST_PROPERTIES = 5, 50


def _mode(name: str) -> Mode:
    cost = Cost(float(AGENTS[name]), "credits", CostKind.PRICE_LIST)
    note = f"at most {AGENTS[name]} agents; {_NOTES[name]}"
    return Mode(name, cost, note, default=name == DEFAULT_DEPTH, known_on="2026-11-21")


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body; `depth` is always sent, as sources disagree about its default."""
    body: dict[str, Any] = {"brief": draft.prompt, "depth": draft.mode or DEFAULT_DEPTH}
    if draft.output_schema is not None:
        body["output_schema"] = draft.output_schema
    return body


def check_schema(draft: Draft) -> Iterator[Complaint]:
    """Return the errors for which Extruct would refuse a JSON Schema."""
    schema = draft.output_schema
    if schema is None:
        return
    if schema.get("type") != "object":
        yield "output_schema", 'must have "type": "object" at its top'
    depth, properties = _measure(schema)
    if depth > _MOST_NESTING:
        yield "output_schema", f"is nested {depth} levels deep; at most {_MOST_NESTING}"
    if properties > _MOST_PROPERTIES:
        yield "output_schema", f"has {properties} properties; at most {_MOST_PROPERTIES}"


def _measure(schema: Json) -> tuple[int, int]:
    """Return (levels of objects, number of properties) of a JSON Schema."""
    if not isinstance(schema, Mapping):
        return 0, 0
    properties = schema.get("properties")
    inner = [*properties.values()] if isinstance(properties, Mapping) else []
    measured = [_measure(child) for child in [*inner, schema.get("items")]]
    level = 1 if isinstance(properties, Mapping) else 0
    return level + max(depth for depth, _ in measured), len(inner) + sum(count for _, count in measured)


_TASKS = "deep_research_tasks"
PROVIDER = ProviderSpec(
    name="extruct",
    title="Extruct",
    base_url="https://api.extruct.ai",
    key=Bearer("EXTRUCT_API_TOKEN", "EXTRUCT_API_KEY"),
    key_page="https://app.extruct.ai",
    reference=Reference(UUID, ("extruct.ai",), last=True, lower=True),
    reader_class="tui.providers.extruct.read:ExtructReader",
    endpoints=Endpoints(
        # A 503 means that nothing was created (section 3).
        create=POST(_TASKS, body=create_body, on={503: RefusalRule(Unavailable, changed=False)}),
        # On this endpoint the key is good; on others a 403 may be about the plan.
        fetch=GET(
            _TASKS, "{id}", on={403: RefusalRule(Forbidden, "this Extruct task belongs to another organization")}
        ),
        list=GET(_TASKS),
        # Finished tasks carry their whole report in the list (section 11).
        paging=Paging(20, cursor_parameter="offset", offset=True, whole=True),
        account=GET("user"),
    ),
    cadence=Cadence(first=10.0, steady=15.0, idle=60.0),
    modes=tuple(map(_mode, AGENTS)),
    longest_prompt=20_000,
    check_more=check_schema,
    cannot={Capability.CANCEL: "Extruct cannot stop a task; it runs to its end and bills the agents that ran"},
    refunds_failures=True,  # section 12
)
