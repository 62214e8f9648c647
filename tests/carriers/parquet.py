"""Evidence written as Parquet tables, to be scored on columns and held against the exact engine."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from dangjian_score.core.facts import Evidence, UnitFacts, Value, ballot
from dangjian_score.core.points import plain, rounded
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.result import Result


def tables(folder: Path, evidence: Evidence, known: Catalogue, subject: str) -> dict[str, Path]:
    """Write the figures of units, and the rows of registers if there are any."""
    handed_in = [row for unit in evidence.units for row in _rows_of(unit)]
    units: dict[str, list[Any]] = {subject: [unit.unit for _, unit in handed_in]}
    if any(unit.rounds for unit in evidence.units):
        units["轮次"] = [round_ for round_, _ in handed_in]
    assessed = {name for _, unit in handed_in for name in (*unit.assessed, *unit.absences)}
    for name, measure in known.measures.items():
        values = _cells(name, measure, [unit for _, unit in handed_in])
        if name not in assessed or any(value is not None for value in values):
            units[name] = values
    paths = dict[str, Path]()
    if len(units) > 1 or not assessed:  # names alone say nothing beside what assessors give
        paths["units.parquet"] = folder / "units.parquet"
        pl.DataFrame(units, schema_overrides=_types(known.measures, units)).write_parquet(paths["units.parquet"])
    if assessed:
        paths["assessors.parquet"] = folder / "assessors.parquet"
        given = _assessors(handed_in, assessed, known, subject, rounds="轮次" in units)
        texts = {name: pl.String for name in (subject, "评委", "评委类别", "轮次") if name in given}
        types = {**texts, **_types(known.measures, given)}
        pl.DataFrame(given, schema_overrides=types).write_parquet(paths["assessors.parquet"])
    if known.ballots:
        paths["ballots.parquet"] = folder / "ballots.parquet"
        pl.DataFrame(_ballots(handed_in, known, subject)).write_parquet(paths["ballots.parquet"])
    if known.registers:
        columns = {name: measure for own in known.registers.values() for name, measure in own.items()}
        columns.pop(subject, None)
        rows: dict[str, list[Any]] = {subject: [], "事项": [], **{name: [] for name in columns}}
        rows |= {"轮次": []} if "轮次" in units else {}
        for round_, unit in handed_in:
            for event in unit.events:
                rows[subject].append(unit.unit)
                rows["事项"].append(event.register)
                if "轮次" in rows:
                    rows["轮次"].append(round_)
                for name in columns:
                    own = known.registers[event.register].get(name)
                    rows[name].append(None if own is None else _stored(event.values.get(name), own))
        paths["events.parquet"] = folder / "events.parquet"
        texts = {name: pl.String for name in (subject, "事项", "轮次") if name in rows}
        pl.DataFrame(rows, schema_overrides={**texts, **_types(columns, rows)}).write_parquet(paths["events.parquet"])
    return paths


def _cells(name: str, measure: Measure, units: Sequence[UnitFacts]) -> list[Any]:
    """Give the cells of a column; as texts where any of them says 不适用."""
    values = [unit.values.get(name) for unit in units]
    if not any(name in unit.inapplicable for unit in units):
        return [_stored(value, measure) for value in values]
    told = ("不适用" if name in unit.inapplicable else None for unit in units)
    return [_text(value, measure) if word is None else word for value, word in zip(values, told, strict=True)]


def _text(value: Value | None, measure: Measure) -> str | None:
    match value:
        case bool():
            return "是" if value else "否"
        case Fraction() if measure.kind == "percent":
            return f"{plain(value * 100)}%"
        case Fraction() if measure.kind != "date":
            return plain(value)
        case None:
            return None
        case _:
            return str(_stored(value, measure))


def delimited(folder: Path, paths: Mapping[str, Path]) -> dict[str, Path]:
    """Write tables that lie there as Parquet as comma-separated files, as people would."""
    made: dict[str, Path] = {}
    for name, path in paths.items():
        target = folder / f"{path.stem}.csv"
        frame = pl.read_parquet(path)
        texts = [_texts(frame[column]) for column in frame.columns]
        pl.DataFrame(texts).write_csv(target)
        made[target.name] = target
        assert name == path.name
    return made


def _texts(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Boolean:
        return column.replace_strict({True: "是", False: "否"}, default=None, return_dtype=pl.String)
    if isinstance(column.dtype, pl.Decimal):
        return column.cast(pl.String).str.replace(r"(\.\d*?)0+$", "$1").str.strip_suffix(".")
    return column.cast(pl.String)


def _rows_of(unit: UnitFacts) -> list[tuple[str | None, UnitFacts]]:
    """Give the rows of a unit: one for each round, and one without a round if there is anything to say."""
    if unit.apart is None:
        return [(None, unit)]
    return [(None, unit.apart), *unit.rounds.items()]


def _assessors(
    units: Sequence[tuple[str | None, UnitFacts]], assessed: set[str], known: Catalogue, subject: str, *, rounds: bool
) -> dict[str, list[Any]]:
    """Give a row for each assessor of a unit, in one round."""
    of_rounds = ["轮次"] if rounds else []
    rows: dict[str, list[Any]] = {subject: [], "评委": [], "评委类别": [], **{name: [] for name in of_rounds}}
    rows |= {name: [] for name in sorted(assessed)}
    for round_, unit in units:
        given = {
            **unit.assessed,
            **{name: {**unit.absences[name], **unit.assessed.get(name, {})} for name in unit.absences},
        }
        for assessor in dict.fromkeys(name for own in given.values() for name in own):
            rows[subject].append(unit.unit)
            rows["评委"].append(assessor)
            category = unit.categories.get(assessor)
            rows["评委类别"].append(None if category is None else category.value)
            for name in of_rounds:
                rows[name].append(round_)
            for name in sorted(assessed):
                fact = unit.assessed.get(name, {}).get(assessor)
                rows[name].append(None if fact is None else _stored(fact.value, known.measures[name]))
    return rows


def _ballots(units: Sequence[tuple[str | None, UnitFacts]], known: Catalogue, subject: str) -> dict[str, list[Any]]:
    names = dict.fromkeys(level for levels in known.ballots.values() for level in levels)
    turnout = dict.fromkeys(column for _, column in sorted(known.turnout))
    of_rounds = ["轮次"] if any(round_ is not None for round_, _ in units) else []
    rows: dict[str, list[Any]] = {subject: [], "测评项": [], **{name: [] for name in (*of_rounds, *names, *turnout)}}
    for round_, unit in units:
        for name, levels in known.ballots.items():
            if of_rounds and not any(ballot(name, level) in unit.values for level in levels):
                continue
            rows.get("轮次", []).append(round_)
            rows[subject].append(unit.unit)
            rows["测评项"].append(name)
            for column in (*names, *turnout):
                there = column in levels or (name, column) in known.turnout
                rows[column].append(_stored(unit.values.get(ballot(name, column)), _VOTES) if there else None)
    return rows


_VOTES = Measure("", "count", None, None, None, ())


def _types(measures: Mapping[str, Measure], cells: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    kinds = {"yes_no": pl.Boolean, "date": pl.Date, "level": pl.String, "text": pl.String, "count": pl.Int64}
    there = {name: measure for name, measure in measures.items() if name in cells}
    types = {name: kinds.get(measure.kind, _decimals(cells[name])) for name, measure in there.items()}
    return types | {name: pl.String for name in there if any(isinstance(cell, str) for cell in cells[name])}


def _decimals(cells: Sequence[Any]) -> pl.Decimal:
    """Return the type with as many decimals as the cells have, of at most six."""
    exponents = (cell.as_tuple().exponent for cell in cells if isinstance(cell, Decimal))
    return pl.Decimal(20, min(6, max((-each for each in exponents if isinstance(each, int)), default=0)))


def _stored(value: Value | None, measure: Measure) -> Any:
    match value:
        case Fraction() if measure.kind == "date":
            return date.fromordinal(value.numerator)
        case Fraction() if measure.kind == "count":
            return int(value)
        case Fraction():
            return Decimal(value.numerator) / Decimal(value.denominator)
        case _:
            return value


def shown(result: Result) -> dict[str, dict[str, Any]]:
    """Give by unit what the columnar engine writes, as the exact engine comes to it."""
    return {unit["unit"]: unit for unit in _rows(result)}


def _rows(result: Result) -> Iterator[dict[str, Any]]:
    rubric = result.rubric
    for unit in result.units:
        row: dict[str, Any] = {"unit": unit.unit, **{name: unit.attributes.get(name) for name in rubric.attributes}}
        row |= {"rank": unit.rank, "total": _fixed(unit.total, rubric.total_places)}
        row |= {"grade": unit.grade} if rubric.grades else {}
        row |= {"group_rank": unit.group_rank} if rubric.groups else {}
        row |= {"vetoes": "、".join(unit.vetoes)} if rubric.vetoes else {}
        row |= {"selections": "、".join(unit.selections)} if rubric.selections else {}
        for round_, node in unit.trace().all_nodes():
            there = node.applies or node.points
            row[node.id if round_ is None else f"{round_} {node.id}"] = (
                _fixed(node.points, rubric.shown_places) if there else None
            )
        yield row


def _fixed(value: Fraction, places: int) -> Decimal:
    whole = rounded(value, places) * 10**places
    return Decimal(whole.numerator).scaleb(-places)
