"""What every saved body of Gemini means: status, cost, counters, citations. Ours, and those of the contract."""

from dataclasses import dataclass, field

REDIRECT = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"
AGENT = "deep-research-preview-04-2026"
OLD = "deep-research-pro-preview-12-2025"
BAND = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Means:
    """The right reading of a body.

    `cited` are (marker, addresses) in order; addresses of the redirector by their last segment. `all_cited` is the
    number of citations where they are too many to list: each then leads where the text's own list says.
    """

    status: str
    mode: str | None = AGENT
    cost: tuple[float, float] | None = None
    counters: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    warned: str = ""
    report: bool = False
    cited: tuple[tuple[str, tuple[str, ...]], ...] = ()
    all_cited: int = 0
    partial: bool = False
    asks: bool = False
    images: int = 0
    steps: int = 0


_NO_SOURCE = "it names no source"
_THREE = (("[cite: 1]", ("Y1==",)), ("[cite: 2, 3]", ("Y2==", "Y3==")), ("[cite: 1]", ("Y1==",)))
OURS: dict[str, Means] = {
    "completed": Means(
        "done",
        cost=BAND,
        counters={"searches": 9, "pages_read": 1, "thoughts": 1, "retrieval": 2},
        report=True,
        cited=_THREE,
        steps=5,
    ),
    "completed-without-trace": Means("done", cost=BAND, report=True, cited=_THREE),
    "model-claims": Means(
        "done",
        "gemini-3.8-flash",
        report=True,
        cited=(("Gräser wachsen langsam.", ("Z1==",)), ("Moose eilen.", ("Z2==",))),
    ),
    "plan": Means("waiting", asks=True),
    "incomplete": Means("partial", cost=BAND, report=True, partial=True, warned="it ended early"),
    "budget_exceeded": Means(
        "partial", cost=BAND, counters={"searches": 2, "thoughts": 1}, steps=2, warned="its budget is used up, before"
    ),
    "output-error": Means("failed", error="The writer broke."),
    "failed": Means("failed", error="No luck.; Too much."),
    "picture": Means("done", cost=BAND, report=True, images=1, warned=_NO_SOURCE),
    "outputs": Means("done", "gemini-3-pro", report=True),
    "files": Means(
        "done",
        cost=BAND,
        report=True,
        cited=(
            ("Tiles age.", ("https://files.example/roofs.pdf",)),
            ("Lichens stay.", ("https://files.example/roofs.pdf",)),
        ),
    ),
    "requires_action": Means("waiting", "gemini-3.8-flash", steps=1, warned="the result of a function (look_up)"),
}

_THREE_X = (("[cite: 1]", ("X001==",)), ("[cite: 2, 3]", ("X002==", "X003==")), ("[cite: 1]", ("X001==",)))
_SEARCHED = {"searches": 78}
_READ = {"searches": 78, "pages_read": 1, "thoughts": 1}
CONTRACT: dict[str, Means] = {
    "created-in_progress": Means("running"),
    "queued": Means("queued"),
    "in_progress-no-steps": Means("running"),
    "in_progress-steps": Means("running", counters={"searches": 2, "pages_read": 1, "thoughts": 1}, steps=5),
    "completed-deep-research-real-excerpt": Means("done", OLD, report=True, all_cited=7),
    "completed-deep-research-long": Means(
        "done", cost=BAND, counters={**_READ, "thoughts": 2}, report=True, all_cited=79, steps=8
    ),
    "completed-google-search-real": Means(
        "done", "gemini-2.5-flash", counters={"searches": 2}, report=True, all_cited=18, steps=2
    ),
    "completed-structured-output-real": Means("done", "gemini-2.5-flash", report=True),
    "completed-published": Means("done", OLD, report=True, warned=_NO_SOURCE),
    "cancelled-published": Means("cancelled", OLD),
    "legacy-outputs": Means("done", OLD, report=True),
    "completed-background": Means(
        "done", cost=BAND, counters={**_READ, "thoughts": 2}, report=True, cited=_THREE_X, steps=8
    ),
    "completed-two-outputs": Means(
        "done", cost=BAND, counters={"searches": 78, "thoughts": 1}, report=True, cited=_THREE_X, steps=4
    ),
    "completed-image": Means(
        "done", cost=BAND, counters=_SEARCHED, report=True, cited=(("[cite: 1]", ("X001==",)),), images=1
    ),
    "completed-file-citation": Means(
        "done",
        cost=BAND,
        counters=_SEARCHED,
        report=True,
        cited=(
            ("Margins", ("https://maps.example/x",)),
            ("Margins rose in Q3.", ("fileSearchStores/s/documents/q3",)),
        ),
        steps=2,
    ),
    "completed-spans-without-markers": Means(
        "done",
        "gemini-3.8-flash",
        counters=_SEARCHED,
        report=True,
        cited=(("Café sales rose 4 %.", ("X1==",)), ("Tea fell.", ("X2==",))),
    ),
    "completed-without-text": Means(
        "done",
        cost=BAND,
        counters={"searches": 78, "thoughts": 1},
        warned="it completed without a text",
        steps=3,
    ),
    "completed-output-error": Means("failed", counters=_SEARCHED, error="Internal error while writing the report."),
    "completed-plan": Means("waiting", asks=True),
    "requires_action": Means(
        "waiting", "gemini-3-flash-preview", steps=1, warned="the result of a function (get_quote)"
    ),
    "requires_continuation": Means("running", counters=_SEARCHED, report=True, partial=True),
    "failed": Means(
        "failed",
        counters={"searches": 2, "thoughts": 1},
        error="The agent could not finish the research task.",
        steps=3,
    ),
    "failed-no-reason": Means("failed", error="Gemini gave no reason"),
    "failed-legacy-error": Means("failed", error="Internal error encountered."),
    "incomplete": Means(
        "partial",
        cost=BAND,
        counters=_READ,
        report=True,
        partial=True,
        cited=(("[cite: 1]", ("X001==",)),),
        warned="it ended early",
        steps=5,
    ),
    "budget_exceeded": Means("partial", cost=BAND, counters=_READ, warned="its budget is used up, before", steps=5),
    "idle": Means("unknown"),
    "unknown-steps": Means(
        "done", cost=BAND, counters={"searches": 1}, report=True, cited=(("[cite: 1]", ()), ("", ("X001==",))), steps=2
    ),
    "unknown-status": Means("unknown"),
}
ERRORS = {
    "error-400-api-key": "BadKey",
    "error-400-array": "BadKey",
    "error-400-background-required": "Refused",
    "error-400-legacy-schema": "Refused",
    "error-401": "BadKey",
    "error-403": "Forbidden",
    "error-404": "Gone",
    "error-409": "Refused",
    "error-429": "RateLimited",
    "error-429-new-form": "RateLimited",
    "error-500": "Unavailable",
    "error-503": "Unavailable",
}
STREAMS = ("sse-deep-research", "sse-google-search-real-excerpt", "sse-error")
