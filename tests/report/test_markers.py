"""What is a citation and what only looks like one, beyond the vectors."""

import pytest

from tests.report.looking import brief, spans, text_of
from tui.report.document import MarkerKind, Resolution
from tui.report.parse import parse

_LIST = "\n\n## References\n" + "\n".join(f"[{n}] https://s.example/{n}" for n in range(1, 21)) + "\n"


def _ids(text: str) -> list[tuple[str, ...]]:
    return [citation.ids for citation in parse(text + _LIST).citations]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a[1][2]", [("1",), ("2",)]),
        ("a [1, 2; 4–6]", [("1", "2", "4", "5", "6")]),
        ("甲【1，2】乙［3］", [("1", "2"), ("3",)]),
        ("أ [1، 2]", [("1", "2")]),
        ("a [١]", [("1",)]),
        ("a \\[1\\]\\[2\\]", [("1",), ("2",)]),
        ("a [[1, 2]]", [("1", "2")]),
        ("a 【3†L1-L2】 [4†source]", [("3",), ("4",)]),
        ("a 【4:0†source】", [("4:0",)]),
        ("a 【turn0search3】", [("turn0search3",)]),
        ("a[^1^][^x_2]", [("1",), ("x_2",)]),
        ("**bold [1]** *it [2]*", [("1",), ("2",)]),
        ("CI of models [3] and range [1-3]", [("3",), ("1", "2", "3")]),
    ],
)
def test_forms_that_are_citations(text: str, ids: list[tuple[str, ...]]) -> None:
    assert _ids(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "in [0, 1] and [0, 19]",
        "95% CI [2, 12] and IQR: [3, 7]",
        "x ∈ [1, 3]",
        "from [5-2]",
        "a range [1-90]",
        "of [2024] and [1234]",
        "array[-1]",
        "[6]-gingerol",
        "`a[1]` and ``b`[2]``",
        "$a[1] = b$ and \\(c[2]\\)",
        "\\[ x_{[3]} \\]",
        "![alt [4]](https://a.example/x.png)",
        "단계 [3]의 값",
        "<!-- [1] -->",
        "〔1〕号",
        "- [x] done",
        "see [note](./x.md) and [top](#top)",
        "## [99] Label",
        "E = mc<sup>2</sup> in 10<sup>6</sup>, H<sup>99</sup>",
        "~~~\n[1]\n~~~",
        "> ```\n> [1]\n> ```",
        "[25, 26]",
        "【about】 【1994】",
    ],
)
def test_look_alikes_are_no_citations_and_stay_visible(text: str) -> None:
    assert _ids(text) == []


def test_a_refused_list_is_shown_as_it_was_written() -> None:
    assert "[25, 26]" in text_of(parse("x [25, 26] y" + _LIST))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("(https://a.example/p_(x)).", "https://a.example/p_(x)"),
        ("见https://a.example/x。然后", "https://a.example/x"),
        ("**https://a.example/x**", "https://a.example/x"),
        ("https://a.example/x[1]", "https://a.example/x"),
        ("https://a.example/a\\_b", "https://a.example/a_b"),
        ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"),
        ("<https://a.example/x>,", "https://a.example/x"),
        ("`https://a.example/x`", "https://a.example/x"),
        ("| https://a.example/x | b |\n|---|---|", "https://a.example/x"),
        ("HTTPS://A.example/x!", "HTTPS://A.example/x"),
        ('"https://a.example/x"', "https://a.example/x"),
        ("http://localhost:7770/x", "http://localhost:7770/x"),
    ],
)
def test_bare_addresses_end_where_they_end(text: str, url: str) -> None:
    assert parse(text).citations[0].urls == (url,)


@pytest.mark.parametrize("text", ["http://", "xhttp://a.example", "ahttps:// b", "ftp://a.example/x", "a://b"])
def test_what_is_no_web_address_is_text(text: str) -> None:
    assert parse(text).citations == ()


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("[a](https://a.example/x y)", MarkerKind.LINK, "https://a.example/x y"),
        ('[a](https://a.example "title")', MarkerKind.LINK, "https://a.example"),
        ("[a](<https://a.example/x>)", MarkerKind.LINK, "https://a.example/x"),
        ("[a [b] c](https://a.example)", MarkerKind.LINK, "https://a.example"),
        ("[a](https://a.example/S\\(20\\)8)", MarkerKind.LINK, "https://a.example/S(20)8"),
        ("[a](https://a.example/(b)", MarkerKind.LINK, "https://a.example/(b"),
        ("[*\\[3\\]*](https://a.example)", MarkerKind.NUM_LINK, "https://a.example"),
        ("[\\[3\\]*](https://a.example)", MarkerKind.NUM_LINK, "https://a.example"),
        ("[(3)](https://a.example)", MarkerKind.NUM_LINK, "https://a.example"),
        ("[1, 2](https://a.example)", MarkerKind.NUM_LINK, "https://a.example"),
        ("[2024](https://a.example)", MarkerKind.LINK, "https://a.example"),
        ("[![p](https://i.example)](https://a.example)", MarkerKind.LINK, "https://a.example"),
        ("[a [b](https://b.example) c](https://a.example)", MarkerKind.LINK, "https://b.example"),
    ],
)
def test_links(text: str, kind: MarkerKind, url: str) -> None:
    (citation,) = parse(text).citations
    assert (citation.kind, citation.urls[0]) == (kind, url)


