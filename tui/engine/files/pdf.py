"""Exports PDF with an installed converter."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tui.domain.errors import DivewatchError
from tui.domain.redact import without_secrets
from tui.domain.text import one_line
from tui.engine.files.exported import check_target, write_file

_SECONDS = 120
_TOOLS = {  # program -> arguments; {page} and {pdf} are replaced
    "weasyprint": ("{page}", "{pdf}"),
    "wkhtmltopdf": ("--quiet", "{page}", "{pdf}"),
    "chromium": ("--headless", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf={pdf}", "{page}"),
    "chromium-browser": ("--headless", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf={pdf}", "{page}"),
    "google-chrome": ("--headless", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf={pdf}", "{page}"),
    "pandoc": ("{page}", "-o", "{pdf}"),
}


def print_pdf(page: str, target: Path, *, force: bool = False) -> str:
    """Write `page` (HTML) as PDF to `target` with the first tool found; returns its name.

    Raises:
        UsageError: the file exists and `force` is off, or it cannot be written.
        DivewatchError: no tool is installed, or it failed.
    """
    check_target(target, force=force)
    found = next(((tool, path) for tool in _TOOLS if (path := shutil.which(tool))), None)
    if found is None:
        raise DivewatchError(
            "no program that makes PDFs was found", hint=f"install one of {', '.join(_TOOLS)}, or print the html export"
        )
    tool, path = found
    with tempfile.TemporaryDirectory(prefix="divewatch-") as folder:
        source, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page, "utf-8")
        arguments = [argument.format(page=source, pdf=made) for argument in _TOOLS[tool]]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program with our own file names, without a shell
                [path, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=without_secrets(os.environ),
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DivewatchError(f"{tool} did not end within {_SECONDS} s") from None
        if done.returncode or not made.exists():
            said = one_line(done.stderr.decode("utf-8", "replace"), 200)
            raise DivewatchError(f"{tool} made no PDF (exit code {done.returncode}): {said}")
        write_file(target, made.read_bytes(), force=force)
    return tool
