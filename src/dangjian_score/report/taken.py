"""Figures that were read from results of other rubrics, in words: the file, the units in it, their sections."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import ResultUnit, TakenFigure
from dangjian_score.core.points import plain, readable
from dangjian_score.report.formatting import FigureFormat, brief, written
from dangjian_score.rubric.measures import RATE, TOTAL
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

_RATE: Final = FigureFormat(2, percent=True)
_NAMED: Final = 20
"""Units that a sentence names; workbooks and JSON hold all."""


def taken_sentences(taken: Mapping[str, TakenFigure], places: int, words: Words) -> Iterator[str]:
    """Say of each figure of a unit where it is from; points of sections have so many decimals."""
    for measure, figure in taken.items():
        files = "、".join(dict.fromkeys(unit.cell.file for unit in figure.units))
        named = [taken_unit(unit, figure, places, words) for unit in figure.units[:_NAMED]]
        units = "；".join([*named, *(["…"] if len(figure.units) > _NAMED else [])])
        value, left_out = taken_value(figure.value, figure), "、".join(unit.unit for unit in figure.left_out)
        args = {"measure": measure, "value": value, "file": files, "rubric": figure.rubric, "units": units}
        if figure.combine is None:
            yield words.text("taken one", **args)
        else:
            of, count = figure_of(figure.of, figure.title, words), str(len(figure.units))
            yield words.text(f"taken {figure.combine}", **args, of=of, count=count, left_out=left_out)


def taken_unit(unit: ResultUnit, figure: TakenFigure, places: int, words: Words) -> str:
    """Name a unit of a result with its figure, its total and its sections (“第2支部，总分 86.5（组织建设 28）”)."""
    sections = words.text("comma").join(f"{each.title} {brief(each.points, places)}" for each in unit.sections)
    of = "" if figure.of == TOTAL else figure_of(figure.of, figure.title, words)
    value = "" if unit.figure is None else taken_value(unit.figure, figure)
    total = "" if unit.total is None else plain(unit.total)
    return words.text("taken unit", unit=unit.unit, of=of, figure=value if of else "", total=total, sections=sections)


def taken_value(value: Fraction, figure: TakenFigure) -> str:
    """Write a figure as it is read: a rate in per cent, points to the last digit where there is one."""
    return written(value, _RATE) if figure.of == RATE else readable(value)


def figure_of(of: str, title: str, words: Words) -> str:
    """Name what is read of a result: its total, its rate, a node."""
    return words.text(f"taken {of}") if of in (TOTAL, RATE) else f"{of} {title}".rstrip()


def results_read(rubric: Rubric, words: Words) -> Iterator[str]:
    """Say what the measures of a rubric are that are read from results."""
    for measure, spec in rubric.from_results.items():
        of = spec.figure_of_result
        name = figure_of(of, "", words) if of in (TOTAL, RATE) else words.text("points of", node=of)
        args = {"measure": measure, "rubric": spec.result or "", "of": name}
        key = "reads own" if spec.within is None else f"reads {spec.combine}"
        missing = "" if spec.missing is None else spec.missing
        yield words.text(key, **args, within=spec.within or "", missing=missing)
