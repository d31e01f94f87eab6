"""new: checked, priced, confirmed, sent exactly once."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import KEYS, Cli, fault, tasks
from tui.simulator.server import Simulator

# A command that ends leaves requests under way to the end of its process; here, their sockets meet the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

BRIEF = "Which bridges over the Danube were rebuilt after 1945?"


def test_a_task_is_started_exactly_once_and_its_id_printed(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.creates("yutori"))
    ended = world("new", "-p", "yutori", "-m", "fast", "--yes", BRIEF)
    assert ended.code == 0, ended.err
    assert len(simulator.creates("yutori")) == before + 1
    assert "at most $0.35, by the price list" in ended.err
    (task,) = tasks(world, id=ended.out.strip())
    assert (task["provider"], task["mode"]) == ("yutori", "fast")
    assert world("show", task["id"], "--json").json["prompt"] == BRIEF


def test_several_providers_get_the_same_brief(world: Cli, simulator: Simulator) -> None:
    before = [len(simulator.creates(name)) for name in ("extruct", "valyu")]
    ended = world("new", "-p", "extruct", "-p", "valyu", "-p", "valyu", "--yes", "--json", BRIEF)
    assert ended.code == 0, ended.err
    assert [task["provider"] for task in ended.json["tasks"]] == ["extruct", "valyu"]
    assert [len(simulator.creates(name)) for name in ("extruct", "valyu")] == [count + 1 for count in before]


def test_a_dry_run_says_the_price_and_sends_nothing(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.requests)
    ended = world("new", "-p", "valyu", "-m", "heavy", "--dry-run", "--json", BRIEF)
    (cost,) = ended.json["costs"]
    assert cost["provider"] == "valyu"
    assert cost["amount"] > 1
    assert len(simulator.requests) == before


def test_nothing_is_sent_when_nobody_can_be_asked(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.requests)
    ended = world("new", "-p", "valyu", BRIEF)
    assert ended.code == 2
    assert "--yes" in ended.err
    assert len(simulator.requests) == before


@pytest.mark.parametrize("answer", [b"n\n", b"\n"])
def test_a_no_sends_nothing(world: Cli, simulator: Simulator, answer: bytes) -> None:
    before = len(simulator.requests)
    ended = world("new", "-p", "valyu", BRIEF, stdin=answer, tty=True)
    assert ended.code == 1
    assert "nothing was done" in ended.err
    assert len(simulator.requests) == before


def test_a_yes_on_the_terminal_sends(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.creates("extruct"))
    assert world("new", "-p", "extruct", BRIEF, stdin=b"y\n", tty=True).code == 0
    assert len(simulator.creates("extruct")) == before + 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-p", "valyu", "-m", "nope", "x"), "mode"),
        (("-p", "valyu"), "nothing was sent"),
        (("-p", "valyu", "-o", "nonsense=1", "x"), "nonsense"),
        (("-p", "valyu", "-o", "nonsense", "x"), "NAME=VALUE"),
        (("-p", "nobody", "x"), "nobody"),
        (("x",), "--provider"),
        (("-p", "valyu", "--schema", "/nowhere.json", "x"), "cannot be read"),
        (("-p", "valyu", "-f", "-", "x"), "only one of them"),
        (("-p", "valyu", "--set", "a=b", "x"), "--template"),
        (("-p", "valyu", "-t", "none"), "there is no template"),
    ],
)
def test_what_would_be_refused_is_said_before_anything_is_sent(
    world: Cli, simulator: Simulator, arguments: tuple[str, ...], said: str
) -> None:
    before = len(simulator.requests)
    ended = world("new", "--yes", *arguments)
    assert ended.code in {2, 5}
    assert said in ended.err
    assert len(simulator.requests) == before


def test_the_brief_may_come_from_standard_input_and_the_schema_from_a_file(
    world: Cli, simulator: Simulator, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}')
    ended = world("new", "-p", "extruct", "--yes", "-f", "-", "--schema", str(schema), stdin=f"{BRIEF}\n".encode())
    assert ended.code == 0, ended.err
    sent = json.dumps(simulator.creates("extruct")[-1].json)
    assert BRIEF in sent
    assert '"name"' in sent


def test_a_schema_that_is_no_object_is_refused(world: Cli, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]")
    ended = world("new", "-p", "extruct", "--yes", "--schema", str(tmp_path / "list.json"), "x")
    assert ended.code == 2
    assert "an object is expected" in ended.err


def test_a_template_is_filled(world: Cli, home: Path) -> None:
    folder = home / "config" / "templates"
    folder.mkdir(parents=True)
    (folder / "market.md").write_text("Who makes {{ thing }} in {{place}}? Compare {{thing}} prices.\n")
    ended = world("new", "-p", "yutori", "-t", "market", "--set", "thing=bells", "--set", "place=Tyrol", "--yes")
    assert ended.code == 0, ended.err
    shown = world("show", ended.out.strip(), "--json").json
    assert shown["prompt"] == "Who makes bells in Tyrol? Compare bells prices."


def test_a_template_names_what_it_lacks(world: Cli, home: Path) -> None:
    folder = home / "config" / "templates"
    folder.mkdir(parents=True)
    (folder / "market.md").write_text("Who makes {{thing}}?")
    ended = world("new", "-p", "yutori", "-t", "market", "--set", "place=Tyrol", "--yes")
    assert ended.code == 2
    assert "thing" in ended.err
    assert "place" in ended.err
    assert "market" in world("new", "-p", "yutori", "-t", "markt", "--yes").err


def test_limits_are_warned_of_together_with_what_was_spent(world: Cli, home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text("[budget]\ntask = 0.1\nday = 1000\nmonth = 0.5\n")
    ended = world("new", "-p", "yutori", "-m", "fast", "--dry-run", BRIEF)
    assert "$0.35 is more than the budget of $0.10 for a task" in ended.err
    assert "this month would be more than the budget of $0.50" in ended.err
    assert "today" not in ended.err
    spent = sum(
        row["amount"] for row in world("cost", "--json").json["costs"]
        if row["unit"] == "USD" and row["month"] == f"{datetime.now(UTC):%Y-%m}"
    )  # fmt: skip
    (told,) = re.findall(r"\$([\d,.]+) this month", ended.err)
    assert float(told.replace(",", "")) == pytest.approx(spent + 0.35, abs=0.02), "cost rounds each row"


def test_without_a_key_the_exit_code_says_so(cli: Cli) -> None:
    ended = cli("new", "-p", "valyu", BRIEF)
    assert ended.code == 4, "not asked to agree to a price first"
    assert "VALYU_API_KEY" in ended.err


def test_one_key_is_enough_to_know_the_provider(world: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS - {"YUTORI_API_KEY"}:
        monkeypatch.delenv(name, raising=False)
    assert "yutori: at most" in world("new", "--dry-run", BRIEF).err


def test_a_refusal_of_the_provider_has_its_exit_code(world: Cli, simulator: Simulator) -> None:
    with fault(simulator, "valyu:402"):
        ended = world("new", "-p", "valyu", "-p", "yutori", "--yes", "--json", BRIEF)
    assert ended.code == 1
    assert [task["provider"] for task in ended.json["tasks"]] == ["yutori"]
    assert ended.json["errors"][0]["provider"] == "valyu"


def test_a_lost_answer_is_never_sent_again_and_the_task_is_found_in_the_list(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.creates("extruct"))
    with fault(simulator, "extruct:create-lost"):
        ended = world("new", "-p", "extruct", "--yes", f"{BRIEF} Lost.")
    assert ended.code == 0, ended.err
    assert len(simulator.creates("extruct")) == before + 1
    assert "the answer was lost" in ended.err
    assert tasks(world, id=ended.out.strip())[0]["remote_id"]


def test_a_lost_answer_of_a_service_that_lists_nothing_yet_is_said(world: Cli, simulator: Simulator) -> None:
    before = len(simulator.creates("extruct"))
    simulator.faults.switch_on("extruct:list-lag=1000000")
    with fault(simulator, "extruct:create-502"):
        ended = world("new", "-p", "extruct", "--yes", f"{BRIEF} Lost again.")
    assert ended.code == 1
    assert len(simulator.creates("extruct")) == before + 1
    assert "may be running" in ended.err
    assert tasks(world, id=ended.out.strip())[0]["remote_id"] is None


def test_again_takes_everything_a_task_was_started_with_but_what_is_given(world: Cli, simulator: Simulator) -> None:
    first = world("new", "-p", "valyu", "-m", "fast", "-o", "hitl.plan_review=on", "--yes", BRIEF)
    assert first.code == 0, first.err
    ended = world("new", "--again", first.out.strip(), "-m", "heavy", "--yes")
    assert ended.code == 0, ended.err
    before, after = (request.json for request in simulator.creates("valyu")[-2:])
    assert before == {"query": BRIEF, "mode": "fast", "hitl": {"plan_review": True}}
    assert after == before | {"mode": "heavy"}


def test_a_follow_up_names_the_reports_it_builds_on(world: Cli, simulator: Simulator) -> None:
    done = tasks(world, provider="valyu", status="done")[0]
    ended = world("new", "--follow", done["id"], "--yes", "What changed since?")
    assert ended.code == 0, ended.err
    assert simulator.creates("valyu")[-1].json["previous_reports"] == [done["remote_id"]]
    refused = world("new", "-p", "extruct", "--follow", done["id"], "--yes", "x")
    assert refused.code == 2
    assert "takes no earlier reports" in refused.err


def test_several_providers_become_one_group(world: Cli) -> None:
    ended = world("new", "-p", "extruct", "-p", "yutori", "--yes", "--json", BRIEF)
    groups = {task["group_id"] for task in ended.json["tasks"]}
    assert len(groups) == 1
    assert None not in groups


def test_the_options_of_a_provider_are_listed_and_typed_as_in_the_form(world: Cli, simulator: Simulator) -> None:
    listed = world("new", "-p", "valyu", "--options", "--json").json["options"]
    assert {"research_strategy", "hitl.plan_review", "deliverables"} <= {option["name"] for option in listed}
    assert "hitl.plan_review" in world("new", "-p", "valyu", "--options").out
    assert "no options" in world("new", "-p", "extruct", "--options").err
    ended = world(
        "new", "-p", "valyu", "-o", "search.included_sources=web, legal", "-o", "tools.code_execution=2",
        "-o", 'metadata={"a": 1}', "--yes", BRIEF,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    sent = simulator.creates("valyu")[-1].json
    assert sent["search"] == {"included_sources": ["web", "legal"]}
    assert sent["tools"] == {"code_execution": {"enabled": True, "max_calls": 2}}
    assert sent["metadata"] == {"a": 1}


def test_what_is_left_is_asked_of_those_who_tell(world: Cli) -> None:
    left = {entry["provider"]: entry for entry in world("cost", "--left", "--json").json["left"]}
    assert set(left) >= {"extruct", "yutori"}
    assert "valyu" not in left
    assert left["extruct"]["unit"] == "credits"
    assert "requests today left" in world("cost", "--left").out


def test_options_of_one_provider_are_not_sent_to_another(world: Cli, simulator: Simulator) -> None:
    first = world("new", "-p", "valyu", "-m", "heavy", "-o", "research_strategy=short", "--yes", "--json", BRIEF)
    again = first.json["tasks"][0]["id"]
    ended = world("new", "--again", again, "-p", "yutori", "--dry-run", "--json")
    assert ended.code == 0
    assert "mode and options of valyu are not taken along" in ended.err
    assert "at most $4" in world("new", "--again", again, "--dry-run").err, "at the same one they are"


def test_a_published_price_is_told_with_its_date(world: Cli) -> None:
    ended = world("new", "-p", "valyu", "-m", "fast", "--dry-run", "What is old?")
    assert ended.code == 0, ended.err
    assert "by the price list, as published on 2026-11-2" in ended.err
