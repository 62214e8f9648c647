"""Random rubrics and facts: every rule kind, modifier and limit of the language, as the text of a rubric file.

What comes out passes `checks.rubric`, and the facts are all that the trees ask for and no more: an assessor's figure
only where its rule applies, a whole of 0 only where nothing is divided by it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Literal, get_args

from msgspec import Struct

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.algebra import Const, reads, walk
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.core.facts import Value, ballot
from dangjian_score.core.points import Mode, plain
from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.demands import Demand, Due, Needless, NoWhole, RuleDemands, Unlisted
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.rubric.model import KINDS, Kind
from tests.support import ready

Raw = str | list["Raw"] | dict[str, "Raw"]
Maker = Callable[[str], dict[str, Raw]]
"""Writes a rule with a verb."""
Family = Literal["count", "number", "percent"]

FAMILIES: tuple[Family, ...] = get_args(Family)
NAMES: Mapping[Family, tuple[str, ...]] = {
    "count": ("次数一", "次数二", "次数三", "次数四"),
    "number": ("数值一", "数值二", "数值三", "差额", "盈余"),
    "percent": ("比率一", "比率二", "比率三", "占比"),
}
COUNTED: Mapping[Family, tuple[str, ...]] = {**NAMES, "number": ("数值三", "盈余")}
"""What `per` may count: what is never below 0."""
FIGURES: Mapping[Family, tuple[str, ...]] = {
    "count": ("1", "2", "3", "4", "6", "7", "10", "12"),
    "number": ("0.5", "1.25", "2.4", "3", "5.5", "7", "0.1", "9.9"),
    "percent": ("5%", "12.5%", "60%", "80%", "90%", "99%", "33%", "100%"),
}
STEPS: Mapping[Family, tuple[str, ...]] = {
    "count": ("1", "2", "3", "4"),
    "number": ("0.1", "0.3", "0.5", "2", "1.5"),
    "percent": ("1%", "0.1%", "5%", "3%"),
}
ANSWERS, LEVELS, DAYS = ("达标甲", "达标乙", "达标丙", "达标丁"), ("等级一", "等级二"), ("日期一", "日期二")
DECLARED: Mapping[str, Raw] = {
    **{name: {"type": "number"} for name in NAMES["number"]},
    "差额": {"difference": ["次数三", "数值一"]},
    "盈余": {"difference": ["数值一", "次数二"], "min": "0"},
    "占比": {"percent": "次数一", "of": ["次数二", "1"]},
    "数值三": {"type": "number", "min": "0", "max": "9.9"},
    **{name: {"levels": ["甲", "乙", "丙"]} for name in LEVELS},
}
AMOUNTS = ("1", "2", "0.5", "0.25", "1/3", "0.05", "1.5", "0.125", "3", "0.7", "10")


class RubricWriter:
    """Writes one random rubric."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._judged = self._named = 0
        self._scored: list[str] = []  # the leaves of this section that are written, whose points others may look at
        self._places = rng.randrange(4)

    panels = 0.3
    """How many of the rules that a panel may judge are judged by one."""

    def text(self) -> str:
        """Write the whole file."""
        return "".join(f"{key}: {_flow(value)}\n" for key, value in self.whole().items())

    def whole(self) -> dict[str, Raw]:
        """Return what the file holds."""
        multiplied = self._chance(0.15)
        bases = [self._section("base", factor="MN"[at] if multiplied else "") for at in range(1 + multiplied)]
        sections: list[Raw] = [*bases, *(self._section(kind) for kind in KINDS[1:] if self._chance(0.6))]
        rounding: dict[str, Raw] = {"total": str(self._rng.randrange(4))} if self._chance(0.5) else {}
        if not rounding or self._chance(0.5):
            rounding["places"] = str(self._places)
        rounding |= self._maybe("mode", *get_args(Mode))
        whole: dict[str, Raw] = {"dangjian": "1", "rubric": "random", "title": "随机细则", "rounding": rounding}
        whole |= {"total": {"product": ["M", "N"], "over": self._rng.choice(("10", "2.5", "7"))}} if multiplied else {}
        whole |= self._maybe("ceiling", "none", "20", "5")
        whole |= self._maybe("floor", "none", "-2", "0.5")
        whole["attributes"] = ["类别"]
        whole["sections"] = sections
        whole["measures"] = self.declared(sections)
        return whole

    @staticmethod
    def declared(written: Raw) -> dict[str, Raw]:
        """Declare the measures that are named somewhere."""
        text = _flow(written)
        named = {name: spec for name, spec in DECLARED.items() if name in text}
        if named.keys() & {"差额", "盈余"}:
            named["数值一"] = DECLARED["数值一"]
        return named

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _maybe(self, key: str, *values: str) -> dict[str, Raw]:
        return {key: self._rng.choice(values)} if self._chance(0.4) else {}

    def _points(self) -> str:
        """Give a figure from 1 on that the decimals of the rubric can write."""
        return plain(1 + Fraction(self._rng.randrange(12 * 10**self._places), 10**self._places))

    # The tree

    def _section(self, kind: Kind, factor: str = "") -> Raw:
        """Write a section; `factor` is the id of one that is multiplied."""
        self._scored = []
        node, _ = self._node(kind, 0)
        if factor:
            node = {key: value for key, value in node.items() if key != "weight"} | {"id": factor}
        return node | ({} if kind == "base" and self._chance(0.5) else {"kind": kind})

    def _node(self, kind: Kind, depth: int, most: str = "") -> tuple[dict[str, Raw], Fraction]:
        """Write a node, or a leaf with a given maximum; the second is what it carries."""
        node: dict[str, Raw] = {"title": "项"}
        if self._chance(0.5):
            self._named += 1
            node["id"] = f"N{self._named}"
        is_group, best = not most and self._is_group(depth), 0
        if is_group and kind != "penalty" and self._chance(0.2):
            same, best = self._points(), self._rng.randint(1, 2)
            below = [self._node(kind, 2, same) for _ in range(3)]
            node["combine"] = {"best": str(best)}
        else:
            below = [self._node(kind, depth + 1) for _ in range(self._rng.randint(1, 2))] if is_group else []
        rules = [self._rule(kind) for _ in range(self._rng.randint(0, 2) if below else self._rng.randint(1, 3))]
        carries = sorted((carries for _, carries in below), reverse=True)[: best or None]
        carried = sum(carries, Fraction(0)) if below else Fraction(most or self._points())
        own, fits = carried, (carried * 10**self._places).denominator == 1
        if most or (kind == "base" and not below) or (kind != "penalty" and fits and self._chance(0.4)):
            node["max"] = plain(carried)
        if not most and self._chance(0.2):
            weight = self._rng.choice(("70", "12.5", "100"))
            node["weight"], carried = f"{weight}%", carried * Fraction(weight) / 100
        node |= {} if below else self._start(kind, rules, has_max="max" in node)
        node |= self._maybe("ceiling", "none", self._points())
        node |= self._maybe(
            "floor", "none", "-3", "0", *(["1"] if own >= 1 else []), *(["-1.5"] if self._places else [])
        )
        node |= {"items": [item for item, _ in below]} if below else {}
        if not below and "id" in node:
            self._scored.append(str(node["id"]))
        return node | ({"rules": [*rules]} if rules else {}), carried

    def _is_group(self, depth: int) -> bool:
        return depth == 0 or (depth == 1 and self._chance(0.3))

    def _start(self, kind: Kind, rules: list[dict[str, Raw]], *, has_max: bool) -> dict[str, Raw]:
        open_ = kind == "base" and len({"award" in rule for rule in rules}) == 2
        if not open_ and self._chance(0.6):
            return {}
        return {"start": "max" if has_max and self._chance(0.5) else self._rng.choice(("0", "-1", "3", self._points()))}

    # Rules

    def _rule(self, kind: Kind) -> dict[str, Raw]:
        if kind != "penalty" and self._chance(0.1):
            return {"forfeit": "true"} | self._guards(always=self._chance(0.8))
        verb = "award" if kind != "penalty" and self._chance(0.5) else "deduct"
        maker = self._rng.choice(self._makers())
        rule = maker(verb)
        may_take_all = maker in (self._tiers, self._by) and rule.keys().isdisjoint(("interpolate", "combine"))
        if kind != "penalty" and may_take_all and verb == "deduct" and self._chance(0.4):
            self._take_all(rule)
        if self._chance(0.15):
            among: list[Raw] = ["村", ["村", "社区"]]
            rule["only"] = {"类别": self._rng.choice(among)}
        return rule | self._guards(always=maker == self._flat) | self._maybe("up_to", "1", "2.5", "0.75")

    def _makers(self) -> tuple[Maker, ...]:
        """Return the ways of writing a rule; those that stand twice are likelier."""
        twice = (self._counted, self._tiers)
        return (self._flat, *twice, *twice, self._members, self._ratio, self._judge, self._by, self._votes)

    def _guards(self, *, always: bool) -> dict[str, Raw]:
        guards: dict[str, Raw] = {}
        if always or self._chance(0.3):
            guards[self._rng.choice(("if", "unless"))] = self._condition(2)
        if self._chance(0.1):
            guards = {"if": self._condition(1), "unless": self._condition(1)}
        return guards

    def _amount(self, verb: str) -> dict[str, Raw]:
        return {verb: self._rng.choice(AMOUNTS)}

    def _flat(self, verb: str) -> dict[str, Raw]:
        return self._amount(verb)

    def _operand(self, family: Family, names: Mapping[Family, tuple[str, ...]] = NAMES) -> Raw:
        terms: list[Raw] = [self._rng.choice(names[family])]
        if family != "percent" and self._chance(0.3):
            terms.append(self._rng.choice((*names[family], *FIGURES[family])))
        return terms if len(terms) > 1 else terms[0]

    def _counted(self, verb: str) -> dict[str, Raw]:
        family = self._rng.choice(FAMILIES)
        basis = self._rng.choice(("per", "per_missing", "per_over"))
        rule = self._amount(verb) | {basis: self._operand(family, COUNTED if basis == "per" else NAMES)}
        if basis != "per":
            rule["of"] = self._rng.choice(FIGURES[family]) if self._chance(0.7) else self._operand(family)
        return rule | self._every(family, due=family == "percent")

    def _every(self, family: Family, *, due: bool) -> dict[str, Raw]:
        if not due and self._chance(0.5):
            return {}
        return {"every": self._rng.choice(STEPS[family])} | self._maybe("steps", "whole", "started", "prorata")

    def _members(self, verb: str) -> dict[str, Raw]:
        members: list[Raw] = [self._condition(1) for _ in range(self._rng.randint(1, 3))]
        basis = self._rng.choice(("each", "each_missing"))
        return self._amount(verb) | {basis: members} | self._every("count", due=False)

    def _take_all(self, rule: dict[str, Raw]) -> None:
        """Let one entry of a deduct table take everything."""
        table = rule["deduct"]
        assert isinstance(table, dict)
        chosen = self._rng.choice(list(table))
        inner = table[chosen]
        if isinstance(inner, dict):
            table, chosen = inner, self._rng.choice(list(inner))
        table[chosen] = "all"

    def _tiers(self, verb: str) -> dict[str, Raw]:
        family = self._rng.choice(FAMILIES)
        keys = self._rng.sample(FIGURES[family], self._rng.randint(1, 4))
        table: dict[str, Raw] = {key: self._rng.choice(AMOUNTS) for key in keys}
        sense = self._rng.choice(("at_least", "above", "at_most", "below"))
        between = self._maybe("interpolate", "true") if len(keys) > 1 and sense in ("at_least", "at_most") else {}
        return {verb: table, sense: self._operand(family)} | between | self._maybe("else", *AMOUNTS)

    def _ratio(self, verb: str) -> dict[str, Raw]:
        family = self._rng.choice(FAMILIES)
        known = family == "percent" or self._chance(0.2)
        whole = self._rng.choice(FIGURES[family]) if known else self._operand(family)
        return (
            self._amount(verb) | {"ratio": self._operand(family), "of": whole} | self._maybe("beyond", "true", "false")
        )

    def _by(self, verb: str) -> dict[str, Raw]:
        table: dict[str, Raw] = {level: self._rng.choice(AMOUNTS) for level in ("甲", "乙", "丙")}
        if self._chance(self.panels):
            self._judged += 1
            return {verb: table, "by": f"评级{self._judged}", "combine": self._combine()} | self._maybe(
                "else", *AMOUNTS
            )
        if self._chance(0.3):
            nested: dict[str, Raw] = {level: {inner: self._rng.choice(AMOUNTS) for inner in table} for level in table}
            both: dict[str, Raw] = {verb: nested, "by": [*LEVELS]}
            return both | self._maybe("else", *AMOUNTS)
        if self._chance(0.4):
            return {verb: {"甲": table["甲"]}, "by": self._rng.choice(LEVELS), "else": self._rng.choice(AMOUNTS)}
        return {verb: table, "by": self._rng.choice(LEVELS)}

    def _votes(self, verb: str) -> dict[str, Raw]:
        table: dict[str, Raw] = {"好": self._rng.choice(AMOUNTS), "中": "1", "差": "0"}
        rule: dict[str, Raw] = {verb: table, "votes": "测评"}
        return rule | self._maybe("of", "returned", "issued")

    def _judge(self, verb: str) -> dict[str, Raw]:
        self._judged += 1
        price: Raw = {"from": "0.5", "to": "2.5"} if self._chance(0.4) else self._rng.choice(("3", "1.5", "10"))
        several: dict[str, Raw] = {"combine": self._combine()} if self._chance(self.panels) else {}
        return {verb: price, "judge": f"评分{self._judged}", **several}

    def _combine(self) -> Raw:
        """Write a way of combining for which a single figure is enough."""
        few: dict[str, Raw] = {"trim": "1", "at_least": "4"}
        return self._rng.choice(("mean", "median", few))

    # Conditions

    def _condition(self, depth: int) -> Raw:
        if depth and self._chance(0.35):
            word = self._rng.choice(("all", "any", "not"))
            if word == "not":
                return {"not": self._condition(depth - 1)}
            members: list[Raw] = [self._condition(depth - 1) for _ in range(self._rng.randint(1, 3))]
            least = {"at_least": str(self._rng.randint(1, len(members)))} if word == "any" and self._chance(0.4) else {}
            return {word: members, **least}
        makers = (self._answer, self._level, self._day, self._compared, self._compared)
        if self._scored and self._chance(0.3):
            return self._points_bound()
        return self._rng.choice(makers)()

    def _points_bound(self) -> Raw:
        nodes: list[Raw] = [*self._rng.sample(self._scored, min(len(self._scored), self._rng.randint(1, 2)))]
        hows = self._rng.sample(("at_least", "at_most", "above", "below"), self._rng.randint(1, 2))
        bounds: dict[str, Raw] = {how: self._rng.choice(("0", "1", "2.5", "4", "7", "1/3")) for how in hows}
        return {"points": nodes if len(nodes) > 1 else nodes[0], **bounds}

    def _answer(self) -> Raw:
        name = self._rng.choice(ANSWERS)
        return name if self._chance(0.6) else {name: self._rng.choice(("是", "否", "true", "false"))}

    def _level(self) -> Raw:
        level, other = self._rng.sample(("甲", "乙", "丙", "无"), 2)
        says: tuple[Raw, ...] = (level, {"equals": level}, {"one_of": [level, other]})
        return {self._rng.choice(LEVELS): self._rng.choice(says)}

    def _day(self) -> Raw:
        says: tuple[Raw, ...] = (
            "2024-03-05",
            {"before": "2024-06-30"},
            {"after": "2024-01-31", "before": "2024-12-01"},
        )
        return {self._rng.choice(DAYS): self._rng.choice(says)}

    def _compared(self) -> Raw:
        family = self._rng.choice(FAMILIES)
        figure, other = self._rng.sample(FIGURES[family], 2)
        hows = self._rng.sample(("at_least", "at_most", "above", "below", "equals"), self._rng.randint(1, 2))
        says: tuple[Raw, ...] = (figure, dict.fromkeys(hows, other), {"one_of": [figure, other]})
        return {self._rng.choice(NAMES[family]): self._rng.choice(says)}


