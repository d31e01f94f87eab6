"""Recognises files without text (PDF, DOCX, archives) by their first bytes; tells how to convert them."""

from tui.domain.frozen import frozen

_LOOKED_AT = 4096
_ZIP = b"PK\x03\x04"
_MOST_NULS = 0.01  # of the bytes of a text: some programs pad with a few
_MOST_ODD = 0.3  # bytes that no text in UTF-8 has; a text in another 8-bit encoding has far fewer


@frozen
class Binary:
    """The kind of a file ("a PDF document") and how to get text out of it."""

    what: str
    hint: str


_PANDOC = "make text of it first: pandoc {name} -t markdown | divewatch cite -"
_UNPACK = "unpack it first"
_PICTURE = "a picture has no text; save the report itself as markdown, HTML or text"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF document", "make text of it first: pdftotext -layout {name} - | divewatch cite -"),
    (b"%!PS", "a PostScript document", "make text of it first: ps2ascii {name} | divewatch cite -"),
    (b"{\\rtf", "a rich-text document (RTF)", _PANDOC),
    (b"\xd0\xcf\x11\xe0", "a document of an older Office", "save it as DOCX, then: pandoc FILE.docx -t markdown"),
    (b"\x1f\x8b", "packed with gzip", "unpack it first: gzip -dc {name} | divewatch cite -"),
    (b"BZh", "packed with bzip2", "unpack it first: bzip2 -dc {name} | divewatch cite -"),
    (b"\xfd7zXZ", "packed with xz", "unpack it first: xz -dc {name} | divewatch cite -"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first: zstd -dc {name} | divewatch cite -"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"SQLite format 3\0", "a SQLite database", "tasks of an archive are named by their id: divewatch list"),
    (b"bplist00", "a web archive or property list", "save the page as HTML instead"),
    (b"\x89PNG", "a picture (PNG)", _PICTURE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    (b"GIF8", "a picture (GIF)", _PICTURE),
    (b"RIFF", "a picture or sound", _PICTURE),
    (b"\x7fELF", "a program", "name the file of a report"),
)
_INSIDE_ZIP: tuple[tuple[bytes, str, str], ...] = (
    (b"word/", "a Word document (DOCX)", _PANDOC),
    (b"xl/", "an Excel workbook (XLSX)", "export the sheet as text first"),
    (b"ppt/", "a PowerPoint presentation (PPTX)", "export it as text first"),
    (b"application/epub+zip", "an EPUB book", _PANDOC),
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (ODT)", _PANDOC),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file", "export it as text first"),
    (b"[Content_Types].xml", "an Office document", _PANDOC),
)


def binary(body: bytes, name: str) -> Binary | None:
    """Return the kind of `body` if it holds no text; None for text in UTF-8, UTF-16 or any 8-bit encoding."""
    head = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    shown = name if name != "-" else "FILE"
    if " " in shown:
        shown = f"'{shown}'"
    if head.startswith(_ZIP):
        zipped = body[: 64 * 1024] + body[-64 * 1024 :]
        found = next((row for row in _INSIDE_ZIP if row[0] in zipped), (b"", "a ZIP archive", _UNPACK))
    else:
        found = next((row for row in _SIGNATURES if head.startswith(row[0])), (b"", "", ""))
        if found[1] and not _is_certain(found[0], body):
            return None
    if found[1]:
        return Binary(found[1], found[2].format(name=shown))
    if _is_text(body[:_LOOKED_AT]):
        return None
    return Binary("a binary file", "save the report as markdown, HTML, JSON or text")


def _is_certain(signature: bytes, body: bytes) -> bool:
    """Whether a signature is conclusive: one that text may begin with counts only if no text follows."""
    return signature not in {b"BZh", b"GIF8", b"RIFF", b"Rar!"} or not _is_text(body[:_LOOKED_AT])


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not head:
        return True
    if head.count(0) > _MOST_NULS * len(head):
        return _is_utf16(head)
    stops = sum(head.count(bytes([code])) for code in range(1, 32) if code not in {9, 10, 12, 13, 27})
    odd = head.decode("utf-8", "replace").count("\ufffd")
    return odd + stops <= _MOST_ODD * len(head)


def _is_utf16(head: bytes) -> bool:
    """Whether the bytes are UTF-16 without a byte order mark, mostly of Latin script."""
    return min(head[::2].count(0), head[1::2].count(0)) == 0 and head.count(0) > len(head) // 4
