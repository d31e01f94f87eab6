"""A toy service that uses everything that Extruct, Yutori and Valyu do not.

It has no list; a status, a result that can be read once, an event stream, pages of searches; percent; a cancel that
takes its time, a stop that keeps the report; approvals that make a new run; spans, fields and consulted pages; pictures
inside the answer; retention; a cost from tokens; codes that change what a status means.
"""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from tui.domain.actions import Approve, Cancel, Delete, FollowUp, Stop
from tui.domain.anchors import Anchor, Anchored, FieldAnchor, MarkerAnchor, OffsetUnit, SpanAnchor, WholeAnchor
from tui.domain.detail import Image, Interaction, Numbering, Reply, Report, ReportFormat, Source, Step
from tui.domain.errors import BadKey, Gone, PaymentNeeded, Refused
from tui.domain.options import OptionKind
from tui.domain.provider import Cadence, Draft, Mode, RefusalRule, Retention
from tui.domain.task import Cost, CostKind, Counter, TaskStatus
from tui.providers.sdk.endpoints import ACTIVE, DELETE, GET, POST, WITH_RESULT, Endpoints, Exchange, Stream
from tui.providers.sdk.json import Amount, Body, Clean, Count, Raw, Text, Time, facts
from tui.providers.sdk.parts import ReadContext, TaskParts
from tui.providers.sdk.prices import Rates, TokenPrices, Usage
from tui.providers.sdk.reader import JsonReader
from tui.providers.sdk.spec import Bearer, ProviderSpec, Reference, ServiceOption

PRICES = TokenPrices((Rates(r"toy-large(-\d+)?", 2.0, 10.0, 0.5, "2026-11-28"),), {"search": 0.01})


def create_body(draft: Draft) -> dict[str, Any]:
    return {"input": draft.prompt, "model": draft.mode or "toy-large"} | PROVIDER.body_options(draft)


def approval(action: Approve, remote_id: str) -> Mapping[str, Any]:
    return {"previous": remote_id, "approval": action.interaction_id, "approve": action.approved}


def follow_up(action: FollowUp, remote_id: str) -> Mapping[str, Any]:
    return {"previous": remote_id, "input": action.prompt}


def _last_search(body: bytes) -> str | None:
    return str(body.count(b'"q"')) if body else None


PROVIDER = ProviderSpec(
    name="toy",
    title="Toy",
    base_url="https://toy.example",
    version="v1beta",
    key=Bearer("TOY_API_KEY"),
    headers={"TOY_ORG": "X-Toy-Organization"},
    constant_headers={"X-Toy-Api": "7"},
    key_page="https://toy.example/keys",
    reference=Reference(r"toy_[0-9a-f]{6,}", ("toy.example",)),
    reader_class="tests.providers.sdk.toy:ToyReader",
    endpoints=Endpoints(
        create=POST("runs", body=create_body, seconds=300),
        fetch=GET("runs", "{id}", query={"expand": "usage"}),
        account=GET("me", version="v9"),
        more=(
            Exchange("result", GET("runs", "{id}", "result"), when=WITH_RESULT, once=True),
            Exchange("input", GET("runs", "{id}", "input"), once=True),
            Exchange(
                "events",
                GET("runs", "{id}", "events"),
                when=ACTIVE,
                stream=Stream(
                    seconds=2.0,
                    idle=0.05,
                    cursor=lambda _id, data: str(data["n"]) if isinstance(data, dict) else None,
                    cursor_parameter="after",
                    newest_only=frozenset({"stats"}),
                ),
            ),
            Exchange(
                "searches", GET("runs", "{id}", "searches"), when=ACTIVE, cursor=_last_search, cursor_parameter="from"
            ),
        ),
        actions={
            Cancel: POST("runs", "{id}", "cancel"),
            Stop: POST("runs", "{id}", "stop"),
            Delete: DELETE("runs", "{id}"),
            Approve: POST("runs", body=approval),
            FollowUp: POST("runs", body=follow_up),
        },
    ),
    refusal_rules={
        (400, "API_KEY_INVALID"): RefusalRule(BadKey),
        "insufficient_quota": RefusalRule(PaymentNeeded, "the Toy account has no money left"),
        (400, "already_over"): RefusalRule(Refused, "the run is over already", changed=False),
        432: RefusalRule(PaymentNeeded),
        418: RefusalRule(Gone, "Toy has thrown this run away"),
    },
    cadence=Cadence(5, 10, 60),
    modes=(Mode("toy-large", Cost(3.0, "USD", CostKind.ESTIMATE, at_least=1.0), "minutes", default=True),),
    open_modes=True,
    service_options=(
        ServiceOption("effort", "effort", OptionKind.CHOICE, "how hard", ("low", "high"), wire="reasoning.effort"),
        ServiceOption(
            "summary", "summary", OptionKind.FLAG, "", wire=lambda body, on: body.update(reason="auto" if on else "")
        ),
    ),
    retention=Retention(timedelta(minutes=10)),
    follows=lambda ids: {"previous": ids[-1]},
)


