"""The program `dangjian`: its commands, its language, how it ends, and what happens when something goes wrong."""

import gc
import os
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Annotated, Any, Final, Literal, NoReturn, assert_never, get_args

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from dangjian_score.api.inputs import InputError
from dangjian_score.api.writing import OutputError
from dangjian_score.cli import DEFECT, DONE, INTERRUPTED, UNUSABLE, USAGE
from dangjian_score.cli.completion import COMPLETE, check_request, choice_of, completion
from dangjian_score.cli.ending import ending
from dangjian_score.cli.screen import prepare_streams, put, tell, tell_failure, tell_refusal
from dangjian_score.cli.usage import bad_value, help_page, in_words, usage_lines
from dangjian_score.core import __version__
from dangjian_score.words.say import LANGUAGES, Language, Words, load_words

COLORS: Final[Mapping[str, bool | None]] = {"auto": None, "always": True, "never": False}
"""Whether text is coloured; None: where a terminal shows colours."""

_NEVER_FOLD: Final = "10000"
"""Typer folds the help of a completion to the terminal; a shell would take the second line for another completion."""

_RARELY: Final = 400_000
"""Objects that are made before a search for circles among them: there are few circles, and much else to search."""

REPORT_TO: Final = "dangjian-score issues"
"""Where defects are reported."""

CommandName = Literal[
    "score", "validate", "template", "table", "explain", "compare", "raters", "verify", "whatif",
    "draft", "new", "completion", "rubrics", "codes", "schema",
]  # fmt: skip
COMMANDS: Final[tuple[CommandName, ...]] = get_args(CommandName)
"""The commands, in the order of the help page."""


def find_command(name: CommandName) -> Callable[..., None]:
    """Import the command that is to be run: most of them need what others do not."""
    match name:
        case "score":
            from dangjian_score.cli.score import score

            return score
        case "validate":
            from dangjian_score.cli.validate import validate

            return validate
        case "template":
            from dangjian_score.cli.template import template

            return template
        case "table":
            from dangjian_score.cli.table import table

            return table
        case "explain":
            from dangjian_score.cli.explain import explain

            return explain
        case "compare":
            from dangjian_score.cli.compare import compare

            return compare
        case "raters" | "whatif":
            from dangjian_score.cli.analysis import raters, whatif

            return raters if name == "raters" else whatif
        case "verify":
            from dangjian_score.cli.verify import verify

            return verify
        case "draft":
            from dangjian_score.cli.draft import draft

            return draft
        case "completion":
            return completion
        case "new" | "rubrics" | "codes" | "schema":
            from dangjian_score.cli.reference import codes, new, rubrics, schema

            return {"new": new, "rubrics": rubrics, "codes": codes, "schema": schema}[name]
        case _:
            assert_never(name)


def build(words: Words, wanted: Collection[str]) -> Any:
    """Put the program together, with its texts in one language; commands that are not `wanted` are only listed."""
    app = typer.Typer(help=words.text("help.app"), rich_markup_mode=None)
    app.callback()(_program)
    for name in COMMANDS:
        text = words.text(f"help.{name}")
        command = find_command(name) if name in wanted else _listed
        app.command(name, help=text, short_help=text.partition("\n")[0], add_help_option=False)(command)
    return in_words(get_command(app), words)


def _listed() -> None: ...


def _everywhere(name: str, text: str, choices: tuple[str, ...]) -> Any:
    """Declare an option for help and completion only: `main` takes it before commands are read."""
    metavar, complete = "|".join(choices), choice_of(*choices)
    return typer.Option(name, help=text, metavar=metavar, expose_value=False, autocompletion=complete)


def _page(name: str, text: str, page: Callable[[typer.Context], str], *, everywhere: bool) -> Any:
    """Declare an option that prints a page and ends the program."""

    def show(ctx: typer.Context, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            put(*page(ctx).split("\n"))
            raise typer.Exit(DONE)

    return typer.Option(name, help=text, callback=show, is_eager=True, expose_value=not everywhere)


def _program(
    version: Annotated[
        bool, _page("--version", "opt.version", lambda _: f"dangjian-score {__version__}", everywhere=False)
    ] = False,
    lang: Annotated[str, _everywhere("--lang", "opt.lang", LANGUAGES)] = "",
    color: Annotated[str, _everywhere("--color", "opt.color", tuple(COLORS))] = "",
    help_: Annotated[bool, _page("--help", "opt.help", help_page, everywhere=True)] = False,
) -> None: ...


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


_LANG: Final = "DANGJIAN_LANG"
_NO_LANGUAGE: Final = ("c", "posix")
"""Locales that name no language; what is printed there is English, as everywhere."""


def _language(locale: str) -> Language | None:
    """Return the language of a locale, such as `zh_CN.UTF-8` or `en-US`; None where we do not speak it."""
    name = re.split("[-_.@]", locale.lower(), maxsplit=1)[0]
    return "en" if name in _NO_LANGUAGE else next((known for known in LANGUAGES if known == name), None)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program and give its exit code."""
    locale, rest = take_option(arguments, "--lang", environment.get(_LANG) or "zh")
    named_by = "--lang" if len(rest) < len(arguments) else _LANG
    color, rest = take_option(rest, "--color", "auto")
    language = _language(locale)
    words = load_words(language or "zh")
    ending.farewell = words.text("interrupted")
    command = rest[0] if rest and rest[0] in COMMANDS else ""
    try:
        if language is None:
            raise bad_value(named_by, locale, LANGUAGES)
        if color not in COLORS:
            raise bad_value("--color", color, COLORS)
        check_request(environment)
        program = build(words, COMMANDS if COMPLETE in environment else rest)
        started = {"prog_name": "dangjian", "standalone_mode": False, "obj": words, "color": COLORS[color]}
        code: Any = program(rest or ["--help"], **started)
    except TyperException as error:
        tell(*usage_lines(error, f"dangjian {command}".rstrip(), words))
        return USAGE
    except OutputError as error:
        tell_failure(error.finding, words)
        return UNUSABLE
    except InputError as error:
        tell_refusal(error, words.text("nothing written"), words, COLORS[color])
        return UNUSABLE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        tell(words.text("crash", kind=type(error).__name__, text=_origin(error), where=REPORT_TO))
        if environment.get("DANGJIAN_DEBUG"):
            raise
        return DEFECT
    if code == INTERRUPTED:
        tell(ending.farewell)
    return code if isinstance(code, int) else DONE


def _origin(error: BaseException) -> str:
    """Say what failed and in which of our lines."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    text = " ".join(str(error).split())
    return f"{text if len(text) <= _TOLD else text[:_TOLD] + '…'} @ {where}"


_TOLD: Final = 400
"""Letters that are told of an error of our own: libraries may put a whole plan into theirs."""


def run() -> NoReturn:
    """Run as a command, and end at once: to free every object first would take as long as to import them."""
    ending.begin()
    gc.set_threshold(_RARELY)
    prepare_streams()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # nothing else that is installed has a say in what rubrics mean
    if COMPLETE in os.environ:
        os.environ["TERMINAL_WIDTH"] = _NEVER_FOLD
    try:
        code = main(sys.argv[1:], os.environ)
    except KeyboardInterrupt:  # which came before or after what `main` looks after
        code = INTERRUPTED
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
