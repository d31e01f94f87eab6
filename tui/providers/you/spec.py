"""You.com's research endpoints as data (you.com/docs, research pages to October 2026)."""

from collections.abc import Iterable
from typing import Any

from tui.domain.capability import Capability
from tui.domain.errors import Forbidden
from tui.domain.options import OptionKind, value_at
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule
from tui.domain.task import Cost, CostKind
from tui.providers.sdk.draft_rules import Complaint, list_of, matching, text
from tui.providers.sdk.endpoints import GET, POST, Endpoints
from tui.providers.sdk.spec import UUID, HeaderKey, ProviderSpec, Reference, ServiceOption

_DOMAINS = 500
_DAY = r"\d{4}-\d{2}-\d{2}"


def create_body(draft: Draft) -> dict[str, Any]:
    """Return the request body, always in the background, which the service may ignore."""
    body: dict[str, Any] = {"input": draft.prompt, "background": True}
    if draft.mode is not None:
        body["research_effort"] = draft.mode
    if draft.output_schema is not None:
        body["output_schema"] = draft.output_schema
    return body | PROVIDER.body_options(draft)


def _check_more(draft: Draft) -> Iterable[Complaint]:
    """Yield errors across several fields."""
    domains = [
        name
        for name in ("include_domains", "exclude_domains", "boost_domains")
        if value_at(draft.options, f"source_control.{name}")
    ]
    if "include_domains" in domains and len(domains) > 1:
        yield "options.source_control", "hosts to search alone go with no other list of hosts"
    if draft.output_schema is None:
        return
    if draft.mode == "lite":
        yield "output_schema", "is not possible with effort lite"
        return
    from tui.providers.you.schema import check_schema

    for trouble in check_schema(draft.output_schema):
        yield "output_schema", trouble


def _hosts(name: str, label: str, about: str) -> ServiceOption:
    rule = list_of(text(), _DOMAINS, "host", "hosts")
    return ServiceOption(f"source_control.{name}", label, OptionKind.LIST, f"{about}; at most {_DOMAINS}", rule=rule)


def _mode(name: str, dollars: float, note: str, *, default: bool = False) -> Mode:
    return Mode(name, Cost(dollars, "USD", CostKind.PRICE_LIST), note, default=default, known_on="2026-10-15")


PROVIDER = ProviderSpec(
    name="you",
    title="You.com",
    base_url="https://api.you.com",
    key=HeaderKey("X-API-Key", "YDC_API_KEY", "YOU_API_KEY_AUTH", "YOU_API_KEY"),
    key_page="https://you.com/platform",
    reference=Reference(UUID, ("you.com",), lower=True),
    reader_class="tui.providers.you.read:YouReader",
    endpoints=Endpoints(
        # Where the service ignores `background` the answer is the report, after up to five minutes.
        create=POST("research", body=create_body, seconds=600.0),
        fetch=GET("research", "{id}"),
        # The event stream tells the end of a task and nothing before it: polling says as much.
    ),
    refusal_rules={
        # Also the gateway's word for clients it does not like, as HTML or text: never about the key.
        403: RefusalRule(
            Forbidden, hint="the key may lack a scope, or the gateway in front of You.com refuses this network"
        ),
    },
    cadence=Cadence(first=3.0, steady=10.0, idle=60.0),
    modes=(
        _mode("lite", 0.012, "seconds"),
        _mode("standard", 0.05, "10 to 30 seconds", default=True),
        _mode("deep", 0.10, "up to 2 minutes"),
        _mode("exhaustive", 0.45, "up to 5 minutes"),
        _mode("frontier", 1.20, "half a minute to hours, 5 minutes as a rule"),
    ),
    open_modes=True,
    longest_prompt=40_000,
    service_options=(
        _hosts("include_domains", "only hosts", "searched alone"),
        _hosts("exclude_domains", "hosts left out", "not searched"),
        _hosts("boost_domains", "preferred hosts", "ranked first"),
        ServiceOption(
            "source_control.freshness",
            "freshness",
            OptionKind.TEXT,
            "day, week, month, year, or 2024-01-01to2026-11-01",
            rule=matching(
                f"day|week|month|year|{_DAY}to{_DAY}", "must be day, week, month, year or YYYY-MM-DDtoYYYY-MM-DD"
            ),
        ),
        ServiceOption(
            "source_control.country",
            "country",
            OptionKind.TEXT,
            "two capital letters",
            rule=matching(r"[A-Z]{2}", "must be two capital letters"),
        ),
    ),
    check_more=_check_more,
    cannot={Capability.ACCOUNT: "You.com documents no answer that tells the balance"},
)
