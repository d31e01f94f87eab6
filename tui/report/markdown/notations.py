"""Markers that only a list makes certain: `[Source 2]`, `[1, p. 23]`, `[S1]`, `[Smith2020]`, `rose.¹,²`; pure text.

Each reader returns what ids a marker may mean, the likeliest first; the resolver takes the first reading of which a
list has every id, and leaves the text alone if there is none (citations.md section 5).
"""

import re
import unicodedata

from tui.domain.patterns import late
from tui.report.markdown.grammar import NUMBERS, expand

Choices = tuple[tuple[str, ...], ...]

# "Source 2" and its like: what a number in brackets may be called.
_NAMES = """
sources|source|src|references|reference|refs|ref|citations|citation|cites|cite|footnotes|footnote|fn|notes|note
documents|document|docs|doc|entries|entry|quellen|quelle|fußnote|literatur|beleg|fuentes|fuente|referencias
referencia|citas|cita|notas|nota|fontes|fonte|fonti|riferimenti|riferimento|références|référence|réfs|réf
bronnen|bron|referenties|referentie|źródła|źródło|przypis|источники|источник|ист|ссылка|сноска|джерела|джерело
посилання|крыніца|kaynaklar|kaynak|kaynakça|المصادر|المصدر|مصدر|مصادر|المراجع|المرجع|مرجع|منبع|منابع|מקורות|מקור
स्रोत|संदर्भ|সূত্র|nguồn|sumber|referensi|rujukan|zdroje|zdroj|källor|källa|kilder|kilde|lähteet|lähde|források
forrás|surse|sursa|πηγές|πηγή|izvor|извор|дереккөз|წყარო|来源|來源|资料来源|資料來源|信息来源|数据来源|参考资料|參考資料|参考資料|引用来源|引用來源|参考来源|参考链接|
参考文献|參考文獻|参考|參考|文献|文獻|引用
引文|出典|資料|资料|脚注|注釈|注释|注|註|参照|ソース|情報源|출처|참고|자료|문헌|각주|인용|참조|อ้างอิง
แหล่งที่มา|حوالہ|ماخذ|sanggunian
"""
_NAME = "|".join(sorted((re.escape(word) for word in _NAMES.replace("\n", "|").split("|") if word), key=len)[::-1])
_SEE = r"(?:see(?: also)?|cf\.?|e\.g\.,?|vgl\.?|siehe|véase|voir|ver|vedi|zie|см\.?|参见|參見|見|见)\s+"
_PREFIX = rf"(?:(?:{_NAME})\s?\.?\s?[:：_-]?\s?(?:[#№]\s?)?|[#№^]\s?|(?:no|nr)\.?\s?)"
_DASH = r"(?:\s?[-‐‑–—−~～]\s?|\s+(?:to|bis|a|à|až|до|through)\s+|\s?[至到]\s?)"
_PAGE = r"\d{1,4}(?:\s?[-–—]\s?\d{1,4})?(?:\s?ff?\.?)?"
_AFTER_COLON = (
    rf"(?:\s(?:pp?|[Ssс]|стр|pág|pag)\.\s?{_PAGE}"
    rf"|\s?[:：]\s{_PAGE}|\s?[:：]\s?(?:\d{{3,4}}|\d{{1,4}}\s?[-–—]\s?\d{{1,4}}))"
)
_PLACE = late(
    rf"(?:[^\W\d_]{{1,9}}\.?\s?|§{{1,2}}\s?|¶{{1,2}}\s?|第\s?)(?:{_PAGE}|[IVXLCivxlc]{{1,6}})"
    r"(?:\.\d{1,3}){0,3}[a-z]?\s?[^\W\d_]{0,3}"
    rf"|{_PAGE}\s?(?:[页頁章节節쪽])"
)
_PIECE = late(rf"({_PREFIX})?(\d{{1,3}})(?:{_DASH}(?:{_PREFIX})?(\d{{1,3}}))?(?:{_AFTER_COLON})?", re.IGNORECASE)
_SEPARATOR = late(
    r"\s?[,，、،;；؛/]\s?(?:(?:and|und|et|y|e|i|и|та|ve|en|och|og|și)\s+)?"
    r"|\s+(?:and|und|et|y|e|i|и|та|ve|en|och|og|și|&|\+)\s+|\s?[&和与與及]\s?|\s?(?:および|및|와|과)\s?",
    re.IGNORECASE,
)
# Labels of a list: "Source 1:", "#1", "№ 1", "1:", "1 -".
WRITTEN_LABEL = late(
    rf"\s*(?:(?:{_NAME})\s?\.?\s?[#№]?\s?(\d{{1,3}})\s?(?:[.:：)\]|–—-]\s?|\s)|[#№^]\s?(\d{{1,3}})(?:\s?[.:：)–—-]\s?|\s)"
    r"|(\d{1,3})\s?[:：](?=\s|https?:|[^\d\s])\s?|(\d{1,3})\s[-–—|]\s)",
    re.IGNORECASE,
)
NAME_ONLY = late(rf"\s*(?:{_NAME})\s+", re.IGNORECASE)
WRITTEN_KEY = late(
    r"\s*([A-Za-z]{1,3}-?\d{1,3}|[^\W\d_][\w'’-]*(?:19|20)\d\d[a-z]?|[a-z])\s?(?:[.:：)\]|–—-]\s|\s(?=https?:)|\Z)"
)
_SEE_FIRST = late(_SEE, re.IGNORECASE)
_KEY = late(r"[^\W\d_](?:[\w.,:+/'’()& –-]*[\w.)])?")
_SHORT_KEY = late(r"[A-Za-z]{1,3}-?\d{1,3}|[a-z]|[^\W\d_][\w'’-]*(?:19|20)\d\d[a-z]?")
_NUMBERING = late(r"[A-Za-z]\d{1,3}")
_LONGEST_NUMBERING = 4
_KEY_RANGE = late(r"([^\W\d_]{1,4}-?)(\d{1,3})\s?[-–—]\s?\1?(\d{1,3})")
_LONGEST_KEY = 60
_MOST_KEYS = 12
_CHECKBOX = frozenset("xX")
# What stands in brackets in front of titles and in prose, and names no source.
_NO_KEYS = frozenset(
    "pdf html htm doc docx ppt pptx xls xlsx csv zip epub video audio image img photo book chapter online link url"
    " web website webpage blog news press report paper article archived archive accessed sic citation needed todo tbd"
    " optional required new updated beta deprecated draft internal untitled en de es fr it ja ko ru zh pt ar".split()
)

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPT = str.maketrans(_SUPERSCRIPTS, "0123456789")
_ONE_SUPER = rf"[{_SUPERSCRIPTS}]{{1,3}}"
SUPERSCRIPT = late(rf"{_ONE_SUPER}(?:\s?[,;、˒⁻–·-]\s?{_ONE_SUPER})*")
_SUPER_SPLIT = late(r"\s?[,;、˒·]\s?")
_SUPER_DASH = late(r"\s?[⁻–-]\s?")
_UNIT_LENGTH = 4  # letters; a shorter word before a raised number may be a unit or a symbol
_RAISED_AFTER = late(r"(?:[.,;:!?…\"'”’»]|[。，；：！？、”」』）]|[\u3041-\u9fff\uac00-\ud7a3]|([^\W\d_]+))\Z")
_SYMBOLS = frozenset(
    "sinh cosh tanh cubic inch inches feet foot metre metres meter meters mile miles acre acres yard yards area"
    " quadrat metros metri метров gauss tesla volt volts second seconds velocity speed radius length mass"
    " sigma omega delta gamma theta alpha beta".split()
)
CARET = late(rf"\^(?:\{{\s?({NUMBERS})\s?\}}|({NUMBERS})(?:\^|(?![\w^.])|(?=\.(?:\s|\Z))))")
CARET_MATH = late(rf"\$\{{?\}}?\s?\^\s?(?:\{{\s?(?P<open>\\?\[)?\s?({NUMBERS})\s?(?:\\?\])?\s?\}}|(\d))\s?\$")
_CIRCLED = late("[\u2460-\u2473\u24f5-\u24fe\u2776-\u277f\u2780-\u2793]")


