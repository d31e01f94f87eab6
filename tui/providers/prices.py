"""Published prices and budgets, in one place: they moved twice in 2026, so every figure has its source and date.

A figure that a provider reports itself always beats these.
"""

from typing import Final

AS_OF: Final = "2026-11-21"
"""The day on which these prices were read."""

# Agents a task may use; one finished agent is one credit (tests/contracts/extruct.md 6 and 12, create page).
EXTRUCT_AGENTS: Final = {"medium": 25, "high": 50, "xhigh": 75}

# One research task of any mode (tests/contracts/yutori.md 14, pricing page of 2026-10-07).
YUTORI_TASK_USD: Final = 0.35

# Valyu by mode: the higher of the published figures, as "at most" must hold (tests/contracts/valyu.md 5, SDK 2.13.1:
# 25, 100, 500 and 2,500 credits of $0.00625). The price of `instant` is not published.
VALYU_TASK_USD: Final = {"fast": 0.15625, "standard": 0.625, "lite": 0.625, "heavy": 3.125, "max": 15.625}
VALYU_STEPS: Final = {"fast": 10, "standard": 15, "lite": 15, "heavy": 15, "max": 25}

# Surcharges in USD per use and how often a tool may be used at most (tests/contracts/valyu.md 3 and 5).
VALYU_CODE_RUN_USD: Final = 0.10
VALYU_CODE_RUNS: Final = 10
VALYU_SCREENSHOT_USD: Final = 0.05
VALYU_SCREENSHOTS: Final = 15
VALYU_DELIVERABLE_USD: Final = 0.10  # each after the first
