"""Help pages and usage errors in the language of the user."""

import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Final

from typer.exceptions import TyperException

from dangjian_score.cli import screen
from dangjian_score.words.say import Words


class MisuseError(TyperException):
    """A mistake in a command line that Typer cannot know of; `key` is its text, below `help.` in the words."""

    def __init__(self, key: str, **args: str) -> None:
        super().__init__(key)
        self.key, self.given = key, args


def bad_value(parameter: str, value: str, choices: Iterable[str]) -> MisuseError:
    """Say that a value is none of its choices."""
    return MisuseError("bad value", parameter=parameter, value=value, choices=", ".join(choices))


_BARE: Final = re.compile(r"[\w./-]+")


def quoted(name: str) -> str:
    """Quote a name in a command to be typed, unless it is of letters of any script, which no shell has split."""
    return name if _BARE.fullmatch(name) else shlex.quote(name)


_MISTAKES: Final = (
    ("no such option", re.compile(r"No such option: (?P<option>\S+)(?: \(Possible options: (?P<near>.*)\))?")),
    ("missing parameter", re.compile(r"Missing \w+ '(?P<parameter>.*)'\.")),
    ("no value", re.compile(r"Option '(?P<option>.*)' does not take a value\.")),
    ("needs value", re.compile(r"Option '(?P<option>.*)' requires .*")),
    (
        "no such command",
        re.compile(r"No such command (['\"])(?P<command>.*?)\1(?:\. Did you mean '(?P<near>.*?)'.*|\.)"),
    ),
    ("missing command", re.compile(r"Missing command\.")),
    ("extra", re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((?P<arguments>.*)\)")),
)
"""How Typer words mistakes: the classes of its errors are private. What is none of these is shown as Typer has it."""


def usage_lines(error: TyperException, command: str, words: Words) -> tuple[str, str]:
    """Say what is wrong with a command line, and of which command to read the help."""
    if isinstance(error, MisuseError):
        return words.text(f"help.{error.key}", **error.given), words.text("help.try", command="dangjian")
    return _sentence(error.format_message(), words), words.text("help.try", command=command)


def _sentence(text: str, words: Words) -> str:
    for key, pattern in _MISTAKES:
        if found := pattern.fullmatch(text):
            args = {name: value or "" for name, value in found.groupdict().items()}
            if key == "no such option":
                args["near"] = next(iter(get_close_matches(args["option"], args["near"].split(", "), n=1)), "")
            return words.text(f"help.{key}", **args)
    return words.text("help.usage error", text=text)


class _AsGiven:
    """Takes a parameter as the shell gave it: all of ours are texts, lists of them, or flags.

    Typer would have pydantic build a validator for each, which takes longer than to validate a rubric.
    """

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:  # noqa: ARG002  Typer's signature
        many = param.multiple or param.nargs != 1
        return [*(value or ())] if many else value


def in_words(program: Any, words: Words) -> Any:
    """Put texts in place of the keys in a Typer program, and give every command the options that stand anywhere.

    Typer's own two options for completion go: `dangjian completion` prints the scripts.
    """
    program.params = [each for each in program.params if not each.name.endswith("_completion")]
    commands = program.commands.values()
    for command in (program, *commands):
        for parameter in command.params:
            parameter.help = words.text(f"help.{parameter.help}")
            parameter.get_runtime_param = _AsGiven
    for command in commands:
        command.params += [parameter for parameter in program.params if not parameter.expose_value]
    return program


_INDENT: Final = "  "
_NARROWEST: Final = 20
"""Columns that a text gets at least."""


def help_page(ctx: Any) -> str:
    """Write the page of a command, or of the program with its commands, as wide as the screen."""
    from dangjian_score.report.folding import folded

    words, command, room = ctx.obj, ctx.command, screen.width(sys.stdout)
    parameters = [(each.param_type_name, _label(each), _help(each, words)) for each in command.params]
    subcommands = getattr(command, "commands", {})
    sections = {
        "arguments": [(label, text) for kind, label, text in parameters if kind == "argument"],
        "options": [(label, text) for kind, label, text in parameters if kind == "option"],
        "commands": [(name, each.short_help) for name, each in subcommands.items()],
    }
    usage = f"{words.text('help.usage')}: {ctx.command_path} {' '.join(command.collect_usage_pieces(ctx))}"
    wide = max(len(label) for rows in sections.values() for label, _ in rows)
    shown = (
        line
        for key, rows in sections.items()
        if rows
        for line in ("", f"{words.text(f'help.{key}')}:", *_section(rows, wide, room))
    )
    epilog = folded(words.text("help.epilog"), room)
    return "\n".join([*folded(usage, room), "", *folded(command.help, room), *shown, "", *epilog])


def _label(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"{parameter.metavar}{'...' if parameter.nargs != 1 else ''}"
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag or not parameter.metavar else f"{names} {parameter.metavar}"


def _help(parameter: Any, words: Words) -> str:
    return f"{parameter.help} ({words.text('help.required')})" if parameter.required else str(parameter.help)


def _section(rows: list[tuple[str, str]], wide: int, room: int) -> Iterator[str]:
    """Write labels in a column of their own, and beside it their texts, folded."""
    from dangjian_score.report.folding import folded

    indent = " " * (len(_INDENT) + wide + len(_INDENT))
    for label, text in rows:
        first, *others = folded(text, max(room - len(indent), _NARROWEST))
        yield f"{_INDENT}{label:{wide}}{_INDENT}{first}"
        yield from (f"{indent}{other}" for other in others)
