"""Inputs that are nearly rubrics, each from one number, and what must hold of whatever the gate is given."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import yaml

from dangjian_score.checks.gate import validate
from dangjian_score.core.diagnostics import Diagnostic, has_errors
from dangjian_score.rubric.kinds import BASES
from dangjian_score.words.say import LANGUAGES, load_words
from tests.carriers.generate import RubricWriter

ROOT: Final = Path(__file__).parents[1]

Tree = str | list["Tree"] | dict[str, "Tree"]

KEYS: Final = (
    *("equals", "one_of", "before", "after", "all", "any", "not", "if"),
    *BASES,
    *(
        "unless",
        "only",
        "of",
        "combine",
        "trim",
        "interpolate",
        "every",
        "steps",
        "up_to",
        "where",
        "highest_per",
        "plus",
        "times",
        "divided_by",
        "for_each",
    ),
    *("cap_each", "else", "beyond", "lowest_first", "deduct", "award", "forfeit", "note", "assumed", "id", "title"),
    *("max", "ceiling", "floor", "start", "if_na", "kind", "rules", "items", "source", "clause", "clauses", "round"),
    *("rounds", "measures", "grades", "vetoes", "excluded", "selections", "quota", "places", "within", "tie_break"),
    *("percent", "difference", "change", "from", "points", "register", "levels", "type", "blank", "min", "names"),
    *("weight", "total", "reported_as", "rounding", "attributes", "period", "sections", "grade", "grade_at_most"),
    *("due", "spans", "result", "missing", "some", "over", "at_least"),
)
"""Words of the language."""

SCALARS: Final = (
    *("0", "1", "2", "5", "100", "0.5", "-1", "-0", "1/3", "1/0", "1/9999", "012", "1_000", "1e3", "1e999", ".inf"),
    *("9" * 30, "9" * 31, "0.000001", "80%", "1%", "1/3%", "90%%", "％", "９", "0x1f", "12:30", "2024", "2024-02-30"),
    *("2024-03-05", "9999-12-31", "0001-01-01", "true", "false", "yes", "null", "~", "none", "all", "max", "value"),
    *("是", "否", "无", "缺", "次", "级", "A", "1.1", "E001", "甲 乙", "month", "day", "mean", "sum", "half_up"),
    *("rescale", "full", "zero", "base", "bonus", "penalty", "adjust", "whole", "prorata", "trimmed_mean", "[key]"),
    *("<flat>", "<<", "{0}", "{x!t}", "%s", "\u2028", "\x85", "\ufeff", "\x01", "\U0001f600", "a" * 200, "党" * 99, ""),
)
"""Values: right, nearly right and nasty."""

PIECES: Final = (
    *("- ", "? ", ": ", ", ", "{", "}", "[", "]", "{}", "[]", "&a ", "*a", "<<: *a", "!", "!!python/object:a "),
    *("%YAML 1.2", "---", "...", "|", ">", "'", '"', "#", "\t", "\n", "\r", "\x00", "：", "，", "（", "　"),
    *("\ud800", "[" * 40),
)
"""Pieces of YAML, and what YAML cannot bear."""


@cache
def seeds() -> tuple[tuple[str, ...], ...]:
    """Give the files that inputs are made from: the short ones with one mistake each, and what ships."""
    bad = (path.read_text("utf-8") for path in sorted((ROOT / "tests" / "bad").glob("*.yaml")))
    shipped = (path for path in sorted((ROOT / "rubrics").glob("*.yaml")) if "cases" not in path.name)
    return tuple(bad), tuple(path.read_text("utf-8") for path in shipped)


@cache
def _trees() -> tuple[Tree, ...]:
    return tuple(yaml.load(text, yaml.CBaseLoader) for text in seeds()[1])  # noqa: S506  it makes only strings


class Drawn(Random):
    """Chance that is drawn from bytes as long as they last, so that who chooses the bytes chooses what is made."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data, self._at = data, 0

    def getrandbits(self, k: int, /) -> int:
        """Take the next bytes."""
        end = self._at + (k + 7) // 8
        if end > len(self._data):
            return super().getrandbits(k)
        taken, self._at = self._data[self._at : end], end
        return int.from_bytes(taken) >> (-k % 8)

    def random(self) -> float:
        """Take one byte."""
        return self.getrandbits(8) / 256


def made(chance: Random) -> bytes:
    """Make an input: a file, or one that was thought up, changed here and there."""
    text = chance.choice((_short, _short, _piece, _piece, _thought_up, _thought_up, _written, _shipped))(chance)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        text = chance.choice((_lines, _lines, _tree, _tree, _tree, _word))(text, chance)
    data = text.encode("utf-8", "surrogatepass")
    return _bytes(data, chance) if chance.random() < 0.1 else data


