"""Random rubrics with rounds, registers and schedules, and evidence for them, as plain data and as files."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.engine.interim_oracle import (
    NA,
    PIECES,
    Data,
    Desk,
    Due,
    Row,
    Sheet,
    is_once,
    period_of,
    read_by,
    rounds_of,
    when,
)

Rule = dict[str, Any]

QUARTERS: Final = ("一季度", "二季度", "三季度", "四季度")
HALVES: Final = ("上半年", "下半年")
REGISTERS: Final = ("会议", "投诉", "处分")
LEVELS: Final = ("警告", "记过", "撤职")


def flow(data: Any) -> str:
    """Write data as YAML on one line; texts stand as they are."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in data.items()) + "}"
    return "[" + ", ".join(map(flow, data)) + "]" if isinstance(data, list) else str(data)


def yaml_of(rubric: Data) -> bytes:
    return "".join(f"{key}: {flow(value)}\n" for key, value in rubric.items()).encode()


def in_csv(rows: Iterable[Row], columns: Iterable[str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(columns)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass
class Sample:
    """A rubric, units with all that the whole period asks of them, and the files of both."""

    rubric: dict[str, Any]
    sheets: dict[str, Sheet]

    def files(self, sheets: Mapping[str, Sheet], rows_of: Iterable[str]) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Write what was entered, with rows for some rounds, and the roster."""
        rubric, rounds = self.rubric, list(rows_of)
        attributes = rubric.get("attributes", [])
        matrix: list[Row] = []
        for unit, sheet in sheets.items():
            own = {name: sheet.facts[None][name] for name in attributes}
            for round_ in (None, *rounds):
                entered = {name: text for name, text in sheet.facts.get(round_, {}).items() if name not in sheet.panels}
                matrix.append({"单位": unit, **({"轮次": round_ or ""} if rounds_of(rubric) else {}), **own, **entered})
        columns = [name for row in matrix for name in row]
        files = {"汇总.csv": in_csv(matrix, [*columns, *self.measures()])}
        events = [{"单位": unit, **row} for unit, sheet in sheets.items() for row in sheet.events]
        if any(name in rubric["measures"] for name in REGISTERS):
            files["台账.csv"] = in_csv(events, ["单位", "事项", "日期", *(name for row in events for name in row)])
        panels = [
            {"单位": unit, "评委": who, name: points}
            for unit, sheet in sheets.items()
            for name, given in sheet.panels.items()
            if sheet.facts[None].get(name)
            for who, points in given.items()
        ]
        for name in dict.fromkeys(name for sheet in sheets.values() for name in sheet.panels):
            rows = [row for row in panels if name in row]
            files[f"{name}.csv"] = in_csv(rows, ["单位", "评委", name])
        if rulings := [
            {"单位": unit, "指标": node, "调整分": points, "理由": "复核", "批准人": "委员会", "轮次": round_ or ""}
            for unit, sheet in sheets.items()
            for (round_, node), points in sheet.rulings.items()
            if round_ is None or round_ in rounds
        ]:
            columns = [name for name in rulings[0] if name != "轮次" or rounds_of(rubric)]
            files["核定调整.csv"] = in_csv(({name: row[name] for name in columns} for row in rulings), columns)
        return files, {"名册.csv": in_csv(self.roster(sheets), ["单位", "成立日期", "撤销日期"])}

    def roster(self, sheets: Mapping[str, Sheet]) -> list[Row]:
        return [
            {"单位": unit, "成立日期": str(sheet.since or ""), "撤销日期": str(sheet.until or "")}
            for unit, sheet in sheets.items()
        ]

    def measures(self) -> list[str]:
        return [name for name in self.rubric["measures"] if name not in REGISTERS]


@dataclass
class Maker:
    """Makes one sample by chance."""

    random: Random
    measures: dict[str, Rule] = field(default_factory=dict)
    values: dict[str, Callable[[], str]] = field(default_factory=dict)
    combined: set[str] = field(default_factory=set)
    nodes: int = 0
    period: tuple[date, date] = (date(2024, 1, 1), date(2024, 12, 31))
    dated: bool = True

    def choose(self, *options: Any) -> Any:
        return self.random.choice(options)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def named(self, kind: str, value: Callable[[], str], spec: Rule | None = None) -> str:
        name = f"{kind}{len(self.values) + 1}"
        self.values[name] = value
        self.measures[name] = spec or {}
        return name

    def flag(self) -> str:
        return self.named("答", lambda: self.choose("是", "否"), {"type": "yes_no"})

    def count(self, most: int = 6) -> str:
        return self.named("数", lambda: str(self.random.randint(0, most)), {"type": "count"})

    def share(self) -> str:
        return self.named("率", lambda: f"{self.random.randint(0, 20) * 5}%", {"type": "percent"})

    def level(self) -> str:
        return self.named("级", lambda: self.choose("无", *LEVELS), {"levels": list(LEVELS)})

    def points(self, least: int = 1, most: int = 4) -> str:
        return self.random.choice([*(str(at) for at in range(least, most + 1)), "0.5", "1.5"])

    def register(self) -> str:
        name: str = self.choose(*REGISTERS)
        self.measures[name] = {"register": "true", **({"levels": list(LEVELS)} if name == "处分" else {})}
        return name

    def day(self) -> str:
        first, last = self.period
        return str(first + timedelta(days=self.random.randint(0, (last - first).days)))

    def schedule(self, least: int) -> dict[str, str]:
        days = sorted({self.day() for _ in range(self.random.randint(1, 3))})
        amounts = sorted(self.random.randint(least, 6) for _ in days)
        return {day: str(amount) for day, amount in zip(days, amounts, strict=True)}

    # Rules

    def guard(self) -> Rule:
        key = self.choose("if", "unless")
        match self.random.randint(0, 4):
            case 0 | 1:
                return {key: self.flag()}
            case 2:
                how = self.choose("at_least", "above", "at_most", "below")
                return {key: {self.count(): {how: str(self.random.randint(1, 4))}}}
            case 3:
                return {key: {self.choose("all", "any"): [self.flag(), {self.count(): {"at_least": "2"}}]}}
            case _:
                return {key: {"not": self.flag()}}

    def table(self, verb: str) -> Rule:
        keys = sorted(self.random.sample(range(1, 7), self.random.randint(1, 3)))
        entries = sorted(self.random.randint(1, 5) for _ in keys)
        how = self.choose("at_least", "above", "at_most", "below")
        if (how in ("at_most", "below")) == (verb == "deduct") and self.chance(0.5):
            entries.reverse()
        table = {str(key): str(entry) for key, entry in zip(keys, entries, strict=True)}
        if verb == "deduct" and how in ("at_least", "above") and self.chance(0.2):
            table[str(keys[-1])] = "all"
        other = {"else": str(self.random.randint(0, 2))} if self.chance(0.3) else {}
        return {verb: table, **other, how: self.count()}

    def on_entries(self, verb: str) -> Rule:
        """A rule that reads what units enter."""
        worth, kind = self.points(), self.random.randint(0, 11)
        if kind == 0:
            return {verb: worth, "per": self.count(), **self.steps()}
        if kind == 1:
            return {verb: worth, "per_over": self.count(), "of": self.choose("1", "2"), **self.steps()}
        if kind == 2 and verb == "deduct":
            of = self.schedule(0) if self.dated and self.chance(0.5) else self.choose("2", "4")
            return {verb: worth, "per_missing": self.count(), "of": of}
        if kind == 3:
            return {verb: worth, self.choose("each", "each_missing"): [self.flag(), self.flag()]}
        if kind == 4:
            table = dict(zip(LEVELS, ("1", "2", "5"), strict=True))
            if verb == "deduct" and self.chance(0.3):
                table["撤职"] = "all"
            return {verb: table, "by": self.level()}
        if kind in (5, 6):
            return self.judged(verb)
        if kind == 7:
            return self.table(verb)
        if kind == 8:
            how = self.choose("at_least", "below")
            return {
                verb: {"90%": "3", "60%": "1"} if how == "at_least" else {"60%": "3", "90%": "1"},
                how: self.share(),
            }
        if kind == 9 and verb == "award":
            of = self.schedule(1) if self.dated and self.chance(0.5) else self.choose("2", "4")
            return {verb: worth, "ratio": self.count(), "of": of}
        if kind == 10 and verb == "deduct":
            return {"forfeit": "true", **self.guard()}
        return {verb: worth, **self.guard()}

    def judged(self, verb: str) -> Rule:
        most = self.random.randint(2, 5)
        name = self.named("评", lambda: str(self.random.randint(2, most * 2) / 2))
        guard = {"if": self.flag()} if self.chance(0.4) else {}
        rule = {verb: {"from": "1", "to": str(most)} if self.chance(0.4) else str(most), **guard, "judge": name}
        if not guard and self.chance(0.3):
            rule["combine"] = "mean"
            self.combined.add(name)
        return rule

    def steps(self) -> Rule:
        if self.chance(0.7):
            return {}
        return {"every": "2", **self.choose({}, {"steps": "started"}, {"steps": "prorata"})}

    def on_events(self, verb: str) -> Rule:
        """A rule that reads events."""
        worth, name, kind = self.points(), self.register(), self.random.randint(0, 6)
        periods = {"for_each": self.choose("month", "quarter", "half_year")}
        if kind in (0, 1):
            rule = self.priced(verb, name, worth)
        elif kind == 2 and verb == "deduct":
            of = self.choose("1", "2")
            return {verb: worth, "per_missing": name, "of": of, **(periods if self.chance(0.8) else {})}
        elif kind == 3 and verb == "deduct":
            return {verb: worth, "per_missing": name, "of": self.schedule(0)}
        elif kind == 4:
            rule = {verb: worth, "per_over": name, "of": self.choose("1", "2")}
        elif kind == 5:
            return {verb: worth, self.choose("if", "unless"): {name: {"at_least": self.choose("1", "2")}}, **periods}
        else:
            keys = sorted(self.random.sample(range(4), self.random.randint(1, 2)))
            how = self.choose("at_least", "above", "at_most", "below")
            rule = {verb: {str(key): self.points(1, 3) for key in keys}, how: name}
        grouping = periods if self.chance(0.7) else {"for_each": "人员"} if kind in (0, 1) else {}
        if grouping and self.chance(0.5):
            grouping = {**grouping, "cap_each": self.choose("1", "2", "3")}
        return rule | (grouping if self.chance(0.7) else {})

    def priced(self, verb: str, name: str, worth: str) -> Rule:
        rule: Rule = {verb: worth, "per": name}
        if name == "处分" and self.chance(0.7):
            rule = {verb: {"警告": "1", "记过": "2"}, "else": "3", "by": name}
        if self.chance(0.3):
            rule["where"] = "查实"
        if self.chance(0.2):
            rule["plus"] = {"重犯": "0.5"}
        if self.chance(0.2):
            rule["times"] = {"主动": "0.5"}
        if self.chance(0.2):
            rule["highest_per"] = "案件"
        return rule

    def rule(self, verb: str) -> Rule:
        rule = self.on_events(verb) if self.dated and self.chance(0.45) else self.on_entries(verb)
        if "forfeit" not in rule and self.chance(0.25):
            rule["up_to"] = self.choose("2", "3", "4")
        has_days = isinstance(rule.get("of"), Mapping) or rule.get("for_each") in PIECES
        if self.dated and not has_days and self.chance(0.1):
            rule["due"] = self.day()
        return rule

    # Nodes

    def node(self, kind: str, most: int | None, depth: int = 0) -> Rule:
        self.nodes += 1
        node: Rule = {"id": f"N{self.nodes}", "title": f"项{self.nodes}"}
        if most is not None:
            node["max"] = str(most)
        if kind == "base" and self.chance(0.25):
            node["if_na"] = self.choose("rescale", "full", "zero")
        if self.dated and self.chance(0.06):
            node["due"] = self.day()
        if depth < 2 and self.chance(0.5 if depth == 0 else 0.2) and (most is None or most > 4):
            self.group(node, kind, most, depth)
        else:
            self.leaf(node, kind, most)
        return node

    def group(self, node: Rule, kind: str, most: int | None, depth: int) -> None:
        if most is None:
            node["items"] = [self.node(kind, None, depth + 1) for _ in range(2)]
            return
        first = self.random.randint(2, most - 2)
        node["items"] = [self.node(kind, each, depth + 1) for each in (first, most - first)]
        if self.chance(0.15) and kind == "base":
            node["rules"] = [self.choose(*(self.on_events("deduct"), self.on_events("deduct")))] if self.dated else []
            node["rules"] += [{"deduct": "1", "per": self.count(3)}]

    def leaf(self, node: Rule, kind: str, most: int | None) -> None:
        verbs = {"bonus": ["award"], "penalty": ["deduct"], "adjust": ["award", "deduct"]}
        drawn = verbs.get(kind) or self.choose(["award"], ["deduct"], ["deduct"], ["award", "deduct"])
        node["rules"] = [self.rule(verb) for verb in drawn for _ in range(self.random.randint(1, 2))]
        if kind == "base" and len(drawn) == 2:
            node["start"] = self.choose("0", "1", str(most))
        if kind == "penalty" and self.chance(0.3):
            node["floor"] = "-5"

    def section(self, kind: str, rounds: tuple[str, ...]) -> Rule:
        most = self.random.randint(4, 20) if kind == "base" else self.choose(None, 5) if kind == "bonus" else None
        once: Rule = {}
        if rounds and self.chance(0.4):
            once = {"round": self.choose(*rounds)} if self.chance(0.4) else {"rounds": "none"}
        if rounds and kind != "base" and not once and self.chance(0.4):
            once = {"rounds": "each"}
        was, self.dated = (
            self.dated,
            self.dated and (not rounds or once == {"rounds": "none"} or (kind != "base" and not once)),
        )
        section = self.node(kind, most)
        self.dated = was
        found = {**section, **({"kind": kind} if kind != "base" else {}), **once}
        if kind == "penalty" and self.chance(0.4):
            found["highest_per"] = self.choose("案件", ["案件", "人员"])
        return found

    def rounds(self) -> Rule | None:
        names = self.choose(QUARTERS, HALVES, None, None)
        if names is None and self.chance(0.7):
            return None
        if names is None:
            split = date(2024, 5, 15)
            spans = {"前段": (date(2024, 1, 1), split), "后段": (split + timedelta(days=1), date(2024, 12, 31))}
            own = {name: {"from": str(first), "to": str(last)} for name, (first, last) in spans.items()}
            if self.chance(0.5):
                return {"names": own, "combine": self.choose("mean", "sum")}
            shares = {"前段": "30%", "后段": "70%"}
            return {name: {"weight": shares[name], **span} for name, span in own.items()}
        if self.chance(0.5):
            return {"names": list(names), "combine": self.choose("mean", "sum")}
        shares_of = {4: ("20%", "20%", "20%", "40%"), 2: ("40%", "60%")}[len(names)]
        return dict(zip(names, shares_of, strict=True))

    def rubric(self) -> dict[str, Any]:
        rounds = self.rounds()
        if rounds is None and self.chance(0.3):
            self.period = date(2024, 2, 15), date(2024, 12, 10)
        names = tuple(rounds_of({"rounds": rounds or {}, "period": "2024"}))
        kinds = ["base"] * self.random.randint(1, 3)
        kinds += [kind for kind in ("bonus", "penalty", "adjust") if self.chance(0.35)]
        sections = [self.section(kind, names) for kind in kinds]
        first, last = self.period
        found: dict[str, Any] = {"dangjian": "1", "rubric": "random", "title": "试", "subject": "单位"}
        found["period"] = "2024" if first == date(2024, 1, 1) else {"from": str(first), "to": str(last)}
        found |= {"measures": self.measures, "sections": sections}
        if rounds is not None:
            found["rounds"] = rounds
            if len(names) == 4:
                found["spans"] = {"前半": list(names[:2]), "后半": list(names[2:])}
        found |= self.extras()
        return found

    def extras(self) -> Rule:
        found: Rule = {}
        if self.chance(0.2):
            found["reported_as"] = "100"
        if self.chance(0.2):
            found["rounding"] = self.choose({"places": "2"}, {"places": "1"}, {"sections": "1"}, {"total": "1"})
        if self.chance(0.2):
            found["floor"] = "none"
        if "处分" in self.measures and self.chance(0.5):
            found["vetoes"] = [{"title": "撤职", "if": {"处分": {"one_of": ["撤职"]}}, "total": "3"}]
        return found

    # Evidence

    def sheet(self, rubric: Data) -> Sheet:
        facts: dict[str | None, dict[str, str]] = {None: {}, **{name: {} for name in rounds_of(rubric)}}
        panels: dict[str, dict[str, str]] = {}
        for section in rubric["sections"]:
            places = [section.get("round")] if is_once(rubric, section) else list(rounds_of(rubric))
            for place in places:
                for node in below(section):
                    facts[place] |= self.entries(node, inherited(section, node), place is None, panels)
        since, until = self.choose((None, None), (None, None), (date(2024, 7, 1), None), (None, date(2024, 6, 30)))
        events = [row for row in self.events() if (since is None or row["日期"] >= str(since))]
        events = [row for row in events if until is None or row["日期"] <= str(until)]
        section, rulings = rubric["sections"][0], dict[tuple[str | None, str], str]()
        if is_once(rubric, section) and "round" not in section and self.chance(0.1):
            rulings[None, section["id"]] = "0.5"
        return Sheet(facts, events, since, until, rulings, panels)

    def entries(self, node: Data, if_na: str, may_panel: bool, panels: dict[str, dict[str, str]]) -> dict[str, str]:
        found: dict[str, str] = {}
        waived = if_na != "error" and "items" not in node and self.chance(0.3)
        for rule in node.get("rules", ()):
            names = read_by(rule, Desk({"measures": self.measures}, Sheet({None: {}}), {}, [], None, None, None))
            found |= {name: NA if waived else self.values[name]() for name in names}
            judged = rule.get("judge")
            if judged and not waived and "if" in rule and found[rule["if"]] == "否":
                found[judged] = ""
            if judged in self.combined and not waived and may_panel:
                panels[judged] = {who: self.values[judged]() for who in "张李赵"}
        return found

    def events(self) -> list[Row]:
        found: list[Row] = []
        taken: set[str] = set()
        for name in REGISTERS:
            if name not in self.measures:
                continue
            days = sorted({self.day() for _ in range(self.random.randint(0, 7))} - taken)
            taken |= set(days)
            for day in days:
                row = {
                    "事项": name,
                    "日期": day,
                    "人员": self.choose("张", "李"),
                    "案件": self.choose("", "甲案", "乙案"),
                }
                row |= {column: self.choose("是", "否") for column in ("查实", "重犯", "主动")}
                row |= {"级别": self.choose(*LEVELS)} if name == "处分" else {}
                found.append(row | ({"数量": "2"} if self.chance(0.2) else {}))
        return found

    def sample(self) -> Sample:
        rubric = self.rubric()
        return Sample(rubric, {name: self.sheet(rubric) for name in "甲乙丙丁"})

    def interim(self, sample: Sample, asked: Due) -> dict[str, Sheet]:
        """Leave out, of what units entered, some of what is not due."""
        return {
            name: replace(sheet, facts=self.thinned(sample.rubric, sheet, asked))
            for name, sheet in sample.sheets.items()
        }

    def thinned(self, rubric: Data, sheet: Sheet, asked: Due) -> dict[str | None, Mapping[str, str]]:
        facts = dict(sheet.facts[None])
        first, last = period_of(rubric) or self.period
        for section in rubric["sections"]:
            if not is_once(rubric, section) or "round" in section:
                continue
            base = section.get("kind", "base") == "base"
            for node in below(section):
                for rule in node.get("rules", ()):
                    desk = Desk(rubric, sheet, {}, [], first, asked.through or last, asked.through)
                    names = read_by(rule, desk)
                    waits = asked.rounds or (
                        asked.through != last and when(rule, desk, day_of_node(section, node), base=base) == "later"
                    )
                    if waits and NA not in [facts.get(name) for name in names] and self.chance(0.5):
                        facts |= dict.fromkeys(names, "")
        return {**sheet.facts, None: facts}


def below(node: Data) -> list[Data]:
    return [node, *(inner for item in node.get("items", ()) for inner in below(item))]


def path_to(top: Data, node: Data) -> list[Data]:
    if top is node:
        return [top]
    return next(([top, *path] for item in top.get("items", ()) if (path := path_to(item, node))), [])


def inherited(section: Data, node: Data) -> str:
    usual = "error" if section.get("kind", "base") == "base" else "zero"
    return next((each["if_na"] for each in reversed(path_to(section, node)) if "if_na" in each), usual)


def day_of_node(section: Data, node: Data) -> str | None:
    return next((each["due"] for each in reversed(path_to(section, node)) if "due" in each), None)
