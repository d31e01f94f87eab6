"""Lists of sources: their names in many languages, their shapes, what belongs to an entry."""

import pytest

from tui.report.list_headings import has_access_date, is_source_heading, is_works_cited, without_access_date
from tui.report.parse import parse


def _entries(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(source.id, source.url, source.title) for source in parse(text).sources]


@pytest.mark.parametrize(
    "name",
    """
Sources|**Sources**|References:|📚 Sources|5. References|V. Works Cited|## REFERENCES & FURTHER READING
Key Citations|References (abridged)|#### **Works cited**|Sources Used|Selected Bibliography|Appendix A: References
9.1 Links|Quellenverzeichnis|Literaturverzeichnis|Quellen und weiterführende Links|Fuentes oficiales
Fuentes canónicas|Referências (citadas)|Références|Sources des citations|Riferimenti|Bibliografia|Bronnen|Źródła
Источники|Список литературы|Джерела|Kaynakça|المصادر والمراجع|מקורות|संदर्भ
参考文献|主要参考文献|十、参考文献与数据源|参考内容如下：|关键引文|引用的著作|參考資料|資料來源|参照ソース
出典|引用文献一覧|참고 문헌|출처 목록|출처 통합 목록|대표적 출처|代表性来源|Nguồn tham khảo|Tài liệu tham khảo
Daftar Pustaka|Zdroje|Källor|Kilder|Lähteet|Források|Surse|Πηγές
""".strip()
    .replace("\n", "|")
    .split("|"),
)
def test_names_of_lists_of_sources(name: str) -> None:
    assert is_source_heading(name)


@pytest.mark.parametrize(
    "name",
    "Energy sources|Literature review|Open source|Reference architecture|来源分析|Sources of error"
    "|Where Sources Conflict|2.1 数据来源与方法|Fontes de energia|Introduction||Source: Reuters".split("|"),
)
def test_other_headings_are_no_lists_of_sources(name: str) -> None:
    assert not is_source_heading(name)


@pytest.mark.parametrize(
    "name", ["Works cited", "#### **Works cited**", "引用的著作", "Obras citadas", "Œuvres citées", "Zitierte Quellen"]
)
def test_names_under_which_markers_are_flattened(name: str) -> None:
    assert is_works_cited(name)
    assert not is_works_cited("Sources")


@pytest.mark.parametrize(
    "text",
    [
        "Alpha, accessed May 20, 2025, ",
        "Alpha, 访问时间为 四月 27, 2025，",
        "Alpha，檢索日期：4月 24, 2025，",
        "Alpha, 5月 20, 2025にアクセス、",
        "Alpha, 5월 20, 2025에 액세스,",
        "Alpha, consulté le mai 20, 2025,",
        "Alpha, Zugriff am Mai 20, 2025,",
        "Alpha, fecha de acceso: mayo 20, 2025,",
        "Alpha, дата последнего обращения: мая 20, 2025,",
        "Alpha (accessed: 2025-05-20)",
    ],
)
def test_the_day_of_access_is_no_part_of_the_title(text: str) -> None:
    assert has_access_date(text)
    assert without_access_date(text).strip(" ,，、)") == "Alpha"


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("[1] Alpha: https://a.example", ("1", "https://a.example", "Alpha")),
        ("[1] https://a.example - Alpha", ("1", "https://a.example", "Alpha")),
        ("[1]: https://a.example", ("1", "https://a.example", None)),
        ("\\[1] Alpha[ https://a.example](https://a.example)", ("1", "https://a.example", "Alpha")),
        ("[[1]](https://a.example) Alpha", ("1", "https://a.example", "Alpha")),
        ("**[1]** *Alpha*. https://a.example", ("1", "https://a.example", "Alpha")),
        ("【1】Alpha https://a.example", ("1", "https://a.example", "Alpha")),
        ("1. [Alpha](https://a.example) - remark", ("1", "https://a.example", "Alpha - remark")),
        ("1) Alpha https://a.example", ("1", "https://a.example", "Alpha")),
        ("(1) Alpha https://a.example", ("1", "https://a.example", "Alpha")),
        ("[1\\. Alpha](https://a.example)", ("1", "https://a.example", "Alpha")),
        ("[^1]:[Alpha](https://a.example)", ("1", "https://a.example", "Alpha")),
        ("- [Alpha](https://a.example)", ("s1", "https://a.example", "Alpha")),
        ("- [1] Alpha https://a.example", ("1", "https://a.example", "Alpha")),
        ("Alpha. City: Press. https://a.example", ("s1", "https://a.example", "Alpha. City: Press")),
        ("1. Alpha, https://a.example, accessed May 1, 2025", ("1", "https://a.example", "Alpha")),
        ('[1] A. Author, "Alpha", 2024. DOI', ("1", None, 'A. Author, "Alpha", 2024. DOI')),
        ("[1] Alpha\n    https://a.example", ("1", "https://a.example", "Alpha")),
        ("[1] Alpha\n\nhttps://a.example", ("1", "https://a.example", "Alpha")),
        ("1. **Alpha**\n   - https://a.example\n   - a remark", ("1", "https://a.example", "Alpha")),
        ("- **Group**\n  - [Alpha](https://a.example)", ("s1", "https://a.example", "Alpha")),
        ("[8] [731](https://a.example)", ("8", "https://a.example", None)),
    ],
)
def test_shapes_of_entries(line: str, entry: tuple[str, str | None, str | None]) -> None:
    assert _entries(f"x\n\n## Sources\n\n{line}\n") == [entry]
    assert all(citation.line == 1 for citation in parse(f"x\n\n## Sources\n\n{line}\n").citations)


