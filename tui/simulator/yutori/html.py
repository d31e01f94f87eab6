"""Turns report markdown into the kind of HTML Yutori delivers; knows just the markdown our reports use."""

import re
from collections.abc import Callable, Mapping
from html import escape

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(\S*)")
_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+(.*)$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\s*([-*_])(\s*\1){2,}\s*$")
_DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_CODE_SPAN = re.compile(r"(`+)(.+?)\1")
_MARKER = re.compile(r"\s*\[(\d+)\](?!\()")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITALIC = re.compile(r"(?<![*\w])\*(?!\s)(.+?)(?<!\s)\*(?!\w)")


def to_html(markdown: str, urls: Mapping[int, str]) -> str:
    """The markdown as one `<article>`; `[n]` becomes an anchor without text to `urls[n]`."""
    return "<article>" + "\n".join(_blocks(markdown.splitlines(), urls)) + "</article>"


def _blocks(lines: list[str], urls: Mapping[int, str]) -> list[str]:
    blocks: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif fence := _FENCE.match(line):
            at = _code(lines, at, fence, blocks)
        elif heading := _HEADING.match(line):
            level = min(len(heading.group(1)) + 1, 6)
            blocks.append(f"<h{level}>{_inline(heading.group(2), urls)}</h{level}>")
            at += 1
        elif _RULE.match(line):
            blocks.append("<hr>")
            at += 1
        elif "|" in line and at + 1 < len(lines) and _DELIMITER.match(lines[at + 1]):
            at = _table(lines, at, blocks, urls)
        elif line.lstrip().startswith(">"):
            end = _while(lines, at, lambda text: text.lstrip().startswith(">"))
            inner = [re.sub(r"^\s*> ?", "", text) for text in lines[at:end]]
            blocks.append(f"<blockquote>{''.join(_blocks(inner, urls))}</blockquote>")
            at = end
        elif item := _ITEM.match(line):
            at = _list(lines, at, item, blocks, urls)
        else:
            end = _while(lines, at, lambda text: bool(text.strip()) and not _starts_block(text))
            end = max(end, at + 1)
            blocks.append(f"<p>{_inline(' '.join(text.strip() for text in lines[at:end]), urls)}</p>")
            at = end
    return blocks


def _while(lines: list[str], at: int, wanted: Callable[[str], bool]) -> int:
    while at < len(lines) and wanted(lines[at]):
        at += 1
    return at


def _starts_block(line: str) -> bool:
    return bool(_FENCE.match(line) or _HEADING.match(line) or _ITEM.match(line) or line.lstrip().startswith((">", "|")))


def _code(lines: list[str], at: int, fence: re.Match[str], blocks: list[str]) -> int:
    indent, marker = len(fence.group(1)), fence.group(2)
    end = _while(lines, at + 1, lambda text: not text.strip().startswith(marker))
    code = "\n".join(text[indent:] if not text[:indent].strip() else text for text in lines[at + 1 : end])
    blocks.append(f"<pre><code>{escape(code, quote=False)}</code></pre>")
    return end + 1


def _table(lines: list[str], at: int, blocks: list[str], urls: Mapping[int, str]) -> int:
    end = _while(lines, at, lambda text: "|" in text)
    rows = []
    for index, line in enumerate(lines[at:end]):
        if index == 1:
            continue
        tag = "td" if index else "th"
        cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
        cooked = (_inline(cell.strip().replace("\\|", "|"), urls) for cell in cells)
        rows.append("<tr>" + "".join(f"<{tag}>{cell.strip()}</{tag}>" for cell in cooked) + "</tr>")
    blocks.append(f"<table>{''.join(rows)}</table>")
    return end


def _list(lines: list[str], at: int, first: re.Match[str], blocks: list[str], urls: Mapping[int, str]) -> int:
    """One list: items at the first one's indentation, everything deeper belongs to the item above it."""
    indent = len(first.group(1))
    tag = "ol" if first.group(2)[0].isdigit() else "ul"
    items: list[list[str]] = []
    while at < len(lines):
        line, item = lines[at], _ITEM.match(lines[at])
        if item and len(item.group(1)) <= indent + 1:
            if len(item.group(1)) < indent or (item.group(2)[0].isdigit()) != (tag == "ol"):
                break
            items.append([item.group(3)])
        elif line.strip() and len(line) - len(line.lstrip()) <= indent and not _continues(lines, at):
            break
        else:
            items[-1].append(line)
        at += 1
    blocks.append(f"<{tag}>" + "".join(f"<li>{_item(item, urls)}</li>" for item in items) + f"</{tag}>")
    return at


def _continues(lines: list[str], at: int) -> bool:
    """Whether an unindented line is lazy continuation of the paragraph above it."""
    return bool(lines[at - 1].strip()) and not _starts_block(lines[at])


def _item(lines: list[str], urls: Mapping[int, str]) -> str:
    end = _while(lines, 1, lambda text: bool(text.strip()) and not _starts_block(text))
    text = _inline(" ".join(line.strip() for line in lines[:end]), urls)
    rest = lines[end:]
    indents = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    shift = min(indents, default=0)
    return text + "".join(_blocks([line[shift:] for line in rest], urls))


def _inline(text: str, urls: Mapping[int, str]) -> str:
    """One run of text: code spans are taken out first, so that nothing inside them is read."""
    pieces: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(text):
        pieces.append(_marked(text[end : span.start()], urls))
        pieces.append(f"<code>{escape(span.group(2).strip(), quote=False)}</code>")
        end = span.end()
    return "".join([*pieces, _marked(text[end:], urls)])


def _marked(text: str, urls: Mapping[int, str]) -> str:
    def anchor(found: re.Match[str]) -> str:
        url = urls.get(int(found.group(1)))
        return found.group() if url is None else f' <a href="{escape(url)}"></a>'

    def link(found: re.Match[str]) -> str:
        return f'<a href="{found.group(2)}">{found.group(1)}</a>'

    text = _LINK.sub(link, escape(text, quote=False).replace('"', "&quot;"))
    text = _BOLD.sub(r"<b>\1</b>", text)
    text = _ITALIC.sub(r"<i>\1</i>", text)
    return _MARKER.sub(anchor, text)
