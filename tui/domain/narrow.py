"""Fast path for text that needs neither measuring nor cleaning; does not load the Unicode tables."""

_PUNCTUATION = dict.fromkeys((*range(0x2010, 0x2028), 0x2030, *range(0x20A0, 0x20C0)))  # dashes, quotes, currencies


def is_narrow(text: str) -> bool:
    """Whether every character of `text` is harmless on a terminal and one cell wide.

    True for Latin script, its dashes, quotes and currencies; False does not say that it is not.
    """
    if not text.isprintable():
        return False
    return text.isascii() or max(text.translate(_PUNCTUATION), default="") < "\u0300"
