"""`dangjian rubrics`: what ships with the tool."""

import typer

from dangjian_score.cli import exits, files
from dangjian_score.cli.screen import show
from dangjian_score.words.say import Words


def rubrics(ctx: typer.Context) -> None:
    """List id, title and subject of every rubric that ships."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from dangjian_score.rubric.load import Loaded, load

    said: Words = ctx.obj
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for key in ("id", "title", "subject"):
        table.add_column(said.label(key), overflow="fold", no_wrap=key == "id")
    for path in files.shipped_rubrics():
        loaded = load(path.read_bytes(), path.name)
        if isinstance(loaded, Loaded):
            rubric = loaded.rubric
            table.add_row(*map(Text, (rubric.rubric, rubric.title, rubric.subject)))
    show([table], ctx.color)
    raise typer.Exit(exits.DONE)
