"""Formulas written in TeX as a line of text that people can read: letters, signs, small raised figures. Pure.

No typesetting: fractions become a/b, what has no sign of its own keeps its name. Never raises and never loses a word.
"""

import re
from collections.abc import Mapping

from tui.domain.patterns import late

_TOKEN = late(r"\\[A-Za-z]+ ?|\\.|[\^_]|[{}]|&|\s+|[^\\^_{}&\s]+", re.DOTALL)
_DEEPEST = 40
_GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        "αβγδεεζηθϑικλμνξπρστυφφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)
_TIGHT = frozenset({"partial", "nabla"})  # no blank between them and what they act on
_SIGNS = _GREEK | {
    "times": "×", "cdot": "·", "cdots": "⋯", "ldots": "…", "dots": "…", "pm": "±", "mp": "∓", "div": "÷", "ast": "∗",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃",
    "equiv": "≡", "propto": "∝", "ll": "≪", "gg": "≫", "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "leftrightarrow": "↔", "Leftrightarrow": "⇔", "iff": "⇔", "implies": "⇒",
    "longrightarrow": "→", "uparrow": "↑", "downarrow": "↓", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅",
    "forall": "∀", "exists": "∃", "neg": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "oplus": "⊕",
    "otimes": "⊗", "circ": "∘", "bullet": "•", "star": "⋆", "partial": "∂", "nabla": "∇", "infty": "∞", "int": "∫",
    "sum": "∑", "prod": "∏", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "angle": "∠", "perp": "⊥", "parallel": "∥",
    "mid": "|", "vert": "|", "Vert": "‖", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "prime": "′", "degree": "°", "top": "⊤", "bot": "⊥", "dagger": "†", "vdots": "⋮", "ddots": "⋱",
    "quad": "  ", "qquad": "    ", "colon": ":", "lbrace": "{", "rbrace": "}", "backslash": "\\",
}  # fmt: skip
_SPACES = {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "\\": "\n", "\n": " "}
_SILENT = frozenset(
    "left right big Big bigl bigr Bigl Bigr bigg Bigg biggl biggr Biggl Biggr displaystyle textstyle limits nolimits "
    "nonumber notag".split()
)
_PLAIN = frozenset(
    "text textbf textit textrm mathrm mathbf mathit mathsf mathtt mathcal mathfrak mathscr operatorname boxed bm "
    "boldsymbol underline overbrace underbrace mbox".split()
)
_FUNCTIONS = frozenset(
    "arccos arcsin arctan arg argmax argmin cos cosh cot coth csc deg det dim exp gcd hom inf ker lim liminf limsup ln "
    "log max min mod Pr sec sin sinh sup tan tanh".split()
)
_ACCENTS = {"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303"}
_ACCENTS |= {"widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308"}
_DOUBLE = str.maketrans("CHNPQRZ", "ℂℍℕℙℚℝℤ")
RAISED = str.maketrans("0123456789+-=()niT*′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ*′")
LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


def readable(tex: str) -> str:
    """Return a TeX formula as readable text; one without TeX is unchanged."""
    if not any(sign in tex for sign in "\\^_{}"):
        return tex
    lines = (" ".join(line.split()) for line in _Formula(tex).all().split("\n"))
    return "\n".join(line for line in lines if line) or tex


class _Formula:
    """A left-to-right parser of one formula."""

    def __init__(self, tex: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(tex)
        self._at = 0
        self._depth = 0

    def all(self) -> str:
        """Return everything; braces that close nothing are text."""
        out: list[str] = []
        while self._at < len(self._tokens):
            out.append(self._until_brace())
            if self._at < len(self._tokens):
                self._at += 1
                out.append("}")
        return "".join(out)

    def _until_brace(self) -> str:
        out: list[str] = []
        while self._at < len(self._tokens) and self._tokens[self._at] != "}":
            out.append(self._one())
        return "".join(out)

    def _one(self) -> str:
        """Parse one group, command with arguments, sub- or superscript, or word."""
        piece = self._tokens[self._at]
        self._at += 1
        if piece == "{":
            return self._group()
        if piece == "^":
            return _small(self._argument(), RAISED, "^")
        if piece == "_":
            return _small(self._argument(), LOWERED, "_")
        if piece[0] == "\\" and len(piece) > 1:
            return self._command(piece[1:].rstrip(" ") or " ", piece)
        return " " if piece == "&" or piece.isspace() else piece

    def _group(self) -> str:
        self._depth += 1
        inside = self._until_brace() if self._depth < _DEEPEST else "{"
        self._depth -= 1
        if self._at < len(self._tokens) and self._tokens[self._at] == "}":
            self._at += 1
            return inside
        return inside if self._depth >= _DEEPEST - 1 else "{" + inside

    def _argument(self) -> str:
        """Parse the argument of a command: a group, a command, or a single character."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        if self._at >= len(self._tokens) or self._tokens[self._at] in {"}", "^", "_"}:
            return ""
        token = self._tokens[self._at]
        if token[0] not in "\\{" and len(token) > 1:
            self._tokens[self._at] = token[1:]
            return token[0]
        if self._depth >= _DEEPEST:
            return ""
        self._depth += 1
        found = self._one()
        self._depth -= 1
        return found

    def _command(self, name: str, piece: str) -> str:
        if name in _SIGNS:
            return _SIGNS[name] + (" " if piece.endswith(" ") and name not in _TIGHT else "")
        if name in _SPACES:
            return _SPACES[name]
        if name in _SILENT:
            return ""
        if name in {"frac", "dfrac", "tfrac", "binom"}:
            above, below = _held(self._argument()), _held(self._argument())
            return f"{above}/{below}" if name != "binom" else f"({above} over {below})"
        if name == "sqrt":
            return "√" + _held(self._argument())
        if name in {"begin", "end"}:
            self._argument()
            return "\n"
        if name in _PLAIN:
            return self._argument() or piece
        if name == "mathbb":
            return self._argument().translate(_DOUBLE)
        if name in _ACCENTS:
            return "".join(char + _ACCENTS[name] if char.isalnum() else char for char in self._argument())
        if name in _FUNCTIONS:
            after = self._tokens[self._at][:1] if self._at < len(self._tokens) else ""
            return name + (" " if after == "\\" or after.isalnum() else "")
        if not name.isalpha():
            return name
        opens = self._at < len(self._tokens) and self._tokens[self._at] == "{"
        return f"{piece}{{{self._argument()}}}" if opens else piece


def _held(text: str) -> str:
    """Return `text` in parentheses unless it is one thing anyway."""
    return text if len(text) <= 1 or text.isalnum() or re.fullmatch(r"\([^()]*\)", text) else f"({text})"


def _small(text: str, table: Mapping[int, int | str], mark: str) -> str:
    if text and all(ord(char) in table for char in text):
        return text.translate(dict(table))
    return f"{mark}{text}" if len(text) <= 1 or text.isalnum() else f"{mark}({text})"
