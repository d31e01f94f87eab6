"""Answers of services as people save them: recognised by shape, read with their citations."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.detail import ReportFormat
from tui.engine.files.documents import detect_document
from tui.providers.saved import read_saved, read_value
from tui.report.document import Document
from tui.report.read import read_report

_CLAIM = "Café 😀 rose."
_TEXT = f"# Tea\n\n{_CLAIM} Tea fell."
_URL = "https://a.example/1"


def _bytes(text: str) -> int:
    return len(text.encode())


_AT = _TEXT.index(_CLAIM)
_POINTS = {"start_index": _AT, "end_index": _AT + len(_CLAIM)}
_UTF8 = {"start": _bytes(_TEXT[:_AT]), "end": _bytes(_TEXT[: _AT + len(_CLAIM)])}
_CITED = {"type": "url_citation", "url": _URL, "title": "One", **_POINTS}

_BODIES: dict[str, Mapping[str, Any]] = {
    "openai": {
        "object": "response",
        "id": "resp_1",
        "status": "completed",
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": _TEXT, "annotations": [_CITED, None]}]},
        ],
    },
    "openai chat": {
        "object": "chat.completion",
        "choices": [{"message": {"content": _TEXT, "annotations": [{"type": "url_citation", "url_citation": _CITED}]}}],
    },
    "azure messages": {
        "object": "list",
        "data": [
            {"role": "assistant", "content": [{"type": "text", "text": {"value": _TEXT, "annotations": [_CITED]}}]},
            {"role": "user", "content": [{"type": "text", "text": {"value": "?", "annotations": []}}]},
        ],
    },
    "gemini": {
        "object": "interaction",
        "status": "completed",
        "steps": [
            {
                "type": "model_output",
                "content": [
                    {
                        "type": "text",
                        "text": _TEXT,
                        "annotations": [
                            {"url": _URL, "title": "One", "start_index": _UTF8["start"], "end_index": _UTF8["end"]}
                        ],
                    }
                ],
            }
        ],
    },
    "gemini content": {
        "candidates": [
            {
                "content": {"parts": [{"text": "hm", "thought": True}, {"text": _TEXT}], "role": "model"},
                "groundingMetadata": {
                    "groundingChunks": [{"web": {"uri": _URL, "title": "One"}}],
                    "groundingSupports": [
                        {
                            "segment": {
                                "partIndex": 1,
                                "startIndex": _UTF8["start"],
                                "endIndex": _UTF8["end"],
                                "text": _CLAIM,
                            },
                            "groundingChunkIndices": [0],
                        }
                    ],
                },
            }
        ]
    },
    "anthropic": {
        "type": "message",
        "role": "assistant",
        "content": [
            {"type": "server_tool_use", "name": "web_search"},
            {"type": "text", "text": "# Tea\n\n"},
            {
                "type": "text",
                "text": _CLAIM,
                "citations": [
                    {"type": "web_search_result_location", "url": _URL, "title": "One", "cited_text": "It rose."}
                ],
            },
            {"type": "text", "text": " Tea fell."},
        ],
    },
    "cohere": {
        "id": "c",
        "finish_reason": "COMPLETE",
        "message": {
            "role": "assistant",
            "content": [{"type": "text", "text": _TEXT}],
            "citations": [
                {
                    "start": _AT,
                    "end": _AT + len(_CLAIM),
                    "text": _CLAIM,
                    "sources": [{"type": "document", "id": "doc:0", "document": {"url": _URL, "title": "One"}}],
                }
            ],
        },
    },
    "cohere of old": {
        "text": _TEXT,
        "generation_id": "g",
        "citations": [{"start": _AT, "end": _AT + len(_CLAIM), "text": _CLAIM, "document_ids": ["web_0"]}],
        "documents": [{"id": "web_0", "url": _URL, "title": "One"}],
    },
    "perplexity": {
        "object": "response",
        "status": "completed",
        "output": [
            {"type": "search_results", "results": [{"id": 1, "url": _URL, "title": "One"}]},
            {"type": "message", "content": [{"type": "output_text", "text": _TEXT, "annotations": [_CITED]}]},
        ],
    },
}


def _document(value: object) -> Document:
    detail = detect_document(json.dumps(value).encode(), "saved")
    assert detail.report is not None
    return read_report(detail.report)


@pytest.mark.parametrize("name", _BODIES)
def test_a_claim_cited_by_offsets_is_a_citation_of_the_text(name: str) -> None:
    document = _document(_BODIES[name])
    assert [(one.marker, one.urls, one.line, one.col) for one in document.citations] == [(_CLAIM, (_URL,), 3, 1)]
    assert [(entry.id, entry.url, entry.title) for entry in document.sources] == [("1", _URL, "One")]


@pytest.mark.parametrize("name", _BODIES)
def test_a_list_of_answers_is_its_last_one_with_a_text(name: str) -> None:
    assert _document([_BODIES[name], {"object": "response", "output": [], "status": "queued"}]).title == "Tea"


@pytest.mark.parametrize("name", _BODIES)
def test_an_answer_is_read_as_a_batch_keeps_it(name: str) -> None:
    document = _document({"custom_id": "1", "response": {"status_code": 200, "body": _BODIES[name]}})
    assert [one.marker for one in document.citations] == [_CLAIM]


_LIST = [{"url": _URL, "title": "One"}, {"url": "https://b.example", "title": "Two"}]


@pytest.mark.parametrize(
    ("value", "marker"),
    [
        ({"output": {"content": "It fell.[[2]]", "content_type": "text", "sources": _LIST}}, "[[2]]"),
        ({"request_id": "r", "status": "completed", "content": "It fell [2].", "sources": _LIST}, "[2]"),
        (
            {
                "model": "sonar-pro",
                "choices": [{"message": {"content": "<think>[1]</think>It fell.[2]"}}],
                "citations": [_URL, "https://b.example"],
            },
            "[2]",
        ),
        (
            {"choices": [{"message": {"content": "It fell.[[2]](https://b.example)"}}], "citations": [_URL]},
            "[[2]](https://b.example)",
        ),
        (
            {
                "choices": [
                    {"message": {"content": "It fell [doc2].", "context": {"citations": [*_LIST]}}},
                ]
            },
            "[doc2]",
        ),
    ],
)
def test_a_marker_leads_to_the_source_that_the_service_means(value: object, marker: str) -> None:
    assert [(one.marker, one.urls) for one in _document(value).citations] == [(marker, ("https://b.example",))]


def test_a_number_in_the_text_never_means_a_position_in_a_list_without_numbers() -> None:
    basis = [{"field": "output", "citations": _LIST}]
    value = {
        "run": {"run_id": "t", "status": "completed"},
        "output": {"type": "text", "content": "So [2].", "basis": basis},
    }
    marker, whole = _document(value).citations
    assert (marker.marker, marker.urls) == ("[2]", (None,))
    assert (whole.marker, whole.urls) == ("", tuple(row["url"] for row in _LIST))


def test_fields_are_cited_by_their_basis() -> None:
    basis = [{"field": "year", "citations": [_LIST[0]]}]
    value = {"run": {"run_id": "t"}, "output": {"type": "json", "content": {"year": 1974}, "basis": basis}}
    assert [one.urls for one in _document(value).citations] == [(_URL,)]
    grounding = [{"field": "structured.year", "citations": [_LIST[0]]}]
    run = {"object": "agent_run", "status": "completed", "output": {"structured": {"year": 1}, "grounding": grounding}}
    assert [one.urls for one in _document(run).citations] == [(_URL,)]


def test_a_task_of_linkup_is_read_by_what_was_asked_for() -> None:
    task = {"status": "completed", "output": {"answer": "It rose [1].", "sources": [{"name": "One", "url": _URL}]}}
    answered = _document({**task, "input": {"outputType": "sourcedAnswer"}})
    assert [one.urls for one in answered.citations] == [(_URL,)]
    fields = detect_document(json.dumps({**task, "input": {"outputType": "structured"}}).encode(), "saved").report
    assert fields is not None
    assert json.loads(fields.text) == task["output"]


def test_an_answer_without_a_text_says_how_far_it_is() -> None:
    detail = detect_document(b'{"object": "response", "status": "queued", "output": []}', "saved")
    assert (detail.report, detail.task.provider_status) == (None, "queued")


def test_a_saved_stream_is_the_answer_it_ends_with() -> None:
    last = json.dumps({"type": "response.completed", "response": _BODIES["openai"]})
    stream = (
        f'event: response.created\ndata: {{"type": "response.created"}}\n\nevent: x\ndata: {last}\n\ndata: [DONE]\n'
    )
    report = detect_document(stream.encode(), "saved").report
    assert report is not None
    assert [one.urls for one in read_report(report).citations] == [(_URL,)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "output content type text annotations steps choices message citations sources start_index end_index url"
                " candidates role status object request_id results basis field answer query data parts segment".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(_JSON)
def test_no_value_breaks_the_readers(value: object) -> None:
    answer = read_value(value)
    if answer is not None and answer.report is not None:
        read_report(answer.report)


@given(st.sampled_from(sorted(_BODIES)), st.data())
def test_no_damage_breaks_the_readers(name: str, data: st.DataObject) -> None:
    text = json.dumps(_BODIES[name])
    at = data.draw(st.integers(0, len(text)))
    word = data.draw(st.sampled_from(["null", "[]", "{}", "-1", '""', "1e3", "true"]))
    for old in ('"completed"', '["web_0"]', "[0]", f'"{_URL}"', str(_AT), '"One"'):
        if text.find(old, at) >= 0:
            text = text[:at] + text[at:].replace(old, word, 1)
    answer = read_saved(text.encode())
    if answer is not None and answer.report is not None:
        read_report(answer.report)


def test_the_bodies_of_the_contracts_are_read(shared: Path) -> None:
    """Counts of citations and of those that lead nowhere, as the contracts measured them."""
    expected = {
        "openai-completed-deep-research-long": (41, 0),
        "openai-completed-web-search-real": (10, 0),
        "openai-completed-web-search-unicode-real": (3, 0),
        "gemini-completed-deep-research-real-excerpt": (7, 0),
        "gemini-completed-google-search-real": (18, 0),
        "gemini-completed-spans-without-markers": (2, 0),
        "gemini-completed-file-citation": (2, 0),
        "perplexity-completed-fast-real": (1, 0),
        "perplexity-completed-annotations": (2, 0),
        "parallel-result-text-ultra-observed": (105, 0),
        "exa-completed-structured": (4, 0),
        "tavily-completed-no-list-in-text": (2, 0),
        "you-sync-lite-published": (7, 0),
    }
    found = {}
    for name in expected:
        answer = read_saved((shared / "contracts" / "more" / "examples" / f"{name}.json").read_bytes())
        assert answer is not None, name
        assert answer.report is not None, name
        assert answer.report.format in {ReportFormat.MARKDOWN, ReportFormat.JSON}
        document = read_report(answer.report)
        nowhere = sum(status == "dangling" for one in document.citations for status in one.status)
        found[name] = len(document.citations), nowhere
    assert found == expected


def test_answers_of_our_own_services_are_left_to_their_readers(shared: Path) -> None:
    taken = [
        path.name
        for path in sorted((shared / "contracts" / "examples").glob("*.json"))
        if read_saved(path.read_bytes()) is not None
    ]
    assert taken == []
