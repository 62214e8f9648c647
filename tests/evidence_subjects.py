"""Rubrics with the evidence of three units, as tables that may be spoiled, and what the tables come to."""

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Final

from msgspec import Struct

from dangjian_score.checks import evidence as due
from dangjian_score.checks.evidence import Parted, part
from dangjian_score.checks.study import Study
from dangjian_score.core.algebra import reads
from dangjian_score.core.diagnostics import Diagnostic, has_errors
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.load import Loaded
from dangjian_score.words.say import LANGUAGES, load_words
from tests.scenes import Unit, tables
from tests.shipped import NAMES, read_cases, unit_of
from tests.support import rubric

Rows = list[list[str]]
Files = dict[str, Rows]
Outcome = tuple[dict[str, Fraction] | None, tuple[Diagnostic, ...]]
"""Totals by unit (None where there are errors), and all that was found."""

SMALL: Final[Mapping[str, tuple[str, Unit]]] = {
    "ranked": (
        """
sections:
  - {id: A, title: 名次, max: 5, rules: [{award: {1: 5, 2: 3}, else: 1, rank: 考试成绩}]}
  - {id: B, title: 信息, max: 5, rules: [{deduct: 0.5, per_missing: 信息篇数, of: {mean: 信息篇数}}]}
  - {id: C, title: 投诉, max: 5, rules: [{deduct: 1, per: 投诉, where: {时长: {at_least: 2}}}]}
vetoes: [{title: 差距大, if: {落后: {above: 100}}, total: 0}]
measures: {落后: {difference: [{best: 考试成绩}, 考试成绩]}}
""",
        {
            "facts": {"考试成绩": "88.5", "信息篇数": "4"},
            "events": [{"事项": "投诉", "日期": "2024-03-05", "时长": "1.5"}, {"事项": "投诉", "时长": "3"}],
        },
    ),
    "rounds": (
        """
period: 2024
rounds: {names: {上半年: {from: 2024-01-01, to: 2024-06-30}, 下半年: {from: 2024-07-01, to: 2024-12-31}}, combine: mean}
measures: {半年分: {points: A}, 到会率: {percent: 到会人数, of: 应到人数}}
sections:
  - {id: A, title: 会议, max: 60, rules: [{deduct: 5, per_missing: 到会率, of: 100%, every: 10%}]}
  - {id: B, title: 名次, max: 40, rules: [{award: {1: 40}, else: 20, rank: 学习积分}]}
  - {id: C, title: 党员大会, kind: penalty, rules: [{deduct: 1, per_missing: 党员大会, of: 1, for_each: quarter}]}
vetoes: [{title: 有半年不合格, if: {半年分: {below: 20}}, grade_at_most: 良好}, {title: 造假, if: 造假, total: 0}]
grades: {优秀: {at_least: 90, unless: {半年分: {below: 40}}}, 良好: 60, 较差: 0}
""",
        {
            "facts": {"到会人数": "9", "应到人数": "10", "学习积分": "70", "造假": "否"},
            "rounds": {"下半年": {"到会人数": "8", "应到人数": "10", "学习积分": "80"}},
            "events": [{"事项": "党员大会", "日期": f"2024-{month}-10"} for month in ("02", "05", "08", "11")],
        },
    ),
    "assessed": (
        """
sections:
  - {id: A, title: 答辩, max: 10, rules: [{award: 10, judge: 答辩评分, combine: trimmed_mean}]}
  - {id: B, title: 测评, max: 10, rules: [{award: {好: 10, 一般: 6, 差: 0}, votes: 民主测评}]}
  - {id: C, title: 发展, max: 6, if_na: rescale, rules: [{deduct: 2, per: 程序不符人数}]}
  - {id: D, title: 处分, max: 74, rules: [{deduct: {警告: 2, 记过: 5, 开除: all}, by: 处分, highest_per: 案件}]}
excluded: [{title: 成立不久, if: {成立月数: {below: 6}}}]
selections: [{title: 先进, places: 1, if: 有材料}]
tie_break: [A]
""",
        {
            "facts": {"程序不符人数": "1", "成立月数": "12", "有材料": "是"},
            "assessors": {name: {"答辩评分": points} for name, points in zip("甲乙丙丁", "9867", strict=True)},
            "ballots": {"民主测评": {"好": "6", "一般": "3", "差": "1"}},
            "events": [
                {"事项": "处分", "级别": "警告", "人员": "张某", "案件": "甲案", "日期": "2024-03-01"},
                {"事项": "处分", "级别": "记过", "人员": "李某", "案件": "乙案", "日期": "2024-04-01"},
            ],
        },
    ),
}
"""Rubrics for what ships has little of: comparisons, rounds, assessors, ballots, cases; each with a unit."""

