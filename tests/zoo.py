"""Files made to harm: each grows with one number, is small in tests and as large as it may be in the benchmark."""

from collections.abc import Callable, Mapping
from typing import Final

import yaml
from msgspec import Struct

from dangjian_score.core import limits

HEAD: Final = "dangjian: 1\nrubric: zoo\ntitle: 试\nrounding: {places: 2}\n"
FULL: Final = 0
"""As many as a file may hold."""
FLAT: Final = "{deduct: 1, if: 缺}"
LEAF: Final = f"{{title: 甲, max: 5, rules: [{FLAT}]}}"
ONE: Final = f"sections: [{LEAF}]\n"
TAB: Final = "\t"


class Beast(Struct, frozen=True):
    """One such file: how it is made from a number, the number in tests and in the benchmark."""

    make: Callable[[int], bytes]
    small: int
    full: int

    @property
    def large(self) -> int:
        """The number in the benchmark; where it grows with the nodes of the file, as many as are read."""
        if self.full:
            return self.full
        (bytes_, nodes), (more_bytes, more_nodes) = (_measured(self.make(n)) for n in (self.small, 2 * self.small))
        rest = min(
            (limits.MAX_RUBRIC - bytes_) / (more_bytes - bytes_), (limits.MAX_YAML_NODES - nodes) / (more_nodes - nodes)
        )
        return int(self.small * (1 + 0.98 * rest))


def _measured(data: bytes) -> tuple[int, int]:
    """Count bytes and nodes."""
    events = yaml.parse(data, Loader=yaml.CSafeLoader)
    return len(data), sum(isinstance(one, yaml.NodeEvent) for one in events)


def _of(n: int, one: str, between: str = ", ") -> str:
    """Write one thing so often; `@` is its number."""
    return between.join(one.replace("@", str(at)) for at in range(n))


def _rules(rules: str) -> str:
    return f"sections: [{{title: 甲, max: 5, start: max, rules: [{rules}]}}]\n"


def _sections(sections: str) -> str:
    return f"sections: [{sections}]\n"


def _condition(condition: str) -> str:
    return _rules(f"{{deduct: 1, if: {condition}}}")


def _table(entries: str, basis: str) -> str:
    return _rules(f"{{deduct: {{{entries}}}, {basis}}}")


def _measures(measures: str, use: str = "m0") -> str:
    return f"measures: {{{measures}}}\n" + _rules(f"{{deduct: 1, per: {use}}}")


def _doubling(n: int, formula: str) -> str:
    """Work every measure out from the one before it (`#`)."""
    lines = (f"m{at + 1}: {{{formula.replace('#', f'm{at}')}}}" for at in range(n))
    return _measures(", ".join(lines), f"m{n}")


def _circle(n: int) -> str:
    return _measures(", ".join(f"m{at}: {{difference: [m{(at + 1) % n}, 1]}}" for at in range(n)))


def _nested(n: int) -> str:
    opened = "".join("{any: [" if at % 2 else "{all: [" for at in range(n))
    return _condition(opened + "缺" + "]}" * n)


def _only(attributes: int, items: int, values: str) -> str:
    names = _of(attributes, "属@")
    told = ", ".join(
        f"{{title: 项, max: 1, only: {{属{at % attributes}: [{values}]}}, rules: [{{deduct: 1, if: 缺}}]}}"
        for at in range(items)
    )
    return f"attributes: [{names}]\n" + _sections(f"{{title: 甲, items: [{told}]}}")


def _bomb(n: int) -> str:
    """Write the billion laughs."""
    lines = ["a0: &a0 [笑, 笑]", *(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, n))]
    return "\n".join(lines)


def _merges(n: int) -> str:
    return "a0: &a0 {x: 1}\n" + "\n".join(f"a{at + 1}: &a{at + 1} {{<<: [*a{at}, *a{at}]}}" for at in range(n))


def _points(n: int, of: str) -> str:
    """Let every item ask for the points of others: `#` is the next one."""
    spec = ", ".join(f"分{at}: {{points: [{of.replace('#', f'甲{at + 1}')}]}}" for at in range(n))
    leaf = "{id: 甲@, title: 甲, max: 5, rules: [{deduct: 1, if: {分@: {below: 3}}}]}"
    return f"measures: {{{spec}}}\n" + _sections(_of(n, leaf) + f", {{id: 甲{n}, title: 末, max: 5, rules: [{FLAT}]}}")


