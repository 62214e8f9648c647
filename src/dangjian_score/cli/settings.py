"""What holds for the whole program, wherever it stands on the command line: `--lang` and `--color`."""

from collections.abc import Mapping, Sequence
from typing import Final

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
