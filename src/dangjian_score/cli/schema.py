"""`dangjian schema`: the JSON Schema of the rubric language, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from dangjian_score.cli import exits, files, screen
from dangjian_score.words.say import Words


def schema(
    ctx: typer.Context,
    output: Annotated[str | None, typer.Option("--output", "-o", help="opt.schema_output", metavar="FILE")] = None,
) -> None:
    """Print the schema, or write it to a file."""
    from dangjian_score.report.schema import schema_json

    said: Words = ctx.obj
    data = schema_json(said)
    if output is None:
        screen.put_bytes(data)
        raise typer.Exit(exits.DONE)
    if failed := files.write_whole({Path(output): data}):
        screen.tell(f"{failed.code} {said.label(failed.severity)}: {said.message(failed)}")
        raise typer.Exit(exits.UNUSABLE)
    screen.tell(said.label("written", path=output))
    raise typer.Exit(exits.DONE)
