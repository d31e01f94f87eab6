"""Every command in one table: its section of `--help`, its module, its summary; no imports, so that help is instant."""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from collections.abc import Sequence

HELP_COLUMNS = 80  # click lays help out for at most so many
HELP_MARK = "\f"  # stands before each text in help.txt, and after it the names of the command


Entry = tuple[str, str, str]
"""A command: its name, where it is implemented ("module:attribute"), its summary."""

SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Look around",
        (
            ("demo", "commands.demo:demo", "the dashboard on an embedded simulator; no keys, nothing kept"),
            ("simulate", "commands.demo:simulate", "the simulator alone, for your own experiments"),
            ("read", "commands.cite:read", "open any saved report or provider answer in the reader"),
            ("cite", "commands.cite:cite", "every citation of a report resolved, its sources, an audit"),
        ),
    ),
    (
        "Read the archive (offline)",
        (
            ("list", "commands.archive:list_tasks", "every task"),
            ("show", "commands.archive:show", "one task with everything known about it"),
            ("search", "commands.archive:search", "full text of prompts, reports, sources and notes"),
            ("export", "commands.export:export", "reports and sources as md, html, json, txt, bibtex, ris, csl"),
            ("import", "commands.export:import_files", "adopt answers and reports saved elsewhere"),
            ("mark", "commands.annotate:mark", "your note, tags, pin, read and hide marks on tasks"),
            ("remove", "commands.annotate:remove", "delete tasks from the archive, not at their provider"),
            ("restore", "commands.annotate:restore", "bring deleted tasks back"),
            ("archive", "commands.archive_admin:archive", "stats, backup, compact, verify, acknowledge, prune"),
            ("log", "commands.log:log", "what happened, from all processes, newest first"),
            ("cost", "commands.cost:cost", "what tasks cost, per month, day or task"),
        ),
    ),
    (
        "Act at a provider",
        (
            ("new", "commands.new:new", "start a task; says what it will cost first"),
            ("track", "commands.act:track", "adopt a task by its id or web address"),
            ("respond", "commands.act:respond", "answer a task that waits for you"),
            ("steer", "commands.act:steer", "give a running task further instructions"),
            ("cancel", "commands.act:cancel", "stop a task for good"),
            ("delete", "commands.act:delete", "delete a task at the provider; the archive keeps it"),
            ("share", "commands.act:share", "make a task public, or private again"),
            ("edit", "commands.edit:edit", "have a finished report edited; the version before stays"),
            ("versions", "commands.edit:versions", "versions of a report: list, diff, restore"),
            ("download", "commands.download:download", "save the files and pictures a task made"),
            ("batch", "commands.batch:batch", "several briefs as one batch: start, list, show, cancel"),
            ("sync", "commands.poll:sync", "ask every provider once"),
            ("watch", "commands.poll:watch", "keep asking; one JSON object per event line"),
        ),
    ),
    (
        "Set up",
        (
            ("auth", "commands.settings:auth", "keys: set, status, remove"),
            ("config", "commands.settings:config", "settings: path, show, edit, get, set, validate, schema"),
            ("keys", "commands.settings:keys", "the keys of every screen"),
            ("doctor", "doctor.command:doctor", "check terminal, archive, keys and providers"),
            ("completion", "commands.settings:completion", "shell completion for bash, zsh and fish"),
            ("serve", "commands.serve:serve", "the dashboard in a browser on this machine"),
            ("mcp", "commands.mcp:mcp", "the archive for agents, over stdio"),
            ("help", "commands.settings:help_topic", "more help: providers, environment, exit-codes, json, keys"),
        ),
    ),
)

ENTRIES = {name: where for _, entries in SECTIONS for name, where, _ in entries}
"""Where each command is implemented."""

EXIT_CODES = (
    (0, "ok"),
    (1, "failed, not saved, or an archive that was replaced"),
    (2, "usage or configuration"),
    (3, "provider or network; worth retrying"),
    (4, "no key, or a key that was rejected"),
    (5, "not found"),
    (124, "the time to wait ran out"),
    (130, "interrupted"),
)

