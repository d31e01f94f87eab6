r"""LaTeX: `\cite` and its relatives with `\bibitem` or a `.bib`, sections, lists, links, styles, footnotes."""

import re
from collections.abc import Mapping

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markups.bibliography import plain, read_bibtex
from tui.report.markups.detect import LATEX_BEGIN
from tui.report.markups.edits import Rewriting

_CITE = late(
    r"\\(?!citestyle|citesetup)(?:[a-zA-Z]*cite[a-zA-Z]*|nocite)\*?\s*((?:\[[^\]\n]{0,200}\]\s*){0,2})\{([^{}]{1,2000})\}"
)
_HEADING = late(r"\\(part|chapter|(?:sub){0,2}section|paragraph|title)\*?(?:\[[^\]]*\])?\{")
_LEVELS = {"title": 1, "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_LOOK = late(r"\\(textbf|textit|emph|texttt|textsc|underline)\{")
_SIGNS = {"textbf": "**", "textit": "*", "emph": "*", "texttt": "`", "textsc": "", "underline": ""}
_LINK = late(r"\\href\{([^{}]*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_URL = late(r"\\(?:url|path|nolinkurl)\{([^{}\s]*)\}")
_NOTE = late(r"\\(?:footnote|thanks|sidenote)\{")
_ITEM = late(r"^[ \t]*\\bibitem\s*(?:\[[^\]]*\])?\{([^{}\n]+)\}[ \t]*", re.MULTILINE)
_ITEMS_END = late(r"\\bibitem|\\end\{thebibliography\}|\Z")
_LISTS = late(r"\\(begin|end)\{(itemize|enumerate|description)\}(?:\[[^\]\n]*\])?|\\item\b[ \t]*(?:\[([^\]\n]*)\])?")
_CODE = ("verbatim", "lstlisting", "minted")
_MATH = ("equation", "align", "gather", "multline", "eqnarray")
_COMMENT = late(r"(?<!\\)%[^\n]*")
_EMBEDDED_END = "\\end{filecontents"
_EMBEDDED = late(r"\\begin\{filecontents\*?\}(?:\[[^\]]*\])?\{[^{}]*\.bib\}(.*?)\\end\{filecontents", re.DOTALL)
_LONGEST_NOTE = 4000  # characters of a footnote that are looked at
_GONE = late(
    r"\\(?:maketitle|tableofcontents|newpage|clearpage|noindent|centering|medskip|bigskip|smallskip|hline|printbibliography"
    r"|appendix|newblock)\b(?:\[[^\]\n]*\])?"
    r"|\\(?:label|bibliography|bibliographystyle|addbibresource|vspace|hspace|pagestyle|date)\*?\{[^{}]*\}"
    r"|\\(?:begin|end)\{(?:document|abstract|quote|quotation|center|figure|flushleft|titlepage|multicols)\*?\}(?:\[[^\]\n]*\])?"
)
_LIST_HEAD = late(r"\\begin\{thebibliography\}(?:\{[^{}]*\})?|\\end\{thebibliography\}")
_AUTHOR = late(r"\\author\{")
_WORDS = late(r"``|''|(?<!-)-{2,3}(?!-)|(?<!\\)~|\\\\(?:\[[^\]\n]*\])?|\\(?:ldots|dots)\b(?:\{\})?|\\ss\b(?:\{\})?")
_MEANT = {"``": "“", "''": "”", "--": "–", "---": "—", "~": "\u00a0"}
_ADDRESS = late(r"\\(?:url|href)\{([^{}\s]+)\}|(https?://[^\s{}\\]+)")


def braces(text: str) -> dict[int, int]:
    """Return the end of each brace group by its begin."""
    closes: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(r"(?<!\\)[{}]", text):
        if match[0] == "{":
            opened.append(match.end())
        elif opened:
            closes[opened.pop()] = match.start()
    return closes


def rewrite(text: str) -> Rewriting:
    """Return a LaTeX text as markdown."""
    made = Rewriting(text)
    closes = braces(text)
    _leave_out_preamble(made, closes)
    _environments(made)
    made.each(_COMMENT, lambda match: "")
    _cite(made)
    _bibliography(made)
    embedded = text.rfind(_EMBEDDED_END)
    for match in _EMBEDDED.finditer(text, 0, embedded + len(_EMBEDDED_END)) if embedded >= 0 else ():
        for source in read_bibtex(match[1]):
            made.source(source.id, "", match.start(), url=source.url, title=source.title)
    for match in _HEADING.finditer(text):
        _around(made, closes, match, "#" * _LEVELS[match[1]] + " ", "")
    for match in _AUTHOR.finditer(text):
        _around(made, closes, match, "", "")
    for match in _LOOK.finditer(text):
        _around(made, closes, match, _SIGNS[match[1]], _SIGNS[match[1]])
    made.each(_LINK, lambda match: f"[{plain(match[2])}](<{_address(match[1])}>)")
    made.each(_URL, lambda match: f"<{_address(match[1])}>")
    _notes(made, closes)
    _lists(made)
    made.each(_LIST_HEAD, lambda match: "## References" if "begin" in match[0] else "")
    made.each(_GONE, lambda match: "")
    made.each(_WORDS, _word)
    return made


def _environments(made: Rewriting) -> None:
    for name in (*_CODE, *(f"{name}{star}" for name in _MATH for star in ("", "*"))):
        closer = f"\\end{{{name}}}"
        if closer not in made.text:
            continue
        options = r"[^\n]*\n" if name in _CODE else ""
        pattern = re.compile(
            rf"{re.escape(closer).replace('end', 'begin', 1)}{options}(.*?){re.escape(closer)}", re.DOTALL
        )
        if name in _CODE:
            made.each_closed(pattern, closer, lambda match: f"```\n{match[1].rstrip()}\n```\n")
        else:
            made.each_closed(pattern, closer, lambda match: f"$${match[1]}$$")


def _word(match: re.Match[str]) -> str:
    written = match[0]
    if written.startswith("\\\\"):
        return "  "
    return _MEANT.get(written) or ("ß" if written.startswith("\\ss") else "…")


def _address(written: str) -> str:
    return re.sub(r"\\([%#&_~$])", r"\1", written)


def _leave_out_preamble(made: Rewriting, closes: Mapping[int, int]) -> None:
    begin = made.text.find(LATEX_BEGIN)
    if begin < 0:
        return
    done = 0
    for match in re.finditer(r"\\(?:title|author)\{", made.text[:begin]):
        end = closes.get(match.end(), -1)
        if done <= match.start() < end < begin:
            made.put(done, match.start(), "")
            done = end + 1
    made.put(done, begin + len(LATEX_BEGIN), "")


def _around(made: Rewriting, closes: Mapping[int, int], match: re.Match[str], before: str, after: str) -> None:
    end = closes.get(match.end(), -1)
    if end >= 0:
        made.put(match.start(), match.end(), before)
        made.put(end, end + 1, after)


def _cite(made: Rewriting) -> None:
    for match in _CITE.finditer(made.text):
        keys = [key.strip() for key in match[2].split(",")]
        if "nocite" in match[0]:
            made.put(match.start(), match.end(), "")
            continue
        remark = " ".join(part for part in re.findall(r"\[([^\]\n]*)\]", match[1]) if part)
        made.cite(
            match.start(),
            match.end(),
            MarkerKind.KEY,
            keys,
            f"[{', '.join(keys)}{', ' + plain(remark) if remark else ''}]",
        )


def _bibliography(made: Rewriting) -> None:
    for match in _ITEM.finditer(made.text):
        ended = _ITEMS_END.search(made.text, match.end())
        body = made.text[match.end() : ended.start() if ended else len(made.text)]
        made.entry(match[1].strip(), match.start(), (match.end(), match.end() + len(body.rstrip())))


def _title(body: str) -> str:
    words = _ADDRESS.sub("", re.sub(r"\\newblock\b|\\href\{[^{}]*\}", "", body))
    return plain(words).strip(" .,;")


def _notes(made: Rewriting, closes: Mapping[int, int]) -> None:
    for number, match in enumerate(_NOTE.finditer(made.text), 1):
        end = closes.get(match.end(), -1)
        body = made.text[match.end() : min(end, match.end() + _LONGEST_NOTE)] if end >= 0 else ""
        if not body.strip():
            continue
        found = _ADDRESS.search(body)
        if found and not re.search(r"\\[a-z]*cite", body):
            name = f"fn{number}"
            url = _address(found[1] or found[2]).rstrip(".,;")
            made.source(name, "", match.start(), url=url, title=_title(body) or None)
            made.cite(match.start(), end + 1, MarkerKind.FOOTNOTE, [name], f"[{number}]")
        else:
            made.put(match.start(), match.end(), " (")
            made.put(end, end + 1, ")")


def _lists(made: Rewriting) -> None:
    open_lists: list[str] = []
    for match in _LISTS.finditer(made.text):
        if match[1] == "begin":
            open_lists.append(match[2])
            made.put(match.start(), match.end(), "")
        elif match[1] == "end":
            if open_lists:
                open_lists.pop()
            made.put(match.start(), match.end(), "")
        else:
            line = made.text.rfind("\n", 0, match.start()) + 1
            start = line if not made.text[line : match.start()].strip() else match.start()
            sign = "1. " if open_lists and open_lists[-1] == "enumerate" else "- "
            label = f"**{plain(match[3])}** " if match[3] else ""
            made.put(start, match.end(), "   " * max(len(open_lists) - 1, 0) + sign + label)
