"""Random rubrics with everything at once, and units of few different figures for them, as plain data."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.engine.whole_oracle import NA, Data

Tree = dict[str, Any]


class Maker:
    """Draws one rubric, and units for it."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"whole {seed}")  # noqa: S311  a test repeats itself
        self.rounds = self.draw("", "", "weights", "mean")
        self.measures: Tree = {}
        self.entered: dict[str, tuple[str, ...]] = {}  # what may be entered, by measure
        self.in_rounds: set[str] = set()
        self.leaves = 0

    def draw(self, *among: Any) -> Any:
        return self.chance.choice(among)

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    # The rubric

    def rubric(self) -> Tree:
        sections = [self.base(at) for at in range(self.draw(2, 2, 3))]
        sections += [self.bonus()] if self.often(0.5) else []
        sections += [self.penalty()] if self.often(0.3) else []
        text: Tree = {"attributes": ["类别", "片区"], "rounding": {"total": self.draw("0", "0", "1", "2")}}
        self.entered |= {"类别": ("机关", "企业"), "片区": ("东", "西")}
        if self.rounds:
            weights = {"names": ["甲轮", "乙轮"], "combine": "mean"}
            text["rounds"] = weights if self.rounds == "mean" else {"甲轮": "40%", "乙轮": "60%"}
        text |= {"groups": "类别"} if self.often(0.6) else {}
        if self.often(0.3):
            text["excluded"] = [{"title": "新成立", "if": {self.asked("成立月数", "3", *["12"] * 8): {"below": "6"}}}]
        if self.often(0.3):
            text["unranked"] = {"title": "不满半年", "if": {self.asked("参加月数", "3", *["12"] * 8): {"below": "6"}}}
        text["vetoes"] = [*self.vetoes()]
        text["sections"] = sections
        nodes = [section["id"] for section in sections if section.get("kind", "base") == "base"]
        text["grades"] = self.grades(nodes)
        text["tie_break"] = [*self.ties([node["id"] for section in sections for node in below(section)])]
        text["selections"] = [*self.selections()]
        text["measures"] = self.measures
        return {key: value for key, value in text.items() if value not in ([], {}) or key == "measures"}

    def asked(self, measure: str, *values: str) -> str:
        """Ask for a measure in a condition."""
        self.entered[measure] = values
        self.in_rounds |= {measure} if self.rounds else set()
        return measure

    def base(self, at: int) -> Tree:
        once = bool(self.rounds) and (at == 0 or self.often(0.3))
        section = (
            self.group(f"{'ABC'[at]}", 0, once or not self.rounds)
            if self.often(0.8)
            else self.leaf("ABC"[at], self.draw("10", "20"), once or not self.rounds)
        )
        section |= {"weight": self.draw("50%", "70%")} if self.often(0.4) else {}
        return section | ({"rounds": "none"} if once else {})

    def group(self, id_: str, depth: int, once: bool) -> Tree:
        node: Tree = {"id": id_, "title": f"类{id_}"}
        count = self.chance.randint(2, 4)
        if self.often(0.25):
            most, weight = self.draw("4", "6"), self.draw(None, None, "50%")
            node["items"] = [self.leaf(f"{id_}{at}", most, once, weight) for at in range(count)]
            node["combine"] = {"best": str(self.chance.randint(1, count - 1))}
        else:
            node["items"] = [
                self.group(f"{id_}{at}", depth + 1, once)
                if depth == 0 and self.often(0.25)
                else self.leaf(f"{id_}{at}", self.draw("4", "6", "10"), once, self.draw(*[None] * 4, "50%"))
                for at in range(count)
            ]
        if self.often(0.15):
            node["rules"] = [{self.draw("deduct", "award"): self.draw("1", "2"), "if": self.flag(f"组{id_}", once)}]
        if depth and self.often(0.3):
            node["weight"] = "50%"
        elif self.often(0.4) and any("if_na" in leaf for leaf in below(node)):
            node["rescale_in"] = "group"
        return node

    def flag(self, name: str, once: bool) -> str:
        self.entered[name] = ("否", "否", "是")
        self.in_rounds |= set() if once else {name}
        return name

    def leaf(self, id_: str, most: str, once: bool, weight: str | None = None) -> Tree:
        self.leaves += 1
        may_lack = self.draw(None, None, "rescale", "rescale", "full", "zero")
        rule, lacks = self.rule(id_, most, once, may_lack is not None)
        node: Tree = {"id": id_, "title": f"项{id_}", "max": most, "rules": [rule]}
        node |= {"if_na": may_lack} if may_lack and lacks else {}
        return node | ({"weight": weight} if weight else {})

    def rule(self, id_: str, most: str, once: bool, may_lack: bool) -> tuple[Tree, bool]:
        """Write a rule of a leaf; the second is whether its measure may be 不适用."""
        kind = self.draw("per", "per", "judge", "if", *(["result"] * 3 if once else []))
        name = f"数{id_}"
        lack = (NA,) if may_lack else ()
        if kind == "result":
            return self.of_result(most, may_lack)
        self.in_rounds |= set() if once else {name}
        if kind == "if":
            self.entered[name] = ("否", "否", "是")
            return {"deduct": self.draw("2", "3"), self.draw("if", "unless"): name}, False
        if kind == "judge":
            self.entered[name] = ("0", most, most, "2", "3", "3.5", *lack)
            return {"award": most, "judge": name}, may_lack
        self.entered[name] = ("0", "0", "1", "1", "2", "5", *lack)
        return {"deduct": self.draw("1", "2"), "per": name} | ({"up_to": "3"} if self.often(0.2) else {}), may_lack

    def of_result(self, most: str, may_lack: bool) -> tuple[Tree, bool]:
        """Write a rule on a figure of another rubric, of the unit itself or of those below it."""
        which = self.draw("自身总分", "自身项", "得分率", "各村平均", "各村合计")
        spec = {
            "自身总分": {"result": "zi", "points": "total"},
            "自身项": {"result": "zi", "points": "N1"},
            "得分率": {"result": "lv", "points": "rate"},
            "各村平均": {"result": "cun", "points": "total", "within": "所属镇", "combine": "mean"},
            "各村合计": {"result": "cun", "points": "total", "within": "所属镇", "combine": "sum"},
        }[which]
        name = which + ("甲" if may_lack else "乙")
        self.measures[name] = spec | ({"missing": NA, "result": spec["result"] + "-ke"} if may_lack else {})
        percent = "%" if which == "得分率" else ""
        if self.often(0.5):
            table = {f"95{percent}": most, f"80{percent}": "2", f"60{percent}": "1"}
            return {"award": table, "at_least": name}, may_lack
        return {"award": most, "ratio": name, "of": f"100{percent}"}, may_lack

    def bonus(self) -> Tree:
        each = bool(self.rounds) and self.often(0.5)
        once = not each
        node: Tree = {"id": "J", "title": "加分", "kind": "bonus", "max": "3"}
        name = "加分次数"
        self.entered[name] = ("0", "0", "1", "2", "5")
        self.in_rounds |= {name} if each else set()
        node["rules"] = [{"award": "1", "per": name}]
        if not self.rounds:
            parts = [{"points": "A", "at_least": "4"}, {"points": "B", "above": "6"}]
            node["rules"].append({"award": "0.5", "each": parts})
        if self.often(0.3):
            ruled = enumerate(node.pop("rules"))
            node["items"] = [{"id": f"J{at}", "title": f"加{at}", "max": "2", "rules": [rule]} for at, rule in ruled]
        return node | ({"rounds": "each"} if each else {}) | ({"weight": "50%"} if once and self.often(0.3) else {})

    def penalty(self) -> Tree:
        self.entered["通报次数"] = ("0", "0", "0", "1", "2")
        return {"id": "K", "title": "扣分", "kind": "penalty", "rules": [{"deduct": "1", "per": "通报次数"}]}

    def condition(self) -> Any:
        """Write a condition over points, facts, or some of several."""
        points = {"points": self.draw("A", "B", ["A", "B"]), self.draw("at_least", "below"): self.draw("5", "8", "12")}
        if self.rounds and self.often(0.7):
            points["over"] = "all"
        fact = self.draw(
            self.asked("受通报", "否", "否", "是"), {self.asked("信访", "0", "0", "1", "2"): {"at_least": "1"}}
        )
        several = {"any": [{"points": "A", "at_least": "5"}, {"points": "B", "at_least": "5"}, fact]}
        known = [name for name, spec in self.measures.items() if "missing" not in spec and spec["points"] != "rate"]
        taken = [{name: {"at_least": "90"}} for name in known] if not self.rounds else []
        both = {"all": [points, fact]}
        return self.draw(points, fact, several | {"at_least": self.draw("2", "3")}, {"not": fact}, both, *taken)

    def vetoes(self) -> Iterator[Tree]:
        if self.often(0.5):
            asked = self.asked("事故", *"否否否否否是")
            yield {"title": "事故", "if": asked, self.draw("grade", "grade_at_most", "grade_at_most"): "合格"}
        if self.often(0.3):
            asked = self.asked("造假", *"否否否否否否是")
            yield {"title": "造假", "if": asked, "total": self.draw("0", "9")}
        if self.often(0.3):
            points = {"points": self.draw("A", "B"), "below": self.draw("3", "5")}
            yield {"title": "短板", "if": points, "grade_at_most": "良好", "selections": self.draw("true", "false")}

    def grades(self, sections: list[str]) -> Tree:
        first, second, third = self.draw(("24", "18", "8"), ("20", "12", "6"), ("30", "22", "15"))
        best = {self.draw("at_least", "above"): first}
        starts: Tree = {"优秀": best, "良好": {"at_least": second}, "合格": {"at_least": third}}
        listed = {name: start | (self.quota() if self.often(0.6) else {}) for name, start in starts.items()}
        for grade in listed.values():
            if self.often(0.3):
                grade[self.draw("if", "unless")] = self.condition()
            if self.often(0.15):
                grade["sections"] = {self.draw(*sections): self.draw("4", "50%")}
        if self.often(0.3):
            listed["合格"][self.draw("if", "unless")] = self.condition()
            listed["预备"] = {"at_least": third}
        return {**listed, "不合格": "0"}

    def quota(self) -> Tree:
        quota = {"quota": self.draw("10%", "25%", "30%", "50%", "34%")}
        quota |= {"quota_of": self.draw("all", "taking_part")} if self.often(0.5) else {}
        quota |= {"quota_rounding": self.draw("down", "nearest")} if self.often(0.5) else {}
        return quota | ({"at_least_one": "true"} if self.often(0.3) else {})

    def ties(self, nodes: list[str]) -> Iterator[Any]:
        if self.often(0.4):
            yield self.draw(*nodes)
        if self.often(0.3):
            lowest = {"lowest_first": "true"} if self.often(0.5) else {}
            yield {"measure": self.asked("信访", "0", "0", "1", "2")} | lowest
        figures = [name for name, values in self.entered.items() if NA in values] + [*self.measures]
        if figures and self.often(0.3):
            yield {"measure": self.draw(*figures)}
        if self.often(0.2):
            yield {"points": self.draw(*nodes), "lowest_first": "true"}

    def selections(self) -> Iterator[Tree]:
        within = {"within": "片区"} if self.often(0.4) else {}
        if self.often(0.6):
            quota = {"quota": self.draw("20%", "34%", "50%"), "quota_of": self.draw("all", "taking_part")}
            more = {"at_least": self.draw("10", "20")} if self.often(0.5) else {}
            yield {"title": "先进", **quota, **more, **(within if self.often(0.5) else {})}
        if self.often(0.4):
            yield {"title": "一等奖", "places": "1", **within}
            yield {"title": "二等奖", "places": self.draw("1", "2"), **self.draw(within, {}, {"within": "片区"})}
        if self.often(0.3):
            yield {"title": "批评", "below": self.draw("10", "20")}
        if self.often(0.3):
            yield {"title": "标兵", "at_least": "8", "if": self.condition()}

    # Units

    def units(self, text: Data) -> dict[str, Tree]:
        """Draw units of few different figures, so that ties are common."""
        kinds = [self.unit(text) for _ in range(3)]
        found: dict[str, Tree] = {}
        for name in "一二三四五六七八"[: self.chance.randint(1, 8)]:
            unit = self.draw(*kinds, self.unit(text))
            facts = {**unit["facts"], "类别": self.draw("机关", "企业"), "片区": self.draw("东", "西")}
            found[f"单位{name}"] = {**unit, "facts": facts}
            if self.often(0.08):
                fixed = {"会议": "党委会", "日期": "2024-12-20", "理由": "研究", "批准人": "王某"}
                found[f"单位{name}"]["grade_ruling"] = {"审定等次": self.draw(*text["grades"]), **fixed}
        return found

    def unit(self, text: Data) -> Tree:
        whole = {name: self.draw(*values) for name, values in self.entered.items() if name not in self.in_rounds}
        unit: Tree = {"facts": whole, "results": {}}
        if self.rounds:
            unit["rounds"] = {
                round_: {name: self.draw(*self.entered[name]) for name in sorted(self.in_rounds)}
                for round_ in ("甲轮", "乙轮")
            }
        lacking, villages = self.often(0.3), dict[str, list[str]]()
        for name, spec in self.measures.items():
            figures = {"total": ("100", "95", "80", "86.5"), "rate": ("95%", "62.5%", "80%")}.get(
                spec["points"], ("100", "95", "200/3")
            )
            none = lacking and "missing" in spec
            if "within" in spec:
                some = [self.draw(*figures) for _ in range(self.draw(1, 2, 3))]
                those = ["不参评"] * self.draw(0, 1) if none else some + ["不参评"] * self.draw(0, 0, 1)
                unit["results"][name] = villages.setdefault(spec["result"], those)
            elif not none:
                unit["results"][name] = self.draw(*figures)
        return unit


def below(node: Data) -> Iterator[Data]:
    yield node
    for item in node.get("items", ()):
        yield from below(item)