def _tables_in_a_table(n: int) -> str:
    inner = (f"甲{at}: {{{', '.join(f'乙{at}-{to}: 1' for to in range(n))}}}" for at in range(n))
    return _table(", ".join(inner), "by: [获奖, 等次]")


def _blocks(n: int, indent: str) -> str:
    return "".join(f"{indent * at}a:\n" for at in range(n))


_TEXTS: Final[Mapping[str, tuple[Callable[[int], str], int, int]]] = {
    "flow lists": (lambda n: "[" * n, 40, 30_000),
    "flow mappings": (lambda n: "{a: " * n, 40, 30_000),
    "block lists": (lambda n: "- " * n, 40, 30_000),
    "block mappings": (lambda n: _blocks(n, " "), 40, 1_400),
    "a megabyte of [": (lambda n: "[" * n, 1_000, limits.MAX_RUBRIC),
    "a megabyte of {": (lambda n: "{" * n, 1_000, limits.MAX_RUBRIC),
    "a megabyte of - ": (lambda n: "- " * n, 500, limits.MAX_RUBRIC // 2),
    "a megabyte of ? ": (lambda n: "? " * n, 500, limits.MAX_RUBRIC // 2),
    "a megabyte of &": (lambda n: "&" * n, 1_000, limits.MAX_RUBRIC),
    "a megabyte of quotes": (lambda n: '"' * n, 1_000, limits.MAX_RUBRIC),
    "a megabyte of empty lines": (lambda n: "\n" * n, 1_000, limits.MAX_RUBRIC),
    "a megabyte of comments": (lambda n: "#\n" * n, 500, limits.MAX_RUBRIC // 2),
    "a megabyte of tabs": (lambda n: f"a:\n{TAB * n}b: c", 1_000, limits.MAX_RUBRIC - 10),
    "one scalar": (lambda n: "a" * n, 1_000, limits.MAX_RUBRIC),
    "one key": (lambda n: "a" * n + ": b", 2_000, limits.MAX_RUBRIC - 3),
    "one line of Chinese": (lambda n: "党" * n, 1_000, limits.MAX_RUBRIC // 3),
    "nodes": (lambda n: "[" + "a," * n + "]", 300, 300_000),
    "documents": (lambda n: "--- a\n" * n, 300, 100_000),
    "aliases": (_bomb, 5, 464),
    "merge keys": (_merges, 5, 464),
    "tags": (lambda n: "[" + "!a b, " * n + "]", 300, FULL),
    "anchors": (lambda n: "[" + "&a b, " * n + "]", 300, FULL),
    "empty values": (lambda n: "[" + "'', " * n + "]", 300, FULL),
    "equal keys": (lambda n: "a: b\n" * n, 300, FULL),
}
"""Text that is no rubric at all."""

_BODIES: Final[Mapping[str, tuple[Callable[[int], str], int, int]]] = {
    "plain": (lambda _: ONE, 1, 1),
    # Long words
    "a long unknown key": (lambda n: f"{ONE}? {'党' * n}\n: 1\n", 300, 330_000),
    "a long title": (lambda n: _sections(LEAF.replace("甲", "党" * n)), 300, 330_000),
    "a long id": (lambda n: _sections(f"{{id: {'a' * n}, title: 甲, max: 5, rules: [{FLAT}]}}"), 300, 990_000),
    "an id of dots": (lambda n: _sections(f"{{id: {'a.' * n}, title: 甲, max: 5, rules: [{FLAT}]}}"), 300, 490_000),
    "a long measure": (lambda n: _condition("缺" * n), 300, 330_000),
    "a long level": (lambda n: _condition(f"{{级: {'级' * n}}}"), 300, 330_000),
    "digits": (lambda n: f"total: {'9' * n}\n{ONE}", 300, 999_000),
    "digits and a point": (lambda n: f"total: 0.{'9' * n}\n{ONE}", 300, 999_000),
    "full-width digits": (lambda n: f"total: {'９' * n}\n{ONE}", 300, 330_000),
    "full-width keys": (lambda n: ONE + _of(n, f"{'９' * 30}@: 1\n", ""), 300, FULL),
    "per cents": (lambda n: _rules(f"{{deduct: 1, per: '{'9%' * n}'}}"), 300, 490_000),
    "digits as a name": (lambda n: _rules(f"{{deduct: 1, per: '{'1 ' * n}x'}}"), 300, 490_000),
    "spaces in a name": (lambda n: _rules(f"{{deduct: 1, per: 'x{' ' * n}x'}}"), 300, 990_000),
    "figures of tiny shares": (
        lambda n: _sections(_of(n, f"{{title: 甲, max: 1/9999999999999999@, rules: [{FLAT}]}}")),
        300,
        FULL,
    ),
    "shares of thousandths": (lambda n: _sections(_of(n, f"{{title: 甲, max: 1/@, rules: [{FLAT}]}}")), 999, 999),
    # Many of one kind
    "unknown keys": (lambda n: ONE + _of(n, "k@: 1\n", ""), 300, FULL),
    "sections": (lambda n: _sections(_of(n, LEAF)), 300, FULL),
    "sections that are none": (lambda n: _sections(_of(n, "x")), 300, FULL),
    "sections without a max": (lambda n: _sections(_of(n, f"{{title: 甲, rules: [{FLAT}]}}")), 300, FULL),
    "sections of one id": (lambda n: _sections(_of(n, f"{{id: A, title: 甲, max: 5, rules: [{FLAT}]}}")), 300, FULL),
    "ids twice": (lambda n: _sections(_of(n, "{id: A, title: 甲, rules: [x]}")), 300, FULL),
    "items without title": (lambda n: _sections(f"{{title: 甲, items: [{_of(n, '{}')}]}}"), 300, FULL),
    "rules": (lambda n: _rules(_of(n, FLAT)), 300, FULL),
    "rules of their own": (lambda n: _rules(_of(n, "{deduct: 1, if: 缺@}")), 300, FULL),
    "rules that are none": (lambda n: _rules(_of(n, "x")), 300, FULL),
    "rules without a verb": (lambda n: _rules(_of(n, "{if: 缺}")), 300, FULL),
    "levels apart": (lambda n: _rules(_of(n, "{deduct: 1, if: {级: 等@}}")), 300, FULL),
    "bands": (lambda n: _rules(_of(n, "{deduct: 1, if: {次: {above: @, below: 9@}}}")), 300, FULL),
    "members": (lambda n: _rules(f"{{deduct: 1, each: [{_of(n, '缺@')}]}}"), 300, FULL),
    "terms": (lambda n: _rules(f"{{deduct: 1, per: [{_of(n, '缺@')}]}}"), 300, FULL),
    "terms in a table": (lambda n: _table(_of(190, "@: 1"), f"at_least: [{_of(n, '缺@')}]"), 30, FULL),
    "numbers as terms": (lambda n: _rules(f"{{deduct: 1, per: [{_of(n, '1')}]}}"), 300, FULL),
    "spellings": (
        lambda n: _rules(f"{{deduct: 1, each: [{', '.join('的' * at + '缺' for at in range(n))}]}}"),
        90,
        500,
    ),
    "columns for_each": (lambda n: _rules(f"{{deduct: 1, per: 会, for_each: [{_of(n, '列@')}]}}"), 300, FULL),
    "attributes": (lambda n: f"{ONE}attributes: [{_of(n, '属@')}]\n", 300, FULL),
    "grades": (lambda n: f"{ONE}grades: {{{_of(n, '等@: @')}}}\n", 300, FULL),
    "grades alike": (lambda n: f"{ONE}grades: {{{_of(n, '等@: 0')}}}\n", 300, FULL),
    "grades that are none": (lambda n: f"{ONE}grades: {{{_of(n, '等@: x')}}}\n", 300, FULL),
    "grades with guards": (lambda n: f"{ONE}grades: {{{_of(n, '等@: {at_least: @, if: 缺}')}}}\n", 300, FULL),
    "measures": (lambda n: _measures(_of(n, "m@: {min: 0}")), 300, FULL),
    "registers": (lambda n: _measures(_of(n, "m@: {register: true}")), 300, FULL),
    "levels": (lambda n: f"measures: {{级: {{levels: [{_of(n, '等@')}]}}}}\n" + _condition("{级: 等0}"), 300, FULL),
    "measures beside mistakes": (lambda n: _of(199, "k@: 1\n", "") + _measures(_of(n, "m@: {min: 0}")), 300, FULL),
    "rules beside mistakes": (
        lambda n: (
            _sections(_of(199, "{title: 甲, max: x, rules: [{deduct: 1}]}"))
            + f"vetoes: [{_of(n, '{title: 否, if: 缺, grade: 差}')}]\n"
        ),
        300,
        FULL,
    ),
    "vetoes": (lambda n: f"{ONE}vetoes: [{_of(n, '{title: 否, if: 缺}')}]\n", 300, FULL),
    "vetoes of no grade": (lambda n: f"{ONE}vetoes: [{_of(n, '{title: 否, if: 缺, grade: 差}')}]\n", 300, FULL),
    "selections": (lambda n: f"{ONE}selections: [{_of(n, '{title: 优, quota: 10%}')}]\n", 300, FULL),
    "selections within": (lambda n: f"{ONE}selections: [{_of(n, '{title: 优, quota: 9%, within: 属}')}]\n", 300, FULL),
    "tie_break": (lambda n: f"{ONE}tie_break: [{_of(n, 'A@-b')}]\n", 300, FULL),
    "assumed": (lambda n: _sections(_of(n, LEAF.replace("max", "assumed: true, max"))), 300, FULL),
    # Tables
    "entries": (lambda n: _table(_of(n, "@: 1"), "at_least: 次"), 300, FULL),
    "entries that take all": (lambda n: _table(_of(n, "@: all"), "at_least: 次"), 200, 200),
    "tables that take all": (lambda n: _rules(_of(n, f"{{deduct: {{{_of(99, '@: all')}}}, below: 次}}")), 5, FULL),
    "entries of a rank": (lambda n: _table(_of(n, "@: 1"), "rank: 次"), 300, FULL),
    "entries of levels": (lambda n: _table(_of(n, "等@: 1"), "by: 级"), 300, FULL),
    "entries of votes": (lambda n: _table(_of(n, "等@: 1"), "votes: 票"), 300, FULL),
    "equal entries": (lambda n: _table(_of(n, "1: 1"), "at_least: 次"), 300, FULL),
    "tables in a table": (_tables_in_a_table, 20, 150),
    "times": (lambda n: _rules(f"{{deduct: 1, per: 会, times: {{{_of(n, '列@: 2')}}}}}"), 300, FULL),
    "times, as many as may be": (lambda n: _rules(f"{{deduct: 1, per: 会, times: {{{_of(n, '列@: 2')}}}}}"), 200, 200),
    # Formulas
    "formulas that double": (lambda n: _doubling(n, "difference: [#, #]"), 20, 20),
    "formulas of lists": (lambda n: _doubling(n, "percent: [#, #, #], of: [#, #]"), 20, 20),
    "formulas of all units": (lambda n: _doubling(n, "difference: [{mean: #}, {mean: #}]"), 20, 20),
    "formulas in a chain": (lambda n: _doubling(n, "difference: [#, 1]"), 60, FULL),
    "formulas, as many as may be": (lambda n: _doubling(n, "difference: [#, #]"), 10, 10),
    "formulas in a circle": (_circle, 10, FULL),
    "a circle of two": (_circle, 2, 2),
    "formulas of one another": (lambda n: _measures(_of(n, f"m@: {{ratio: [{_of(n, 'm@')}], of: 1}}")), 7, 7),
    "formulas of all": (lambda n: _measures(_of(n, f"m@: {{ratio: [{_of(150, 'm@')}], of: 1}}")), 150, 150),
    "points in a chain": (lambda n: _points(n, "#"), 300, FULL),
    "points of all": (lambda n: _points(n, _of(n, "甲@")), 30, 150),
    "points of one": (lambda n: f"measures: {{分: {{points: [{_of(n, '1')}]}}}}\n" + _condition("{分: 1}"), 300, FULL),
    # Whom it is for, and when
    "only of twenty": (lambda n: _only(n, n, "一, 二"), 20, 20),
    "only of many values": (lambda n: _only(1, 1, _of(n, "值@")), 300, FULL),
    "only, as much as may be": (lambda n: _only(8, n, "一"), 190, 190),
    "only of values, as many as may be": (lambda n: _only(1, 1, _of(n, "值@")), 310, 310),
    "if_na of many": (
        lambda n: _sections(f"{{title: 甲, max: 5, if_na: full, rules: [{_of(n, '{deduct: 1, if: 缺@}')}]}}"),
        200,
        FULL,
    ),
    "rounds": (lambda n: f"{ONE}rounds: {{{_of(n, '轮@: 0.01%')}}}\n", 300, FULL),
    "rounds by name": (lambda n: f"{ONE}rounds: {{combine: mean, names: [{_of(n, '轮@')}]}}\n", 300, FULL),
    "rounds of many items": (
        lambda n: _sections(_of(n, LEAF)) + f"rounds: {{combine: mean, names: [{_of(n, '轮@')}]}}\n",
        200,
        1_800,
    ),
    "rounds, as many as may be": (
        lambda n: _sections(_of(n, LEAF)) + f"rounds: {{combine: mean, names: [{_of(n, '轮@')}]}}\n",
        50,
        155,
    ),
    "days since year 1": (
        lambda _: "period: {from: 0001-01-01, to: 9999-12-31}\n" + _rules("{deduct: 1, per: 会, for_each: day}"),
        1,
        1,
    ),
    "days of a century": (
        lambda _: "period: {from: 1924-01-01, to: 2024-12-31}\n" + _rules("{deduct: 1, per: 会, for_each: day}"),
        1,
        1,
    ),
    "rounds since year 1": (
        lambda n: ONE + f"rounds: {{{_of(n, '轮@: {weight: 50%, from: 0001-01-01, to: 9999-12-31}')}}}\n",
        2,
        2,
    ),
    # Conditions and clauses
    "conditions": (_nested, 12, 12),
    "conditions too deep": (_nested, 30, 30),
    "conditions side by side": (lambda n: _condition(f"{{all: [{_of(n, '{any: [缺@, {not: 缺}]}')}]}}"), 300, FULL),
    "clauses over and over": (lambda n: f"source: {{clauses: {_of(n, '1-499', '、')}}}\n{ONE}", 30, 120_000),
    "clauses of their own": (lambda n: f"source: {{clauses: {_of(n, '@（@）1-499', '、')}}}\n{ONE}", 30, 40_000),
    "clauses as numerals": (lambda n: f"source: {{clauses: {'百' * n}}}\n{ONE}", 300, 330_000),
    "clauses in one range": (lambda n: f"source: {{clauses: {'1-' * n}2}}\n{ONE}", 300, 490_000),
    "clauses against clauses": (
        lambda n: (
            f"source: {{clauses: {_of(n, '@', '、')}}}\n"
            + _sections(_of(n, LEAF.replace("max", "source: {clause: 9001}, max")))
        ),
        300,
        FULL,
    ),
}
"""What stands under the head of a rubric."""

_BYTES: Final[Mapping[str, tuple[Callable[[int], bytes], int, int]]] = {
    "no text in the middle": (lambda n: b"a" * n + b"\xff" + b"a" * n, 300, limits.MAX_RUBRIC // 2 - 1),
    "no text after Chinese": (lambda n: "党".encode() * n + b"\xff", 100, 333_000),
    "GBK": (lambda n: ("党" * n).encode("gb18030"), 300, limits.MAX_RUBRIC // 2),
    "UTF-16": (lambda n: ("a: b\n" * n).encode("utf-16"), 300, 90_000),
    "UTF-16 without a mark": (lambda n: ("a: b\n" * n).encode("utf-16-le"), 300, 90_000),
    "NULs": (lambda n: b"\x00" * n, 300, limits.MAX_RUBRIC),
    "a NUL at the end": (lambda n: b"a" * n + b"\x00", 300, limits.MAX_RUBRIC - 1),
    "byte order marks": (lambda n: b"\xef\xbb\xbf" * n, 300, 333_000),
    "a workbook": (lambda n: b"PK\x03\x04" + b"x" * n, 300, limits.MAX_RUBRIC - 4),
    "an old workbook": (lambda n: b"\xd0\xcf\x11\xe0" + b"x" * n, 300, limits.MAX_RUBRIC - 4),
    "a picture": (lambda n: b"\x89PNG\r\n\x1a\n" + b"x" * n, 300, limits.MAX_RUBRIC - 8),
    "more than a megabyte": (lambda n: b"#" * n, limits.MAX_RUBRIC + 1, limits.MAX_RUBRIC + 1),
}
"""What is not even text."""


def _under_head(make: Callable[[int], str]) -> Callable[[int], bytes]:
    return lambda n: (HEAD + make(n)).encode()


def _alone(make: Callable[[int], str]) -> Callable[[int], bytes]:
    return lambda n: make(n).encode()


ZOO: Final[Mapping[str, Beast]] = {
    **{name: Beast(_alone(make), small, full) for name, (make, small, full) in _TEXTS.items()},
    **{name: Beast(_under_head(make), small, full) for name, (make, small, full) in _BODIES.items()},
    **{name: Beast(make, small, full) for name, (make, small, full) in _BYTES.items()},
}
"""All of them by name."""
