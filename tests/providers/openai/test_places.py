"""No property of a response is without a place: each value is found again in what people see; odd ones do no harm."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.providers.openai.conftest import BODIES, NOW, READER, read
from tui.domain.errors import BadAnswer
from tui.report.read import read_report

FULL: dict[str, Any] = {
    "id": "resp_abc1",
    "object": "response",
    "created_at": 1796000001,
    "completed_at": 1796000302,
    "status": "completed",
    "background": True,
    "model": "MODEL1",
    "error": {"code": "ERRCODE", "message": "ERRMSG", "param": "ERRPARAM", "type": "ERRTYPE"},
    "incomplete_details": {"reason": "INCREASON"},
    "output": [
        {
            "type": "reasoning",
            "id": "RSID",
            "summary": [{"type": "summary_text", "text": "SUMTEXT"}],
            "content": [{"type": "reasoning_text", "text": "RCONTENT"}],
            "status": "RSTATUS",
        },
        {
            "type": "web_search_call",
            "id": "WSID",
            "status": "WSSTATUS",
            "action": {
                "type": "search",
                "query": "QUERY1",
                "queries": ["QUERY2"],
                "sources": [{"type": "url", "url": "https://source.example/SRC"}],
                "url": "https://act.example/URL",
                "pattern": "PATTERN1",
            },
        },
        {
            "type": "file_search_call",
            "id": "FSID",
            "queries": ["FQUERY"],
            "results": [{"filename": "FRESULT", "text": "FRTEXT"}],
        },
        {
            "type": "code_interpreter_call",
            "id": "CIID",
            "code": "CODE1",
            "container_id": "CNTR1",
            "outputs": [{"type": "logs", "logs": "LOGS1"}, {"type": "image", "url": "https://img.example/IMG"}],
        },
        {"type": "mcp_list_tools", "server_label": "LABEL0", "tools": [{"name": "TOOLNAME"}], "error": "LISTERR"},
        {
            "type": "mcp_call",
            "server_label": "LABEL1",
            "name": "MCPNAME",
            "arguments": '{"a":"ARGS1"}',
            "output": "MCPOUT",
            "error": {"e": "MCPERR"},
            "approval_request_id": "APPID",
        },
        {"type": "function_call", "name": "FNAME", "arguments": "FARGS", "call_id": "CALLID"},
        {
            "type": "message",
            "id": "MID0",
            "role": "assistant",
            "phase": "commentary",
            "status": "MSTATUS0",
            "content": [{"type": "output_text", "text": "COMMENT1", "annotations": []}],
        },
        {
            "type": "message",
            "id": "MID1",
            "role": "assistant",
            "phase": "final_answer",
            "status": "MSTATUS1",
            "content": [
                {
                    "type": "output_text",
                    "text": "REPORT1 text",
                    "annotations": [
                        {
                            "type": "url_citation",
                            "url": "https://cite.example/CITE",
                            "title": "TITLE1",
                            "start_index": 0,
                            "end_index": 7,
                        },
                        {
                            "type": "container_file_citation",
                            "container_id": "BOX1",
                            "file_id": "CFILE1",
                            "filename": "FILE1.png",
                            "start_index": 0,
                            "end_index": 3,
                        },
                        {"type": "file_citation", "file_id": "FCID", "filename": "FCNAME", "index": 4},
                    ],
                    "logprobs": [{"token": "LOGPROB"}],
                },
                {"type": "refusal", "refusal": "REFUSED1"},
            ],
        },
    ],
    "usage": {
        "input_tokens": 7001,
        "input_tokens_details": {"cached_tokens": 7002, "cache_write_tokens": 7003},
        "output_tokens": 7004,
        "output_tokens_details": {"reasoning_tokens": 7005},
        "total_tokens": 7006,
    },
    "tool_usage": {"web_search": {"num_requests": 7007}, "image_gen": {"x": "IMGGEN"}},
    "billing": {"payer": "PAYER"},
    "instructions": "INSTR",
    "metadata": {"k": "META"},
    "previous_response_id": "resp_PREV",
    "conversation": {"id": "CONV"},
    "max_output_tokens": 7008,
    "max_tool_calls": 7009,
    "reasoning": {"effort": "EFFORT"},
    "store": True,
    "service_tier": "TIER",
    "tools": [{"type": "TOOLTYPE", "filters": {"allowed_domains": ["DOMAIN"]}}],
    "tool_choice": "CHOICE",
    "text": {"format": {"type": "TFORMAT"}, "verbosity": "VERB"},
    "content_filters": ["FILTERS"],
    "unknown_member": "UNKNOWN1",
}
# Kinds decide how an item is shown; times are shown as times; probabilities of letters are in the saved answer alone.
ELSEWHERE = (".type", ".object", ".created_at", ".completed_at", ".token")
ODD: tuple[Any, ...] = (
    None,
    3,
    -1,
    1.5,
    "x",
    [],
    {},
    [None],
    [[]],
    {"a": [1]},
    True,
    "\x1b[2J",
    10**30,
    "\U0001d4b3" * 3,
)


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{place}[{index}]")
    else:
        yield place, value


@pytest.mark.parametrize("place", [place for place, _ in leaves(FULL) if not place.endswith(ELSEWHERE)])
def test_every_value_is_found_again(place: str) -> None:
    value = dict(leaves(FULL))[place]
    assert ("yes" if value is True else str(value)) in repr(read(FULL))


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*place, name))


@pytest.mark.parametrize("seed", range(40))
def test_no_value_anywhere_breaks_the_reader(seed: int) -> None:
    chance = random.Random(seed)
    bodies = [FULL, *(json.loads(path.read_bytes()) for path in sorted(BODIES.glob("*.json")) if path.stem != "rows")]
    for whole in bodies:
        value = copy.deepcopy(whole)
        for _ in range(3):
            *path, last = chance.choice([place for place in places(value) if place])
            inner = value
            for step in path:
                inner = inner[step]
            inner[last] = copy.deepcopy(chance.choice(ODD))
        READER.recognises(value)
        try:
            detail = READER.read_task(json.dumps(value).encode(), remote_id=None, received_at=NOW)
        except BadAnswer:
            continue
        assert r"\x1b" not in repr((detail.trace, detail.facts, detail.deliverables, detail.task))
        if detail.report is not None:
            read_report(detail.report)
