"""The meaning of the symbols of each screen: the last part of `?`, searchable like its keys."""

from collections.abc import Mapping, Sequence

from tui.ui.text.formatting import LINK, PIN, STATUS, UNREAD

Signs = Sequence[tuple[str, str]]

_COST: Signs = (
    ("≤$1.63", "at most, by the price list"),
    ("~$0.24", "an estimate"),
    ("$0.15-0.16", "between the two"),
    ("$0.35", "as the provider reported it, or a fixed price"),
)
_ACCOUNTS: Signs = tuple((glyph, f"an account: {link.value}") for link, (glyph, _) in LINK.items())
SYMBOLS: Mapping[str, Signs] = {
    "tasks": (
        *((glyph, f"a task: {status.value}") for status, (glyph, _) in STATUS.items()),
        (UNREAD, "a report that nobody opened yet"),
        ("!", "before a title: there is a warning, the detail has it"),
        (PIN, "before a title: pinned, it stays on top; at the name of a column: reversed order"),
        ("▌", "marked"),
        ("▸ ▾", "a group: folded, unfolded; └ is one of its tasks"),
        ("●3 ○2", "of a group: three run, two are queued"),
        ("12/≤25", "12 of at most 25: a budget that need not be used up"),
        ("3/~15", "3 of about 15: it may end before"),
        ("██▍░░", "that part of the whole"),
        ("▁▂▅▇", "how a figure grew from one answer of the provider to the next"),
        ("4:51", "running time, minutes and seconds; of a task that waits for you, the time left to answer"),
        ("14:11", "of a task that ended: when, today; 27 Nov before"),
        ("on hold", "it waits for your answer as long as you like"),
        ("cit src", "citations and sources of the report"),
        *_COST,
        *_ACCOUNTS,
    ),
    "accounts": _ACCOUNTS,
    "costs": _COST,
    "form": (("[x] [ ]", "chosen, not chosen"), ("‹ fast ›", "h and l change it"), *_COST),
    "reader": (
        ("[8]", "a citation: enter shows its source; the current one is highlighted"),
        ("▣", "a picture or a chart; o or a click opens a picture"),
        ("52  ▅▆", "in the outline: citations in that part"),
    ),
    "search": (("… 4 more", "places that are folded: l shows them"),),
    "sources": (
        ("5×", "cited five times"),
        ("▸", "the report that enter opens; ] and [ choose another one"),
        ("███▎", "its share of the citations of the first"),
    ),
    "compare": (
        ("=", "in both"),
        ("<", "only on the left"),
        (">", "only on the right"),
        ("- +", "a paragraph on the left, on the right"),
    ),
    "checkpoint": (
        ("(x) ( )", "the answer that is sent, another one"),
        ("[✓] [✗] [·]", "keep, drop, left to the provider"),
    ),
    "log": (
        ("✓ ✗ ◆", "a task ended (the sign is its state in the list), failed, waits for you"),
        ("→ + !", "something you did, a report or file that was saved, a problem"),
    ),
}
"""Sign and meaning by screen."""
