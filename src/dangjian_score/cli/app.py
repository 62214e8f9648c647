"""The program `dangjian`: its commands, its language, and what happens when something goes wrong."""

import gc
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.exceptions import TyperException

from dangjian_score import __version__
from dangjian_score.cli import exits
from dangjian_score.cli.commands import COMMANDS
from dangjian_score.cli.completion import COMPLETE, one_of
from dangjian_score.cli.ending import end, end_as_interrupted
from dangjian_score.cli.screen import UnwritableError, prepare_streams, put, tell, tell_failure
from dangjian_score.cli.usage import BadChoiceError, CommandHelp, ProgramHelp, usage_text
from dangjian_score.words.say import LANGUAGES, Language, load_words

COLORS: Final[Mapping[str, bool | None]] = {"auto": None, "always": True, "never": False}
"""Whether text is coloured; None: where a terminal shows colours."""


def take_option(arguments: Sequence[str], option: str, default: str) -> tuple[str, list[str]]:
    """Take an option with its value from anywhere on the command line; the last holds. After `--` there is none."""
    chosen, rest, given = default, list[str](), iter(arguments)
    for argument in given:
        if argument == "--":
            rest += [argument, *given]
        elif argument == option:
            chosen = next(given, "")
        elif argument.startswith(f"{option}="):
            chosen = argument.removeprefix(f"{option}=")
        else:
            rest.append(argument)
    return chosen, rest


_NEVER_FOLD = "10000"
"""Typer folds what it says of a completion to the terminal; a shell would take the second line for another one."""

_RARELY = 100_000
"""Objects that are made before a search for circles among them: there are few circles, and much else to search."""

REPORT_TO = "dangjian-score issues"
"""Where defects are reported."""


def build(wanted: Collection[str] = tuple(COMMANDS)) -> typer.Typer:
    """Put the commands together; help texts are keys, looked up when a page is shown.

    Commands that are not `wanted` are only listed.
    """
    app = typer.Typer(cls=ProgramHelp, help="app", rich_markup_mode=None)
    app.callback()(_program)
    for name, find in COMMANDS.items():
        app.command(name, cls=CommandHelp, help=name)(find() if name in wanted else _listed)
    return app


def _listed() -> None: ...


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        put(f"dangjian-score {__version__}")
        ctx.exit()


def _everywhere(name: str, text: str, choices: tuple[str, ...]) -> Any:
    """Declare an option of every command, for help and completion only: `main` takes it before commands are read."""
    return typer.Option(name, help=text, metavar="|".join(choices), expose_value=False, autocompletion=one_of(*choices))


def _program(
    version: Annotated[bool, typer.Option("--version", help="opt.version", callback=_version, is_eager=True)] = False,
    lang: Annotated[str, _everywhere("--lang", "opt.lang", LANGUAGES)] = "",
    color: Annotated[str, _everywhere("--color", "opt.color", tuple(COLORS))] = "",
) -> None: ...


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program and give its exit code."""
    chosen, rest = take_option(arguments, "--lang", environment.get("DANGJIAN_LANG") or "zh")
    color, rest = take_option(rest, "--color", "auto")
    language: Language = next((one for one in LANGUAGES if one == chosen), "zh")
    words = load_words(language)
    try:
        if chosen not in LANGUAGES:
            raise BadChoiceError("--lang", chosen, ", ".join(LANGUAGES))
        if color not in COLORS:
            raise BadChoiceError("--color", color, ", ".join(COLORS))
        started = {"prog_name": "dangjian", "standalone_mode": False, "obj": words, "color": COLORS[color]}
        wanted = COMMANDS if COMPLETE in environment else rest
        code: Any = build(wanted)(rest or ["--help"], **started)
    except TyperException as error:
        tell(usage_text(error, words))
        return exits.USAGE
    except UnwritableError as error:
        tell_failure(error.finding, words)
        return exits.UNUSABLE
    except KeyboardInterrupt:
        code = exits.INTERRUPTED
    except Exception as error:
        tell(words.text("crash", kind=type(error).__name__, text=_origin(error), where=REPORT_TO))
        if environment.get("DANGJIAN_DEBUG"):
            raise
        return exits.DEFECT
    if code == exits.INTERRUPTED:
        tell(words.text("interrupted"))
    return code if isinstance(code, int) else exits.DONE


def _origin(error: BaseException) -> str:
    """Say what failed and in which of our lines."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
    return f"{error} @ {where}"


def run() -> NoReturn:
    """Run as a command."""
    gc.set_threshold(_RARELY)
    end_as_interrupted()
    prepare_streams()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # nothing else that is installed has a say in what rubrics mean
    if COMPLETE in os.environ:
        os.environ["TERMINAL_WIDTH"] = _NEVER_FOLD
    try:
        code = main(sys.argv[1:], os.environ)
    except KeyboardInterrupt:  # once more, while the first is being told
        code = exits.INTERRUPTED
    end(code)
