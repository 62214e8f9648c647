"""`dangjian codes`: what a diagnostic code means, why it matters and how to mend it."""

from typing import Annotated

import typer

from dangjian_score.cli import exits, screen
from dangjian_score.cli.completion import one_of
from dangjian_score.cli.usage import BadChoiceError, UnknownCodeError
from dangjian_score.diagnostics import Code
from dangjian_score.words.codebook import order
from dangjian_score.words.say import Words

_FORMS = ("table", "md")


def codes(
    ctx: typer.Context,
    code: Annotated[
        list[str] | None,
        typer.Argument(help="opt.codes", metavar="CODE", autocompletion=one_of(*Code), show_default=False),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="opt.codes_format", metavar="FORMAT", autocompletion=one_of(*_FORMS))
    ] = "table",
) -> None:
    """Tell of every code what it is, or of some all that there is to say."""
    from dangjian_score.report import codes as book

    said: Words = ctx.obj
    if form not in _FORMS:
        raise BadChoiceError("--format", form, ", ".join(_FORMS))
    asked = [*dict.fromkeys(map(_known, code or []))]
    everything = sorted(Code, key=order)
    if form == "md":
        screen.put(book.markdown(asked or everything, said).rstrip())
    else:
        screen.show(book.pages(asked, said) if asked else [book.listing(everything, said)], ctx.color)
    raise typer.Exit(exits.DONE)


def _known(name: str) -> Code:
    try:
        return Code(name.upper())
    except ValueError:
        raise UnknownCodeError(name, Code) from None