def condition(rng: Random) -> str:
    """Write a condition, as text."""
    return _flow(RubricWriter(rng)._condition(1))  # noqa: SLF001


def _flow(raw: Raw) -> str:
    match raw:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in raw.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, raw)) + "]"
        case _:
            return raw


# Facts


class FactMaker:
    """Makes random facts of one program; its constants are likely, since things happen there."""

    def __init__(self, rng: Random, program: Program) -> None:
        self._rng = rng
        known = catalogue(program)
        self._measures = known.measures
        self._votes = [ballot(measure, name) for measure, levels in known.ballots.items() for name in levels]
        self._votes += [ballot(measure, column) for measure, column in sorted(known.turnout)]
        self._asked = [RuleDemands.by(rule) for rule in program.rules]
        self._ranges = {b.measure: b for b in (rule.basis for rule in program.rules) if isinstance(b, Assessed)}
        trees = [tree for rule in program.rules for tree in rule.trees]
        self._likely: dict[tuple[Fraction, Fraction, int], list[Fraction]] = {}
        self._constants = sorted({node.value for tree in trees for node in walk(tree) if isinstance(node, Const)})

    def unit(self) -> dict[str, Value]:
        """Make one unit's facts, mended until the trees have what they ask for."""
        values = {name: self._value(measure) for name, measure in self._measures.items()}
        values |= {name: Fraction(self._rng.randrange(4)) for name in self._votes}
        while unmet := self._unmet(values):
            for demand in unmet:
                match demand:
                    case NoWhole(whole):
                        votes = {name: Fraction(1) for name in reads(whole) if name in self._votes}
                        others = [name for name in reads(whole) if name not in votes]
                        values |= votes | {name: self._value(self._measures[name], above=0) for name in others}
                    case Due(measure) if measure in self._votes:
                        values[measure] = Fraction(self._rng.randrange(1, 12))
                    case Needless(measure):
                        values.pop(measure, None)
                    case Due(measure):
                        values[measure] = self._value(self._measures[measure])
                    case _:
                        raise AssertionError(demand)
        return values

    def _unmet(self, values: Mapping[str, Value]) -> list[Demand]:
        unit = self._ready(values)
        unmet = (demand for asked in self._asked for demand in asked.unmet(unit))
        return [demand for demand in unmet if not isinstance(demand, Unlisted)]  # of a level there are the points alone

    def _ready(self, values: Mapping[str, Value]) -> Ready:
        return ready(values)

    def _value(self, measure: Measure, above: int | None = None) -> Value:
        if (judged := self._ranges.get(measure.name)) is not None:
            return self._rng.choice((judged.least, judged.most, self._between(judged.least, judged.most, 100)))
        match measure.kind:
            case "yes_no":
                return self._rng.random() < 0.5
            case "text":
                return self._rng.choice(("村", "社区", "机关"))
            case "level":
                if measure.name == "类别":
                    return self._rng.choice(("村", "社区", "机关"))
                return self._rng.choice((*measure.levels, "无"))
            case "count" | "date":
                return self._figure(measure, 1, above)
            case _:
                return self._figure(measure, self._rng.choice((10, 100, 1000)), above)

    def _figure(self, measure: Measure, scale: int, above: int | None) -> Fraction:
        usual = {"date": (date(2024, 1, 1).toordinal(), date(2024, 12, 31).toordinal()), "number": (-3, 13)}
        low, high = usual.get(measure.kind, (0, 1 if measure.kind == "percent" else 13))
        least = Fraction(low) if measure.least is None else max(measure.least, Fraction(low))
        most = Fraction(high) if measure.most is None else min(measure.most, Fraction(high))
        if (key := (least, most, scale)) not in self._likely:
            fits = [
                number for number in self._constants if least <= number <= most and (number * scale).denominator == 1
            ]
            self._likely[key] = fits
        likely = self._likely[key]
        drawn = self._rng.choice(likely) if likely and self._rng.random() < 0.5 else self._between(least, most, scale)
        return drawn if above is None or drawn > above else most

    def _between(self, least: Fraction, most: Fraction, scale: int) -> Fraction:
        return Fraction(self._rng.randint(ceil(least * scale), floor(most * scale)), scale)


class Sample(Struct, frozen=True):
    """A rubric with units to score."""

    text: str
    program: Program
    units: tuple[dict[str, Value], ...]


def samples(seed: int, rubrics: int, units: int) -> Iterator[Sample]:
    """Make as many rubrics, each with as many units; the same seed gives the same."""
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    for _ in range(rubrics):
        text = RubricWriter(rng).text()
        loaded = load(text.encode(), "random.yaml")
        assert isinstance(loaded, Loaded), (text, loaded)
        assert not has_errors(checks.check(Study(loaded))), (text, checks.check(Study(loaded)))
        program = compile_rubric(loaded.rubric)
        maker = FactMaker(rng, program)
        yield Sample(text, program, tuple(maker.unit() for _ in range(units)))
