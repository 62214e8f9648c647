"""Tables → a row for each unit with all that the passes of a program read of it: figures, votes, events, rounds."""

from collections.abc import Mapping

from dangjian_score.columnar.amounts import Layers, UnfitError
from dangjian_score.columnar.ballots import odd_votes, with_votes
from dangjian_score.columnar.events import with_events
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.odd import refuse
from dangjian_score.columnar.panels import with_panels
from dangjian_score.columnar.parts import Parts, Runner
from dangjian_score.columnar.registers import UnitRows, in_final_form
from dangjian_score.columnar.rounds import side_by_side, without_blanks
from dangjian_score.columnar.tables import Tables, forms
from dangjian_score.columnar.values import values_of
from dangjian_score.columnar.waived import with_waived
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.program import Program
from dangjian_score.rubric.standing import rounds_of


def laid_out(
    program: Program, known: Catalogue, tables: Tables, runner: Runner, layers: Layers
) -> tuple[Parts, Mapping[str, Scope]]:
    """Lay units out with all that their passes read; return that by the keys of passes.

    Raises UnfitError or OddRowsError.
    """
    rounds = tuple(rounds_of(program.rubric.rounds))
    read = tables.unit_rows(runner, in_one=bool(rounds))
    units = _units(without_blanks(known) if rounds else known, tables, read)
    units = with_panels(units, tables.assessors, program, known, layers)
    rows: Parts = units.rows
    scopes: Mapping[str, Scope] = {program.passes[-1].key: units.scope}
    if rounds:
        if tables.assessors:
            raise UnfitError("assessors in rounds")
        rows, whole, by_round = side_by_side(units, rounds, known)
        scopes = {part.key: whole if part.round is None else by_round[part.round] for part in program.passes}
    rows, scopes = with_votes(rows, scopes, tables.ballots, program, known)
    if (odd_rows := odd_votes(rows.whole, tables.ballots, rounds, known)) is not None:
        refuse(odd_rows.collect(), tables.ballots)
    rows, scopes = with_events(program, known, tables, rows, scopes, layers)
    if not any(table.count() for table in tables.units):
        raise UnfitError("table missing")
    return rows, {part.key: with_waived(part, scopes[part.key], layers) for part in program.passes}


def _units(known: Catalogue, tables: Tables, rows: Parts) -> UnitRows:
    judged = (title for table in tables.assessors for title in table.titles if title in known.judged)
    if missing := known.measures.keys() - {*rows.schema.names(), *judged}:
        raise UnfitError("column missing", "、".join(sorted(missing)))
    waivable, pricing = known.measures.keys() - known.attributes, filter(known.prices_none, known.measures)
    form = in_final_form(values_of(rows, known.measures, pricing, forms(tables.units), waivable))
    return UnitRows(rows.each(form.taken), form.scope)
