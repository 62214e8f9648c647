"""`dangjian validate`: the gate for new rubrics."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import Struct

from dangjian_score.api import files
from dangjian_score.api.inputs import InputError, RubricFile, in_order, load_rubric
from dangjian_score.cli import DONE, FOUND, UNUSABLE, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.usage import bad_value
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Severity, at_file, has_errors
from dangjian_score.words.say import Words

_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_MARK: Final = re.compile(r"\b(?:dangjian|rubric)[\"']?\s*[:：]")


class Targets(Struct, frozen=True):
    """Names of rubrics, each once; files that are no rubrics; and what is wrong with the names given."""

    names: tuple[str, ...]
    passed_over: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def rubric_targets(given: Iterable[str], *, skip_others: bool = False) -> Targets:
    """List the rubrics that a user names; a file named twice, in whichever way, counts once.

    Files of folders that are no rubrics are passed over, with `skip_others` those that are named, too.
    """
    names: dict[str, str] = {}
    passed_over: list[str] = []
    found: list[Diagnostic] = []
    for name in given:
        if not files.is_folder(Path(name)):
            if skip_others and _is_other(Path(name)):
                passed_over.append(name)
            else:
                names.setdefault(_identity(name), name)
            continue
        inside = list(_yaml_files(Path(name)))
        rubrics = [path for path in inside if _may_be_rubric(path)]
        for path in rubrics:
            names.setdefault(_identity(str(path)), str(path))
        passed_over += [str(path) for path in inside if path not in rubrics]
        if not rubrics:
            found.append(at_file(Code.FILE_UNREADABLE, name, reason="no rubrics here"))
    return Targets(tuple(names.values()), tuple(passed_over), tuple(found))


def _identity(name: str) -> str:
    path = files.rubric_path(name)
    return name if isinstance(path, Diagnostic) or path == files.STANDARD else os.path.realpath(path)


def _yaml_files(folder: Path) -> Iterator[Path]:
    """List the YAML files below a folder that are neither hidden nor worked examples."""
    for path in sorted(folder.rglob("*")):
        if _is_searched(path.relative_to(folder)) and not path.is_dir():
            yield path


def _is_searched(path: Path) -> bool:
    """Tell by its path below a folder whether a file is YAML, neither hidden nor worked examples."""
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in _SUFFIXES and not hidden and path.with_suffix("").suffix != ".cases"


def _is_other(path: Path) -> bool:
    """Tell whether a file that is named would be passed over in a folder."""
    return path.is_file() and not (_is_searched(Path(path.name)) and _may_be_rubric(path))


def _may_be_rubric(path: Path) -> bool:
    """Tell whether a YAML file has a key that every rubric begins with, or cannot be read as text."""
    data = files.read_bytes(path, limits.MAX_RUBRIC + 1)
    try:
        return isinstance(data, Diagnostic) or bool(_MARK.search(data.decode("utf-8")))
    except UnicodeDecodeError:
        return True


_NAMES_SHOWN: Final = 5


def _forms() -> list[str]:
    from dangjian_score.report.findings import FINDING_FORMATS

    return ["text", *FINDING_FORMATS]


def validate(
    ctx: typer.Context,
    rubrics: Annotated[list[str], typer.Argument(help="opt.rubrics", metavar="RUBRIC", autocompletion=rubric_ids)],
    form: Annotated[
        str, typer.Option("--format", help="opt.validate_format", metavar="FORMAT", autocompletion=_forms)
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="opt.strict")] = False,
    skip_others: Annotated[bool, typer.Option("--skip-others", help="opt.skip_others")] = False,
) -> None:
    """Report all problems of all files; exit 1 where there is an error, 3 where a file could not be read at all."""
    if form != "text" and form not in _forms():
        raise bad_value("--format", form, _forms())
    words: Words = ctx.obj
    targets = rubric_targets(rubrics, skip_others=skip_others)
    opened = [_opened(name) for name in targets.names]
    found = in_order((*targets.diagnostics, *(finding for each in opened for finding in each.findings)))
    if others := targets.passed_over:
        some = " ".join(others[:_NAMES_SHOWN]) + (" …" if len(others) > _NAMES_SHOWN else "")
        screen.tell(words.text("no rubric", count=str(len(others)), files=some))
    _print(ctx, form, opened, found)
    code = _exit(found, strict=strict)
    if code == FOUND and not has_errors(found):
        screen.tell(words.text("strict"))
    raise typer.Exit(code)


def _opened(name: str) -> RubricFile | InputError:
    try:
        return load_rubric(name)
    except InputError as error:
        return error


def _print(ctx: typer.Context, form: str, opened: list[RubricFile | InputError], found: tuple[Diagnostic, ...]) -> None:
    words: Words = ctx.obj
    texts = {file: text for each in opened for file, text in each.texts.items()}
    if form != "text":
        from dangjian_score.report.findings import FINDING_FORMATS

        screen.put_bytes(FINDING_FORMATS[form](found, texts, words))
        return
    for rubric in opened:
        if isinstance(rubric, RubricFile):
            screen.put(_usable(rubric, words))
    if found:
        screen.put_findings(found, texts, words, ctx.color)


def _exit(found: Iterable[Diagnostic], *, strict: bool) -> int:
    if any(finding.code is Code.FILE_UNREADABLE for finding in found):
        return UNUSABLE
    failing = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return FOUND if any(finding.severity in failing for finding in found) else DONE


def _usable(rubric: RubricFile, words: Words) -> str:
    """Say that a rubric may be applied; remarks on it follow."""
    known, rules = rubric.study.catalogue, len(rubric.study.program.rules)
    measures = len((*known.measures, *known.registers, *known.ballots))
    key = "usable" if rubric.findings else "valid"
    return words.text(key, file=rubric.name, rules=str(rules), measures=str(measures))
