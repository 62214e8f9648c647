"""The commands of the program, each imported when it is to be run: most of them need what others do not."""

from collections.abc import Callable, Mapping
from typing import Final

Command = Callable[..., None]


def _score() -> Command:
    from dangjian_score.cli.score import score

    return score


def _validate() -> Command:
    from dangjian_score.cli.validate import validate

    return validate


def _template() -> Command:
    from dangjian_score.cli.template import template

    return template


def _explain() -> Command:
    from dangjian_score.cli.explain import explain

    return explain


def _compare() -> Command:
    from dangjian_score.cli.compare import compare

    return compare


def _raters() -> Command:
    from dangjian_score.cli.analysis import raters

    return raters


def _verify() -> Command:
    from dangjian_score.cli.verify import verify

    return verify


def _whatif() -> Command:
    from dangjian_score.cli.analysis import whatif

    return whatif


def _new() -> Command:
    from dangjian_score.cli.reference import new

    return new


def _completion() -> Command:
    from dangjian_score.cli.completion import completion

    return completion


def _rubrics() -> Command:
    from dangjian_score.cli.reference import rubrics

    return rubrics


def _codes() -> Command:
    from dangjian_score.cli.reference import codes

    return codes


def _schema() -> Command:
    from dangjian_score.cli.reference import schema

    return schema


COMMANDS: Final[Mapping[str, Callable[[], Command]]] = {
    "score": _score,
    "validate": _validate,
    "template": _template,
    "explain": _explain,
    "compare": _compare,
    "raters": _raters,
    "verify": _verify,
    "whatif": _whatif,
    "new": _new,
    "completion": _completion,
    "rubrics": _rubrics,
    "codes": _codes,
    "schema": _schema,
}
"""How each is found, by its name, in the order of the help page."""