def in_brackets(content: str) -> Choices:
    """Return the ids that the content of brackets may mean; empty if it cannot be a marker."""
    content = unicodedata.normalize("NFKC", content).strip()
    found: list[tuple[str, ...]] = []
    numbers = _numbers(_SEE_FIRST.sub("", content, count=1))
    if numbers:
        return (numbers,)
    whole = _key(content)
    if whole:
        found.append((whole,))
    for pattern in (r"\s?[;；]\s?", r"\s?[,，、;；]\s?"):
        parts = re.split(pattern, content)
        read = [key for part in parts for key in _keys(part)]
        keys = tuple(key for key in read if key)
        if 1 < len(keys) <= _MOST_KEYS and len(keys) == len(read):
            found.append(keys)
    span = tuple(key for key in _keys(content) if key)
    if len(span) > 1:
        found.append(span)
    return tuple(dict.fromkeys(found))


def _numbers(content: str) -> tuple[str, ...]:
    """Return the numbers of `Source 1, Source 2`, `1 and 2`, `1, p. 23`, `2: 45`; empty for anything else."""
    ids: list[str] = []
    for part in _SEPARATOR.split(content):
        piece = _PIECE.fullmatch(part)
        if piece:
            numbers = expand(piece[2] + (f"-{piece[3]}" if piece[3] else ""))
            if numbers is None:
                return ()
            ids.extend(numbers)
        elif not (ids and _PLACE.fullmatch(part)):
            return ()
    return tuple(ids)


