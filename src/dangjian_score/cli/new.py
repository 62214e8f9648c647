"""`dangjian new`: a rubric to start from."""

import shlex
from importlib.resources import files as resources
from pathlib import Path
from typing import Annotated, Final

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.loading import Opened, open_rubric, opened
from dangjian_score.cli.outputs import check_free, write
from dangjian_score.cli.usage import BadChoiceError
from dangjian_score.words.say import Words

_USUAL_ID: Final = "wo-de-xize"


def new(
    ctx: typer.Context,
    identifier: Annotated[str, typer.Argument(help="opt.id", metavar="ID", show_default=False)] = _USUAL_ID,
    source: Annotated[
        str | None, typer.Option("--from", help="opt.from", metavar="RUBRIC", autocompletion=rubric_ids)
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.new_output", metavar="FILE")] = None,
) -> None:
    """Write a rubric under a new id, and say what to do next; never over a file."""
    said: Words = ctx.obj
    _check_id(identifier, said)
    origin = _starter(said) if source is None else open_rubric(source)
    if origin.study is None:
        screen.tell_findings(origin.diagnostics, {origin.name: origin.text}, said, ctx.color)
        raise typer.Exit(exits.UNUSABLE)

    from dangjian_score.rubric.renaming import renamed

    text = renamed(origin.data, origin.study.loaded.document, identifier)
    target = Path(output or f"{identifier}.yaml")
    if target == files.STANDARD:
        screen.put_bytes(text)
    else:
        check_free([target], said)
        write({target: text}, said)
        screen.tell(said.label("next", path=shlex.quote(str(target))))
    raise typer.Exit(exits.DONE)


def _check_id(identifier: str, said: Words) -> None:
    from pydantic import TypeAdapter, ValidationError

    from dangjian_score.rubric.fields import Identifier

    try:
        TypeAdapter[str](Identifier).validate_python(identifier)
    except ValidationError:
        raise BadChoiceError("ID", identifier, said.help["id rule"]) from None


def _starter(said: Words) -> Opened:
    """Give the rubric that shows the usual forms, with comments in the user's language."""
    name = f"starter.{said.language}.yaml"
    return opened(name, (resources("dangjian_score.words") / name).read_bytes())