_HEAD: Final = "dangjian: 1\nrubric: small\ntitle: 试\nsubject: 单位\nrounding: {places: 2}\n"
_UNITS: Final = ("甲村", "乙村", "丙村")


class Subject(Struct, frozen=True, dict=True):
    """A rubric with the evidence of three units, as tables and as what it comes to."""

    loaded: Loaded
    unit: Unit

    @cached_property
    def study(self) -> Study:
        """What the rubric makes of itself."""
        return Study(self.loaded)

    @cached_property
    def files(self) -> Files:
        """The tables as they should be."""
        units = dict.fromkeys(_UNITS, self.unit)
        found = {name: data.decode() for name, data in tables(self.loaded, units).items()}
        return {name: [*csv.reader(io.StringIO(text))] for name, text in found.items()}

    @cached_property
    def before(self) -> Outcome:
        """What the tables come to before anything is done to them."""
        return judged(self, self.files)

    @cached_property
    def column(self) -> str:
        """The column that names units."""
        return self.loaded.rubric.unit_column or self.loaded.rubric.subject

    @cached_property
    def spared(self) -> frozenset[str]:
        """Measures that are not always asked for: of items for some units, of assessors where a rule may not apply."""
        rules = self.study.program.rules
        some = [rule for rule in rules if rule.scope is not None or (rule.guard and isinstance(rule.basis, Judged))]
        return frozenset((*self.loaded.rubric.attributes, *(name for rule in some for name in reads(*rule.trees))))

    @cached_property
    def asked(self) -> Mapping[str | None, frozenset[str]]:
        """What the passes of each round ask for."""
        found: dict[str | None, frozenset[str]] = {}
        for one in self.study.program.passes:
            trees = [tree for node in one.nodes for rule in node.rules for tree in rule.trees]
            found[one.round] = found.get(one.round, frozenset()) | frozenset(reads(*trees))
        return found

    def measure(self, file: str, row: Sequence[str], title: str) -> Measure | None:
        """Find what a column of a table holds."""
        if file == "register.csv":
            return self.study.catalogue.registers.get(row[self.files[file][0].index("事项")], {}).get(title)
        return self.study.catalogue.measures.get(title)

    def is_due(self, file: str, row: Sequence[str], title: str) -> bool:
        """Tell whether a blank there must be told."""
        measure = self.study.catalogue.measures.get(title)
        if file != "matrix.csv" or measure is None or measure.blank is not None or title in self.spared:
            return False
        head = self.files[file][0]
        round_ = row[head.index("轮次")] or None if "轮次" in head else None
        return title in self.asked.get(round_, frozenset())


def subjects() -> dict[str, Subject]:
    """Give every rubric that ships, and the small ones."""
    found = {}
    for name in NAMES:
        loaded, cases = read_cases(name)
        found[name] = Subject(loaded, unit_of(cases, {}))
    return found | {name: Subject(rubric(text, _HEAD), unit) for name, (text, unit) in SMALL.items()}


def judged(subject: Subject, files: Files, *, listed: bool = True) -> Outcome:
    """Take evidence all the way: read, check, set faulty units aside, score, and say it all in both languages.

    `listed`: a roster names the units.
    """
    loaded, program, known = subject.loaded, subject.study.program, subject.study.catalogue
    roster = {"名册.csv": _written([[subject.column], *([unit] for unit in _UNITS)])} if listed else None
    data = {name: _written(rows) for name, rows in files.items()}
    if not data:
        return None, ()
    evidence, found = read_evidence(data, loaded.rubric, known, roster)
    found = (*found, *due.check(program, evidence))
    assert all(load_words(language).message(one) for language in LANGUAGES for one in found)
    if not has_errors(found):
        return {unit.unit: unit.total for unit in score(program, evidence).units}, found
    parted = part(program, evidence, found)
    if isinstance(parted, Parted):
        score(program, parted.sound, parted.unscored)
    return None, found


def _written(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
