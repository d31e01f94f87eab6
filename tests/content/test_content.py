"""The demo reports: what they cite exists in their lists, what they claim in JSON holds, and their text is clean."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tui
from tui.domain.text import clean, unsafe_characters
from tui.domain.url import Verdict, check_url

CONTENT = Path(tui.__file__).parent / "simulator" / "content"
SLUGS = sorted(path.stem for path in CONTENT.glob("*.json"))
LONGEST, SHORTEST, STRUCTURED, CHARTED = "mvcc-vacuum-wal-undo", "leap-second", "asml-profile", "space-debris"
DANGLING = {"antikythera-mechanism": {99}}  # on purpose: a reader must be told, not led nowhere
MOST_SOURCES = {slug for slug in SLUGS if slug not in {LONGEST, SHORTEST}}

TEXT = {"type": "string", "minLength": 1}
POINT = {
    "type": "array",
    "prefixItems": [{"type": ["number", "string"]}, {"type": "number"}],
    "minItems": 2,
    "maxItems": 2,
}


def closed(*optional: str, **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def some(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": items}


SCHEMA = closed(
    "structured",
    "charts",
    slug={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    title=TEXT,
    language={"type": "string", "pattern": "^[a-z]{2}$"},
    brief=TEXT,
    sources=some(
        closed(
            id={"type": "integer", "minimum": 1},
            url={"type": "string", "pattern": "^https://"},
            title=TEXT,
            snippet={"type": ["string", "null"], "minLength": 1},
            date={"type": ["string", "null"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"},
        )
    ),
    structured=closed(
        schema={"type": "object"},
        fields={"type": "object"},
        basis={"type": "object", "additionalProperties": some({"type": "integer"})},
    ),
    charts=some(
        closed(
            title=TEXT,
            chart_type={"enum": ["line", "bar"]},
            x_label=TEXT,
            y_label=TEXT,
            series=some(closed(name=TEXT, points=some(POINT))),
        )
    ),
)


def facts(slug: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CONTENT / f"{slug}.json").read_text(encoding="utf-8"))
    return loaded


def markdown(slug: str) -> str:
    return (CONTENT / f"{slug}.md").read_text(encoding="utf-8")


def prose(text: str) -> str:
    """Return `text` without code, in which a bracketed number is no citation."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


def markers(slug: str) -> list[set[int]]:
    found = re.findall(r"\[(\d+(?:, ?\d+)*)\](?!\()", prose(markdown(slug)))
    return [{int(number) for number in marker.split(",")} for marker in found]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def look_up(fields: Any, path: str) -> Any:
    """Return what `path` ("a.b[0].c") leads to, or raise KeyError, IndexError or TypeError."""
    for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path):
        fields = fields[name] if name else fields[int(index)]
    return fields


def test_there_are_twelve_reports_and_each_is_a_pair_of_files() -> None:
    assert len(SLUGS) == 12
    assert sorted(path.stem for path in CONTENT.glob("*.md")) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
class TestEveryReport:
    def test_the_json_has_the_agreed_form_and_names_its_file(self, slug: str) -> None:
        jsonschema.validate(facts(slug), SCHEMA, cls=jsonschema.Draft202012Validator)
        assert facts(slug)["slug"] == slug

    def test_the_markdown_begins_with_the_title(self, slug: str) -> None:
        assert markdown(slug).splitlines()[0] == f"# {facts(slug)['title']}"

    def test_source_ids_and_urls_are_unique(self, slug: str) -> None:
        sources = facts(slug)["sources"]
        assert len({source["id"] for source in sources}) == len(sources)
        assert len({source["url"] for source in sources}) == len(sources)

    def test_every_url_may_be_opened(self, slug: str) -> None:
        verdicts = {source["url"]: check_url(source["url"]).verdict for source in facts(slug)["sources"]}
        assert [url for url, verdict in verdicts.items() if verdict is not Verdict.OPEN] == []

    def test_every_marker_but_the_intended_ones_resolves(self, slug: str) -> None:
        known = {source["id"] for source in facts(slug)["sources"]}
        cited: set[int] = set().union(*markers(slug))
        assert cited - known == DANGLING.get(slug, set())

    def test_most_sources_are_cited(self, slug: str) -> None:
        known = {source["id"] for source in facts(slug)["sources"]}
        assert len(known & set().union(*markers(slug))) >= len(known) / 2

    def test_texts_are_clean(self, slug: str) -> None:
        for text in (markdown(slug), *strings(facts(slug))):
            assert unsafe_characters(text) == set()
            assert clean(text) == text

    def test_no_list_of_sources_stands_at_the_end(self, slug: str) -> None:
        assert "http" not in prose(markdown(slug))

    def test_code_fences_are_closed(self, slug: str) -> None:
        assert len(re.findall(r"^```", markdown(slug), flags=re.MULTILINE)) % 2 == 0

    def test_rows_of_a_table_have_as_many_cells_as_its_head(self, slug: str) -> None:
        for table in re.findall(r"(?:^\|.*\|\n)+", prose(markdown(slug)), flags=re.MULTILINE):
            assert len({row.replace(r"\|", "").count("|") for row in table.splitlines()}) == 1, table