# Beside those of the providers, which `help environment` takes from their descriptions.
VARIABLES = (
    ("DIVEWATCH_HOME", "one folder for configuration, archive, state and cache"),
    ("DIVEWATCH_CONFIG", "another configuration file"),
    ("DIVEWATCH_ARCHIVE", "another archive: a file, or postgresql://... for a team's"),
    ("DIVEWATCH_PERSON", "who starts tasks here, else your user name"),
    ("DIVEWATCH_BROWSER", "program that opens web addresses, before BROWSER"),
    ("VISUAL, EDITOR", "editor for briefs and the configuration"),
    ("NO_COLOR", "no colours"),
)

JSON_MEMBERS = """\
list --json, search --json   {"schema_version": 1, "tasks": [TASK, ...], "more": false}
list --jsonl, search --jsonl one TASK a line
show --json                  TASK with prompt, report, sources (a list; source_count), updates, trace, versions, ...
sync --json                  {"schema_version": 1, "seen", "changed", "errors", "unsaved"}
log --json                   {"schema_version": 1, "events": [{"at", "kind", "text", "task_id", "provider", "count"}]}
batch list, batch show       {"batch_id", "provider", "name", "status", "counts", "cost", ...}; show has "tasks", too
versions list                {"here": [{"version", "at", "bytes", "state", "shown"}], "there": [{"version", "at", ...}]}
download                     {"folder", "saved": [{"title", "path", "bytes"}], "missing": [{"title", "why"}]}
cost                         {"costs": [{"month" | "day" | "person", "provider", "amount", "kind", ...}], "prices_of"}
watch                        {"event": "task" | "ended" | "waiting" | "provider" | "archive", "at": TIME, ...} a line
new, track --json            TASK under "tasks" or "task"

TASK
  id, provider, account, remote_id, title, mode, parent_id, batch_id, group_id, web_url
  status           queued, running, waiting, done, partial, failed, cancelled, expired, unknown
  provider_status  the provider's own word
  created_at, updated_at, finished_at   ISO 8601, UTC; finish_observed: seen by us, not told by the provider
  counters         NAME: {"value", "total", "meaning": measured | ceiling | estimate}
  sources, citations                    numbers, null where not known
  cost             {"amount", "unit", "kind": reported | credits | price_list | estimate | unknown}
  error, warnings, has_report, tags, unread, pinned, hidden
  started_by       "name@host" of who started it from this archive, null where that is not known
  hit              in a search: where, snippet, marks (from, to), line, matched, score

New members may come with any release; those that are there keep their meaning while schema_version is 1.
"""

_USAGE = "Usage: divewatch [OPTIONS] [COMMAND] [ARGS]..."
_ABOUT = """\
Watch, read and keep your deep-research tasks. Without a command: the list.

  divewatch demo                    see it work, without any key
  divewatch help providers          the services it knows, keys and prices
  divewatch auth set PROVIDER       then: divewatch
  divewatch read report.md          read any report, walk its citations"""
_OPTIONS = (
    ("-h, --help", "show this and exit"),
    ("-V, --version", "show the version and exit"),
    ("--no-mouse", "leave the mouse to the terminal"),
    ("--theme NAME", "auto, light, dark, contrast, terminal, or your own"),
    ("--profile FILE", "write a profile of this run to FILE (cProfile)"),
)


def help_text() -> str:
    """Return the text of `divewatch --help`."""
    lines = [_USAGE, "", *(f"  {line}".rstrip() for line in _ABOUT.splitlines())]
    for title, entries in SECTIONS:
        lines += ["", f"{title}:", *(f"  {name:<16}{about}" for name, _, about in entries)]
    lines += ["", "Options:", *(f"  {option:<16}{about}" for option, about in _OPTIONS)]
    lines += ["", "Exit codes: " + ", ".join(f"{code} {about}" for code, about in EXIT_CODES[:1])]
    lines[-1] += "; `divewatch help exit-codes` lists them all."
    lines.append("Every command has --help.")
    return "\n".join(lines) + "\n"


def help_of(names: "Sequence[str]") -> str:
    """Return what `divewatch NAMES --help` prints where there are `HELP_COLUMNS`; "" for an unknown name.

    The texts are click's own, kept in `help.txt` because click takes ten times as long to import as to read them.
    """
    with open(f"{__file__.rpartition('/')[0]}/help.txt", encoding="utf-8") as file:  # noqa: PTH123
        _, found, rest = f"\n{file.read()}".partition(f"\n{HELP_MARK}{' '.join(names)}\n")
    return rest.partition(HELP_MARK)[0] if found else ""
