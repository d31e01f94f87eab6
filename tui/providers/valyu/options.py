"""Valyu's options of a new task, as forms show them, those people use most first (tests/contracts/valyu.md 3)."""

from tui.domain.options import Option, OptionKind
from tui.providers import prices

_WORDS = "web, academic, finance, patent, legal, politics, data sets, or domains"

OPTIONS = (
    Option(
        "research_strategy",
        "strategy",
        OptionKind.PROSE,
        "how to go about it; with the report format at most 15,000 characters",
    ),
    Option("report_format", "report format", OptionKind.PROSE, "how the report is written and laid out"),
    Option(
        "output_formats",
        "formats",
        OptionKind.CHOICES,
        "toon needs an output schema; markdown if not set",
        ("markdown", "pdf", "toon"),
    ),
    Option("search.search_type", "search in", OptionKind.CHOICE, "all if not set", ("all", "web", "proprietary")),
    Option("search.included_sources", "only sources", OptionKind.LIST, _WORDS),
    Option("search.excluded_sources", "no sources", OptionKind.LIST, "the same words; not together with only sources"),
    Option("search.source_biases", "source weights", OptionKind.WEIGHTS, "web=-2, nature.com=5: from -5 to 5"),
    Option("search.start_date", "from date", OptionKind.TEXT, "2026-01-31; a time of day needs the page history"),
    Option("search.end_date", "to date", OptionKind.TEXT, "2026-01-31; a time of day needs the page history"),
    Option("search.historical_cache", "page history", OptionKind.FLAG, "pages as they were then"),
    Option("search.historical_cache_strict", "history only", OptionKind.FLAG, "only pages that the history holds"),
    Option("search.country_code", "country", OptionKind.TEXT, "two letters, for web sources: DE"),
    Option("search.category", "category", OptionKind.TEXT, "a category of sources, in Valyu's words"),
    Option("urls", "addresses", OptionKind.LIST, "pages to read, at most 10"),
    Option("files", "files", OptionKind.FILES, "paths of files to read, at most 10"),
    Option("previous_reports", "earlier reports", OptionKind.REPORTS, "ids of reports to build on, at most 3"),
    Option(
        "deliverables",
        "deliverables",
        OptionKind.PRODUCTS,
        "files to make, at most 10, one a line; csv, xlsx, pptx, docx, pdf",
    ),
    Option(
        "tools.code_execution",
        "run code",
        OptionKind.CALLS,
        f"up to {prices.VALYU_CODE_RUNS} runs at ${prices.VALYU_CODE_RUN_USD:.2f}; on if not set",
    ),
    Option(
        "tools.screenshots",
        "screenshots",
        OptionKind.CALLS,
        f"up to {prices.VALYU_SCREENSHOTS} at ${prices.VALYU_SCREENSHOT_USD:.2f}",
    ),
    Option("tools.browser_use", "use a browser", OptionKind.CALLS, "up to 5"),
    Option("tools.charts", "charts", OptionKind.CALLS, "free"),
    Option(
        "hitl.planning_questions",
        "ask questions",
        OptionKind.FLAG,
        "checkpoint: it asks before it plans; you have 5 minutes",
    ),
    Option("hitl.plan_review", "review the plan", OptionKind.FLAG, "checkpoint: you approve or change the plan"),
    Option("hitl.source_review", "review sources", OptionKind.FLAG, "checkpoint: you keep or drop domains"),
    Option("hitl.outline_review", "review outline", OptionKind.FLAG, "checkpoint: you approve or change the outline"),
    Option("alert_email", "mail when done", OptionKind.TEXT, "an address of your organisation"),
    Option("metadata", "metadata", OptionKind.JSON, '{"project": "x"}: kept with the task'),
    Option("mcp_servers", "MCP servers", OptionKind.JSON, '[{"url": "https://..."}], at most 5'),
    Option("brand_collection_id", "brand collection", OptionKind.TEXT, "for deliverables"),
    Option(
        "workflow_id", "workflow", OptionKind.TEXT, "brings its own brief, strategy and format; leave the brief empty"
    ),
    Option("workflow_params", "workflow values", OptionKind.JSON, '{"name": "value"}'),
    Option("workflow_version", "workflow version", OptionKind.NUMBER, "the newest if not set"),
)
