"""What a list of sources is called, in the languages of the world, and how the day of access is written there."""

import re
import unicodedata

# Nouns that can head a list of sources, lower case. Languages: citations.md section 2 and the usual words elsewhere.
_NOUNS = """
sources|source|references|reference|citations|works cited|work cited|bibliography|reference list|references list
list of references|list of sources|source list|sources list|source index|reference links|literature cited
literature|citation list|cited works|cited sources|endnotes|source links|source urls|web sources|source register
links|useful links|relevant links|sources used|sources cited|sources consulted|references used|references cited
citations used|sources referenced|sources and citations|source references|quellen|quellenverzeichnis
quellenangaben|quellenangabe|quellennachweise|quellennachweis|quellenliste|literatur|literaturverzeichnis
literaturangaben|einzelnachweise|referenzen|zitierte quellen|verwendete quellen|zitierte werke|belege
genutzte quellen|verwendete literatur|weiterführende links|weiterführende quellen|quellen und links
bibliographie|bibliografie|nachweise|fundstellen|sources des citations|références|référence
références bibliographiques|liste des sources|sources citées|ouvrages cités|sources consultées|sources utilisées
œuvres citées|travaux cités|liste des références|bibliographie sélective|fuentes|fuente|referencias
referencias bibliográficas|bibliografía|obras citadas|fuentes citadas|fuentes consultadas|fuentes oficiales
fuentes canónicas|fuentes utilizadas|lista de fuentes|lista de referencias|citas|trabajos citados|fontes
referências|referência|referências bibliográficas|bibliografia|fontes citadas|fontes consultadas
referências citadas|fontes utilizadas|lista de fontes|lista de referências|citações|trabalhos citados
fontes oficiais|fonti|riferimenti|riferimenti bibliografici|opere citate|fonti citate|fonti consultate
elenco delle fonti|citazioni|fonti utilizzate|lavori citati|bronnen|bronnenlijst|referenties|literatuur
literatuurlijst|geciteerde werken|geraadpleegde bronnen|bronvermelding|geciteerd werk|źródła|źródło|literatura
przypisy|cytowane prace|odniesienia|referencje|wykaz źródeł|spis źródeł|wykorzystane źródła|cytowane źródła
источники|источник|список источников|список литературы|литература|ссылки|использованные источники|библиография
список использованных источников|источники и ссылки|ссылки на источники|источники информации|источники данных
цитируемые источники|цитированные работы|использованная литература|джерела|список джерел|література|посилання
використані джерела|список літератури|бібліографія|цитовані джерела|kaynaklar|kaynakça|kaynak listesi
referanslar|alıntılanan çalışmalar|başvurular|atıflar|bibliyografya|المصادر|مصادر|المراجع|مراجع|المصادر والمراجع
قائمة المصادر|قائمة المراجع|الاقتباسات|الأعمال المقتبس منها|מקורות|ביבליוגרפיה|רשימת מקורות|הפניות|מראי מקום
עבודות שצוטטו|منابع|مراجع و منابع|فهرست منابع|ارجاعات|संदर्भ|सन्दर्भ|स्रोत|संदर्भ सूची|स्रोत सूची|ग्रंथ सूची
उद्धरण|उद्धृत कार्य|সূত্র|তথ্যসূত্র|உசாத்துணை|மேற்கோள்கள்|参考文献|参考文献リスト|参考文献一覧|出典|出典一覧
参照|参照ソース|参照元|参照文献|参考資料|参考資料一覧|引用文献|引用元|引用|情報源|情報源一覧|ソース|ソース一覧
参考|文献|文献一覧|情報ソース|参考リンク|参考サイト|参考url|引用・参考文献|参考・引用文献|참고 문헌|참고문헌
출처|출처 목록|참고 자료|참고자료|참고 출처|인용|인용 출처|인용 자료|참조|참조 목록|인용 문헌|자료 출처
참고문헌 목록|출처 및 참고문헌|레퍼런스|참고 링크|참고한 자료|참고 사이트|관련 링크|대표적 출처|参考资料
参考来源|参考链接|参考内容|参考内容如下|参考资料列表|参考文献列表|数据来源|数据源|资料来源|信息来源|消息来源
文献来源|来源|来源列表|来源清单|引用来源|引用的著作|引用列表|引文|关键引文|关键引用|代表性来源|参考书目|引用资料
参考网址|參考文獻|參考資料|參考來源|參考連結|資料來源|資訊來源|來源|來源清單|引用來源|引用文獻|參考書目|參考
nguồn|nguồn tham khảo|tài liệu tham khảo|trích dẫn|danh mục tài liệu tham khảo|nguồn trích dẫn|các nguồn
danh sách nguồn|tham khảo|đường dẫn tham khảo|liên kết tham khảo|tài liệu trích dẫn|sumber|referensi
daftar pustaka|daftar referensi|daftar sumber|karya yang dikutip|sumber referensi|rujukan|sitasi|zdroje
seznam zdrojů|použité zdroje|použitá literatura|citovaná díla|citované zdroje|odkazy|zoznam zdrojov|källor
referenser|källförteckning|litteratur|citerade verk|källhänvisningar|referenslista|kilder|referencer|referanser
kildeliste|litteraturliste|litteraturhenvisninger|citerede værker|siterte verk|lähteet|lähdeluettelo|viitteet
források|hivatkozások|irodalomjegyzék|felhasznált források|surse|referințe|surse citate|lucrări citate|πηγές
αναφορές|βιβλιογραφία|παραπομπές|แหล่งอ้างอิง|อ้างอิง|บรรณานุกรม|แหล่งที่มา|เอกสารอ้างอิง|ผลงานที่อ้างอิง
източници|izvori|извори|viri|šaltiniai|avoti|allikad|fonts|referències|iturriak
"""
_QUALIFIERS = """
key|primary|selected|main|major|all|full|complete|official|online|additional|other|secondary|cited|core
important|final|principal|representative|annotated|supporting|external|web|numbered|combined|consolidated
relevant|academic|notable|my|wichtige|wichtigste|ausgewählte|weitere|alle|principales|otras|otros|autres
toutes les|principais|outras|principali|altre|belangrijkste|główne|wybrane|основные|ключевые|основні|ключові|ana
temel|seçilmiş|أهم|主要|关键|關鍵|核心|主な|主要な|重要|全部|官方|公式|代表的な|주요|핵심|대표|các|danh sách
utama|hlavní|viktiga|vigtigste
"""
_SUFFIXES = """
used|cited|consulted|list|index|section|summary|overview|and links|통합 목록|통합|종합|전체 목록|汇总|总览|总汇
彙整|principales|oficiales|citadas|consultadas|principais|citées|一覧|リスト|列表|清单|清單|一览|如下|목록|utama
chính|principali|основные
"""
_JOINERS = (
    r"(?:\s*(?:&|\+|/|·|,|、|，|・)\s*|\s+(?:and|und|et|y|e|i|и|та|ve|en|och|og|a|và|dan|및|와|과|ja|és|și|και)\s+"
    r"|\s*(?:与|與|和|及|以及|および|と|및)\s*|\s+و\s*)"
)


