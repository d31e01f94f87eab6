"""A parsed report leaves nothing behind that only the garbage collector finds: the reader switches it off meanwhile."""

import gc
from collections.abc import Iterator

import pytest

from tui.domain.detail import Report, ReportFormat
from tui.report.read import read_report

MARKDOWN = """# Title [1]

Text [1] and [2, 3], **bold [2]**, a footnote [^a], a [link](https://b.example/) and https://c.example/x.

| a | b [1] |
| --- | --- |
| c【1†source】 | <cite>d</cite> [9] |

<div>page [3] <a href="https://d.example">e</a></div>

- item [1](https://a.example)

[^a]: https://e.example A note

## References

1. [One](https://a.example)
2. Two https://b.example
3. Three
"""
HTML = "<h1>Title</h1><p>Text [1] and <a href='https://a.example'>[2]</a></p><ol><li>https://a.example</li></ol>" * 3


@pytest.fixture
def switched_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MARKDOWN, ReportFormat.MARKDOWN),
        (HTML, ReportFormat.HTML),
        (HTML, ReportFormat.MARKDOWN),
        (f"```html\n{HTML}\n```", ReportFormat.MARKDOWN),
        ("Text [1]\nand [2]\n\n[1] https://a.example\n", ReportFormat.TEXT),
    ],
)
@pytest.mark.usefixtures("switched_off")
def test_a_parsed_report_leaves_no_garbage(text: str, kind: ReportFormat) -> None:
    left = []
    for _ in range(3):  # the first time makes what is made once, another thread may leave garbage meanwhile
        document = read_report(Report(text * 20, kind))
        assert document.blocks
        left.append(gc.collect())
    assert min(left) == 0
