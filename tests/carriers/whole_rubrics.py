"""Random rubrics as whole assessments: the trees of `generate`, and all that joins units, events, rounds and ranks.

Registers (groups, periods, `highest_per`), panels, comparisons with other units, rounds, attributes, 不适用, blanks,
groups, exclusions, vetoes, grades under quotas, selections, ties. A text that checks refuse is drawn again.
"""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Final

from dangjian_score.rubric.model import Kind
from tests.carriers.generate import AMOUNTS, ANSWERS, NAMES, Maker, Raw, RubricWriter

PERIODS: Final[tuple[Raw, ...]] = ("month", "two_months", "quarter", "half_year", "fortnight", "week", "year")
CASES: Final[tuple[Raw, ...]] = ("案件", ["案件", "人员"])
COUNTED, GRADED, JUDGED = ("会议", "投诉", "活动"), "处分", "通报"
"""Registers: of events that are counted, of events with a level, of events that are judged one by one."""
RANKED: Final = ("积分甲", "积分乙")
BY_CATEGORY: Final[tuple[Raw, ...]] = (
    {"领导": "60%", "群众": "40%"},
    {"上级": "50%", "同级": "30%", "下级": "20%"},
)
GRADES: Final = ("优秀", "良好", "合格", "不合格")
SHARE: Final = 0.03
"""How many rubrics ask for what columns leave to the exact engine."""


