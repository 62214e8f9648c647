"""Lines of points in words: what moved the points of one unit, with its figures."""

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from dangjian_score.core.points import percent, plain, rounded
from dangjian_score.engine.result import Because, LineVerb, PointsLine
from dangjian_score.engine.rules import group_keys
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.words.conditions import shown
from dangjian_score.words.decisions import veto_text
from dangjian_score.words.reasons import ReasonWriter
from dangjian_score.words.say import Words


def line_text(line: PointsLine, words: Words, places: int) -> str:
    """Return what a line did and why (“民主生活会次数：应 2，实 1，少 1，1 × 2”).

    Points are rounded to `places`; figures of evidence, and those of rounding, are exact. Where the reason of a line is
    not public, the text says only that.
    """
    figures = {name: plain(rounded(value, places)) for name, value in line.figures.items()}
    match line.verb:
        case "floor" | "ceiling" | "rescale" | "report":
            return words.text(f"line.{line.verb}", **figures)
        case "weight":
            share = percent(line.figures["weight"])
            return words.text("line.weight", title=line.titles[0], **{**figures, "weight": share})
        case "best":
            return words.text("line.best of", items="、".join(line.titles), **figures)
        case "product":
            factors = (f"{title} {figures[f'factor {at}']}" for at, title in enumerate(line.titles, start=1))
            shown_figures = {key: figures[key] for key in ("over", "product")}
            return words.text("line.product", factors=" × ".join(factors), **shown_figures)
        case "rounding":
            return words.text("line.rounding", **{name: shown(value, "number") for name, value in line.figures.items()})
        case "veto":
            return words.text("veto") if line.struck is None else veto_text(line.struck, words)
        case "rounds":
            return _rounds(line, figures, words)
        case "inapplicable":
            points = plain(rounded(line.points, places)) if line.points else ""
            return words.text("line.inapplicable", points=points)
        case "not due":
            return words.text("line.not due")
        case "beyond" | "unoffered":
            missing = plain(abs(rounded(line.missing, places)))
            if line.verb == "beyond":
                return words.text("line.beyond", missing=missing, **figures)
            guard = "" if line.because is None else ReasonWriter(line.because, words, line.verb).guard()
            return words.text(f"line.{'unoffered' if guard else 'without rule'}", guard=guard, missing=missing)
        case "ruling":
            ruling = line.ruling
            if ruling is None:
                return words.text("ruling")
            return words.text("line.ruling", why=ruling.reason, who=ruling.approver)
        case "forfeit" | "deduct" | "award":
            if line.because is None:
                return words.text("not public")
            why = _why(line, line.because, words, places)
            text = words.text("line.forfeit", why=why) if line.verb == "forfeit" else why
            return text if line.because.title is None else f"{line.because.title}{words.text('line.colon')}{text}"
        case _:
            assert_never(line.verb)


def explanation_text(line: PointsLine, words: Words) -> str:
    """Return what examiners wrote about the figure of a line, word for word, each after who did; empty for nothing."""
    head = words.text("explanation" if line.points < 0 or line.missing else "remark")
    return "".join(
        words.text("explained", head=head, assessor=each.assessor or "", text=each.text) for each in line.explanations
    )


def _rounds(line: PointsLine, figures: Mapping[str, str], words: Words) -> str:
    """Return how rounds are combined: each by its weight, or all alike."""
    parts = [f"{name} {figures[name]}" for name in line.titles]
    shares = set(line.weights.values())
    if shares not in ({Fraction(1)}, {Fraction(1, len(parts))}):
        weighed = (f"{part} × {percent(line.weights[name])}" for part, name in zip(parts, line.titles, strict=True))
        return " + ".join(weighed)
    alike = "added" if shares == {Fraction(1)} else "averaged"
    return words.text(f"line.{alike}", parts=" + ".join(parts), count=str(len(parts)))


def demand_text(because: Because, words: Words, verb: LineVerb) -> str:
    """Return what a unit is to do from now on, after a rule took points or gave less than it could; empty for none."""
    return because.basis.demand(ReasonWriter(because, words, verb))


def which_names(line: PointsLine, words: Words) -> tuple[str, ...]:
    """Return the names of what counted: members of a list (of `each_missing` the missing ones), groups, or events."""
    return ReasonWriter(line.because, words, line.verb).which() if line.because else ()


def _why(line: PointsLine, because: Because, words: Words, places: int) -> str:
    writer = ReasonWriter(because, words, line.verb)
    text = writer.say("then").join(filter(None, (because.basis.line(writer), writer.cost(places))))
    if because.guard is not None and not isinstance(because.basis, Once):
        text += writer.say("guarded", guard=writer.test(because.decided.get(because.guard, because.guard)))
    if because.cap is not None and line.is_capped:
        text += writer.say("capped", cap=plain(because.cap))
    if line.missing:
        text = _short(text, line, because, writer, places)
    elif not writer.is_award and (spared := because.basis.unmet(writer).earns):
        text += writer.say("aside", text=spared)
    return text + (writer.say("note", note=because.note) if because.note else "")


def _short(text: str, line: PointsLine, because: Because, writer: "ReasonWriter", places: int) -> str:
    """Add to the reason of an award what is missing for all of its points, and what would have earned more."""
    lacks, earns = because.basis.unmet(writer)
    missing, points = (plain(rounded(value, places)) for value in (line.missing, line.points))
    if isinstance(because.basis, Assessed):
        got = ""  # the figure of the assessors are its points
    elif isinstance(because.basis, Once):
        got = writer.say("not awarded", missing=missing)
    elif because.price is not None and because.figures["times"]:
        got = ""  # told with the price
    elif line.points and lacks and group_keys(because.basis):
        text = writer.say("next").join((text, writer.say("awarded in all", points=points), lacks))
        lacks = got = ""
    elif line.points or not lacks:
        got = writer.say("awarded", points=points)
    else:
        got = writer.say("nothing" if line.missing == line.figures["gap"] else "nothing by rule")
    if because.price is not None and not (earns or isinstance(because.basis, Once)):
        earns = writer.each_earns(because.price)
    text = writer.say("then").join(filter(None, (text, lacks, got)))
    return text + (writer.say("aside", text=earns) if earns else "")
