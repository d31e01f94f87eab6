"""Brackets that are not citations: indexes, matrices, parameters, isotopes (citations.md section 4)."""

import re

from tui.domain.patterns import late

_AROUND = 200  # characters of the line that are looked at
_GLUED = late(r"[A-Za-z0-9_](?:\[[^\[\]\s]{1,10}\]){0,3}\Z")
_CODE = late(
    r"[A-Za-z_]\w*\[(?:0|i|j|k|n|[a-z]+\s?[+-]\s?\d)\]"  # x[0], x[i], x[n-1]
    r"|[\w\])]\s?[-+*/%&|^]?=\s?[A-Za-z_][\w.]*\[\d"  # = x[1]
    r"|[A-Za-z_]\w*\[\d{1,3}\]\s?(?:[-+*/%&|^]?=(?!=)|[-+*/%&|^]\s?[A-Za-z_]\w*\[|\.\w+\(|\()"  # x[1] =, x[1] + y[2]
    r"|(?:^|\n)\s*(?:let|const|var|auto|int|char|float|double|bool|u?int\d+_t|size_t|byte|string|return|def|for|while|if)"
    r"\s[^.!?]*[;{}]\s*(?:$|\n)"
    r"|\w\(\w+\[\d{1,3}\]\)"  # f(x[1])
    r"|==|!=|&&|\|\||\b0x[0-9A-Fa-f]+\b|[;{}]\s*(?:$|\n)|\w\(\)|\$\{\w|[+-]=\s?\w"
)
_MATRIX = late(r"\[\s?(?:\[[^\[\]\n]{1,200}\]\s?[,;]?\s?){2,40}\]")
_ROW = late(r"\[([^\[\]]*)\]")
_OF_CODE = late(r"[\s\u00a0-]{0,2}(?:[\w-]+\s){0,2}(?:codes?|Codes?|kode|码|碼)\b")
_SUM_BEFORE = late(
    r"(?:\][\s\u00a0]?[+*=×·⊗∘−]|\b(?:vectors?|matrix|tuple|array|RGB|ages?|aged)|向量|矩阵|矩陣)[\s\u00a0]?\Z",
    re.IGNORECASE,
)
_SUM_AFTER = late(r"[\s\u00a0]?[+=×·⊗∘][\s\u00a0]?\[|\+(?![\s\w])|\{\d")
_NOTHING_AFTER = late(
    r"(?:[A-Z][a-z]?)?-[A-Za-z]|(?:fullerene|rotaxane|catenane|annulene|helicene|radialene|cyclophane)s?\b"
)  # [6]-gingerol, [18]F-FDG, [60]fullerene


def is_index(text: str, start: int, stop: int) -> bool:
    """Whether a bracket at `start` follows a name in a line of code that lost its fence."""
    if not start or text[start - 1].isspace() or not _GLUED.search(text, max(start - 40, 0), start):
        return False
    line_start = max(text.rfind("\n", max(start - _AROUND, 0), start) + 1, start - _AROUND, 0)
    line_end = text.find("\n", stop, stop + _AROUND)
    return bool(_CODE.search(text, line_start, line_end if line_end >= 0 else min(stop + _AROUND, len(text))))


def matrix_end(text: str, start: int) -> int:
    """Return the end of the matrix `[[1, 2], [3, 4]]` that begins at `start`; 0 for none: `[[1], [2]]` cites."""
    found = _MATRIX.match(text, start)
    if not found:
        return 0
    rows = _ROW.findall(text, start + 1, found.end() - 1)
    widths = {len(re.split(r"[,;\s]+", row.strip())) for row in rows}
    return found.end() if len(widths) == 1 and 1 not in widths else 0


def is_arithmetic(ids: tuple[str, ...], text: str, start: int, stop: int) -> bool:
    """Whether numbers in brackets are a vector, an age group or a regular expression."""
    if len(ids) < 2:
        return False
    quoted = text[start - 1 : start] in {"'", '"', "`", "/"} and text[stop : stop + 1] == text[start - 1 : start]
    return quoted or bool(_SUM_BEFORE.search(text, max(start - 20, 0), start) or _SUM_AFTER.match(text, stop))


def is_parameters(ids: tuple[str, ...], text: str, stop: int, *, double: bool) -> bool:
    """Whether a list of numbers is no citation: it repeats one, or it is the `[[n,k,d]]` of a code."""
    if len(ids) < 2:
        return False
    numbers = [int(number) for number in ids]
    falling = numbers != sorted(numbers)
    return len(set(numbers)) < len(numbers) or (
        len(numbers) >= 3 and ((falling and double) or bool(_OF_CODE.match(text, stop)))
    )


def is_substance(text: str, stop: int) -> bool:
    """Whether the text after a bracket makes it part of a name: `[6]-gingerol`, `[18]F-FDG`."""
    return bool(_NOTHING_AFTER.match(text, stop))