class WholeWriter(RubricWriter):
    """Writes one random rubric with all that a whole assessment has."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._rounds = rng.random() < 0.25
        self._registers = rng.random() < 0.5
        self._compares = rng.random() < 0.4
        self.panels = SHARE if self._rounds or rng.random() < 0.5 else 0.5

    def whole(self) -> dict[str, Raw]:
        """Return what the file holds."""
        whole = super().whole() | {"subject": "党支部", "period": "2024"}
        sections = whole["sections"]
        assert isinstance(sections, list)
        if self._rounds:
            whole["rounds"] = self._of_rounds(sections)
        if self._chance(0.3):
            rounding = whole["rounding"]
            assert isinstance(rounding, dict)
            rounding["sections"] = self._rng.choice(("0", "1", "2"))
        whole |= {"groups": "类别"} if self._chance(0.3) else {}
        whole |= self._outside("excluded") | self._outside("unranked")
        whole |= self._graded() if self._chance(0.7) else {}
        whole |= {"vetoes": self._vetoes("grades" in whole)} if self._chance(0.5) else {}
        whole |= {"selections": self._selections("grades" in whole)} if self._chance(0.5) else {}
        whole |= {"tie_break": self._ties(sections)} if self._chance(0.5) else {}
        whole["measures"] = self._measures([{key: value for key, value in whole.items() if key != "measures"}])
        return whole

    # The tree

    def _node(self, kind: Kind, depth: int, most: str = "") -> tuple[dict[str, Raw], Fraction]:
        node, carried = super()._node(kind, depth, most)
        if "items" not in node and depth and kind == "base" and self._chance(0.3):
            node["if_na"] = self._rng.choice(("rescale", "full", "zero"))
        if "items" in node and kind == "base" and self._chance(0.1):
            node["rescale_in"] = "group"
        if self._registers and "items" in node and self._chance(0.15):
            node["highest_per"] = self._rng.choice(CASES)
        return node, carried

    def _of_rounds(self, sections: list[Raw]) -> Raw:
        names = ("上半年", "下半年") if self._chance(0.5) else ("第一轮", "第二轮", "第三轮")
        for section in sections:
            assert isinstance(section, dict)
            if self._chance(0.3):
                section.update(self._rng.choice(({"rounds": "none"}, {"rounds": "each"}, {"round": names[0]})))
        if self._chance(0.5):
            return {"names": [*names], "combine": self._rng.choice(("mean", "sum"))}
        shares = ("40%", "60%") if len(names) == 2 else ("20%", "30%", "50%")
        return dict(zip(names, shares, strict=True))

    def _measures(self, written: Raw) -> dict[str, Raw]:
        """Declare what is named somewhere; now and then a blank cell says something."""
        named = self.declared(written)
        text = str(written)
        blanks = dict.fromkeys(ANSWERS, "否") | dict.fromkeys((*NAMES["count"], *NAMES["number"][:2]), "0")
        for name, blank in blanks.items():
            if f"'{name}'" in text and self._chance(0.3):
                spec = named.get(name, {})
                assert isinstance(spec, dict)
                named[name] = spec | {"blank": blank}
        for name in (*COUNTED, GRADED, JUDGED):
            if f"'{name}'" in text:
                register: dict[str, Raw] = {"register": "true"}
                register |= {"outside": "ignore"} if self._chance(SHARE) else {}
                named[name] = register | ({"required": ["人员"]} if self._chance(0.2) else {})
        return named | {name: {"type": "number", "min": "1"} for name in RANKED if name in text}

    # Rules

    def _makers(self) -> tuple[Maker, ...]:
        events: tuple[Maker, ...] = (self._events, self._due_events, self._graded_events, self._judged_events)
        others: tuple[Maker, ...] = (self._ranked, self._against_others)
        return (*super()._makers(), *(events * self._registers), *(others * self._compares * 2))

    def _events(self, verb: str) -> dict[str, Raw]:
        """Write a rule on each event of a register, kept, priced and grouped somehow."""
        rule: dict[str, Raw] = {**self._amount(verb), "per": self._rng.choice(COUNTED), **self._kept()}
        return rule | (self._grouped(rule) or self._every("count", due=False))

    def _kept(self) -> dict[str, Raw]:
        """Say which events count, and what they are worth."""
        where: tuple[Raw, ...] = ("查实", {"not": "撤销"}, {"次序": {"at_least": "2"}})
        times: tuple[Raw, ...] = ({"主动": "1/2"}, {"身份": {"甲": "1", "乙": "50%"}}, {"份额": "value"})
        keys: dict[str, Raw] = {
            "where": self._rng.choice(where),
            "plus": {"重复": self._rng.choice(AMOUNTS)},
            "times": self._rng.choice(times),
            "divided_by": "单位数",
        }
        return {key: value for key, value in keys.items() if self._chance(0.3)} | self._cases()

    def _cases(self) -> dict[str, Raw]:
        return {"highest_per": self._rng.choice(CASES)} if self._chance(0.35) else {}

    def _grouped(self, rule: dict[str, Raw]) -> dict[str, Raw]:
        if self._chance(1 - SHARE if "highest_per" in rule else 0.5):
            return {}
        keys: tuple[Raw, ...] = (*PERIODS, "人员", ["人员", "quarter"])
        return {"for_each": self._rng.choice(keys)} | self._maybe("cap_each", "1", "2.5", "0.75")

    def _due_events(self, verb: str) -> dict[str, Raw]:
        """Write a rule on events that are missing or too many, in all or in each period."""
        basis = self._rng.choice(("per_missing", "per_over"))
        rule: dict[str, Raw] = {basis: self._rng.choice(COUNTED), "of": self._rng.choice(("1", "2", "4"))}
        rule |= {"where": "查实"} if self._chance(0.3) else {}
        keys: tuple[Raw, ...] = (*PERIODS, ["人员", "half_year"])
        return self._amount(verb) | rule | ({"for_each": self._rng.choice(keys)} if self._chance(0.7) else {})

    def _graded_events(self, verb: str) -> dict[str, Raw]:
        table: dict[str, Raw] = {level: self._rng.choice(AMOUNTS) for level in ("甲", "乙", "丙")}
        rule: dict[str, Raw] = {verb: table, "by": GRADED, **self._kept()}
        return rule | self._grouped(rule)

    def _judged_events(self, verb: str) -> dict[str, Raw]:
        rule: dict[str, Raw] = {verb: {"from": "0.5", "to": "2.5"}, "per": JUDGED, "judge": "酌定", **self._kept()}
        return rule | self._grouped(rule)

    def _ranked(self, verb: str) -> dict[str, Raw]:
        places = sorted(self._rng.sample(range(1, 20), 3))
        table: dict[str, Raw] = {str(place): self._rng.choice(AMOUNTS) for place in places}
        rule: dict[str, Raw] = {verb: table, "rank": self._rng.choice((*RANKED, *NAMES["count"]))}
        rule |= {"within": "类别"} if self._chance(0.3) else {}
        return rule | self._maybe("lowest_first", "true", "false") | self._maybe("else", *AMOUNTS)

    def _against_others(self, verb: str) -> dict[str, Raw]:
        """Write a rule that holds a figure against those of all units."""
        basis, name = self._rng.choice(("per_missing", "per_over", "ratio")), self._rng.choice(RANKED)
        whole: dict[str, Raw] = {self._rng.choice(("mean", "median", "best")): name}
        return self._amount(verb) | {basis: name, "of": whole}

    def _combine(self) -> Raw:
        """Write a way of combining; in rounds one for which a single figure is enough."""
        ways: tuple[Raw, ...] = ("trimmed_mean", {"trim": "2", "at_least": "6"}, *BY_CATEGORY)
        return super()._combine() if self._rounds or self._chance(0.4) else self._rng.choice(ways)

    # Conditions

    def _condition(self, depth: int) -> Raw:
        if self._registers and self._chance(0.15):
            return self._about_events()
        return super()._condition(depth)

    def _about_events(self) -> Raw:
        some: tuple[Raw, ...] = ({"some": {"查实": "是"}}, {"some": "查实", "at_least": "2"})
        says: tuple[Raw, ...] = (*some, "2", {"at_least": "3"}, {"below": "2"})
        graded: tuple[Raw, ...] = ({"one_of": ["甲", "乙"]}, {"at_least": "1"})
        return (
            {self._rng.choice(COUNTED): self._rng.choice(says)}
            if self._chance(0.7)
            else {GRADED: self._rng.choice(graded)}
        )

    def _plainly(self, write: Callable[[int], Raw]) -> Raw:
        """Write a condition that looks at no points."""
        scored, self._scored = self._scored, []
        written = write(1)
        self._scored = scored
        return written

    # Over all

    def _outside(self, key: str) -> dict[str, Raw]:
        if not self._chance(0.3):
            return {}
        seldom: Raw = {"all": [self._plainly(super()._condition), self._plainly(super()._condition)]}
        return {key: [{"title": "新成立", "if": seldom}]}

    def _vetoes(self, graded: bool) -> Raw:
        effects: list[dict[str, Raw]] = [{"total": "3"}, {"total": "0", "selections": "true"}]
        effects += [{"grade": "不合格"}, {"grade_at_most": "合格"}] if graded else []
        return [
            {"title": f"否决{at}", "if": {"all": [self._condition(1), self._condition(0)]}, **self._rng.choice(effects)}
            for at in range(self._rng.randint(1, 2))
        ]

    def _graded(self) -> dict[str, Raw]:
        least = sorted(self._rng.sample(range(1, 15), 3), reverse=True)
        grades: dict[str, Raw] = {}
        for name, bound in zip(GRADES, least, strict=False):
            grade: dict[str, Raw] = {self._rng.choice(("at_least", "above")): str(bound)}
            grade |= self._limit() if self._chance(0.5) else {}
            grade |= {self._rng.choice(("if", "unless")): self._condition(1)} if self._chance(0.4) else {}
            grades[name] = grade
        return {"grades": grades | {GRADES[-1]: "0"}} | self._maybe("grades_on", "base", "total")

    def _limit(self) -> dict[str, Raw]:
        if self._chance(0.4):
            return {"places": str(self._rng.randint(1, 9))}
        limit: dict[str, Raw] = {"quota": self._rng.choice(("10%", "30%", "12.5%", "50%"))}
        limit |= self._maybe("quota_of", "all", "taking_part") | self._maybe("quota_rounding", "down", "nearest")
        return limit | self._maybe("at_least_one", "true", "false")

    def _selections(self, graded: bool) -> Raw:
        bounds = self._rng.choice(("2", "5", "8", "11"))
        kinds: list[dict[str, Raw]] = [
            {"title": "先进", "at_least": bounds, **self._limit()},
            {"title": "一等奖", "places": "2"},
            {"title": "二等奖", "places": "3", "if": self._condition(1)},
            {"title": "分类奖", "places": "1", "within": "类别"},
            {"title": "批评", "below": bounds},
            {"title": "约谈", "lowest_first": "true", **self._limit()},
        ]
        if graded:
            kinds += [{"title": "奖励", "grade_at_least": "良好"}, {"title": "惩戒", "grade_at_most": "合格"}]
        chosen = sorted(self._rng.sample(range(len(kinds)), self._rng.randint(1, 4)))
        return [kinds[at] for at in chosen]

    def _ties(self, sections: list[Raw]) -> Raw:
        ids: list[Raw] = [section["id"] for section in sections if isinstance(section, dict) and "id" in section]
        measure: dict[str, Raw] = {"measure": self._rng.choice(NAMES["count"]), **self._maybe("lowest_first", "true")}
        ties: list[Raw] = [measure, *({"points": id_} for id_ in ids)]
        return self._rng.sample(ties, self._rng.randint(1, len(ties)))
