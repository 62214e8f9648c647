"""`dangjian codes`, `rubrics`, `schema`, `new`: what ships with the program, and a rubric to start from."""

from difflib import get_close_matches
from importlib.resources import files as resources
from pathlib import Path
from typing import Annotated, Final

import typer

from dangjian_score.api import files
from dangjian_score.api.inputs import RubricFile, rubric_of
from dangjian_score.cli import DONE, screen
from dangjian_score.cli.completion import choice_of, rubric_ids
from dangjian_score.cli.outputs import check_free, write
from dangjian_score.cli.scoring import only_rubric
from dangjian_score.cli.usage import MisuseError, bad_value, quoted
from dangjian_score.core.diagnostics import Code
from dangjian_score.words.say import Words, order

_FORMS = ("table", "md")


def codes(
    ctx: typer.Context,
    code: Annotated[
        list[str] | None,
        typer.Argument(help="opt.codes", metavar="CODE", autocompletion=choice_of(*Code), show_default=False),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="opt.codes_format", metavar="FORMAT", autocompletion=choice_of(*_FORMS))
    ] = "table",
) -> None:
    """Tell of every code what it is, or of some all that there is to say."""
    from dangjian_score.report import codes as book

    words: Words = ctx.obj
    if form not in _FORMS:
        raise bad_value("--format", form, _FORMS)
    asked = [*dict.fromkeys(map(_known, code or []))]
    everything = sorted(Code, key=order)
    if form == "md":
        screen.put(*book.markdown(asked or everything, words).rstrip().split("\n"))
    else:
        screen.show(book.pages(asked, words) if asked else [book.listing(everything, words)], ctx.color)
    raise typer.Exit(DONE)


def _known(name: str) -> Code:
    try:
        return Code(name.upper())
    except ValueError:
        near = next(iter(get_close_matches(name.upper(), Code, n=1)), "")
        raise MisuseError("no such code", code=name, near=near) from None


def rubrics(ctx: typer.Context) -> None:
    """List id, title and subject of every rubric that ships."""
    from rich import box
    from rich.table import Table

    from dangjian_score.report.screen import Prose
    from dangjian_score.rubric.load import Loaded, load

    words: Words = ctx.obj
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for key in ("id", "title", "subject"):
        table.add_column(words.text(key), overflow="fold", no_wrap=key == "id")
    for path in files.shipped_rubrics():
        loaded = load(path.read_bytes(), path.name)
        if isinstance(loaded, Loaded):
            rubric = loaded.rubric
            table.add_row(*map(Prose, (rubric.rubric, rubric.title, rubric.subject)))
    screen.show([table], ctx.color)
    raise typer.Exit(DONE)


def schema(
    ctx: typer.Context,
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.schema_output", metavar="FILE")] = None,
) -> None:
    """Print the schema, or write it to a file."""
    from dangjian_score.words.keybook import schema_json

    words: Words = ctx.obj
    data = schema_json(words)
    target = Path(output or files.STANDARD)
    if target == files.STANDARD:
        screen.put_bytes(data)
    else:
        write({target: data}, words)
    raise typer.Exit(DONE)


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
    words: Words = ctx.obj
    check_id(identifier, words)
    origin = _starter(words) if source is None else only_rubric(ctx, source)

    from dangjian_score.rubric.source import renamed

    text = renamed(origin.data, origin.study.loaded.document, identifier)
    target = Path(output or f"{identifier}.yaml")
    if target == files.STANDARD:
        screen.put_bytes(text)
    else:
        check_free([target])
        write({target: text}, words)
        screen.tell(words.text("next", path=quoted(str(target))))
    raise typer.Exit(DONE)


def check_id(identifier: str, words: Words) -> None:
    """Refuse an id that rubrics may not have."""
    from pydantic import TypeAdapter, ValidationError

    from dangjian_score.rubric.fields import Identifier

    try:
        TypeAdapter[str](Identifier).validate_python(identifier)
    except ValidationError:
        raise bad_value("ID", identifier, [words.text("help.id rule")]) from None


def _starter(words: Words) -> RubricFile:
    """Give the rubric that shows the usual forms, with comments in the user's language."""
    name = f"starter.{words.language}.yaml"
    return rubric_of(name, (resources("dangjian_score.words") / name).read_bytes())
