"""Completion in shells: what may stand where, and `dangjian completion`, which prints the script a shell needs."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from dangjian_score.api import files
from dangjian_score.cli import DONE
from dangjian_score.cli.screen import put_bytes
from dangjian_score.cli.usage import bad_value
from dangjian_score.core.names import visible

SHELLS: Final = ("bash", "zsh", "fish", "powershell")

COMPLETE: Final = "_DANGJIAN_COMPLETE"
"""The variable by which a shell asks for completions."""

_TITLE: Final = re.compile(r"^title: *(.*)", re.MULTILINE)
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]*")
"""Names that no shell reads as anything but a name; of these only such are offered as show all that is in them."""


_REQUESTS: Final = tuple(f"{what}_{shell}" for what in ("complete", "source") for shell in (*SHELLS, "pwsh"))
_NUMBER: Final = re.compile("[0-9]{1,4}")


def check_request(environment: Mapping[str, str]) -> None:
    """Refuse what no shell asks for, which Typer takes for granted: another shell; in bash no words, or no number."""
    asked = environment.get(COMPLETE)
    if asked and asked not in _REQUESTS:
        raise bad_value(COMPLETE, asked, _REQUESTS)
    if asked == "complete_bash":
        if "COMP_WORDS" not in environment:
            raise bad_value("COMP_WORDS", "", ["dangjian …"])
        number = environment.get("COMP_CWORD", "")
        if not _NUMBER.fullmatch(number):
            raise bad_value("COMP_CWORD", number, ["1", "2 …"])


def choice_of(*choices: str) -> Callable[[str], list[str]]:
    """Complete one of a few words."""

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def rubric_ids(incomplete: str) -> list[tuple[str, str]]:
    """Complete the id of a rubric that ships, with its title as help, or a file beside it.

    Where no id fits, nothing is offered, and the shell completes file names in its own way.
    """
    shipped = [path for path in files.shipped_rubrics() if path.stem.startswith(incomplete)]
    ids = [(path.stem, _title(path)) for path in shipped]
    return ids + _files(incomplete) if ids else []


def _title(path: Path) -> str:
    found = _TITLE.search(path.read_text("utf-8"))
    return found[1] if found else ""


def _files(incomplete: str) -> list[tuple[str, str]]:
    """List what lies here and may be a rubric: YAML files, and folders."""
    here = sorted(path for path in Path().iterdir() if path.name.startswith(incomplete) and path.name[:1] != ".")
    entries = [(path.name, path.is_dir()) for path in here if path.is_dir() or path.suffix in (".yaml", ".yml")]
    return [
        (f"{name}/" if folder else name, "")
        for name, folder in entries
        if _PLAIN_NAME.fullmatch(name) and name == visible(name)
    ]


def completion(
    shell: Annotated[str, typer.Argument(help="opt.shell", metavar="SHELL", autocompletion=choice_of(*SHELLS))],
) -> None:
    """Print the script of a shell."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # used so, though not listed

    if shell not in SHELLS:
        raise bad_value("SHELL", shell, SHELLS)
    put_bytes(f"{get_completion_script(prog_name='dangjian', complete_var=COMPLETE, shell=shell)}\n".encode())
    raise typer.Exit(DONE)
