"""Typer's usage errors in our words. They are told apart by the names of their classes, the one thing Typer keeps."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from typer.exceptions import TyperException

from dangjian_score.words.say import Words


def usage_text(error: TyperException, said: Words) -> str:
    """Say what is wrong with a command line, and where help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "dangjian"
    return f"{_sentence(error, context, said)}\n{said.fill(said.help['try'], command=command)}"


def _sentence(error: TyperException, context: Any, said: Words) -> str:
    text = error.message
    match type(error).__name__:
        case "NoSuchOption":
            option = getattr(error, "option_name", "")
            near = next(iter(get_close_matches(option, getattr(error, "possibilities", None) or (), n=1)), "")
            return _fill(said, "no such option", option=option, near=near)
        case "MissingParameter":
            return _fill(said, "missing parameter", parameter=_name(error))
        case "BadOptionUsage":
            key = "no value" if "not take" in text else "needs value"
            return _fill(said, key, option=getattr(error, "option_name", ""))
        case "BadChoiceError":
            return _fill(said, "bad value", **error.args[1])
        case "SameOutputError":
            return _fill(said, "same output", **error.args[1])
        case "NotTogetherError":
            return _fill(said, "not together", **error.args[1])
        case "UnknownCodeError":
            return _fill(said, "no such code", **error.args[1])
        case "UsageError" if text.startswith("No such command"):
            wanted = text.split("'")[1] if "'" in text else ""
            known = list(getattr(context.command, "commands", ()))
            near = next(iter(get_close_matches(wanted, known, n=1)), "")
            return _fill(said, "no such command", command=wanted, near=near)
        case "UsageError" if text.startswith("Missing command"):
            return said.help["missing command"]
        case "UsageError" if text.startswith("Got unexpected extra"):
            return _fill(said, "extra", arguments=text[text.find("(", text.find("(s)") + 3) + 1 : text.rfind(")")])
        case _:
            return _fill(said, "usage error", text=error.format_message())


def _fill(said: Words, key: str, **args: str) -> str:
    return said.fill(said.help[key], **args)


def _name(error: TyperException) -> str:
    parameter = getattr(error, "param", None)
    return parameter.metavar or parameter.name.upper() if parameter is not None else ""


class BadChoiceError(TyperException):
    """An option's value that is none of its choices."""

    exit_code = 2

    def __init__(self, parameter: str, value: str, choices: str) -> None:
        super().__init__(value)
        self.args = (value, {"parameter": parameter, "value": value, "choices": choices})


class UnknownCodeError(TyperException):
    """A diagnostic code that there is not."""

    exit_code = 2

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(code)
        near = next(iter(get_close_matches(code.upper(), list(known), n=1)), "")
        self.args = (code, {"code": code, "near": near})


class SameOutputError(TyperException):
    """Two results that would be written to one file."""

    exit_code = 2

    def __init__(self, left: str, right: str) -> None:
        super().__init__(right)
        self.args = (right, {"left": left, "right": right})


class NotTogetherError(TyperException):
    """Two options of which each makes no sense beside the other."""

    exit_code = 2

    def __init__(self, option: str, other: str) -> None:
        super().__init__(option)
        self.args = (option, {"option": option, "other": other})
