"""Evidence that a clerk spoiled, each case from one number, and what must hold of whatever is made of it.

Nothing may raise. A mutation is either `told` (some finding must speak of it), `idle` (nothing may change), or `valid`
(what stands there now could be meant, so points may change). Where nothing is said, no total may be other than it was,
unless a valid mutation is among those made.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Final, Literal

from dangjian_score.checks import evidence as due
from dangjian_score.checks.partial import Parted, part
from dangjian_score.checks.study import Study
from dangjian_score.diagnostics import Diagnostic, has_errors
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.lookups import Judged
from dangjian_score.engine.score import score
from dangjian_score.engine.trees import reads
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded
from dangjian_score.words.codebook import LANGUAGES
from dangjian_score.words.say import words
from tests.scenes import Unit, tables
from tests.shipped import NAMES, read_cases, unit_of
from tests.support import rubric

Rows = list[list[str]]
Files = dict[str, Rows]
Expected = Literal["told", "idle", "valid"]
Outcome = tuple[dict[str, Fraction] | None, tuple[Diagnostic, ...]]
"""Totals by unit (None where there are errors), and all that was found."""

GARBLED: Final = ("x?y", "两三次左右", "1.2.3", "#REF!", "见附件", "4;5", "１２ａ")
"""What no figure, answer, day or closed level is."""

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


@dataclass(frozen=True)
class Subject:
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
            return self.study.names.registers.get(row[self.files[file][0].index("事项")], {}).get(title)
        return self.study.names.measures.get(title)

    def is_due(self, file: str, row: Sequence[str], title: str) -> bool:
        """Tell whether a blank there must be told."""
        measure = self.study.names.measures.get(title)
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
    loaded, program, known = subject.loaded, subject.study.program, subject.study.names
    roster = {"名册.csv": _written([[subject.column], *([unit] for unit in _UNITS)])} if listed else None
    data = {name: _written(rows) for name, rows in files.items()}
    if not data:
        return None, ()
    evidence, found = read_evidence(data, loaded.rubric, known, roster)
    found = (*found, *due.check(program, evidence))
    assert all(words(language).message(one) for language in LANGUAGES for one in found)
    if not has_errors(found):
        return {unit.unit: unit.total for unit in score(loaded.rubric, evidence).units}, found
    parted = part(program, evidence, found)
    if isinstance(parted, Parted):
        score(loaded.rubric, parted.sound, parted.unscored)
    return None, found


def _written(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


# Mutations


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell with something in it below the header."""

    file: str
    row: int
    column: int

    def title(self, files: Files) -> str:
        return files[self.file][0][self.column]


Mutation = Callable[[Subject, Files, Random], Expected | None]
"""Changes tables in place; says what must follow, or None where there was nothing to change."""


def _spots(subject: Subject, files: Files) -> Iterator[_Spot]:
    """Give every filled cell of the columns that hold figures, answers, levels, words."""
    for file, rows in files.items():
        for at, row in enumerate(rows[1:], start=1):
            for column, text in enumerate(row):
                if text and rows[0][column] not in (subject.column, "轮次", "事项", "评委", "测评项"):
                    yield _Spot(file, at, column)


def _spot(subject: Subject, files: Files, chance: Random) -> _Spot | None:
    found = [*_spots(subject, files)]
    return chance.choice(found) if found else None


