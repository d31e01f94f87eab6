"""config, auth, keys, completion, help: set-up commands. They import neither textual nor httpx."""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli import common, context, output
from tui.cli.command_table import EXIT_CODES, JSON_MEMBERS, VARIABLES
from tui.config import load as config_file
from tui.config.account_settings import AccountSettings
from tui.config.keys import check_key, key_file
from tui.config.schema import Config
from tui.config.validate import json_schema, plain
from tui.domain.account import account_key
from tui.domain.amounts import price_text
from tui.domain.errors import ConfigError, NotFound, UsageError
from tui.domain.json_walk import map_texts
from tui.domain.provider import Draft
from tui.domain.redact import redact_url, secret_variables
from tui.domain.text import clean

if TYPE_CHECKING:
    from tui.ui.commands.keymap import Keymap

_account = click.option("--account", default="default", help="another account at the same service")
_ROOMY = 112  # columns that the ids of commands have room in beside their keys
_WHOLE = 1000  # columns that every line fits
_ACCOUNT_NAME = re.compile(r"[\w-]{1,40}")


@click.group(cls=common.CommandGroup)
def config() -> None:
    """Settings in config.toml; the environment wins over the file, the command line over both."""


@config.command("path")
def config_path() -> None:
    """Print where config.toml is (whether or not it exists)."""
    click.echo(clean(str(context.paths().config_file)))


@config.command("show")
@common.as_json_option
@click.option("--default", "default", is_flag=True, help="print a commented file with every setting instead")
def config_show(as_json: bool, default: bool) -> None:
    """Print the settings in force."""
    if default:
        click.echo(config_file.default_text(), nl=False)
        return
    values = _without_passwords(plain(context.config()))
    if as_json:
        common.emit({"schema_version": 1, "path": str(context.paths().config_file), "config": values})
        return
    for key, value in _flat(values):
        click.echo(f"{key} = {clean(json.dumps(value, ensure_ascii=False))}")


