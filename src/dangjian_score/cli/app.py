"""The program `dangjian`: its commands, its language, and what happens when something goes wrong."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from dangjian_score import __version__
from dangjian_score.cli import exits, explain, rubrics, schema, score, validate
from dangjian_score.cli.help import Command, Group
from dangjian_score.cli.screen import prepare_streams, put, tell
from dangjian_score.cli.usage import BadChoiceError, usage_text
from dangjian_score.words.codebook import LANGUAGES, Language
from dangjian_score.words.say import words

REPORT_TO = "dangjian-score issues"
"""Where defects are reported."""


def build() -> typer.Typer:
    """Put the commands together; help texts are keys, looked up when a page is shown."""
    app = typer.Typer(cls=Group, add_completion=False, help="app", rich_markup_mode=None)
    app.callback()(_program)
    app.command("score", cls=Command, help="score")(score.score)
    app.command("validate", cls=Command, help="validate")(validate.validate)
    app.command("explain", cls=Command, help="explain")(explain.explain)
    app.command("rubrics", cls=Command, help="rubrics")(rubrics.rubrics)
    app.command("schema", cls=Command, help="schema")(schema.schema)
    return app


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        put(f"dangjian-score {__version__}")
        ctx.exit()


def _program(
    version: Annotated[bool, typer.Option("--version", help="opt.version", callback=_version, is_eager=True)] = False,
) -> None: ...


def take_language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Take `--lang` from anywhere on the command line; else DANGJIAN_LANG; else Chinese."""
    chosen, rest, given = environment.get("DANGJIAN_LANG") or "zh", list[str](), iter(arguments)
    for argument in given:
        if argument == "--":
            rest += [argument, *given]
        elif argument == "--lang":
            chosen = next(given, "")
        elif argument.startswith("--lang="):
            chosen = argument.removeprefix("--lang=")
        else:
            rest.append(argument)
    return chosen, rest


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program and give its exit code."""
    chosen, rest = take_language(arguments, environment)
    language: Language = next((one for one in LANGUAGES if one == chosen), "zh")
    said = words(language)
    try:
        if chosen not in LANGUAGES:
            raise BadChoiceError("--lang", chosen, ", ".join(LANGUAGES))
        code: Any = build()(rest or ["--help"], prog_name="dangjian", standalone_mode=False, obj=said)
    except TyperException as error:
        tell(usage_text(error, said))
        return exits.USAGE
    except KeyboardInterrupt:
        code = exits.INTERRUPTED
    except Exception as error:
        tell(said.label("crash", kind=type(error).__name__, text=_origin(error), where=REPORT_TO))
        if environment.get("DANGJIAN_DEBUG"):
            raise
        return exits.DEFECT
    if code == exits.INTERRUPTED:
        tell(said.label("interrupted"))
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
    prepare_streams()
    sys.exit(main(sys.argv[1:], os.environ))
