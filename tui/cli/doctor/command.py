"""doctor: checks everything the program depends on, and tells how to fix what is wrong."""

from collections.abc import Iterator

import click

from tui.cli import common, output
from tui.cli.doctor import local_checks
from tui.cli.doctor.local_checks import Finding, Level
from tui.config.paths import archive_place
from tui.domain.errors import ConfigError, DivewatchError
from tui.domain.text import clean, plural


@click.command()
@click.option("--offline", is_flag=True, help="ask no provider")
@common.as_json_option
def doctor(offline: bool, as_json: bool) -> int:
    """Check terminal, configuration, archive, keys and providers; exit code 1 if something is bad."""
    found = [*_look(offline)]
    bad = sum(finding.level is Level.BAD for finding in found)
    if as_json:
        members = ("area", "subject", "level", "found", "advice")
        rows = [{name: getattr(finding, name) for name in members} for finding in found]
        common.emit({"schema_version": 1, "ok": not bad, "findings": rows})
        return int(bool(bad))
    output.columns(("", "about", "found"), [_row(finding) for finding in found])
    advice: dict[str, list[str]] = {}
    for finding in found:
        if finding.advice:
            advice.setdefault(finding.advice, []).append(finding.subject)
    if advice:
        output.text("\nWhat to do\n")
    for told, subjects in advice.items():
        output.text(clean(f"  {', '.join(dict.fromkeys(subjects))}: {told}\n"))
    warned = sum(finding.level is Level.WARN for finding in found)
    said = f"{plural(bad, 'thing is', 'things are')} bad, {warned} worth a look"
    common.narrate(said if bad or warned else "everything is in order")
    return int(bool(bad))


def _row(finding: Finding) -> tuple[str, str, str]:
    return finding.level.value, finding.subject, finding.found


def _look(offline: bool) -> Iterator[Finding]:
    paths = common.paths()
    config, trouble = None, None
    try:
        config = common.config()
    except ConfigError as error:
        trouble = error
    yield from local_checks.program()
    yield from local_checks.terminal(config)
    yield from local_checks.settings(paths.config_file, config, trouble)
    if config is not None:
        yield from local_checks.archive(archive_place())
    yield from local_checks.environment()
    if config is None:
        return
    try:
        accounts = common.accounts()
    except DivewatchError as error:
        yield Finding("keys", "accounts", error.message, Level.BAD, error.hint)
        return
    yield from local_checks.keys(accounts)
    if offline:
        return
    from tui.cli.doctor.provider_checks import check_providers

    yield from check_providers(accounts)
