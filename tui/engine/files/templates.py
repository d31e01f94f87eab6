"""Templates of briefs: `NAME.md` files beside the configuration, with variables written {{NAME}}."""

from collections.abc import Mapping
from pathlib import Path

from tui.domain.errors import NotFound, UsageError
from tui.domain.patterns import late
from tui.domain.text import clean, join, one_line
from tui.engine.files.exported import write_file

_VARIABLE = late(r"\{\{\s*([\w-]+)\s*\}\}")
_NAME = late(r"[\w][\w .-]{0,59}")


def names(folder: Path) -> list[str]:
    """Return the names of all templates, sorted."""
    return sorted(path.stem for path in folder.glob("*.md")) if folder.is_dir() else []


def read(folder: Path, name: str) -> str:
    """Return the text of a template.

    Raises:
        NotFound: there is none of that name, or it cannot be read.
    """
    known = names(folder)
    if name not in known:
        hint = f"there are {join(map(clean, known))}" if known else f"put it into {clean(str(folder))} as NAME.md"
        raise NotFound(f"there is no template {one_line(name, 60)}", hint=hint)
    try:
        return clean((folder / f"{name}.md").read_text("utf-8-sig", "replace")).strip()
    except OSError as error:
        raise NotFound(f"the template {clean(name)} cannot be read: {error.strerror}") from error


def variables(text: str) -> list[str]:
    """Return the names of the variables, each once, in the order of the text."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the variables that have a value replaced; values are not searched for variables."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def save(folder: Path, name: str, text: str) -> Path:
    """Keep a brief as a template, replacing one of the same name; returns the file.

    Raises:
        UsageError: the name cannot be a file's, or the file cannot be written.
    """
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise UsageError(f"{one_line(name, 60)!r} is no name for a template", hint="letters, digits, blanks, - and _")
    path = folder / f"{name}.md"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{clean(str(folder))} cannot be made: {error.strerror}") from error
    write_file(path, text.rstrip() + "\n", force=True)
    return path