def _words(text: str) -> set[str]:
    return {*text.strip().replace("\n", "|").split("|")}


def _either(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_words(words), key=len, reverse=True))


_SECOND = (
    r"(?:further|additional|suggested|related) (?:reading|readings|resources|links|research)"
    r"|notes|footnotes|resources|data sources|数据源|延伸阅读"
)
_ONE = rf"(?:(?:{_either(_QUALIFIERS)})(?:\s+|の|的)?){{0,2}}(?:{_either(_NOUNS)})(?:\s*(?:{_either(_SUFFIXES)}))?"
_NAME = re.compile(rf"{_ONE}(?:{_JOINERS}(?:{_ONE}|{_SECOND})){{0,2}}")
_WORKS_CITED = re.compile(
    r"works cited|引用的著作|obras citadas|(?:trabajos|trabalhos|fuentes|referências) citad[ao]s"
    r"|œuvres citées|sources des citations"
    r"|zitierte (?:quellen|werke)|opere citate|geciteerd\w* werk\w*|cytowane prace|citovaná díla|citerade verk|引用文献"
    r"|karya yang dikutip|nguồn trích dẫn|alıntılanan çalışmalar|цитированные работы|цитовані джерела"
)
_DECORATION = re.compile(r"[*_`~#\"“”«»「」【】]+|</?[A-Za-z][^<>]*>|\\(?=[^\w\s])")
_NUMBERING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){1,3}[.)]?\s+|第?[一二三四五六七八九十百\d]{1,4}[章节節部]?[、.．:：)）\s]\s*"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）]\s*|[ivx]{1,5}[.)]\s+|[a-z][.)]\s+"
    r"|(?:appendix|annex|anhang|annexe|anexo|附录|附錄|付録|부록)\s*[\da-z一二三]{0,2}\s*[:：.\-–—、]\s*)",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*[(（\[［][^()（）\[\]［］]*[)）\]］]\s*\Z")
