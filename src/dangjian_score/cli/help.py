"""Help pages in our words: Typer's commands, with texts looked up by key and columns aligned for Chinese."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.cells import cell_len
from typer.core import TyperCommand, TyperGroup

from dangjian_score.words.say import Words

_INDENT = "  "


class Command(TyperCommand):
    """A command whose help texts are keys of `words`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        formatter.write("\n".join(_page(self, ctx)) + "\n")


class Group(TyperGroup):
    """The program itself; lists its commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        formatter.write("\n".join(_page(self, ctx)) + "\n")


def _page(command: TyperCommand | TyperGroup, ctx: Any) -> Iterator[str]:
    said: Words = ctx.obj
    pieces = " ".join(command.collect_usage_pieces(ctx))
    yield f"{said.help['usage']}: {ctx.command_path} {pieces}"
    yield ""
    yield said.help[command.help or "app"]
    parameters = command.get_params(ctx)
    arguments = [(_label(p), _text(p, said)) for p in parameters if p.param_type_name == "argument"]
    options = [(_label(p), _text(p, said)) for p in parameters if p.param_type_name == "option"]
    options.append(("--lang zh|en", said.help["opt.lang"]))
    yield from _section(said.help["arguments"], arguments)
    yield from _section(said.help["options"], options)
    if isinstance(command, TyperGroup):
        commands = [(name, said.help[one.help or name]) for name, one in command.commands.items()]
        yield from _section(said.help["commands"], commands)
    yield ""
    yield said.help["epilog"]


def _label(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"{parameter.metavar}{'…' if parameter.nargs != 1 else ''}"
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag or not parameter.metavar else f"{names} {parameter.metavar}"


def _text(parameter: Any, said: Words) -> str:
    key = "opt.help" if "--help" in parameter.opts else parameter.help
    required = f" ({said.help['required']})" if parameter.required else ""
    return f"{said.help[key]}{required}"


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield ""
        yield f"{title}:"
        wide = max(cell_len(label) for label, _ in rows)
        for label, text in rows:
            yield f"{_INDENT}{label}{' ' * (wide - cell_len(label))}{_INDENT}{text}"
