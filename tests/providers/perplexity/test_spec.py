"""Perplexity keeps the contract of providers, and what it sends and refuses."""

from typing import Any, ClassVar

import pytest

from tui.domain.actions import Action, Approve, Cancel, Respond, RespondJson
from tui.domain.capability import Capability
from tui.domain.errors import Refused
from tui.domain.provider import Draft
from tui.providers.perplexity.spec import PROVIDER, create_body
from tui.testing.contract import ProviderContract

RUN = "resp_3f0c9a52-6f0e-4a1b-9d55-0b6b1f1f7c10"


class TestPerplexity(ProviderContract):
    """Perplexity."""

    provider = PROVIDER
    remote_id = RUN
    task_answer: ClassVar = {"id": RUN, "object": "response", "status": "queued"}
    key_header = ("authorization", "Bearer {key}")
    fetch_target = f"/v1/agent/{RUN}"
    create_target = "/v1/agent"

    def test_a_cancel_that_comes_too_late_is_no_fault_and_changed_nothing(self) -> None:
        body = {"error": {"message": "the run is already terminal and cannot be cancelled", "code": 400}}
        requests, error = self.asked(lambda client: client.act(Cancel(), RUN), body, status=400)
        assert [one.target for one in requests] == [f"/v1/agent/{RUN}/cancel"]
        assert isinstance(error, Refused)
        assert (error.outcome_unknown, "has ended already" in error.message) == (False, True)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft("x"), {"preset": "high"}),
        (Draft("x", "turbo"), {"preset": "turbo"}),
        (Draft("x", options={"effort": "low"}), {"effort": "low"}),
        (Draft("x", "low", options={"effort": "xhigh"}), {"effort": "xhigh"}),
        (
            Draft("x", "openai/gpt-6.1-sol"),
            {"model": "openai/gpt-6.1-sol", "tools": [{"type": "web_search"}, {"type": "fetch_url"}]},
        ),
        (Draft("x", "low", previous=("a", "b")), {"preset": "low", "previous_response_id": "b"}),
        (
            Draft("x", "high", options={"domains": ["a.example"], "after": "2026-03-31", "context": "high"}),
            {
                "preset": "high",
                "tools": [
                    {
                        "type": "web_search",
                        "filters": {"search_domain_filter": ["a.example"], "search_after_date_filter": "03/31/2026"},
                        "search_context_size": "high",
                    },
                    {"type": "fetch_url"},
                ],
            },
        ),
    ],
)
def test_a_draft_becomes_a_request(draft: Draft, expected: dict[str, Any]) -> None:
    assert not PROVIDER.check(draft)
    assert create_body(draft) == {"input": "x", "background": True, **expected}


@pytest.mark.parametrize(
    ("draft", "place"),
    [
        (Draft("x", options={"domains": ["a.example", "-b.example"]}), "options.domains"),
        (Draft("x", options={"domains": [f"{n}.example" for n in range(21)]}), "options.domains"),
        (Draft("x", options={"models": ["m"] * 6}), "options.models"),
        (Draft("x", options={"max_steps": 101}), "options.max_steps"),
        (Draft("x", options={"after": "31.3.2026"}), "options.after"),
        (Draft("x", options={"language_preference": "german"}), "options.language_preference"),
        (Draft("x", "anthropic/claude-fable-5"), "options.max_output_tokens"),
        (Draft("x", options={"tools": [], "recency": "day"}), "options.recency"),
    ],
)
def test_what_would_be_refused_is_not_sent(draft: Draft, place: str) -> None:
    assert [field for field, _ in PROVIDER.check(draft)] == [place]


def test_what_a_run_may_cost_is_not_known_before() -> None:
    assert PROVIDER.cost_at_most(Draft("x")).amount is None


def test_what_it_can_do() -> None:
    can = PROVIDER.info.capabilities
    assert {Capability.CREATE, Capability.CANCEL, Capability.FOLLOW, Capability.ASSETS, Capability.RESPOND} <= can
    assert not can & {Capability.LIST, Capability.DELETE, Capability.ACCOUNT}


RUN_BODY = {
    "id": RUN,
    "preset": "high",
    "effort": "high",
    "model": "m",
    "tools": [{"type": "web_search"}],
    "store": True,
}
GOES_ON = {"background": True, "previous_response_id": RUN, "preset": "high", "tools": [{"type": "web_search"}]}


@pytest.mark.parametrize(
    ("action", "items"),
    [
        (
            Approve("mcpr_1 mcpr_2", approved=True),
            [
                {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True},
                {"type": "mcp_approval_response", "approval_request_id": "mcpr_2", "approve": True},
            ],
        ),
        (
            Approve("mcpr_1", approved=False, changes="not that"),
            [
                {
                    "type": "mcp_approval_response",
                    "approval_request_id": "mcpr_1",
                    "approve": False,
                    "reason": "not that",
                }
            ],
        ),
        (
            Respond("call_1", (("get_price()", "4 euro"),)),
            [{"type": "function_call_output", "call_id": "call_1", "output": "4 euro"}],
        ),
        (RespondJson("", {"type": "x"}), [{"type": "x"}]),
    ],
)
def test_an_answer_is_a_new_run_with_the_same_preset_and_tools(action: Action, items: list[Any]) -> None:
    body = PROVIDER.endpoints.actions[type(action)].body
    assert body is not None
    assert body(action, RUN, RUN_BODY) == {**GOES_ON, "input": items}


def test_an_answer_for_other_questions_is_not_sent() -> None:
    assert "asks for 2 results" in (PROVIDER.check_action(Respond("call_1 call_2", (("a", "b"),))) or "")
    assert PROVIDER.check_action(Respond("call_1", (("a", "b"),))) is None