class TestTheLongReport:
    def test_it_is_at_least_65_kilobytes(self) -> None:
        assert len(markdown(LONGEST).encode()) >= 65_000

    def test_it_has_85_cited_sources_and_110_markers(self) -> None:
        assert len(set().union(*markers(LONGEST))) >= 85
        assert len(markers(LONGEST)) >= 110

    @pytest.mark.parametrize(
        "pattern",
        [
            pytest.param(r"^```sql$", id="SQL"),
            pytest.param(r"^```c$", id="C"),
            pytest.param(r"^```shell$", id="shell"),
            pytest.param(r"^```mermaid$", id="diagram"),
            pytest.param(r"^- .*\n(?:^ {2}- .*\n)+(?:^ {4}- )|^ {5,}- ", id="lists three deep"),
            pytest.param(r"^> ", id="quote"),
            pytest.param(r"^- \[x\] ", id="task done"),
            pytest.param(r"^- \[ \] ", id="task open"),
            pytest.param(r"\$O\(\\log n\)\$", id="inline mathematics"),
            pytest.param(r"^\$\$$|^\$\$.+\$\$$", id="display mathematics"),
            pytest.param(r"^(?:\|[^|\n]*){9,}\|$", id="wide table"),
            pytest.param(r"\[\d+\]\[\d+\]", id="adjacent markers"),
            pytest.param(r"\[\d+\], \[\d+\]", id="listed markers"),
        ],
    )
    def test_it_has_every_form_a_reader_must_lay_out(self, pattern: str) -> None:
        assert re.search(pattern, markdown(LONGEST), flags=re.MULTILINE)

    def test_it_does_not_repeat_itself(self) -> None:
        paragraphs = [part for part in prose(markdown(LONGEST)).split("\n\n") if len(part) > 80]
        assert len(set(paragraphs)) == len(paragraphs)


class TestTheStructuredReport:
    def test_its_fields_validate_against_its_own_schema(self) -> None:
        structured = facts(STRUCTURED)["structured"]
        jsonschema.Draft202012Validator.check_schema(structured["schema"])
        jsonschema.validate(structured["fields"], structured["schema"], cls=jsonschema.Draft202012Validator)

    def test_every_path_of_its_basis_exists_and_every_source_is_listed(self) -> None:
        content = facts(STRUCTURED)
        known = {source["id"] for source in content["sources"]}
        for path, ids in content["structured"]["basis"].items():
            assert look_up(content["structured"]["fields"], path) is not None
            assert set(ids) <= known

    def test_it_has_nested_objects_arrays_and_a_field_without_evidence(self) -> None:
        structured = facts(STRUCTURED)["structured"]
        assert any(isinstance(value, dict) for value in structured["fields"].values())
        assert any(isinstance(value, list) for value in structured["fields"].values())
        assert "open_questions" not in structured["basis"]


def test_the_fast_report_is_below_3_kilobytes() -> None:
    assert len(markdown(SHORTEST).encode()) < 3_000


@pytest.mark.parametrize("slug", sorted(MOST_SOURCES))
def test_ordinary_reports_have_between_ten_and_forty_sources(slug: str) -> None:
    assert 10 <= len(facts(slug)["sources"]) <= 40


def test_at_least_seven_reports_have_between_5_and_20_kilobytes() -> None:
    assert sum(5_000 <= len(markdown(slug).encode()) <= 20_000 for slug in SLUGS) >= 7


@pytest.mark.parametrize(
    ("language", "script"),
    [("zh", r"[\u4e00-\u9fff]"), ("ja", r"[\u3040-\u30ff]"), ("en", r"[a-z]")],
)
def test_reports_in_a_language_are_written_in_its_script(language: str, script: str) -> None:
    slugs = [slug for slug in SLUGS if facts(slug)["language"] == language]
    assert slugs
    assert all(len(re.findall(script, markdown(slug))) > 300 for slug in slugs)


@pytest.mark.parametrize(
    "sample", [r"[\u0600-\u06ff]", r"[\u05d0-\u05ea]", r"[\u05b0-\u05bd]", r"[a-z][\u0300-\u036f]", "\u200d", "\u200c"]
)
def test_the_right_to_left_sample_has_scripts_marks_and_joiners(sample: str) -> None:
    assert re.search(sample, markdown("arabic-hebrew-typesetting"))


def test_some_sources_are_left_uncited() -> None:
    source_ids = {slug: {source["id"] for source in facts(slug)["sources"]} for slug in SLUGS}
    assert sum(bool(ids - set().union(*markers(slug))) for slug, ids in source_ids.items()) >= 3


def test_one_title_has_brackets_and_a_line_end_and_one_url_parentheses() -> None:
    awkward = [source for slug in SLUGS for source in facts(slug)["sources"] if "\n" in source["title"]]
    assert [("[" in source["title"], "(" in source["url"]) for source in awkward] == [(True, True)]


def test_the_charts_show_the_numbers_of_the_text() -> None:
    text = markdown(CHARTED)
    for chart in facts(CHARTED)["charts"]:
        for series in chart["series"]:
            for _, y in series["points"]:
                assert re.search(rf"\b(?:{y:,}|{y}|{y:.2f})\b", text), (chart["title"], y)
    assert text.count("approximate") >= 3
