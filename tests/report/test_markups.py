"""Reports in other markups than markdown: citations with their exact places, headings, lists, links, code."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.detail import ReportFormat, Source
from tui.engine.files.documents import detect_document, open_document
from tui.report.document import Code, Document, Heading, List, Paragraph, Resolution, Span
from tui.report.markups import asciidoc, latex, org, rst, wikitext
from tui.report.markups.bibliography import read_bibtex
from tui.report.markups.dialects import read_dialect
from tui.report.markups.edits import Rewriting, read_rewritten
from tui.report.parse import parse
from tui.report.read import read_report

_A, _B = "https://a.example/1", "https://b.example/2"

_RST = f"""\
=====
Title
=====

It rose [1]_ and [CIT2002]_, see `the site <https://x.example>`_ and Docs_.

Part
----

* item *one*

.. code-block:: python

   x = a[1]

.. _Docs: https://docs.example
.. [1] First. {_A}
.. [CIT2002] Second,
   more. {_B}
"""
_LATEX = f"""\
\\documentclass{{article}}
\\title{{Title}}
\\begin{{document}}
It rose~\\cite{{one,two}} as in \\citep[p.~3]{{two}}, see \\href{{https://x.example}}{{the site}}.
\\section{{Part}}
\\begin{{itemize}}
\\item item \\emph{{one}}
\\end{{itemize}}
\\begin{{verbatim}}
x = a[1] \\cite{{one}}
\\end{{verbatim}}
\\begin{{thebibliography}}{{9}}
\\bibitem{{one}} First. \\url{{{_A}}}

\\bibitem[T(2020)]{{two}}
Second. {_B}
\\end{{thebibliography}}
\\end{{document}}
"""
_WIKI = f"""\
= Title =
'''It''' rose.<ref name="a">{{{{cite web |url={_A} |title=First}}}}</ref> It fell.<ref>[{_B} Second]</ref><ref name=a />
== Part ==
* item ''one'' [https://x.example the site] [[Page|words]]
{{{{reflist}}}}
"""
_ASCIIDOC = f"""\
= Title
:toc:

It rose <<one>> and cite:[two].footnote:[See {_A}] See https://x.example[the site].

== Part

* item _one_

[source,python]
----
x = a[1]
----

[bibliography]
* [[[one]]] First. {_A}
* [[[two]]] Second. {_B}
"""
_ORG = f"""\
#+TITLE: Title
It rose[fn:1] and fell [cite:@two]. See [[https://x.example][the site]].
* Part
- item /one/
#+begin_src python
x = a[1]
#+end_src
[fn:1] First. {_A}
"""

_CITED: dict[str, tuple[ReportFormat, str, list[tuple[str, tuple[str, ...], tuple[str | None, ...], int, int]]]] = {
    "rst": (
        ReportFormat.RST,
        _RST,
        [
            ("[1]_", ("1",), (_A,), 5, 9),
            ("[CIT2002]_", ("CIT2002",), (_B,), 5, 18),
            ("`the site <https://x.example>`_", ("u1",), ("https://x.example",), 5, 34),
            ("Docs_", ("u2",), ("https://docs.example",), 5, 70),
        ],
    ),
    "latex": (
        ReportFormat.LATEX,
        _LATEX,
        [
            ("\\cite{one,two}", ("one", "two"), (_A, _B), 4, 9),
            ("\\citep[p.~3]{two}", ("two",), (_B,), 4, 30),
            ("\\href{https://x.example}{the site}", ("u1",), ("https://x.example",), 4, 53),
        ],
    ),
    "wikitext": (
        ReportFormat.WIKITEXT,
        _WIKI,
        [
            (f'<ref name="a">{{{{cite web |url={_A} |title=First}}}}</ref>', ("1",), (_A,), 2, 15),
            (f"<ref>[{_B} Second]</ref>", ("2",), (_B,), 2, 94),
            ("<ref name=a />", ("1",), (_A,), 2, 133),
            ("[https://x.example the site]", ("u1",), ("https://x.example",), 4, 16),
        ],
    ),
    "asciidoc": (
        ReportFormat.ASCIIDOC,
        _ASCIIDOC,
        [
            ("<<one>>", ("one",), (_A,), 4, 9),
            ("cite:[two]", ("two",), (_B,), 4, 21),
            (f"footnote:[See {_A}]", ("1",), (_A,), 4, 32),
            ("https://x.example[the site]", ("u1",), ("https://x.example",), 4, 71),
        ],
    ),
    "org": (
        ReportFormat.ORG,
        _ORG,
        [
            ("[fn:1]", ("1",), (_A,), 2, 8),
            ("[cite:@two]", ("two",), (None,), 2, 24),
            ("[[https://x.example][the site]]", ("u1",), ("https://x.example",), 2, 41),
        ],
    ),
}


def _document(text: str) -> Document:
    report = detect_document(text.encode(), "saved").report
    assert report is not None
    return read_report(report)


@pytest.mark.parametrize("name", _CITED)
def test_citations_have_their_places_in_the_text(name: str) -> None:
    markup, text, expected = _CITED[name]
    report = detect_document(text.encode(), "saved").report
    assert report is not None
    assert (report.format, report.text) == (markup, text)
    found = [(one.marker, one.ids, one.urls, one.line, one.col) for one in read_report(report).citations]
    assert found == expected


@pytest.mark.parametrize("name", _CITED)
def test_headings_lists_links_and_code_are_what_they_are(name: str) -> None:
    document = _document(_CITED[name][1])
    assert document.title == "Title"
    assert "Part" in [block.spans[0].text for block in document.blocks if isinstance(block, Heading)]
    lists = [block for block in document.blocks if isinstance(block, List)]
    first = lists[0].items[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert [(span.text, bool(span.look)) for span in first.spans][:2] == [("item ", False), ("one", True)]
    if name != "wikitext":
        (code,) = [block for block in document.blocks if isinstance(block, Code)]
        assert code.text.strip().startswith("x = a[1]")
    spans: list[Span] = [span for block in document.blocks if isinstance(block, Paragraph) for span in block.spans]
    assert name == "wikitext" or "the site" in [span.text for span in spans if span.url == "https://x.example"]


@pytest.mark.parametrize("name", _CITED)
def test_line_ends_of_windows_change_nothing(name: str) -> None:
    _, text, expected = _CITED[name]
    found = [(one.ids, one.urls, one.line, one.col) for one in _document(text.replace("\n", "\r\n")).citations]
    assert found == [row[1:] for row in expected]


def test_a_notebook_is_its_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "It rose [1]."]},
        {"cell_type": "code", "source": "x = a[1]", "outputs": [{"text": ["2 [1]\n"]}]},
        {"cell_type": "markdown", "source": f"## Sources\n[1] {_A}"},
    ]
    document = _document(json.dumps({"nbformat": 4, "metadata": {"kernelspec": {"name": "python3"}}, "cells": cells}))
    assert [(one.marker, one.urls) for one in document.citations] == [("[1]", (_A,))]
    codes = [(block.language, block.text) for block in document.blocks if isinstance(block, Code)]
    assert codes == [("python", "x = a[1]"), ("text", "2 [1]")]


_BIB = f"""@string{{x = "y"}}
@article{{one, title = {{The {{Bo}}ok of S\\"oren}}, author="Doe, J and Lee, K", year=2020, url={{{_A}}}}}
@misc{{two, title = "Other", doi = {{10.1/x}}}}
"""


def test_a_bibliography_is_read() -> None:
    found = [(one.id, one.url, one.title) for one in read_bibtex(_BIB)]
    assert found == [("one", _A, "The Book of Sören"), ("two", "https://doi.org/10.1/x", "Other")]


@pytest.mark.parametrize(
    ("name", "sidecar"),
    [
        ("refs.bib", _BIB),
        ("refs.json", json.dumps([{"id": "one", "URL": _A}, {"id": "two", "DOI": "10.1/x", "title": "Other"}])),
    ],
)
def test_keys_of_pandoc_lead_into_a_bibliography_beside_the_text(tmp_path: Path, name: str, sidecar: str) -> None:
    text = "It rose [see @one, p. 3; @two]. @one [p. 4] says; me@one.example, `[@one]`, [@no]."
    (tmp_path / "r.md").write_text(text)
    (tmp_path / name).write_text(sidecar)
    report = open_document(str(tmp_path / "r.md"), str(tmp_path / name)).report
    assert report is not None
    found = [(one.marker, one.ids, one.urls, one.col) for one in read_report(report).citations]
    assert found == [
        ("[see @one, p. 3; @two]", ("one", "two"), (_A, "https://doi.org/10.1/x"), 9),
        ("@one [p. 4]", ("one",), (_A,), 33),
    ]


_AUTHORS = f"""As said (Wajdi et al., 2020; Kim & Park, 2021), Smith and Doe (2019) and Tea (2020) and (Wajdi, 2018).
In 2020 Wajdi left (2020). (Lee, 2020)

## References

- Wajdi, M., Foo, B. (2020). A study. {_A}
- Smith, J., Doe, K. (2019). B study. {_B}
- Kim, A., & Park, C. (2021). C study.
- Lee, A. (2020). D. https://l.example/1
- Lee, B. (2020). E. https://l.example/2
"""


def test_author_and_year_lead_to_the_one_entry_that_fits() -> None:
    found = [(one.marker, one.ids, one.urls, one.status) for one in _document(_AUTHORS).citations]
    assert found == [
        ("Wajdi et al., 2020", ("s1",), (_A,), (Resolution.URL,)),
        ("Kim & Park, 2021", ("s3",), (None,), (Resolution.TITLE,)),
        ("Smith and Doe (2019)", ("s2",), (_B,), (Resolution.URL,)),
    ]


def test_notes_and_blocks_of_obsidian_are_words() -> None:
    document = _document(
        "See [[Note|the note]], [[Other]], [[#^b1]] and [[1]]. ^b1\n\n## Sources\n[1] https://a.example"
    )
    (paragraph, *_) = [block for block in document.blocks if isinstance(block, Paragraph)]
    text = "".join(span.text for span in paragraph.spans)
    assert text.strip() == "See the note, Other, b1 and [1]."
    assert [one.marker for one in document.citations] == ["[[1]]"]


_PIECES = st.sampled_from(
    "\n \n\n [ ] ( ) { } < > * _ = - ` ' | : . @ \\ # ^ 1 a https://a.example/1 .._x: [[ ]] {{ }} <ref> </ref> <ref/>"
    " \\cite{a} [1]_"
    " [fn:1]"
    " ``` :: .. [[[a]]] <<a>> #+begin_src \\begin{itemize} \\item (Lee,2020) 😀 漢".replace(" ", "\0").split("\0")
)
_REWRITERS = (latex.rewrite, org.rewrite, wikitext.rewrite, asciidoc.rewrite, rst.rewrite)


@given(st.lists(_PIECES | st.text(max_size=4), max_size=30).map("".join), st.sampled_from(_REWRITERS))
def test_any_text_is_read_and_its_citations_stand_in_it(text: str, rewrite: Callable[[str], Rewriting]) -> None:
    text = text.replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    document = read_rewritten(rewrite(text), parse)
    lines = text.split("\n")
    for one in [*document.citations, *read_dialect(text, parse, (Source("a", _A),)).citations]:
        first = one.marker.split("\n")[0]
        assert lines[one.line - 1][one.col - 1 :].startswith(first)
    assert "\ue2f0" not in repr(document)


_HOSTILE = [
    piece.replace("|", "\n")
    for piece in (
        "[ [[ {{ \\cite{ \\footnote{ <ref> <ref| ( ''' ` [@ [fn: [[[ << footnote:[ `a| \\begin{verbatim}| @a{b, [cite:"
        " image:: https://a[ link: :PROPERTIES:| <!-- \\title{ |a= {{cite| (Lee,2020"
    ).split(" ")
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_time_grows_with_the_text(piece: str) -> None:
    def lasts(count: int) -> float:
        text = (piece * count)[:count]
        started = time.process_time()
        for rewrite in _REWRITERS:
            rewrite(text)
        read_bibtex(text)
        return time.process_time() - started

    small, large = min(lasts(8_000) for _ in range(3)), lasts(64_000)
    assert large < 30 * small + 0.5