_EDGES = re.compile(r"\A[\W_]+|[\W_]+\Z")
_LONGEST = 90

# Words that announce the day of access; before the date, or (Japanese, Korean, Hindi) after it.
_ACCESS_WORDS = """
accessed|retrieved|visited|checked|viewed|last accessed|访问时间为|访问时间|访问日期|檢索日期
检索日期|存取日期|閲覧日|acessado em|acesso em|acesso a|fecha de acceso|consultado el|acceso
consulté le|consultée le|zugriff am|abruf am|abruf|abgerufen am|zuletzt aufgerufen am
accesso eseguito il giorno|accesso eseguito il|consultato il|geopend op|geraadpleegd op|otwierano
dostęp|дата последнего обращения|дата обращения
дата доступа|дата останнього звернення|дата звернення
дата доступу|erişim tarihi|truy cập vào|truy cập ngày|diakses pada|diakses tanggal
diakses|použito|přístup dne|přístup|hämtad den|hämtad|åpnet|tilgået|تم الوصول في|تم الوصول بتاريخ
تم الوصول|נרשמה גישה בתאריך|accesat
"""
_ACCESS_SUFFIXES = ("アクセス", "閲覧", "액세스", "एक्सेस")
_ACCESSED = re.compile(
    rf"[\s,，、;；.。(（\[\-–—]{{0,6}}(?<![^\W_])(?:{_either(_ACCESS_WORDS)})(?: on)?[:：]?"
    r"\s*[^\[\]\n<>]{1,40}?\b(?:19|20)\d\d\b(?:[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2})?[日)）\]]?"
    r"|[\s,，、]{0,4}(?:(?:19|20)\d\d年\s*)?\d{1,2}[月월]\s*\d{1,2}[日일]?[,，]?\s*(?:(?:19|20)\d\d)?"
    r"\s*(?:に(?:アクセス|閲覧)|에 액세스|閲覧)"
    r"|[\s,，、]{0,4}[^\s,，、]{1,20}\s{1,3}\d{1,2},\s*(?:19|20)\d\d\s+को एक्सेस किया गया",
    re.IGNORECASE,
)


def plain_name(text: str) -> str:
    """Return a heading without markup, symbols, numbering, trailing remark and punctuation, in lower case."""
    text = _DECORATION.sub("", unicodedata.normalize("NFC", text)).strip()
    text = _leading_symbols(text)
    text = _NUMBERING.sub("", text, count=1) if text[:1].isalnum() or text[:1] in "(（" else text
    text = text.rstrip(" :：.。-–—…")
    text = _REMARK.sub("", text)
    text = _EDGES.sub(_keep_marks, _leading_symbols(text))
    return " ".join(text.split()).lower()


def _leading_symbols(text: str) -> str:
    start = 0
    while start < len(text) and not text[start].isalnum() and text[start] not in "(（":
        start += 1
    return text[start:]


def _keep_marks(match: re.Match[str]) -> str:
    """Keep vowel signs of Indic and Thai scripts, which count as no letters."""
    return "".join(char for char in match[0] if unicodedata.category(char).startswith("M"))


def is_source_heading(text: str) -> bool:
    """Whether `text`, a heading with whatever markup, is the name of a list of sources."""
    if not text or len(text) > _LONGEST:
        return False
    return bool(_NAME.fullmatch(plain_name(text)))


def is_works_cited(text: str) -> bool:
    """Whether `text` is the heading under which exporters flatten superscript markers into digits."""
    return len(text) <= _LONGEST and bool(_WORKS_CITED.fullmatch(plain_name(text)))


def has_access_date(text: str) -> bool:
    """Whether `text`, one entry, says on which day a source was looked at."""
    return bool(_ACCESSED.search(text))


def may_have_access_dates(text: str) -> bool:
    """Whether a whole report may hold such days: a quick look for the words alone."""
    lowered = text.lower()
    return any(word in lowered for word in (*_ACCESS_SUFFIXES, *_words(_ACCESS_WORDS)))


def without_access_date(text: str) -> str:
    """Return `text` without the day of access."""
    return _ACCESSED.sub(" ", text)
