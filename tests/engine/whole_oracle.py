"""Points, totals and grades of single units, worked out as a clerk would by hand.

It takes the YAML of a rubric as plain data (every scalar a text) and units as `tests.scenes` has them. It shares no
code with the program: it exists to disagree with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

Data = Mapping[str, Any]
Compare = Callable[[Fraction, Fraction], bool]

NA = "不适用"
ZERO = Fraction(0)
SENSES: Mapping[str, Compare] = {
    "at_least": lambda left, right: left >= right,
    "above": lambda left, right: left > right,
    "at_most": lambda left, right: left <= right,
    "below": lambda left, right: left < right,
}


class NothingAppliesError(Exception):
    """No base item of a unit is left to be scored."""


def number(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


class Mark(NamedTuple):
    """The points of a node and what of its maximum applies; then the same as it counts above."""

    points: Fraction
    due: Fraction
    most: Fraction
    counted: Fraction
    counted_due: Fraction
    counted_most: Fraction


class Figures(NamedTuple):
    """The points of nodes, and the parts of their maxima that apply."""

    points: dict[str, Fraction]
    dues: dict[str, Fraction]

    def beside(self, other: "Figures") -> "Figures":
        return Figures({**self.points, **other.points}, {**self.dues, **other.dues})

    def add(self, other: "Figures", weight: Fraction) -> None:
        for mine, theirs in zip(self, other, strict=True):
            for node, figure in theirs.items():
                mine[node] = mine.get(node, ZERO) + weight * figure


class View(NamedTuple):
    """What a condition looks at: facts, the figures of nodes there, and those over everything."""

    facts: Mapping[str, str]
    own: Figures
    whole: Figures

    def holds(self, asked: Any) -> bool:
        """Tell whether a condition holds."""
        if isinstance(asked, str):
            return self.facts[asked] == "是"
        if "points" in asked:
            nodes = asked["points"] if isinstance(asked["points"], list) else [asked["points"]]
            seen = self.whole if asked.get("over") == "all" else self.own
            return compared(sum((seen.points[node] for node in nodes), ZERO), asked)
        if "any" in asked:
            return sum(map(self.holds, asked["any"])) >= int(asked.get("at_least", 1))
        if "all" in asked:
            return all(map(self.holds, asked["all"]))
        if "not" in asked:
            return not self.holds(asked["not"])
        ((measure, bounds),) = asked.items()
        return compared(number(self.facts[measure]), bounds)


def compared(figure: Fraction, bounds: Data) -> bool:
    return all(SENSES[key](figure, number(bounds[key])) for key in bounds.keys() & SENSES.keys())


class Scored(NamedTuple):
    """A unit that takes part, up to its own grade."""

    points: Mapping[tuple[str | None, str], Fraction]
    total: Fraction
    order: tuple[Fraction, ...]
    meets: frozenset[str]
    grade: str | None
    vetoes: tuple[Data, ...]
    chosen_for: frozenset[int]
    attributes: Mapping[str, str]
    ranked: bool


class Clerk:
    """Works out units by one rubric."""

    def __init__(self, rubric: Data) -> None:
        self.rubric = rubric
        rounds = rubric.get("rounds", {})
        names = rounds.get("names", [*rounds])
        share = Fraction(1, len(names)) if rounds.get("combine") == "mean" else Fraction(1)
        self.weights = {name: share if "names" in rounds else number(rounds[name]) for name in names}

    # Facts

    def facts(self, unit: Data, round_: str | None) -> dict[str, str]:
        found = dict(unit["facts"]) if round_ is None else {**unit["facts"], **unit["rounds"][round_]}
        for measure, spec in self.rubric["measures"].items():
            if "result" in spec:
                found[measure] = self.taken(spec, unit["results"].get(measure))
        return found

    def taken(self, spec: Data, said: Any) -> str:
        """Take a figure of a result; those that have none there are left out of a mean or sum."""
        below = [number(figure) for figure in (said if isinstance(said, list) else [said or NA]) if figure[0] != "不"]
        if not below:
            assert spec.get("missing") == NA
            return NA
        added = sum(below, ZERO)
        return str(added / len(below) if spec.get("combine", "mean") == "mean" else added)

    def together(self, unit: Data) -> dict[str, str]:
        """Add up the rounds: counts are summed, yes in one round is yes."""
        found = self.facts(unit, None)
        for measure in {name for facts in unit.get("rounds", {}).values() for name in facts}:
            given = [unit["rounds"][round_][measure] for round_ in self.weights]
            if set(given) <= {"是", "否"}:
                found[measure] = "是" if "是" in given else "否"
            else:
                found[measure] = str(sum(Fraction(0 if text == NA else text) for text in given))
        return found

    # Points

    def mark(self, node: Data, kind: str, view: View) -> Mark:
        below = [self.mark(item, kind, view) for item in node.get("items", ())]
        points, due, most = self.group(node, kind, below, view) if below else self.leaf(node, kind, view)
        view.own.points[node["id"]], view.own.dues[node["id"]] = points, due
        share = number(node.get("weight", "100%"))
        return Mark(points, due, most, share * points, share * due, share * most)

    def group(self, node: Data, kind: str, below: Sequence[Mark], view: View) -> tuple[Fraction, Fraction, Fraction]:
        counting = [mark for mark in below if mark.due]
        most = sum((mark.counted_most for mark in below), ZERO)
        if "combine" in node:
            best = int(node["combine"]["best"])
            counting = sorted(counting, key=lambda mark: -mark.counted)[:best]
            most = best * below[0].counted_most
        most = number(node["max"]) if "max" in node else most
        due = sum((mark.counted_due for mark in counting), ZERO)
        points = sum((mark.counted for mark in counting), ZERO) + self.ruled(node, view)
        points = max(points, ZERO)
        if ("weight" in node or "rescale_in" in node) and kind == "base":
            points, due = (points / due * most, most) if due else (ZERO, ZERO)
        return min(points, most), due, most

    def leaf(self, node: Data, kind: str, view: View) -> tuple[Fraction, Fraction, Fraction]:
        most = number(node.get("max", "0"))
        if any(view.facts.get(measure) == NA for rule in node["rules"] for measure in self.read_by(rule)):
            wanted = node["if_na"] if kind == "base" else "zero"
            return (most if wanted == "full" else ZERO), (ZERO if wanted == "rescale" else most), most
        only_deducts = all("deduct" in rule for rule in node["rules"])
        start = most if only_deducts and kind != "penalty" else ZERO
        points = start + self.ruled(node, view)
        return (points if kind == "penalty" else min(max(points, ZERO), most)), most, most

    def read_by(self, rule: Data) -> Iterator[str]:
        yield from (rule[key] for key in ("per", "judge", "ratio", "at_least") if key in rule)

    def ruled(self, node: Data, view: View) -> Fraction:
        return sum((self.rule(rule, view) for rule in node.get("rules", ())), ZERO)

    def rule(self, rule: Data, view: View) -> Fraction:
        if ("if" in rule and not view.holds(rule["if"])) or ("unless" in rule and view.holds(rule["unless"])):
            return ZERO
        verb = "award" if "award" in rule else "deduct"
        price, figure = rule[verb], next((number(view.facts[name]) for name in self.read_by(rule)), Fraction(1))
        if "at_least" in rule:
            least_first = sorted(price, key=number)
            reached = [number(price[least]) for least in least_first if figure >= number(least)]
            worth = reached[-1] if reached else number(rule.get("else", "0"))
        elif "judge" in rule:
            worth = figure
        elif "ratio" in rule:
            worth = number(price) * min(figure / number(rule["of"]), Fraction(1))
        elif "each" in rule:
            worth = number(price) * sum(map(view.holds, rule["each"]))
        else:
            worth = number(price) * figure
        worth = min(worth, number(rule["up_to"])) if "up_to" in rule else worth
        return worth if verb == "award" else -worth

    def sections(self, round_: str | None) -> list[Data]:
        """List the sections of a round, or those that are scored once."""
        each = [
            section
            for section in self.rubric["sections"]
            if self.weights
            and section.get("rounds", "each" if section.get("kind", "base") == "base" else "none") == "each"
        ]
        return each if round_ else [section for section in self.rubric["sections"] if section not in each]

    def part(self, sections: Sequence[Data], view: View) -> Fraction:
        """Add up sections, the base ones on the scale of those that apply."""
        kinds = [section.get("kind", "base") for section in sections]
        marks = [(kind, self.mark(section, kind, view)) for kind, section in zip(kinds, sections, strict=True)]
        base = [mark for kind, mark in marks if kind == "base"]
        extra = sum((mark.counted for kind, mark in marks if kind != "base"), ZERO)
        if not base:
            return extra
        due, whole = sum((mark.counted_due for mark in base), ZERO), sum((mark.counted_most for mark in base), ZERO)
        if not due:
            raise NothingAppliesError
        return sum((mark.counted for mark in base), ZERO) * whole / due + extra

    def scored(self, unit: Data) -> Scored:
        facts, together = self.facts(unit, None), self.together(unit)
        once, whole = Figures({}, {}), Figures({}, {})
        sum_ = self.part(self.sections(None), View(facts, once, whole))
        whole.add(once, Fraction(1))
        rounds = {}
        for round_, weight in self.weights.items():
            rounds[round_] = View(self.facts(unit, round_), Figures({}, {}), whole)
            sum_ += weight * self.part(self.sections(round_), rounds[round_])
            whole.add(rounds[round_].own, weight)
        points = {(round_, node): figure for round_, view in rounds.items() for node, figure in view.own.points.items()}
        points |= {(None, node): figure for node, figure in once.points.items()}
        each = [View(view.facts, once.beside(view.own), whole) for view in rounds.values()] or [
            View(together, once, whole)
        ]
        return self.standing(unit, points, sum_, each, [View(together, view.own, whole) for view in each])

    def standing(
        self,
        unit: Data,
        points: Mapping[tuple[str | None, str], Fraction],
        sum_: Fraction,
        each: Sequence[View],
        together: Sequence[View],
    ) -> Scored:
        """Judge a unit by what each round holds, and by all facts together beside the points of each round."""
        said, anywhere = self.rubric, [*each, *together]
        places = int(said["rounding"]["total"])
        total = Fraction(floor(max(sum_, ZERO) * 10**places + Fraction(1, 2)), 10**places)
        vetoes = tuple(veto for veto in said.get("vetoes", ()) if any(view.holds(veto["if"]) for view in anywhere))
        total = min([total, *(number(veto["total"]) for veto in vetoes if "total" in veto)])
        meets = frozenset(name for name in said["grades"] if self.conditions(name, together))
        ranked = "unranked" not in said or not any(view.holds(said["unranked"]["if"]) for view in anywhere)
        order = (total, *(self.tie(tie, together[0]) for tie in said.get("tie_break", ())))
        asked = enumerate(said.get("selections", ()))
        chosen_for = frozenset(at for at, selection in asked if self.fits(selection, total, together))
        attributes = {name: unit["facts"][name] for name in said["attributes"]}
        grade = self.own_grade(total, meets, vetoes) if ranked else None
        return Scored(points, total, order, meets, grade, vetoes, chosen_for, attributes, ranked)

    def tie(self, tie: Any, view: View) -> Fraction:
        tie = {"points": tie} if isinstance(tie, str) else tie
        text = view.facts[tie["measure"]] if "measure" in tie else ""
        figure = view.whole.points[tie["points"]] if "points" in tie else ZERO if text == NA else number(text)
        return -figure if tie.get("lowest_first") == "true" else figure

    # Grades

    def grades(self) -> list[str]:
        """Name the grades from the best to the lowest; of those that begin alike the first written first."""
        listed = self.rubric["grades"]
        return sorted(listed, key=lambda name: (-self.start(name)[0], not self.start(name)[1]))

    def grade(self, name: str) -> Data:
        said = self.rubric["grades"][name]
        return {"at_least": said} if isinstance(said, str) else dict(said)

    def start(self, name: str) -> tuple[Fraction, bool]:
        grade = self.grade(name)
        return number(grade.get("above", grade.get("at_least"))), "above" in grade

    def begins(self, name: str, total: Fraction) -> bool:
        start, above = self.start(name)
        return total > start if above else total >= start

    def conditions(self, name: str, views: Sequence[View]) -> bool:
        grade = self.grade(name)
        if "if" in grade and not all(view.holds(grade["if"]) for view in views):
            return False
        if "unless" in grade and any(view.holds(grade["unless"]) for view in views):
            return False
        seen = views[0].whole
        for section, text in grade.get("sections", {}).items():
            least = number(text) * seen.dues[section] if text.endswith("%") else number(text)
            if seen.points[section] < least:
                return False
        return True

    def own_grade(self, total: Fraction, meets: frozenset[str], vetoes: Sequence[Data]) -> str:
        best_first = self.grades()
        own = next(name for name in best_first if self.begins(name, total) and name in meets)
        for veto in vetoes:
            if "grade" in veto or "grade_at_most" in veto:
                own = max(own, veto.get("grade", veto.get("grade_at_most")), key=best_first.index)
        return own

    def fits(self, selection: Data, total: Fraction, views: Sequence[View]) -> bool:
        """Tell whether a unit meets what a selection asks of totals and facts."""
        reaches = total >= number(selection.get("at_least", "-1000"))
        stays = total < number(selection.get("below", "1000000"))
        return reaches and stays and ("if" not in selection or all(view.holds(selection["if"]) for view in views))

    def is_excluded(self, unit: Data) -> bool:
        facts = [self.together(unit), *(self.facts(unit, round_) for round_ in self.weights)]
        views = [View(one, Figures({}, {}), Figures({}, {})) for one in facts]
        return any(view.holds(one["if"]) for one in self.rubric.get("excluded", ()) for view in views)
