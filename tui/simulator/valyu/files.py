"""The bytes behind asset URLs: small, valid files made on the spot."""

import csv
import io
import struct
import zipfile
import zlib
from html import escape

from tui.simulator.content import DemoReport
from tui.simulator.json_body import Body

TYPES = {
    "png": "image/png",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_WIDTH, _HEIGHT = 320, 180
_PAPER, _INK = b"\xff\xff\xff", b"\x2f\x6f\xb0"


def table(report: DemoReport) -> list[list[str]]:
    """The sources as rows under a header."""
    rows = [[str(source.id), source.title, source.url, source.date] for source in report.sources]
    return [["id", "title", "url", "date"], *rows]


def comma_separated(report: DemoReport) -> bytes:
    """The sources as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(table(report))
    return out.getvalue().encode()


def picture(image: Body | None) -> bytes:
    """A PNG with one bar for each value of the chart's first series; blank paper without one."""
    series = (image or {}).get("data_series") or [{"data": []}]
    values = [point["y"] for point in series[0]["data"]]
    top = max(values, default=1) or 1
    heights = [int(value / top * (_HEIGHT - 20)) for value in values]
    rows = []
    for y in range(_HEIGHT):
        row = bytearray(_PAPER * _WIDTH)
        for index, height in enumerate(heights):
            left, right = (index * _WIDTH + 8) // len(heights), ((index + 1) * _WIDTH - 8) // len(heights)
            if _HEIGHT - y <= height:
                row[left * 3 : right * 3] = _INK * (right - left)
        rows.append(b"\x00" + bytes(row))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, data, b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def printed(title: str) -> bytes:
    """A one-page PDF that shows the title."""
    shown = title.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    stream = b"BT /F1 14 Tf 60 780 Td (" + shown + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MADE_OF = "application/vnd.openxmlformats-officedocument."


def workbook(report: DemoReport) -> bytes:
    """The sources as an Excel workbook."""
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in table(report)
    )
    return _package(
        ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
        {
            "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Sources" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _links(("rId1", "worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEETS}"><sheetData>{rows}</sheetData></worksheet>',
        },
        {"/xl/worksheets/sheet1.xml": "spreadsheetml.worksheet+xml"},
    )


def document(report: DemoReport) -> bytes:
    """The report's paragraphs as a Word document."""
    lines = [line for line in report.markdown.splitlines() if line.strip()]
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    xml = f'<w:document xmlns:w="{_WORDS}"><w:body>{body}</w:body></w:document>'
    return _package(("word/document.xml", "wordprocessingml.document.main+xml"), {"word/document.xml": xml}, {})


def _links(*links: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for key, kind, to in links)
    return f'<Relationships xmlns="{_RELATED}">{inner}</Relationships>'


def _package(main: tuple[str, str], parts: dict[str, str], kinds: dict[str, str]) -> bytes:
    every = {f"/{main[0]}": main[1], **kinds}
    listed = "".join(f'<Override PartName="{part}" ContentType="{_MADE_OF}{kind}"/>' for part, kind in every.items())
    types = (
        f'<Types xmlns="{_KINDS}"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", _links(("rId1", "officeDocument", main[0])))
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return out.getvalue()
