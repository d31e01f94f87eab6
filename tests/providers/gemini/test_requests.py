"""What Gemini is asked for: creates, plans, follow-ups, and what is refused before anything is sent."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tui.domain.actions import Approve
from tui.domain.capability import Capability
from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.domain.task import CostKind
from tui.providers.gemini.spec import PROVIDER, approval, create_body
from tui.testing.contract import ProviderContract

ID = "v1_ChdOZ1pPYWNIZUlwYVExTWtQX29tMHlBORIXTmdaT2FjSGVJcGFRMU1rUF9vbTB5QTk"
AGENT, MAX = "deep-research-preview-04-2026", "deep-research-max-preview-04-2026"
ASKED = "Compare heat pump sales in Germany, France and Poland in 2026. Cite every figure."
RUN = {"background": True, "store": True}
CONFIG = {"type": "deep-research", "thinking_summaries": "auto"}


class TestGemini(ProviderContract):
    """Gemini keeps the contract that all providers keep."""

    provider = PROVIDER
    remote_id = ID
    task_answer: ClassVar = {"id": ID, "status": "queued"}
    key_header = ("x-goog-api-key", "{key}")
    fetch_target = f"/v1beta/interactions/{ID}"
    create_target = "/v1beta/interactions"


def test_an_agent_runs_in_the_background_and_tells_its_reasoning() -> None:
    assert create_body(Draft("why?")) == {"agent": AGENT, "input": "why?", **RUN, "agent_config": CONFIG}


def test_options_go_where_the_service_wants_them() -> None:
    options: dict[str, Json] = {
        "documents": [{"name": "a.pdf", "media_type": "application/pdf", "base64": "eA=="}],
        "document_uris": ["https://files.example/b.csv"],
        "tools": ["google_search"],
        "file_search_store_names": ["fileSearchStores/s"],
        "mcp_servers": [{"name": "kb", "url": "https://mcp.example/mcp"}],
        "visualization": "off",
        "collaborative_planning": True,
        "labels": {"team": "roofs"},
        "service_tier": "flex",
    }
    draft = Draft("why?", MAX, options=options)
    assert PROVIDER.check(draft) == []
    assert create_body(draft) == {
        "agent": MAX,
        "input": [
            {"type": "text", "text": "why?"},
            {"type": "document", "data": "eA==", "mime_type": "application/pdf"},
            {"type": "document", "uri": "https://files.example/b.csv"},
        ],
        **RUN,
        "agent_config": {**CONFIG, "visualization": "off", "collaborative_planning": True},
        "tools": [
            {"type": "google_search"},
            {"type": "file_search", "file_search_store_names": ["fileSearchStores/s"]},
            {"type": "mcp_server", "name": "kb", "url": "https://mcp.example/mcp"},
        ],
        "labels": {"team": "roofs"},
        "service_tier": "flex",
    }


def test_a_file_store_does_not_take_the_usual_tools_away() -> None:
    body = create_body(Draft("why?", options={"file_search_store_names": ["fileSearchStores/s"]}))
    assert [tool["type"] for tool in body["tools"]] == ["google_search", "url_context", "code_execution", "file_search"]


def test_a_follow_up_names_its_predecessor_whoever_answers_it() -> None:
    by_agent = create_body(Draft("and Spain?", previous=(ID,)))
    assert (by_agent["agent"], by_agent["previous_interaction_id"]) == (AGENT, ID)
    by_model = create_body(Draft("and Spain?", "gemini-3.8-flash", previous=(ID,)))
    assert by_model == {"model": "gemini-3.8-flash", "input": "and Spain?", "previous_interaction_id": ID}


def test_a_model_takes_a_schema() -> None:
    body = create_body(Draft("who?", "gemini-3.8-flash", {"type": "object"}))
    assert body["response_format"] == {"type": "text", "mime_type": "application/json", "schema": {"type": "object"}}


def test_a_plan_is_approved_by_the_agent_that_made_it_and_changed_by_a_new_plan() -> None:
    approved = approval(Approve(MAX, approved=True), ID)
    assert (approved["agent"], approved["previous_interaction_id"]) == (MAX, ID)
    assert approved["agent_config"]["collaborative_planning"] is False
    assert approved["input"]
    changed = approval(Approve(MAX, approved=False, changes="add Spain"), ID)
    assert (changed["input"], changed["agent_config"]["collaborative_planning"]) == ("add Spain", True)
    assert (changed["background"], changed["store"]) == (True, True)
    assert "nothing to refuse" in (PROVIDER.check_action(Approve(MAX, approved=False)) or "")
    assert PROVIDER.check_action(Approve(MAX, approved=False, changes="add Spain")) is None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" "), "prompt"),
        (Draft("x", output_schema={"type": "object"}), "output_schema"),
        (Draft("x", options={"tools": [{"type": "function", "name": "f"}]}), "options.tools"),
        (Draft("x", options={"labels": {"Team": "x"}}), "options.labels"),
        (Draft("x", options={"labels": {"team": "x" * 64}}), "options.labels"),
        (Draft("x", options={"labels": {"team": 3}}), "options.labels"),
        (Draft("x", options={"service_tier": "fast"}), "options.service_tier"),
        (Draft("x", options={"visualization": "yes"}), "options.visualization"),
        (Draft("x", options={"mcp_servers": [{"name": "kb"}]}), "options.mcp_servers"),
        (Draft("x", options={"system_instruction": "be brief"}), "options.system_instruction"),
        (Draft("x", "gemini-3.8-flash", options={"collaborative_planning": True}), "options.collaborative_planning"),
        (Draft("x", previous=(ID, ID + "x")), "previous"),
        (Draft("x", options={"unheard": 1}), "options.unheard"),
    ],
)
def test_what_gemini_would_refuse_is_said_before_anything_is_sent(draft: Draft, field: str) -> None:
    assert [name for name, _ in PROVIDER.check(draft)] == [field]


def test_prices_are_ranges_with_a_date_and_an_unknown_agent_has_none() -> None:
    for mode, band in ((None, (1.0, 3.0)), (MAX, (3.0, 7.0))):
        cost = PROVIDER.cost_at_most(Draft("x", mode))
        assert (cost.at_least, cost.amount, cost.kind) == (*band, CostKind.ESTIMATE)
    assert PROVIDER.cost_at_most(Draft("x", "deep-research-preview-09-2027")).amount is None
    assert PROVIDER.cost_at_most(Draft("x", options={"collaborative_planning": True})).amount is None
    assert all(mode.known_on for mode in PROVIDER.info.modes)
    assert PROVIDER.check(Draft("x", "deep-research-preview-09-2027")) == []


def test_what_it_can_and_cannot() -> None:
    can = {str(one) for one in PROVIDER.info.capabilities}
    assert can == {"create", "cancel", "delete", "follow", "respond"}
    assert "adopted by id" in PROVIDER.info.missing[Capability.LIST]
    assert PROVIDER.info.key_variables == ("GOOGLE_API_KEY", "GEMINI_API_KEY")
    assert PROVIDER.info.base_url_variable == "GOOGLE_GEMINI_BASE_URL"
    assert PROVIDER.info.retention is not None
    assert PROVIDER.info.retention.keeps.days == 1


@pytest.mark.parametrize(
    ("text", "remote_id"),
    [
        (ID, ID),
        (f" {ID}\n", ID),
        (f"https://generativelanguage.googleapis.com/v1beta/interactions/{ID}", ID),
        (f"https://generativelanguage.googleapis.com/v1beta/interactions/{ID}?key=x", ID),
        ("v1_", None),
        ("https://evil.example/v1_abcdefghijklmnop", None),
        ("interaction", None),
    ],
)
def test_an_id_or_address_becomes_a_remote_id(text: str, remote_id: str | None) -> None:
    assert PROVIDER.parse_reference(text) == remote_id


def _holds(body: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(body, Mapping) and all(_holds(body.get(name), item) for name, item in wanted.items())
    return bool(body == wanted)


DRAFTS: dict[str, Draft] = {
    "create-request": Draft(ASKED, options={"visualization": "auto"}),
    "create-request-plan": Draft(ASKED, options={"collaborative_planning": True}),
    "create-request-followup-model": Draft("Elaborate on the second point.", "gemini-3.8-flash", previous=(ID,)),
    "create-request-documents-tools": Draft(
        ASKED,
        MAX,
        options={
            "document_uris": ["https://files.example/brief.pdf"],
            "file_search_store_names": ["fileSearchStores/s"],
            "mcp_servers": [{"name": "kb", "url": "https://mcp.example.com/mcp"}],
            "labels": {"app": "divewatch"},
            "webhook_config": {"uris": ["https://hook.example/x"]},
        },
    ),
}
APPROVALS = {
    "create-request-plan-approve": Approve(AGENT, approved=True),
    "create-request-plan-refine": Approve(AGENT, approved=False, changes="Leave out noise limits; add Spain."),
}


@pytest.mark.parametrize("name", [*DRAFTS, *APPROVALS])
def test_requests_of_the_contract_can_be_made(name: str, shared: Path) -> None:
    folder = shared / "contracts" / "more" / "examples"
    wanted = json.loads((folder / f"gemini-{name}.json").read_text())
    if name in DRAFTS:
        assert PROVIDER.check(DRAFTS[name]) == []
    assert _holds(create_body(DRAFTS[name]) if name in DRAFTS else approval(APPROVALS[name], ID), wanted)
    there = {path.stem.removeprefix("gemini-") for path in folder.glob("gemini-create-request*")}
    assert there == {*DRAFTS, *APPROVALS}
