"""The scripts of simulated responses: their timelines and endings."""

from dataclasses import dataclass

from tui.simulator.course import Course

_NEVER = 1e9  # simulated seconds


@dataclass(frozen=True, slots=True)
class Ending:
    """The contents of a response at its end.

    Attributes:
        text: "report", or what is there instead: "part", "none", "empty", "refusal", "approval", "function".
        growing: output is there while it runs; otherwise it is empty until the end.
        error: (code, message) of a failed one.
        reason: of an incomplete one.
        marks: private-use marks instead of links.
        azure: links without round brackets; searches that still say "searching" at the end.
        files: code was run, and made a file.
        gone_after: simulated seconds after the end at which it is forgotten; 0 for never.
    """

    text: str = "report"
    growing: bool = False
    error: tuple[str, str] | None = None
    reason: str | None = None
    marks: bool = False
    azure: bool = False
    files: bool = False
    gone_after: float = 0.0


_REFUSED_PROMPT = (
    "invalid_prompt",
    "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
)
_SERVER = ("server_error", "An error occurred while processing your request. You can retry your request.")
_LIMIT = ("rate_limit_exceeded", "Rate limit reached on tokens per min (TPM). Please try again in 8.919s.")
_QUOTA = ("insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")
ENDINGS: dict[str, tuple[Course, Ending]] = {
    "done": (Course("a clean run; nothing is told before its end but by its stream"), Ending()),
    "growing": (Course("the output grows while it runs"), Ending(growing=True)),
    "queued": (Course("stays queued for ever", None, queued=_NEVER), Ending()),
    "stuck": (Course("in progress for ever", None, share=0.4), Ending(growing=True)),
    "failed": (Course("fails half way", "failed", share=0.5), Ending("none", error=_SERVER)),
    "failed-prompt": (
        Course("the prompt is refused", "failed", 2.0, share=0.0),
        Ending("empty", error=_REFUSED_PROMPT),
    ),
    "failed-rate": (Course("runs into a rate limit", "failed", share=0.3), Ending("none", error=_LIMIT)),
    "failed-quota": (Course("the money runs out", "failed", share=0.3), Ending("empty", error=_QUOTA)),
    "incomplete": (Course("stopped early, with a part", "incomplete"), Ending("part", reason="max_output_tokens")),
    "incomplete-silent": (
        Course("all tokens went into reasoning", "incomplete", share=0.6),
        Ending("none", reason="max_output_tokens"),
    ),
    "filtered": (
        Course("stopped by the content filter", "incomplete", share=0.6),
        Ending("none", reason="content_filter"),
    ),
    "silent": (Course("completed, with searches and no text"), Ending("none")),
    "empty": (Course("completed, with nothing at all"), Ending("empty")),
    "refusal": (Course("completed, with a refusal", seconds=20.0), Ending("refusal")),
    "approval": (Course("completed, and asks whether it may use a tool", seconds=30.0), Ending("approval")),
    "function": (Course("completed, and wants a function called", seconds=30.0), Ending("function")),
    "marks": (Course("private-use marks where links belong"), Ending(marks=True)),
    "azure": (Course("links and searches as Azure writes them"), Ending(azure=True, growing=True)),
    "files": (Course("code was run and made a file"), Ending(files=True)),
    "unstored": (Course("forgotten ten minutes after its end"), Ending(gone_after=600.0)),
}
