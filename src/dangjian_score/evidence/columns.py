"""What the columns of tables are called, and which of them each kind of table may have."""

from dataclasses import dataclass
from typing import Final, Literal

from dangjian_score.engine.catalogue import Catalogue

UNIT, EVENT, ROUND, ASSESSOR, BALLOT, ITEM = "单位", "事项", "轮次", "评委", "测评项", "指标"
FILLED, REVIEWED, OWN = "填报值", "考评值", "自评值"
POINTS, REASON, APPROVER, ITEM_TITLE = "调整分", "理由", "批准人", "指标名称"
ALIASES, SINCE, UNTIL = "别名", "成立日期", "撤销日期"
GUIDE, CHOICES = "填表说明", "填表选项"
"""Sheets of our own templates beside those that are filled in."""
REGISTER: Final = ("数量", "级别", "日期", "人员", "案件", "说明")
"""Columns that registers may have whether rules look at them or not."""
_BESIDE: Final = ("序号", "考核项目", "要求", "填法", "说明", "备注")
"""Columns of a form that explain the others."""

Kind = Literal["matrix", "form", "register", "assessors", "ballots", "rulings", "roster"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What tables may hold: names of the unit column, best first, and columns by kind of table.

    `own` asks of forms for what units say of themselves (自评), not for what counts.
    """

    unit_names: tuple[str, ...]
    known: Catalogue
    rounds: bool
    roster: bool = False
    own: bool = False

    def columns(self, kind: Kind) -> tuple[str, ...]:
        """Name the columns that are looked at, with those that are always understood."""
        known = self.known
        rounds = (ROUND,) if self.rounds else ()
        match kind:
            case "matrix":
                return (*rounds, *known.measures)
            case "form":
                return (ITEM, FILLED, REVIEWED, OWN, *rounds, *_BESIDE)
            case "register":
                own = (column for columns in known.registers.values() for column in columns)
                return (EVENT, *rounds, *dict.fromkeys((*own, *REGISTER)))
            case "assessors":
                return (ASSESSOR, *rounds, *sorted(known.judged))
            case "ballots":
                levels = (level for levels in known.ballots.values() for level in levels)
                return (BALLOT, *rounds, *dict.fromkeys(levels))
            case "rulings":
                return (ITEM, ITEM_TITLE, POINTS, REASON, APPROVER, "日期", *rounds)
            case "roster":
                return (ALIASES, SINCE, UNTIL, *known.attributes)

    def looked_at(self, kind: Kind) -> frozenset[str]:
        """Name the columns that somebody reads: one close to these must not be passed over."""
        idle = {"register": set(REGISTER).difference(*self.known.registers.values()), "form": {OWN, *_BESIDE}}
        return frozenset(self.columns(kind)) - idle.get(kind, set())
