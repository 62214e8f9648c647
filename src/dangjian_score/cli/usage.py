"""Help pages and usage errors in our words."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NoReturn

from typer import Exit
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from dangjian_score.cli import exits
from dangjian_score.cli.screen import put
from dangjian_score.words.say import Words


def usage_text(error: TyperException, words: Words) -> str:
    """Say what is wrong with a command line, and where help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "dangjian"
    return f"{_sentence(error, context, words)}\n{words.text('help.try', command=command)}"


def _sentence(error: TyperException, context: Any, words: Words) -> str:
    text = error.message
    match type(error).__name__:
        case "NoSuchOption":
            option = getattr(error, "option_name", "")
            near = next(iter(get_close_matches(option, getattr(error, "possibilities", None) or (), n=1)), "")
            return _fill(words, "no such option", option=option, near=near)
        case "MissingParameter":
            return _fill(words, "missing parameter", parameter=_name(error))
        case "BadOptionUsage":
            key = "no value" if "not take" in text else "needs value"
            return _fill(words, key, option=getattr(error, "option_name", ""))
        case "BadChoiceError":
            return _fill(words, "bad value", **error.args[1])
        case "SameOutputError":
            return _fill(words, "same output", **error.args[1])
        case "NotTogetherError":
            return _fill(words, "not together", **error.args[1])
        case "UnknownCodeError":
            return _fill(words, "no such code", **error.args[1])
        case "UsageError" if text.startswith("No such command"):
            wanted = text.split("'")[1] if "'" in text else ""
            known = list(getattr(context.command, "commands", ()))
            near = next(iter(get_close_matches(wanted, known, n=1)), "")
            return _fill(words, "no such command", command=wanted, near=near)
        case "UsageError" if text.startswith("Missing command"):
            return words.text("help.missing command")
        case "UsageError" if text.startswith("Got unexpected extra"):
            return _fill(words, "extra", arguments=text[text.find("(", text.find("(s)") + 3) + 1 : text.rfind(")")])
        case _:
            return _fill(words, "usage error", text=error.format_message())


def _fill(words: Words, key: str, **args: str) -> str:
    return words.text(f"help.{key}", **args)


def _name(error: TyperException) -> str:
    parameter = getattr(error, "param", None)
    return parameter.metavar or parameter.name.upper() if parameter is not None else ""


class BadChoiceError(TyperException):
    """An option's value that is none of its choices."""

    exit_code = 2

    def __init__(self, parameter: str, value: str, choices: str) -> None:
        super().__init__(value)
        self.args = (value, {"parameter": parameter, "value": value, "choices": choices})


class UnknownCodeError(TyperException):
    """A diagnostic code that there is not."""

    exit_code = 2

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(code)
        near = next(iter(get_close_matches(code.upper(), list(known), n=1)), "")
        self.args = (code, {"code": code, "near": near})


class SameOutputError(TyperException):
    """Two results that would be written to one file."""

    exit_code = 2

    def __init__(self, left: str, right: str) -> None:
        super().__init__(right)
        self.args = (right, {"left": left, "right": right})


class NotTogetherError(TyperException):
    """Two options of which each makes no sense beside the other."""

    exit_code = 2

    def __init__(self, option: str, other: str) -> None:
        super().__init__(option)
        self.args = (option, {"option": option, "other": other})


_INDENT = "  "


class CommandHelp(TyperCommand):
    """A command whose help texts are keys of `words`; the options of the whole program are its options too."""

    def get_params(self, ctx: Any) -> list[Any]:
        """List the parameters, those of the whole program after its own."""
        everywhere = [one for one in ctx.find_root().command.params if not one.expose_value and one.metavar]
        return _as_given(_help_last([*super().get_params(ctx), *everywhere]))

    def get_help(self, ctx: Any) -> NoReturn:
        """Show the page, as all that goes to standard output."""
        put("\n".join(_page(self, ctx)))
        raise Exit(exits.DONE)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete options."""
        return _explained(super().shell_complete(ctx, incomplete), ctx)


class ProgramHelp(TyperGroup):
    """The program itself; lists its commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """List the parameters without Typer's for completion: `dangjian completion` does that in our words."""
        shown = [one for one in super().get_params(ctx) if not one.name.endswith("_completion")]
        return _as_given(_help_last(shown))

    def get_help(self, ctx: Any) -> NoReturn:
        """Show the page, as all that goes to standard output."""
        put("\n".join(_page(self, ctx)))
        raise Exit(exits.DONE)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete commands and options."""
        return _explained(super().shell_complete(ctx, incomplete), ctx)


def _help_last(parameters: Iterable[Any]) -> list[Any]:
    return sorted(parameters, key=_is_help)


class _AsGiven:
    """Takes a parameter as the shell gave it: all of ours are texts, lists of them, or flags.

    Typer would have pydantic build a validator for each, which takes longer than to validate a rubric.
    """

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:  # noqa: ARG002  Typer's signature
        many = param.multiple or param.nargs != 1
        return [*(value or ())] if many else value


def _as_given(parameters: list[Any]) -> list[Any]:
    for one in parameters:
        one.get_runtime_param = _AsGiven
    return parameters


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _explained(items: Iterable[Any], ctx: Any) -> list[Any]:
    """Look up what is said beside each completion."""
    words: Words = ctx.obj
    items = list(items)
    for item in items:
        item.help = words.text("help.opt.help" if item.value == "--help" else f"help.{item.help}")
    return items


def _page(command: TyperCommand | TyperGroup, ctx: Any) -> Iterator[str]:
    words: Words = ctx.obj
    pieces = " ".join(command.collect_usage_pieces(ctx))
    yield f"{words.text('help.usage')}: {ctx.command_path} {pieces}"
    yield ""
    yield words.text(f"help.{command.help or 'app'}")
    parameters = command.get_params(ctx)
    arguments = [(_label(p), _text(p, words)) for p in parameters if p.param_type_name == "argument"]
    options = [(_label(p), _text(p, words)) for p in parameters if p.param_type_name == "option"]
    yield from _section(words.text("help.arguments"), arguments)
    yield from _section(words.text("help.options"), options)
    if isinstance(command, TyperGroup):
        commands = [(name, words.text(f"help.{one.help or name}")) for name, one in command.commands.items()]
        yield from _section(words.text("help.commands"), commands)
    yield ""
    yield words.text("help.epilog")


def _label(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"{parameter.metavar}{'…' if parameter.nargs != 1 else ''}"
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag or not parameter.metavar else f"{names} {parameter.metavar}"


def _text(parameter: Any, words: Words) -> str:
    key = "opt.help" if _is_help(parameter) else parameter.help
    required = f" ({words.text('help.required')})" if parameter.required else ""
    return f"{words.text(f'help.{key}')}{required}"


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    from rich.cells import cell_len

    rows = list(rows)
    if rows:
        yield ""
        yield f"{title}:"
        wide = max(cell_len(label) for label, _ in rows)
        for label, text in rows:
            yield f"{_INDENT}{label}{' ' * (wide - cell_len(label))}{_INDENT}{text}"
