"""cite and read: a report's citations as data, and any report in the reader."""

import click

from tui.cli import common, context, output
from tui.cli import output as say
from tui.cli.commands.open_ui import find_detail, open_report
from tui.domain.redact import hide_values
from tui.domain.text import clean

_what = click.argument("what", metavar="FILE|-|ID", shell_complete=common.complete_ids_and_files)
_sources = click.option(
    "--sources",
    "sidecar",
    type=click.Path(dir_okay=False),
    help="sources that came beside the text: JSON, CSL-JSON, BibTeX",
)


@click.command()
@_what
@_sources
@common.as_json_option
def cite(what: str, sidecar: str | None, as_json: bool) -> None:
    """Resolve every citation of a report, list its sources and audit both.

    Reads a file or standard input, or a task of the archive by its id. A file may be markdown, HTML, reStructuredText,
    LaTeX, wikitext, AsciiDoc, Org, a notebook, or the saved JSON answer of a service.
    """
    from tui.engine.files.documents import report_of

    detail = find_detail(what, sidecar)
    report = report_of(detail)
    for warning in detail.task.warnings:
        output.narrate(warning)
    from tui.report.citations.audit import audit
    from tui.report.export import secrets_of
    from tui.report.output import cite_json, cite_table
    from tui.report.read import read_report

    document = read_report(report)
    figures = audit(document, report.sources)
    hidden = secrets_of(detail)
    if as_json:
        say.data(hide_values(say.json_text(cite_json(document, figures)), hidden))
    else:
        say.text(clean(hide_values(cite_table(document, figures, markup=say.width_of_terminal() is None), hidden)))


@click.command()
@_what
@_sources
@click.pass_obj
def read(screen: context.Screen, what: str, sidecar: str | None) -> int:
    """Open any saved report or provider answer in the reader; "-" reads standard input."""
    return open_report(what, sidecar, screen)