def _key(text: str) -> str | None:
    if len(text) > _LONGEST_KEY or text in _CHECKBOX or "://" in text or " _" in text or not _KEY.fullmatch(text):
        return None
    return None if text.lower() in _NO_KEYS else text


def _keys(text: str) -> tuple[str | None, ...]:
    """Return the keys of one part: one key, or those of a range `S1-S3`."""
    span = _KEY_RANGE.fullmatch(text)
    if span:
        numbers = expand(f"{span[2]}-{span[3]}")
        if numbers:
            return tuple(f"{span[1]}{number}" for number in numbers)
    return (_key(text) or (text if text.isdigit() else None),)


def is_short_key(key: str) -> bool:
    """Whether a label numbers a source: "S1", "a", "Smith2020"."""
    return bool(_SHORT_KEY.fullmatch(key))


def is_numbering(label: str) -> bool:
    """Whether the label of a definition is a number ("S1"), not words: `[S1]` cites, `[BIP30]` links."""
    return len(label) <= _LONGEST_NUMBERING and bool(_NUMBERING.fullmatch(label))


def superscripts(text: str) -> Choices:
    """Return the readings of `¹`, `¹,²`, `¹⁻³` and `¹²` (twelve, else one and two)."""
    parts = _SUPER_SPLIT.split(text.translate(_SUPERSCRIPT))
    ids: list[str] = []
    for part in parts:
        numbers = expand(_SUPER_DASH.sub("-", part))
        if numbers is None:
            return ()
        ids.extend(numbers)
    single = tuple(text.translate(_SUPERSCRIPT))
    apart = (single,) if len(parts) == 1 and len(single) > 1 and all(map(str.isdigit, single)) else ()
    return (tuple(ids), *apart)


def may_be_raised_after(before: str) -> bool:
    """Whether a superscript after this text may be a marker: after a sentence or word, not a unit or figure."""
    found = _RAISED_AFTER.search(before)
    if not found:
        return False
    word = found[1]
    if word is None:
        return True
    is_symbol = not (word.islower() or word.istitle()) or word in _SYMBOLS or word.startswith("Σ")
    return len(word) >= _UNIT_LENGTH and not is_symbol


def keycap_or_circled(text: str) -> tuple[str, int] | None:
    """Return the number at the start of `text` as a keycap (1 U+FE0F U+20E3), in a circle or raised, and its length."""
    keycap = re.match("([0-9]{1,3})\ufe0f?\u20e3|(\U0001f51f)", text)
    if keycap:
        return keycap[1] or "10", keycap.end()
    raised = re.match(_ONE_SUPER, text)
    if raised:
        return str(int(raised[0].translate(_SUPERSCRIPT))), raised.end()
    if _CIRCLED.match(text):
        number = unicodedata.numeric(text[0], 0)
        return (str(int(number)), 1) if number else None
    return None
