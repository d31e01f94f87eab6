"""Files that hold no text: said what they are, and what to do."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui.engine.files.binary import binary


def _zip(*names: str, first: bytes = b"x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return made.getvalue()


_FILES = {
    "x.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF document"),
    "x.docx": (_zip("[Content_Types].xml", "word/document.xml"), "a Word document"),
    "x.odt": (_zip("mimetype", first=b"application/vnd.oasis.opendocument.text"), "an OpenDocument text"),
    "x.epub": (_zip("mimetype", first=b"application/epub+zip"), "an EPUB book"),
    "x.xlsx": (_zip("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    "x.zip": (_zip("a.md"), "a ZIP archive"),
    "x.rtf": (rb"{\rtf1\ansi Hello}", "a rich-text document"),
    "x.gz": (b"\x1f\x8b\x08\0\0\0\0\0", "packed with gzip"),
    "x.png": (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture"),
    "x.md": (bytes(range(256)) * 4, "a binary file"),
}


@pytest.mark.parametrize("name", _FILES)
@pytest.mark.parametrize("command", ["cite", "read", "import"])
def test_a_file_without_text_is_named_and_refused(cli: Cli, tmp_path: Path, command: str, name: str) -> None:
    body, what = _FILES[name]
    (tmp_path / name).write_bytes(body)
    ended = cli(command, str(tmp_path / name))
    assert ended.code == 2
    assert what in ended.err
    assert not ended.out


def test_standard_input_and_sources_are_looked_at_too(cli: Cli, tmp_path: Path) -> None:
    ended = cli("cite", "-", stdin=_FILES["x.pdf"][0])
    assert (ended.code, "pdftotext" in ended.err) == (2, True)
    (tmp_path / "text.md").write_text("x [1]")
    (tmp_path / "x.pdf").write_bytes(_FILES["x.pdf"][0])
    assert cli("cite", str(tmp_path / "text.md"), "--sources", str(tmp_path / "x.pdf")).code == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"# Report\n",
        "# Größe 漢字 😀".encode(),
        "# Größe".encode("latin-1"),
        "Привет, мир. Это отчёт.".encode("utf-16"),
        "# Report".encode("utf-16-le"),
        "\u001b[31mred\u001b[0m".encode(),
        b"one \0 nul in a long line of text, which some programs leave behind where they pad their output to a size ok",
        b"Rar! is what he said. GIF89a is a format.",
        b"The file begins with %PDF-1.4.",
    ],
)
def test_texts_are_taken(body: bytes) -> None:
    assert binary(body, "x") is None