def blank(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Empty a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    row[spot.column] = ""
    return "told" if subject.is_due(spot.file, row, spot.title(files)) else "valid"


def garble(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Write what cannot be read into a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    row[spot.column] = chance.choice(GARBLED)
    measure = subject.measure(spot.file, row, spot.title(files))
    unread = spot.file.startswith("ballots") or (
        measure is not None and measure.kind != "text" and not (measure.kind == "level" and measure.open)
    )
    return "told" if unread else "valid"


def move(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Move a cell into one beside it."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    rows, down = files[spot.file], chance.random() < 0.5
    row, column = (spot.row + 1, spot.column) if down else (spot.row, spot.column + 1)
    if row >= len(rows) or column >= len(rows[0]):
        return None
    there = rows[row][column]
    rows[row][column], rows[spot.row][spot.column] = rows[spot.row][spot.column], ""
    told = subject.is_due(spot.file, rows[spot.row], spot.title(files)) and not there
    return "told" if told else "valid"


def swap_cells(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Exchange two cells of a row."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    other = chance.randrange(len(row))
    row[spot.column], row[other] = row[other], row[spot.column]
    return "valid"


def _row(files: Files, chance: Random) -> tuple[str, int] | None:
    found = [(file, at) for file, rows in files.items() for at in range(1, len(rows))]
    return chance.choice(found) if found else None


def drop_row(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Take a row away; rows of registers and of assessors need not be there."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    row = files[file].pop(at)
    asked = any(subject.is_due(file, row, title) for title in files[file][0])
    return "told" if asked or file.startswith("ballots") else "valid"


def double_row(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write a row a second time; ballots of one file may well be alike."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    files[file].insert(chance.randint(1, len(files[file])), [*files[file][at]])
    return "valid" if file.startswith("ballots") else "told"


def swap_rows(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Exchange two rows."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    other = chance.randint(1, len(files[file]) - 1)
    rows = files[file]
    rows[at], rows[other] = rows[other], rows[at]
    return "idle"


def _column(files: Files, chance: Random) -> tuple[str, int] | None:
    found = [(file, at) for file, rows in files.items() for at in range(1, len(rows[0]))]
    return chance.choice(found) if found else None


def drop_column(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Take a column away."""
    if (found := _column(files, chance)) is None:
        return None
    file, at = found
    title = files[file][0][at]
    told = any(row[at] and subject.is_due(file, row, title) for row in files[file][1:])
    for row in files[file]:
        del row[at]
    return "told" if told else "valid"


def garble_title(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Spoil the heading of a column."""
    if (found := _column(files, chance)) is None:
        return None
    file, at = found
    title = files[file][0][at]
    told = any(row[at] and subject.is_due(file, row, title) for row in files[file][1:])
    files[file][0][at] = chance.choice((title[::-1], title[:-1], f"{title}？", "栏目", ""))
    return "told" if told and files[file][0][at] != title else "valid"


def drop_file(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Leave a file out; one must be left."""
    if len(files) < 2:
        return None
    name = chance.choice(sorted(files))
    rows = files.pop(name)
    asked = any(subject.is_due(name, row, title) for row in rows[1:] for title in rows[0])
    return "told" if asked or name.startswith(("ballots", "register")) else "valid"


def drop_round(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Leave a round's rows out of the matrix."""
    rows = files.get("matrix.csv", [[]])
    if "轮次" not in rows[0]:
        return None
    at = rows[0].index("轮次")
    if not (rounds := sorted({row[at] for row in rows[1:] if row[at]})):
        return None
    gone = chance.choice(rounds)
    asked = any(subject.is_due("matrix.csv", row, title) for row in rows[1:] if row[at] == gone for title in rows[0])
    rows[1:] = [row for row in rows[1:] if row[at] != gone]
    return "told" if asked else "valid"


def _head(files: Files, chance: Random) -> tuple[str, Rows]:
    file = chance.choice(sorted(files))
    return file, files[file]


def repeat_header(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write the header again, as on each printed page, with a title over it or without."""
    _, rows = _head(files, chance)
    at = chance.randint(1, len(rows))
    title = [["2024年汇总表", *[""] * (len(rows[0]) - 1)]] if chance.random() < 0.5 else []
    rows[at:at] = [*title, [*rows[0]]]
    return "idle"


def title_above(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write titles and notes over the header."""
    _, rows = _head(files, chance)
    blank = [""] * (len(rows[0]) - 1)
    rows[:0] = [["年度考核汇总表", *blank], ["说明：照实填写，不得漏填。", *blank]][: chance.randint(1, 2)]
    return "idle"


def lines_below(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write sums and signatures below the rows."""
    _, rows = _head(files, chance)
    blank = [""] * (len(rows[0]) - 1)
    rows += [["合计", *blank], ["填表人：张三", *blank], ["注：以上为全年情况。", *blank]][: chance.randint(1, 3)]
    return "idle"


def side_by_side(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Move half of the rows beside the others, under the same header."""
    _, rows = _head(files, chance)
    half = len(rows) // 2 + 1
    right = [rows[0], *rows[half:]]
    width = len(rows[0])
    rows[:] = [
        [*row, "", *(right[at] if at < len(right) else [""] * width)] for at, row in enumerate([rows[0], *rows[1:half]])
    ]
    return "idle"


def unit_word(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Write what heads the column of units into a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    files[spot.file][spot.row][spot.column] = subject.column
    return "valid"


LAYOUTS: Final[tuple[Mutation, ...]] = (repeat_header, title_above, lines_below, side_by_side)
"""What moves tables about on their sheets and must change nothing; each is the last thing done to a table."""
MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(blank, blank, garble, garble, move, swap_cells, drop_row, double_row, swap_rows),
    *(drop_column, garble_title, drop_file, drop_round, unit_word),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was done, what had to follow, and what came of it."""

    done: tuple[str, ...]
    expected: tuple[Expected, ...]
    silent: bool
    files: Files


def tried(subject: Subject, chance: Random) -> Tried:
    """Spoil the evidence, and hold what comes of it against the law; anything that breaks it raises."""
    files: Files = {name: [[*row] for row in rows] for name, rows in subject.files.items()}
    done: list[str] = []
    expected: list[Expected] = []
    for mutation in chance.choices(MUTATIONS, k=chance.choice((0, 0, 1, 1, 1, 2, 3))):
        if (what := mutation(subject, files, chance)) is not None:
            done.append(mutation.__name__)
            expected.append(what)
    spoiled = bool(expected)
    if files and chance.random() < 0.5:
        layout = chance.choice(LAYOUTS)
        layout(subject, files, chance)
        done.append(layout.__name__)
    totals, found = judged(subject, files, listed=spoiled or chance.random() < 0.5)
    before, noted = subject.before
    silent = not Counter(one.code for one in found) - Counter(one.code for one in noted)
    result = Tried(tuple(done), tuple(expected), silent, files)
    assert not (expected == ["told"] and silent), ("nothing was said", result)
    if "valid" not in expected and (silent or not spoiled):
        assert totals == before, ("other totals", totals, before, found, result)
    return result
