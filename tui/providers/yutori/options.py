"""Yutori's options of a new task, as forms show them (tests/contracts/yutori.md 3)."""

from tui.domain.options import Option, OptionKind

OPTIONS = (
    Option(
        "user_timezone", "time zone", OptionKind.TEXT, "decides what this week means; America/Los_Angeles if not set"
    ),
    Option("user_location", "location", OptionKind.TEXT, "city, region, country; San Francisco, CA, US if not set"),
    Option("skip_email", "skip e-mail", OptionKind.FLAG, "no e-mail when it is done; on if not set"),
    Option(
        "webhook_url", "webhook", OptionKind.TEXT, "https address that is told the end; divewatch does not need one"
    ),
    Option("webhook_format", "webhook format", OptionKind.CHOICE, "scout if not set", ("scout", "slack", "zapier")),
)
