"""`dangjian schema`: the JSON Schema of the rubric language, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.outputs import write
from dangjian_score.words.say import Words


def schema(
    ctx: typer.Context,
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.schema_output", metavar="FILE")] = None,
) -> None:
    """Print the schema, or write it to a file."""
    from dangjian_score.report.schema import schema_json

    said: Words = ctx.obj
    data = schema_json(said)
    target = Path(output or files.STANDARD)
    if target == files.STANDARD:
        screen.put_bytes(data)
    else:
        write({target: data}, said)
    raise typer.Exit(exits.DONE)