@pytest.mark.parametrize("text", ["[a](mailto:b@c.example)", "[a](x y)", "[a](", "[a]()", "[[a]](b)", "[a]\n(https"])
def test_other_targets_are_no_citations(text: str) -> None:
    assert parse(text).citations == ()
    assert "a" in text_of(parse(text))


def test_links_carry_their_url_whatever_it_is_and_unsafe_ones_none() -> None:
    document = parse("[a](./b.md) [c](#d) [e](javascript:f) [g](https://h.example/\x1b)")
    urls = {span.text: span.url for span in spans(document.blocks) if span.text.strip()}
    assert urls == {"a": "./b.md", "c": "#d", "e": "javascript:f", "g": None}


def test_reference_links_are_links_for_the_reader() -> None:
    document = parse("[Alpha][a] and [b]\n\n[a]: https://a.example\n[b]: https://b.example\n")
    urls = {span.text: span.url for span in spans(document.blocks)}
    assert (urls["Alpha"], urls["b"]) == ("https://a.example", "https://b.example")


def test_an_entity_marker_shows_its_name_and_a_picture_group_nothing() -> None:
    entity, group = '\ue200entity\ue202["company","Google","x"]\ue201', '\ue200image_group\ue202{"q":1}\ue201'
    text = f"{entity} a {group} b \ue200entity\ue202[1\ue201"
    assert text_of(parse(text)) == "Google a  b "


def test_links_are_numbered_by_first_appearance_and_tracking_makes_no_other_source() -> None:
    document = parse(
        "[https://a.example](https://a.example) [A](https://a.example/?utm_source=x) [B](https://b.example) "
        "[A2](https://a.example/#:~:text=y)"
    )
    assert [citation.ids[0] for citation in document.citations] == ["u1", "u1", "u2", "u1"]
    assert [(source.id, source.url, source.title) for source in document.sources] == [
        ("u1", "https://a.example", "A"),
        ("u2", "https://b.example", "B"),
    ]


def test_a_number_without_list_takes_the_url_of_the_link_with_that_number() -> None:
    assert brief(parse("a [[3]](https://c.example) b [3]"))[1] == ("numeric", ("3",), ("https://c.example",))


def test_flattened_numbers_need_a_list_of_their_kind() -> None:
    body = "It rose.1 It fell,2 see Fig.1 and 3.14 v.2 “quoted”2 end.9"
    plain = body + "\n\n## Sources\n1. A https://a.example\n2. B https://b.example"
    dated = (
        body
        + "\n\n## Sources\n1. A, accessed May 1, 2025, https://a.example\n2. B, accessed May 1, 2025, https://b.example"
    )
    assert parse(plain).citations == ()
    assert [(c.kind, c.ids, c.col) for c in parse(dated).citations] == [
        (MarkerKind.FLATTENED, ("1",), 9),
        (MarkerKind.FLATTENED, ("2",), body.index("”2") + 2),
    ]


def test_brackets_in_the_text_rule_flattening_out() -> None:
    body = "It rose.1 " + " ".join("a [1]" for _ in range(6))
    text = body + "\n\n## Works cited\n1. A, accessed May 1, 2025, https://a.example"
    assert {citation.kind for citation in parse(text).citations} == {MarkerKind.NUMERIC}


def test_status_says_how_far_an_id_leads() -> None:
    sidecar: list[dict[str, object]] = [
        {"id": "3", "url": "https://c.example", "title": "C"},
        {"id": 4},
        {"url": "https://no.example"},
    ]
    document = parse("[1] [2] [3] [4] [5]\n\n## Sources\n[1] https://a.example\n[2] A book\n", sidecar)
    assert [citation.status[0] for citation in document.citations] == [
        Resolution.URL,
        Resolution.TITLE,
        Resolution.SIDECAR,
        Resolution.TITLE,
        Resolution.DANGLING,
    ]
    assert [source.id for source in document.sources] == ["1", "2", "3", "4"]


def test_prices_are_text_and_formulas_are_math() -> None:
    text = text_of(parse("US$5 billion and HK$ notes, but $x^2$"))
    assert text == "US$5 billion and HK$ notes, but x^2"


def test_columns_count_code_points_of_the_source_line() -> None:
    document = parse("\tä𝒳 [1]\n   > * 漢 **x** [2]\n")
    assert [(citation.line, citation.col) for citation in document.citations] == [(1, 5), (2, 16)]


def test_carriage_returns_and_a_byte_order_mark_move_nothing() -> None:
    document = parse("\ufeffa [1]\r\nb [2]\rc [3]")
    assert [(citation.line, citation.col) for citation in document.citations] == [(1, 3), (2, 3), (3, 3)]


def test_a_nul_moves_no_marker() -> None:
    document = parse("a\0b [1] \0[2]")
    assert [citation.col for citation in document.citations] == [5, 10]