class RunBody(Body):
    id: Raw = None
    status: Raw = None
    model: Text = None
    created: Time = None
    ended: Time = None
    percent: Amount = None
    previous: Text = None
    plan: Text = None
    reason: Text = None
    warnings: Clean = None
    tokens_in: Count = None
    tokens_out: Count = None
    answer: Text = None


class ToyReader(JsonReader[RunBody]):
    """Reads the toy."""

    body = RunBody
    created_id_members = ("run_id", "id")
    created_without_id = frozenset({TaskStatus.DONE, TaskStatus.FAILED})
    statuses: ClassVar = {
        "queued": TaskStatus.QUEUED,
        "working": TaskStatus.RUNNING,
        "cancelling": TaskStatus.CANCELLING,
        "cancelled": TaskStatus.CANCELLED,
        "completed": TaskStatus.DONE,
        "stopped": TaskStatus.PARTIAL,
        "failed": TaskStatus.FAILED,
    }

    def task_of(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        run = value.get("run")
        return run if isinstance(run, dict) else value

    def read(self, body: RunBody, context: ReadContext) -> TaskParts:
        searches = [one for page in context.pages("searches") for one in page]
        counters: dict[str, Counter] = {} if body.percent is None else {"percent": Counter(body.percent, 100)}
        if searches:
            counters["searches"] = Counter(len(searches))
        asked = context.json("input")
        waits = Interaction("plan", "plan", None, reply=Reply.APPROVAL, text=body.plan) if body.plan else None
        report = self._report(body, context)
        usage = Usage(body.model, body.tokens_in, body.tokens_out, tools={"search": (1, len(searches) or 1)})
        picture = base64.b64decode(context.value.get("picture") or "")
        return TaskParts(
            status=TaskStatus.WAITING if waits else None,
            prompt=asked.get("text") if isinstance(asked, dict) else None,
            mode=body.model,
            created_at=body.created,
            finished_at=body.ended,
            counters=counters,
            cost=PRICES.cost("toy", usage),
            error=body.reason,
            warnings=tuple(map(str, body.warnings or ())),
            parent_id=body.previous,
            report=report,
            interaction=waits,
            trace=tuple(Step("toy", name, str(data.get("text", data))) for name, _, data in context.events("events")),
            images=(Image("1", "picture", "", data=picture, media_type="image/png"),) if picture else (),
            facts=facts(("model", body.model)),
        )

    def _report(self, body: RunBody, context: ReadContext) -> Report | None:
        result = context.json("result") or ({"text": body.answer} if body.answer else None)
        if not isinstance(result, dict) or not result.get("text"):
            return None
        anchored = tuple(
            Anchored(
                _anchor(kind, at),
                (str(source),),
                more.get("why", ""),
                more.get("sure", ""),
                tuple(more.get("says", ())),
            )
            for kind, at, source, more in result.get("cites", ())
        )
        sources = tuple(
            Source(f"p{number}", page["url"], cited=page.get("cited", True), final_url=page.get("real"))
            for number, page in enumerate(result.get("pages", ()), 1)
        )
        return Report(result["text"], ReportFormat.MARKDOWN, Numbering.NONE, sources, anchored=anchored)


def _anchor(kind: str, at: Any) -> Anchor:
    if kind == "span":
        return SpanAnchor(at[0], at[1], OffsetUnit.UTF8, at[2])
    return WholeAnchor() if kind == "all" else FieldAnchor(at) if kind == "field" else MarkerAnchor(at)
