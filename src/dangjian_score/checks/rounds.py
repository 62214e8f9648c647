"""What is wrong with the rounds: weights that are no whole, days that two rounds claim, or none does."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from dangjian_score.core.diagnostics import Code, Diagnostic, Path, has_errors
from dangjian_score.core.points import percent
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Combined, Span, rounds_of, weights_of


def check(loaded: Loaded) -> Iterator[Diagnostic]:
    """Report rounds that overlap, lie outside the period or leave gaps, and weights that do not add up."""
    rounds = rounds_of(loaded.rubric.rounds)
    dated = {name: span for name, one in rounds.items() if (span := one.span) is not None}
    outside = tuple(_outside(loaded, dated))
    yield from _weights(loaded)
    yield from _overlaps(loaded, dated)
    yield from outside
    if dated and len(dated) == len(rounds) and not has_errors(outside):
        yield from _gaps(loaded, dated)


def _path(loaded: Loaded, name: str) -> Path:
    """Give the place of a round in the YAML."""
    return ("rounds", *(("names",) if isinstance(loaded.rubric.rounds, Combined) else ()), name)


def _weights(loaded: Loaded) -> Iterator[Diagnostic]:
    """Demand that weighted rounds make up the whole."""
    rounds = loaded.rubric.rounds
    if rounds is None or isinstance(rounds, Combined):
        return
    for name, one in rounds.items():
        if one.weight is None:
            yield loaded.document.diagnostic(Code.KEY_MISSING, ("rounds", name), key="weight")
    added = sum(weights_of(rounds).values(), Fraction(0))
    if added != 1 and all(one.weight is not None for one in rounds.values()):
        yield loaded.document.at_key(Code.WEIGHTS_DIFFER, ("rounds",), added=percent(added))


def _overlaps(loaded: Loaded, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report a round that has days of another one: a row of a register would be either's."""
    in_text = list(dated)
    longest = ""
    for name, span in sorted(dated.items(), key=lambda one: (one[1].from_, one[1].to)):
        if longest and dated[longest].to >= span.from_:
            first, second = sorted((name, longest), key=in_text.index)
            days = _days(span.from_, min(span.to, dated[longest].to))
            found = loaded.document.at_key(
                Code.ROUNDS_OVERLAP, _path(loaded, second), round=second, other=first, days=days
            )
            yield loaded.document.beside(found, [_path(loaded, first)])
        if not longest or span.to > dated[longest].to:
            longest = name


def _outside(loaded: Loaded, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report rounds that lie outside the period: as a whole they can take no row, in part they may be meant."""
    period = loaded.rubric.period
    if period is None:
        return
    shown = _days(period.from_, period.to)
    for name, span in dated.items():
        told = {"round": name, "days": _days(span.from_, span.to), "period": shown}
        if span.to < period.from_ or span.from_ > period.to:
            yield loaded.document.at_key(Code.ROUND_OUTSIDE, _path(loaded, name), **told)
        elif span.from_ < period.from_ or span.to > period.to:
            yield loaded.document.at_key(Code.ROUNDS_GAP, _path(loaded, name), gap="", **told)


def _gaps(loaded: Loaded, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report days, of the period where there is one, that belong to no round though every round has its days."""
    spans = sorted((span.from_.toordinal(), span.to.toordinal()) for span in dated.values())
    period = loaded.rubric.period
    first, last = spans[0][0], max(end for _, end in spans)
    if period is not None:
        first, last = period.from_.toordinal(), period.to.toordinal()
    reached = first - 1
    for start, end in (*spans, (last + 1, last + 1)):
        gap = reached + 1, min(start, last + 1) - 1
        if gap[0] <= gap[1]:
            days = _days(*map(date.fromordinal, gap))
            yield loaded.document.at_key(Code.ROUNDS_GAP, ("rounds",), gap=days, round="", days="", period="")
        reached = max(reached, end)


def _days(first: date, last: date) -> str:
    return f"{first.isoformat()} 至 {last.isoformat()}" if first != last else first.isoformat()