@config.command("get")
@click.argument("key")
@common.as_json_option
def config_get(key: str, as_json: bool) -> None:
    """Print one setting, e.g. ui.theme."""
    value = _without_passwords(config_file.get_value(context.config(), key))
    if as_json:
        common.emit({"schema_version": 1, "key": key, "value": value})
    else:
        click.echo(clean(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _without_passwords(value: object) -> Any:
    """Return settings for display, with passwords in addresses masked."""
    return map_texts(value, lambda text: redact_url(text) if "://" in text else text)


@config.command("set")
@click.argument("key")
@click.argument("value")
def config_set(key: str, value: str) -> None:
    """Change one setting; comments in the file stay, a value that does not fit changes nothing."""
    file = context.paths().config_file
    config_file.set_value(file, key, value)
    output.narrate(f"{key} is set in {file}")


@config.command("edit")
def config_edit() -> None:
    """Open config.toml in your editor; the old file stays if the new one is not valid, and the new one beside it."""
    file = context.paths().config_file
    before = file.read_text("utf-8") if file.exists() else config_file.default_text()
    config_file.learn_secret_names(before)
    with context.environment({}, without=secret_variables(os.environ)):
        changed = click.edit(before, extension=".toml")
    if changed is None or changed == before:
        output.narrate("nothing changed")
        return
    try:
        _check(config_file.parse(changed, file), file)
    except ConfigError:
        rejected = file.with_name(f"{file.name}.rejected")
        config_file.write_private(rejected, changed)
        output.narrate(f"not saved; what you wrote is in {rejected}")
        raise
    config_file.write_private(file, changed)
    output.narrate(f"saved {file}")


def _check(config: Config, file: Path) -> None:
    """Raise `ConfigError` for what keeps the dashboard from starting: a theme that is not there, keys that clash."""
    from tui.ui.commands.keymap import Keymap

    config_file.check_theme(config, file)
    Keymap.build(config.ui.keymap, config.keys)


@config.command("validate")
@common.as_json_option
def config_validate(as_json: bool) -> None:
    """Check config.toml; exit code 2 names file, line and key of the first error."""
    file = context.paths().config_file
    _check(config_file.load(file), file)
    if as_json:
        common.emit({"schema_version": 1, "path": str(file), "valid": True})
    else:
        click.echo(
            f"{clean(str(file))} is valid" if file.exists() else "there is no config.toml; the defaults are in force"
        )


@config.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of config.toml, for editors."""
    common.emit(json_schema(Config))


@click.group(cls=common.CommandGroup)
def auth() -> None:
    """The keys of your providers; they are never printed."""


@auth.command("status")
@common.as_json_option
def auth_status(as_json: bool) -> None:
    """Say for each account where its key comes from, with its last four characters."""
    rows = [
        {
            "provider": account.provider,
            "account": account.name,
            "source": account.key.source if account.key else None,
            "hint": account.key.key.hint if account.key else None,
            "problem": account.trouble or None,
            "base_url": account.base_url,
        }
        for account in context.accounts()
    ]
    if as_json:
        common.emit({"schema_version": 1, "accounts": rows})
        return
    for row in rows:
        name = account_key(str(row["provider"]), str(row["account"]))
        state = f"{row['hint']} from {row['source']}" if row["source"] else row["problem"] or "no key"
        output.text(f"{name:<18} {clean(str(state))}\n")
    if not any(row["source"] for row in rows):
        output.narrate("set one with `divewatch auth set PROVIDER`, or try `divewatch demo`")


@auth.command("set")
@click.argument("provider")
@_account
def auth_set(provider: str, account: str) -> None:
    """Keep a key in a file only you can read; it is asked for, or read from standard input."""
    info = context.info(provider)
    _kept(provider, account)  # before anything is asked: the name must be one
    if sys.stdin.isatty():
        output.narrate(f"A key for {info.title} is made at {info.key_page}")
        raw = click.prompt("Key", hide_input=True, err=True)
    else:
        raw = sys.stdin.readline()
    key = check_key(raw, "the input")
    where = AccountSettings(context.paths()).keep_key(account_key(provider, account), raw)
    output.narrate(f"kept in {where} ({key.hint})")


@auth.command("remove")
@click.argument("provider")
@_account
def auth_remove(provider: str, account: str) -> None:
    """Delete a key that `auth set` kept."""
    context.info(provider)
    file = _kept(provider, account)
    if not file.exists():
        raise NotFound(f"no key of {provider} is kept here", hint="`divewatch auth status` says where keys come from")
    file.unlink()
    output.narrate(f"deleted {file}")


@click.command()
@common.as_json_option
def keys(as_json: bool) -> None:
    """Print the keys of every screen, with your own changes."""
    from tui.ui.commands.keymap import Keymap
    from tui.ui.commands.registry import COMMANDS

    keymap = Keymap.build(context.config().ui.keymap, context.config().keys)
    if as_json:
        rows = [
            {"id": one.id, "where": one.context, "keys": list(keymap.of(one.id)), "help": one.help}
            for one in COMMANDS.values()
        ]
        common.emit({"schema_version": 1, "keys": rows})
    else:
        columns = output.width_of_terminal()
        output.text(_key_table(keymap, ids=columns is None or columns >= _ROOMY))


def _key_table(keymap: "Keymap", *, ids: bool) -> str:
    """Return the keys as plain text, one group per screen, with the `ids` by which `[keys]` changes them."""
    from tui.ui.commands.registry import COMMANDS, TITLES

    lines: list[str] = []
    for group, title in TITLES.items():
        lines += ["", title] if lines else [title]
        for command in COMMANDS.values():
            if command.context == group:
                last = f"{command.help:<60}  {command.id}" if ids else command.help
                lines.append(f"  {keymap.shown(command.id):<24}  {last}")
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a completion script: eval "$(divewatch completion bash)" in your shell's start file."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "divewatch", "_DIVEWATCH_COMPLETE").source())


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def help_topic(ctx: click.Context, topic: str | None) -> None:
    """More help: providers, environment, exit-codes, json, keys, config, or the name of a command."""
    whole = ctx.find_root()
    root = whole.command
    assert isinstance(root, click.Group), "the whole command line is a group"
    texts: dict[str, Callable[[], None]] = {
        "environment": lambda: _lines((*_provider_variables(), *VARIABLES)),
        "providers": _provider_table,
        "exit-codes": lambda: output.text("".join(f"{code:>3}  {about}\n" for code, about in EXIT_CODES)),
        "json": lambda: output.text(JSON_MEMBERS),
        "config": lambda: output.text(config_file.default_text(output.width_of_terminal() or _WHOLE)),
    }
    if topic is None:
        click.echo(root.get_help(whole))
    elif topic in texts:
        texts[topic]()
    elif topic == "keys":
        ctx.invoke(keys)
    elif (command := root.get_command(whole, topic)) is not None:
        click.echo(command.get_help(click.Context(command, whole, topic)))
    else:
        raise UsageError(f"no help on {clean(topic)}", hint=f"topics: {', '.join(texts)}, keys, or any command")


def _lines(pairs: Sequence[tuple[str, str]]) -> None:
    """Print names and descriptions in two columns."""
    width = max(len(name) for name, _ in pairs)
    output.text("".join(f"{name:<{width}}  {about}\n" for name, about in pairs))


def _provider_variables() -> list[tuple[str, str]]:
    """Return the environment variables of every provider with their meaning, keys first."""
    keys, addresses = [], []
    for info in context.infos():
        first, *others = info.key_variables or ("",)
        also = f" (also {', '.join(others)})" if others else ""
        keys += [(first, f"key of {info.title}{also}; made at {info.key_page}")] if first else []
        addresses.append((info.base_url_variable, f"another address of {info.title}: scheme, host, optional prefix"))
    return [*keys, *addresses]


def _provider_table() -> None:
    """Print every provider: variable of its key, page where keys are made, modes with prices."""
    rows = []
    for info in context.infos():
        price = common.provider(info.name).cost_at_most
        modes = ", ".join(f"{mode.name} {price_text(price(Draft('x', mode.name)))}".rstrip() for mode in info.modes)
        rows.append((info.title, info.key_variables[0] if info.key_variables else "-", info.key_page, modes))
    output.columns(("provider", "key", "made at", "modes, at most"), rows)


def _kept(provider: str, account: str) -> Path:
    """Return the file of a saved key; refuses an account name that leads outside the folder."""
    if not _ACCOUNT_NAME.fullmatch(account):
        raise UsageError(f"{clean(account)} cannot name an account", hint="letters, digits, - and _")
    return key_file(context.paths().keys, provider, account)


def _flat(values: dict[str, object], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in values.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return rows
