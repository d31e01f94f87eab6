"""Short names of the kinds of options, for the tables in which services list theirs."""

from tui.domain.options import OptionKind

CALLS, CHOICE, CHOICES, FILES, FLAG = (
    OptionKind.CALLS,
    OptionKind.CHOICE,
    OptionKind.CHOICES,
    OptionKind.FILES,
    OptionKind.FLAG,
)
JSON, LIST, NUMBER, PRODUCTS = OptionKind.JSON, OptionKind.LIST, OptionKind.NUMBER, OptionKind.PRODUCTS
PROSE, REPORTS, TEXT, WEIGHTS = OptionKind.PROSE, OptionKind.REPORTS, OptionKind.TEXT, OptionKind.WEIGHTS
