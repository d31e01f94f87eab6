"""The headings of source lists, and the notations of access dates, in many languages."""

import re
import unicodedata
from functools import cache

from tui.domain.patterns import late

# Nouns that can head a list of sources, lower case. Languages: those of known reports, and the usual words elsewhere.
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
източници|izvori|извори|viri|šaltiniai|avoti|allikad|fonts|referències|iturriak|source registry|sources registry
citation registry|reference registry|source catalog|source catalogue|source inventory|source log|source table
sources table|reference table|evidence sources|bibliographic references|bibliographic sources|webography
webliography|sitography|cited literature|reference material|reference materials|reference sources
source material|source materials|source documents|urls|source notes|reference notes|primary literature
notes et références|notes et sources|références et notes|sources et références|sitographie|webographie
bibliographie et sitographie|crédits et sources|anmerkungen und quellen|quellen und anmerkungen
literatur und quellen|notas y referencias|notas e referências|note e riferimenti|note e fonti|sitografia
bibliografia e sitografia|список використаних джерел|список використаної літератури|перелік джерел
перелік посилань|використана література|список джерел та літератури|джерела інформації|використані матеріали
список использованной литературы|перечень источников|примечания и ссылки|список цитируемых источников
материалы и источники|крыніцы|спіс крыніц|спіс літаратуры|спасылкі|použitá literatúra|zoznam použitej literatúry
zoznam literatúry|citované práce|seznam literatury|seznam použité literatury|seznam použitých zdrojů
seznam odkazů|הערות ומקורות|עבודות מצוטטות|מקורות מצוטטים|ביבליוגרפיה נבחרת|רשימה ביבליוגרפית|רשימת המקורות
מקורות והפניות|קישורים|المراجع المقتبس منها|المصادر المقتبس منها|المراجع المستشهد بها|الأعمال المستشهد بها
المراجع والمصادر|مصادر ومراجع|ثبت المراجع|ثبت المصادر|الروابط|قائمة المراجع والمصادر|مآخذ|منابع و مآخذ|کتاب‌نامه
کتابنامه|منابع استفاده شده|فهرست مراجع|آثار ذکر شده|حوالہ جات|حوالے|مصادر و مراجع|مآخذ و مصادر|ذرائع|کتابیات
سرچینې|سەرچاوەکان|дереккөздер|дереккөздер тізімі|пайдаланылған әдебиеттер|пайдаланылған дереккөздер
әдебиеттер тізімі|әдебиеттер|сілтемелер|булактар|колдонулган адабияттар|манбалар|manbalar
foydalanilgan adabiyotlar|foydalanilgan manbalar|havolalar|mənbələr|istinadlar|ədəbiyyat
istifadə olunmuş ədəbiyyat|эх сурвалж|ашигласан материал|ном зүй|сарчашмаҳо|чыганаклар|mga sanggunian|sanggunian
mga pinagmulan|mga pinagkunan|mga reperensiya|talasanggunian|mga binanggit na gawa|წყაროები
გამოყენებული ლიტერატურა|ლიტერატურა|ციტირებული ნაშრომები|წყაროების სია|աղբյուրներ|գրականություն
օգտագործված գրականություն|հղումներ|literatura i izvori|korištena literatura|korišteni izvori|popis literature
literatura i reference|коришћена литература|референце|литература и извори|извори и литература
користена литература|референци|uporabljeni viri|seznam virov|viri in literatura|navedena dela|burimet|burime
referencat|referenca|literatūra|naudota literatūra|literatūros sąrašas|nuorodos|cituojami darbai
izmantotā literatūra|atsauces|izmantotie avoti|citētie darbi|viited|kasutatud allikad|kasutatud kirjandus
viidatud teosed|heimildir|heimildaskrá|tilvísanir|heimildaskrár|keldur|foinsí|tagairtí|ffynonellau|cyfeiriadau
erreferentziak|bibliografia erabilia|obres citades|fonts consultades|fonts citades|obras citadas e fontes
fontes e referencias|bronne|verwysings|bronnelys|literatuurlys|vyanzo|marejeo|marejeleo|vyanzo vilivyotajwa
imithombo|izinkomba|ምንጮች|ማጣቀሻዎች|ዋቢዎች|citerade källor|källor och referenser|använda källor|källor och litteratur
kilder og referencer|kilder og referanser|kildeangivelser|brukte kilder|lähteet ja viitteet|lähdeviitteet
lainatut teokset|idézett művek|hivatkozott források|felhasznált irodalom|források és hivatkozások
referințe bibliografice|bibliografie selectivă|surse și referințe|surse utilizate|παραπομπές και πηγές
βιβλιογραφικές αναφορές|πηγές και αναφορές|έργα που αναφέρονται|χρησιμοποιημένη βιβλιογραφία|संदर्भ ग्रंथ
संदर्भ ग्रंथ सूची|सन्दर्भ सूची|स्रोत और संदर्भ|संदर्भ और स्रोत|संदर्भग्रंथ|सन्दर्भ सामग्री|সূত্রসমূহ
তথ্যসূত্রসমূহ|উৎস|উৎসসমূহ|গ্রন্থপঞ্জি|உசாத்துணைகள்|மேற்கோள் நூல்கள்|ஆதாரங்கள்|குறிப்புகள் மற்றும் மேற்கோள்கள்
మూలాలు|ప్రస్తావనలు|ఆధారాలు|ಉಲ್ಲೇಖಗಳು|ಮೂಲಗಳು|അവലംബം|അവലംബങ്ങൾ|സ്രോതസ്സുകൾ|સંદર્ભ|સંદર્ભો|સ્ત્રોતો|સ્ત્રોત|ਹਵਾਲੇ
ਸਰੋਤ|මූලාශ්‍ර|යොමු|ඇසුරු|အကိုးအကား|ကိုးကား|ကိုးကားချက်များ|ឯកសារយោង|ប្រភព|ເອກະສານອ້າງອີງ|ແຫຼ່ງອ້າງອີງ
แหล่งข้อมูล|แหล่งข้อมูลอ้างอิง|รายการอ้างอิง|sumber rujukan|senarai rujukan|bibliografi|sumber data
karya dikutip|sumber yang dikutip|daftar rujukan|daftar kutipan|tài liệu và nguồn tham khảo|nguồn tài liệu
nguồn dữ liệu|danh mục nguồn|danh mục tham khảo|脚注|腳註|注釈・出典|脚注・出典|出典・参考文献|引用・出典
参考・出典|主な出典|主要参考文献|引用一覧|참고문헌 및 출처|각주|각주 및 출처|출처 및 각주|출처 정리|주요 출처
인용문헌|출처 링크|參考文獻列表|參考資料列表|引用文獻列表|參考書目列表|資料來源列表|引用與參考|參考網址
註釋與參考文獻|注释与参考文献|引用与参考|引用文献列表|参考出处|出处|引用出处|资料出处|文中引用|参考与引用
"""
# Phrases of a service above its lists, in the languages of its exports.
_NOUNS += """
sources used in the report|sources used in this report
sources read but not used in the report|sources used in the answer
sources used for this report|all sources used|sources used in this research|im bericht verwendete quellen
gelesene, aber nicht im bericht verwendete quellen|für den bericht verwendete quellen|fuentes usadas en el informe
fuentes utilizadas en el informe|fuentes leídas, pero no usadas en el informe|sources utilisées dans le rapport
sources lues, mais non utilisées dans le rapport|fontes usadas no relatório|fontes utilizadas no relatório
fonti utilizzate nel report|fonti usate nel report|bronnen die in het rapport zijn gebruikt|źródła użyte w raporcie
источники, использованные в отчете|источники, использованные в отчёте|джерела, використані у звіті
raporda kullanılan kaynaklar|レポートで使用されているソース|レポートで使用した情報源|보고서에 사용된 출처
보고서에 사용된 소스|报告中使用的来源|報告中使用的來源|報告中使用的資料來源
المصادر المستخدمة في التقرير|nguồn được sử dụng trong báo cáo
sumber yang digunakan dalam laporan
"""
# Names that head a list of sources only if what follows is one: remarks and recommendations stand under them too.
_WEAK = """
notes|note|footnotes|endnotes|end notes|notes and footnotes|source footnotes|further reading|additional reading
suggested reading|recommended reading|related reading|further resources|additional resources|resources
further links|read more|learn more|see also|notes de bas de page|notes de fin|pour aller plus loin
lectures complémentaires|fußnoten|anmerkungen|endnoten|weiterführende literatur|weiterlesen|notas|notas al pie
notas al final|lecturas recomendadas|lecturas adicionales|para saber más|notas de rodapé|leitura adicional
leituras adicionais|leituras recomendadas|note a piè di pagina|note finali|approfondimenti|letture consigliate
per approfondire|voetnoten|noten|eindnoten|verder lezen|uwagi|przypisy dolne|dalsza lektura|примечания|сноски
дополнительная литература|дополнительное чтение|примітки|виноски|додаткова література|зноскі|poznámky
poznámky pod čarou|vysvětlivky|další čtení|poznámky pod čiarou|dipnotlar|notlar|son notlar|ek okumalar|الحواشي
حواشي|هوامش|الهوامش|ملاحظات|قراءات إضافية|הערות שוליים|הערות|הערות סיום|קריאה נוספת|لקריאה נוספת|پانویس
پانوشت‌ها|پی‌نوشت|یادداشت‌ها|پاورقی|फ़ुटनोट|टिप्पणियाँ|पाद टिप्पणी|টীকা|পাদটীকা|注|注記|注釈|註|補注|後注
参考情報|関連リンク|さらに読む|각주 목록|주석|미주|더 읽을거리|추가 자료|注释|註釋|脚注列表|尾注|备注|延伸阅读
延伸閱讀|进一步阅读|扩展阅读|相关链接|相關連結|ghi chú|chú thích|đọc thêm|catatan kaki|catatan|bacaan lanjutan
fotnoter|noter|vidare läsning|fodnoter|yderligere læsning|sluttnoter|alaviitteet|huomautukset|lisälukemista
lábjegyzetek|jegyzetek|további olvasnivalók|note de subsol|lecturi suplimentare|υποσημειώσεις|σημειώσεις
περαιτέρω ανάγνωση|เชิงอรรถ|หมายเหตุ|อ่านเพิ่มเติม|бележки|напомене|napomene|bilješke|fusnote|fusnote i izvori
opombe|sprotne opombe|išnašos|pastabos|piezīmes|märkused|joonealused märkused|neðanmálsgreinar|notes al peu
oharrak|mga tala|mga talababa|talababa|fus notlar|სქოლიო|შენიშვნები|ծանոթագրություններ|ескертпелер
сілтемелер мен ескертпелер|qeydlər|eslatmalar
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
used|cited|consulted|list|index|registry|register|ledger|log|table
catalog|catalogue|inventory|map|section|summary|overview
and links|통합 목록|통합|종합|전체 목록|汇总|总览|总汇
彙整|principales|oficiales|citadas|consultadas|principais|citées|一覧|リスト|列表|清单|清單|一览|如下|목록|utama
chính|principali|основные
"""
_JOINERS = (
    r"(?:\s*(?:&|\+|/|·|,|、|，|・)\s*|\s+(?:and|und|et|y|e|i|и|та|ve|en|och|og|a|và|dan|및|와|과|ja|és|și|και)\s+"
    r"|\s*(?:与|與|和|及|以及|および|と|및)\s*|\s+و\s*)"
)


def _words(text: str) -> set[str]:
    return {word for word in text.replace("\n", "|").split("|") if word}


def _either(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_words(words), key=len, reverse=True))


_SECOND = (
    r"(?:further|additional|suggested|related) (?:reading|readings|resources|links|research)"
    r"|notes|footnotes|resources|data sources|数据源|延伸阅读"
)
_ONE = rf"(?:(?:{_either(_QUALIFIERS)})(?:\s+|の|的)?){{0,2}}(?:{_either(_NOUNS)})(?:\s*(?:{_either(_SUFFIXES)}))?"
_PLAIN_NAMES = frozenset(_words(_NOUNS))
_WEAK_NAMES = frozenset(_words(_WEAK))
_WORKS_CITED = late(
    r"works cited|引用的著作|obras citadas|(?:trabajos|trabalhos|fuentes|referências) citad[ao]s"
    r"|œuvres citées|sources des citations"
    r"|zitierte (?:quellen|werke)|opere citate|geciteerd\w* werk\w*|cytowane prace|citovaná díla|citerade verk|引用文献"
    r"|karya yang dikutip|nguồn trích dẫn|alıntılanan çalışmalar|цитированные работы|цитовані джерела"
)
_DECORATION = late(r"[*_`~#\"“”«»「」【】]+|</?[A-Za-z][^<>]*>|\\(?=[^\w\s])")
_NUMBERING = late(
    r"(?:\d{1,2}(?:\.\d{1,2}){1,3}[.)]?\s+|第?[一二三四五六七八九十百\d]{1,4}[章节節部]?[、.．:：)）\s]\s*"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）]\s*|[ivx]{1,5}[.)]\s+|[a-z][.)]\s+"
    r"|(?:appendix|annex|anhang|annexe|anexo|附录|附錄|付録|부록)\s*[\da-z一二三]{0,2}\s*[:：.\-–—、]\s*)",
    re.IGNORECASE,
)
_REMARK = late(r"\s*[(（\[［][^()（）\[\]［］]*[)）\]］]\s*\Z")
_EDGES = late(r"\A[\W_]+|[\W_]+\Z")
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
_ACCESSED = late(
    rf"[\s,，、;；.。(（\[\-–—]{{0,6}}(?<![^\W_])(?:{_either(_ACCESS_WORDS)})(?: on)?[:：]?"
    r"\s*[^\[\]\n<>]{1,40}?\b(?:19|20)\d\d\b(?:[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2})?[日)）\]]?"
    r"|[\s,，、]{0,4}(?:(?:19|20)\d\d年\s*)?\d{1,2}[月월]\s*\d{1,2}[日일]?[,，]?\s*(?:(?:19|20)\d\d)?"
    r"\s*(?:に(?:アクセス|閲覧)|에 액세스|閲覧)"
    r"|[\s,，、]{0,4}[^\s,，、]{1,20}\s{1,3}\d{1,2},\s*(?:19|20)\d\d\s+को एक्सेस किया गया",
    re.IGNORECASE,
)


def plain_name(text: str) -> str:
    """Return a heading without markup, symbols, numbering, suffixes and punctuation, in lower case."""
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
    """Return the vowel signs in a match, which in Indic and Thai scripts belong to letters."""
    return "".join(char for char in match[0] if unicodedata.category(char).startswith("M"))


def is_source_heading(text: str) -> bool:
    """Whether a heading, with any markup, is the title of a source list."""
    if not text or len(text) > _LONGEST:
        return False
    name = plain_name(text)
    if name in _PLAIN_NAMES:
        return True
    return any(noun in name for noun in _PLAIN_NAMES) and bool(_full_name().fullmatch(name))


@cache
def _full_name() -> re.Pattern[str]:
    """Return the pattern of a whole title; compiled only for a report that needs it."""
    return re.compile(rf"{_ONE}(?:{_JOINERS}(?:{_ONE}|{_SECOND})){{0,2}}")


def is_weak_heading(text: str) -> bool:
    """Whether a heading may be the title of a source list or of something else: "Notes", "Further reading"."""
    return 0 < len(text) <= _LONGEST and plain_name(text) in _WEAK_NAMES


def is_works_cited(text: str) -> bool:
    """Whether a heading is the one under which exporters flatten superscript markers into digits."""
    return len(text) <= _LONGEST and bool(_WORKS_CITED.fullmatch(plain_name(text)))


def has_access_date(text: str) -> bool:
    """Whether an entry contains an access date."""
    return _may_have_date(text) and bool(_ACCESSED.search(text))


def may_have_access_dates(text: str) -> bool:
    """Whether a report may contain access dates: a quick search for their words."""
    lowered = text.lower()
    return any(word in lowered for word in (*_ACCESS_SUFFIXES, *_words(_ACCESS_WORDS)))


def _may_have_date(text: str) -> bool:
    """Whether the expression is worth compiling: each of its forms has one of these."""
    return any(sign in text for sign in ("19", "20", "月", "월"))


def without_access_date(text: str) -> str:
    """Return `text` without its access date."""
    if not _may_have_date(text):
        return text
    return _ACCESSED.sub(" ", text)