def test_a_table_of_sources_has_labels_titles_and_urls() -> None:
    text = "## Sources\n\n| # | Title | URL |\n|---|---|---|\n| [1] | Alpha | https://a.example |\n| 2 | Beta | - |\n"
    assert _entries(text) == [("1", "https://a.example", "Alpha"), ("2", None, "Beta")]


def test_an_ordered_list_of_equal_numbers_counts_by_position() -> None:
    text = "x [2]\n\n## Sources\n1. https://a.example\n1. https://b.example\n"
    assert parse(text).citations[0].urls == ("https://b.example",)


def test_a_list_ends_at_the_next_heading_of_its_level() -> None:
    text = "## Sources\n1. [A](https://a.example)\n\n### Web\n2. [B](https://b.example)\n\n## Next\n[C](https://c.example)\n"
    assert [source.id for source in parse(text).sources] == ["1", "2", "u1"]


def test_a_bold_or_plain_name_ends_at_any_heading() -> None:
    for name in ("**Sources**", "Sources:"):
        text = f"{name}\n\n- [A](https://a.example)\n\n### Next\n\n- [B](https://b.example)\n"
        assert [source.id for source in parse(text).sources] == ["s1", "u1"]


def test_a_name_without_a_list_below_it_is_no_list() -> None:
    assert _entries("## Sources\n\nWe asked many people.\n\n## B\n[C](https://c.example)") == [
        ("u1", "https://c.example", "C")
    ]


def test_two_rows_of_labelled_urls_define_anywhere_one_does_not() -> None:
    rows = "x [1]\n\n[1] https://a.example\n[2] https://b.example\n\nend of text here\n\nmore\n\nand more\n"
    assert [source.id for source in parse(rows).sources] == ["1", "2"]
    assert parse(rows).citations[0].urls == ("https://a.example",)
    single = "x [1]\n\n[1] https://a.example\n\nend of text here\n\nmore\n\nand more\n"
    assert [source.id for source in parse(single).sources] == ["u1"]


def test_a_final_ordered_list_needs_a_url_in_every_item() -> None:
    listed = "x [1]\n\n1. A https://a.example\n2. B https://b.example\n3. C {}\n"
    assert len(parse(listed.format("https://c.example")).citations) == 1
    assert parse(listed.format("none")).citations[0].status == ("dangling",)


def test_a_citation_takes_the_nearest_list_that_follows() -> None:
    chapter = "# C\nx [1]\n\n## Sources\n1. [A](https://{}.example)\n\n"
    document = parse(chapter.format("a") + chapter.format("b") + "# End\n\nlast [1]\n")
    assert [citation.ids[0] for citation in document.citations] == ["1", "1#2", "1#2"]


def test_definitions_of_pictures_are_no_sources() -> None:
    text = "![][image1]\n\n## Sources\n1. [A](https://a.example)\n\n[image1]: <data:image/png;base64,AAAA>\n"
    assert [source.id for source in parse(text).sources] == ["1"]


def test_lines_of_entries_are_where_they_are_listed() -> None:
    document = parse("x\n\n## Sources\n[1] https://a.example\n[2] https://b.example\n")
    assert [source.line for source in document.sources] == [4, 5]


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("Der Titel der Seite (Abruf: 3.4.2025) https://a.example/1", "Der Titel der Seite"),
        ("Titre du rapport. Disponible (en): https://a.example/1", "Titre du rapport"),
        ("Informe anual, disponible en https://a.example/1", "Informe anual"),
        ("A report. Available at: https://a.example/1", "A report"),
    ],
)
def test_how_and_when_a_source_was_reached_is_no_part_of_its_title(entry: str, title: str) -> None:
    document = parse(f"A claim [1].\n\n## Sources\n\n1. {entry}\n2. https://b.example/2\n")
    assert document.sources[0].title == title
    assert document.sources[0].url == "https://a.example/1"


def test_a_tag_that_names_a_number_of_the_list_leads_there() -> None:
    document = parse(
        "A claim [citation:2], another [citation:9].\n\n## Sources\n\n1. https://a.example/1\n2. https://b.example/2\n"
    )
    assert [one.urls for one in document.citations] == [("https://b.example/2",), (None,)]