# Where they come from


def _short(chance: Random) -> str:
    return chance.choice(seeds()[0])


def _shipped(chance: Random) -> str:
    return chance.choice(seeds()[1])


def _written(chance: Random) -> str:
    """Write a rubric that is right."""
    return RubricWriter(chance).text()


def _piece(chance: Random) -> str:
    """Leave one section of what ships, with one item."""
    tree = chance.choice(_trees())
    assert isinstance(tree, dict)
    sections = tree["sections"]
    assert isinstance(sections, list)
    section = chance.choice(sections)
    assert isinstance(section, dict)
    if isinstance(items := section.get("items"), list):
        section = section | {"items": [chance.choice(items)]}
    kept = {key: tree[key] for key in tree if chance.random() < 0.5}
    return _dumped({"dangjian": "1", "rubric": "a", "title": "甲"} | kept | {"sections": [section]}, chance)


def _thought_up(chance: Random) -> str:
    """Put together what is a rubric by its keys, and may be none by what they say."""
    return _dumped(_Nearly(chance).rubric(), chance)


class _Nearly:
    """Says of everything something that might stand there."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def rubric(self) -> Tree:
        some: dict[str, Tree] = {
            "period": self._one("2024", "2024", {"from": self._scalar(), "to": "2024-12-31"}),
            "total": self._one("5", "10", self._scalar()),
            "rounding": {"places": self._one("0", "2", "6", self._scalar())},
            "attributes": ["类", "片"],
            "measures": {name: self._measure() for name in self._some("次", "率", "级", "缺", "会", "分")},
            "excluded": [{"title": "不", "if": self._condition(2)}],
            "vetoes": [{"title": "否", "if": self._condition(2), "grade": self._one("差", "none", "好")}],
            "grades": {name: self._grade() for name in self._some("好", "中", "差")} | {"末": "0"},
            "tie_break": [*self._some("A", "1", "B")],
            "selections": [self._selection()],
            "rounds": self._one(
                {"上": "40%", "下": {"weight": "60%", "from": "2024-07-01", "to": "2024-12-31"}},
                {"names": ["上", "下"], "combine": self._one("mean", "sum")},
            ),
            "spans": {self._chance.choice(("全", "上")): self._one(["上", "下"], ["上", "上"], ["上", self._scalar()])},
            "reported_as": self._one("100", self._scalar()),
            "source": {"clauses": self._one("1-9", "第一条至第三条", "一（二）1 至 3", self._scalar())},
        }
        kept = {key: value for key, value in some.items() if self._chance.random() < 0.35}
        sections: Tree = [self._node(0) for _ in range(self._chance.randint(1, 3))]
        return {"dangjian": "1", "rubric": "a", "title": "甲"} | kept | {"sections": sections}

    def _one(self, *among: Tree) -> Tree:
        return self._chance.choice(among)

    def _some(self, *among: str) -> list[str]:
        return self._chance.sample(among, self._chance.randint(1, len(among)))

    def _scalar(self) -> Tree:
        return self._chance.choice(SCALARS)

    def _name(self) -> str:
        return self._chance.choice(("次", "率", "级", "缺", "会", "分", "类", "数量"))

    def _node(self, depth: int) -> Tree:
        some: dict[str, Tree] = {
            "id": self._one("A", "B", "A-1"),
            "ceiling": self._one("none", "3", "7", self._scalar()),
            "floor": self._one("none", "0", "-1", self._scalar()),
            "start": self._one("max", "0", "5"),
            "only": {self._name(): self._one("村", ["村", "社区"])},
            "if_na": self._one("rescale", "full", "zero"),
            "highest_per": self._one("案件", "人员"),
            "due": self._day(),
            "source": {"clause": self._one("1", "第二条", "一（二）1", "3-5")},
            **({"kind": self._one("bonus", "penalty", "adjust", "base"), "round": self._name()} if not depth else {}),
            **({"rounds": self._one("none", "each")} if not depth else {}),
        }
        kept = {key: value for key, value in some.items() if self._chance.random() < 0.15}
        if depth < 3 and self._chance.random() < 0.3:
            kept |= {"items": [self._node(depth + 1) for _ in range(self._chance.randint(1, 3))]}
        if "items" not in kept or self._chance.random() < 0.2:
            kept |= {"rules": [self._rule() for _ in range(self._chance.randint(1, 3))]}
        return {"title": "乙", "max": self._one("5", "5", "10", self._scalar())} | kept

    def _rule(self) -> Tree:
        verb = self._chance.choice(("deduct", "deduct", "award", "forfeit"))
        name, amount = self._name(), self._one("1", "0.5", "1/3", self._scalar())
        tiers: Tree = {key: self._one("1", "2", "all") for key in self._chance.sample(("1", "3", "80%", "90%"), 2)}
        levels: Tree = {
            key: self._one("1", "2", "all", {"甲": "1"}) for key in self._chance.sample(("甲", "乙", "无"), 2)
        }
        bases: tuple[tuple[Tree, dict[str, Tree]], ...] = (
            (amount, {}),
            (amount, {"per": self._operand()}),
            (amount, {"per_missing": self._operand(), "of": self._target()}),
            (amount, {"per_over": self._operand(), "of": self._target()}),
            (amount, {self._chance.choice(("each", "each_missing")): [self._condition(1), self._condition(2)]}),
            (tiers, {self._chance.choice(("at_least", "above", "at_most", "below")): self._operand()}),
            (tiers, {"rank": self._operand()}),
            (levels, {"by": self._one(name, [name, "等"])}),
            (levels, {"votes": "票"}),
            (amount, {"ratio": self._operand(), "of": self._target()}),
            (self._one(amount, {"from": "1", "to": "3"}), {"judge": "评"}),
        )
        price, basis = self._chance.choice(bases) if verb != "forfeit" else ("true", {})
        some: dict[str, Tree] = {
            "if": self._condition(3),
            "unless": self._condition(2),
            "only": {"类": "村"},
            "up_to": self._one("1", "2", self._scalar()),
            "due": self._day(),
            "every": self._one("1", "2", "1%", self._scalar()),
            "steps": self._one("whole", "started", "prorata"),
            "else": self._one("1", self._scalar()),
            "where": self._condition(1),
            "highest_per": "案件",
            "for_each": self._one("month", "人员", ["人员", "week"]),
            "cap_each": "1",
            "plus": {"重": "1"},
            "times": self._one({"重": "2"}, {"轻": {"甲": "2"}}, {"数": "value"}),
            "divided_by": "人数",
            "beyond": "true",
            "combine": self._one(
                "mean", "trimmed_mean", {"trim": "2", "at_least": self._one("5", "4")}, {"甲": "60%", "乙": "40%"}
            ),
            "interpolate": "true",
            "title": self._scalar(),
            "source": {"clause": self._scalar()},
        }
        kept = {key: value for key, value in some.items() if self._chance.random() < 0.1}
        return {verb: price} | basis | kept

    def _operand(self) -> Tree:
        name, other = self._name(), self._name()
        return self._one(name, name, "4", "80%", [name, other], {"mean": name}, [name, "1"], self._scalar())

    def _day(self) -> Tree:
        return self._one("2024-06-30", "2024-12-31", "2023-12-31", self._scalar())

    def _target(self) -> Tree:
        days = [day for day in (self._day(), self._day()) if isinstance(day, str)]
        return self._one(self._operand(), self._operand(), {day: self._one("2", "80%", self._scalar()) for day in days})

    def _condition(self, depth: int) -> Tree:
        if depth and self._chance.random() < 0.4:
            word = self._chance.choice(("all", "any", "not"))
            below = [self._condition(depth - 1) for _ in range(self._chance.randint(1, 3))]
            return {word: below[0] if word == "not" else [*below]}
        name = self._name()
        how = self._chance.choice(("at_least", "at_most", "above", "below", "equals", "before", "after"))
        value = self._one("3", "80%", "2024-05-01", "甲", "是", self._scalar())
        return self._one(name, {name: value}, {name: {how: value}}, {name: {"one_of": [value, "乙"]}})

    def _measure(self) -> Tree:
        name, other = self._name(), self._name()
        return self._one(
            {"type": self._one("count", "number", "percent", "level", "date", "score", "votes", "yes_no")},
            {"min": self._scalar(), "max": self._one("10", "80%")},
            {"levels": ["甲", "乙"], "blank": self._one("无", "0", "error")},
            {"register": "true"},
            {"percent": name, "of": [other, "1"]},
            {"ratio": [name, other], "of": other},
            {"difference": [name, other]},
            {"change": name, "from": other},
            {"points": self._one("A", "1", ["A", "B"], "1.1")},
            {"result": self._one("kid", "a", self._scalar()), "points": self._one("total", "rate", "A", ["A", "B"])},
            {"result": "kid", "points": "total", "within": name, "combine": self._one("mean", "sum", self._scalar())},
        )

    def _grade(self) -> Tree:
        least = self._one("0", "3", "60", self._scalar())
        return self._one(least, {"at_least": least, "if": self._condition(1), "sections": {"A": "50%"}})

    def _selection(self) -> Tree:
        how = self._one({"quota": "30%"}, {"places": "1"}, {"at_least": "4"}, {"below": "3"}, {"if": "缺"})
        assert isinstance(how, dict)
        return {"title": "优"} | how | ({"within": "片"} if self._chance.random() < 0.3 else {})


# What is done to them


def _dumped(tree: Tree, chance: Random) -> str:
    flow = chance.choice((None, True, False))
    text: str = yaml.dump(
        tree, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=1_000
    )
    return text


def _lines(text: str, chance: Random) -> str:
    """Move, drop, repeat and garble a line, as a hurried hand does."""
    lines = text.split("\n")
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    line, piece = lines[here], chance.choice((*PIECES, *SCALARS, *KEYS))
    cut, end = chance.randrange(len(line) + 1), chance.randint(1, 8)
    key, colon, value = line.partition(": ")
    indent = line[: len(line) - len(line.lstrip(" -"))]
    lines[here : here + 1] = chance.choice(
        (
            (lines[there],),
            (line, lines[there]),
            (line, line),
            (line[:cut] + piece + line[cut:],),
            (line[:cut] + line[cut + end :],),
            (key + colon + piece,),
            (indent + piece + colon + value,),
            ("  " + line,),
            (line[1:],),
            (line[:cut] + lines[there][cut:],),
            (),
        )
    )
    return "\n".join(lines)


def _word(text: str, chance: Random) -> str:
    """Put one word for another, wherever it stands."""
    old, new = chance.choice(KEYS), chance.choice((*KEYS, *SCALARS))
    return text.replace(old, new, chance.choice((1, 2, -1)))


def _bytes(data: bytes, chance: Random) -> bytes:
    """Flip, drop and insert bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        changed[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
    return bytes(changed)


def _tree(text: str, chance: Random) -> str:
    """Exchange, drop, repeat and rename parts of the tree; text that is none is left as it is."""
    try:
        tree: Tree = yaml.load(text, yaml.CBaseLoader)  # noqa: S506  it makes only strings
    except (yaml.YAMLError, ValueError, TypeError):  # no text, or keys that are none
        return text
    holders = [one for one in _below(tree) if isinstance(one, list | dict) and one]
    if not holders:
        return text
    other = tree if chance.random() < 0.5 else chance.choice(_trees())
    parts = list(_below(other))
    grafted = chance.choice((chance.choice(parts), chance.choice(SCALARS), [], {}))
    if sum(1 for _ in _below(grafted)) < 200:
        _change(chance.choice(holders), grafted, chance)
    return _dumped(tree, chance) if sum(1 for _ in _below(tree)) < 3_000 else text


def _change(holder: Tree, grafted: Tree, chance: Random) -> None:
    grafted = yaml.load(yaml.dump(grafted, Dumper=yaml.CSafeDumper), yaml.CBaseLoader)  # noqa: S506  a copy of its own
    if isinstance(holder, list):
        at = chance.randrange(len(holder))
        holder[at : at + 1] = chance.choice(([grafted], [holder[at], grafted], [], [[holder[at]]]))
    elif isinstance(holder, dict):
        key = chance.choice(list(holder))
        value = holder.pop(key) if chance.random() < 0.6 else holder[key]
        holder[chance.choice((key, key, chance.choice(KEYS), chance.choice(SCALARS)))] = chance.choice(
            (grafted, grafted, value, [value])
        )


def _below(tree: Tree) -> Iterator[Tree]:
    rest: list[Tree] = [tree]
    while rest:
        one = rest.pop()
        yield one
        rest += one if isinstance(one, list) else one.values() if isinstance(one, dict) else ()


# What must hold

Judged = tuple[bool, tuple[Diagnostic, ...]]


def judged(data: bytes) -> Judged:
    """Give bytes to the gate: whether they are accepted, and all that is found, each with a place and a sentence.

    What is accepted can be written out as steps. Anything else raises.
    """
    study, found = validate(data, "r.yaml")
    assert (study is None) == has_errors(found)
    for one in found:
        assert one.place.line and one.place.column, one  # noqa: PT018  it is one thing to ask
        assert all(load_words(language).message(one) for language in LANGUAGES)
    if study is not None:
        assert len(study.catalogue.nodes) == len(study.program.nodes)
        assert all(part.steps for part in study.program.passes)
    return study is not None, found
