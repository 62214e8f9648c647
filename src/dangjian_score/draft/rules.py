"""Rules of a rubric from the clauses of one item: each clause becomes rules, or is marked for a person to read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec.structs import replace

from dangjian_score.core.points import plain
from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import Clause, Why
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.phrases import MODIFIERS, ClausePhrase
from dangjian_score.draft.grammar.words import either, words
from dangjian_score.draft.levels import LEVELS, PRIZE, PUNISHED, RATED, levels_in
from dangjian_score.draft.modifiers import Modified, change
from dangjian_score.draft.periods import DueCount
from dangjian_score.draft.quotas import asked_of, thing_of
from dangjian_score.draft.reading import Drafted, DraftedMeasure, ItemContext, Reading, Rule, Value
from dangjian_score.draft.runs import consistent, runs
from dangjian_score.draft.tiers import table


def drafted(clauses: Iterator[Clause], scope: ItemContext, names: naming.Names) -> Drafted:
    """Turn the clauses of an item into rules; what is not certain is marked."""
    read = [*clauses]
    builder = _Builder(scope, names, in_parts=_is_in_parts(read, scope))
    found = [*runs(consistent(read))]
    for at, run in enumerate(found):
        follow = (each[0].phrase for each in found[at + 1 :])
        builder.add(run, is_last=all(phrase is not None and phrase.kind in MODIFIERS for phrase in follow))
    return builder.drafted()


_PART: Final = re.compile(r"（(\d+(?:\.\d+)?)分）")


def _is_in_parts(clauses: Sequence[Clause], scope: ItemContext) -> bool:
    """Return whether points in brackets come to those of the item, and so are given: 有计划（2分）；有总结（3分）."""
    parts = [Fraction(part) for clause in clauses for part in _PART.findall(evened(clause.words))]
    return len(parts) > 1 and sum(parts) == scope.max


class _Builder:
    """Gathers the rules of one item; points in brackets are given where it is `in_parts`."""

    def __init__(self, scope: ItemContext, names: naming.Names, *, in_parts: bool) -> None:
        self._scope = scope
        self._in_parts = in_parts
        self._names = names
        self._readings: list[Reading] = []
        self._measures: dict[str, DraftedMeasure] = {}
        self._most: Fraction | None = None
        self._start: Fraction | None = None
        self._is_last = False

    def drafted(self) -> Drafted:
        return Drafted(tuple(self._readings), tuple(self._measures.values()), self._most, self._start)

    def add(self, run: list[Clause], *, is_last: bool) -> None:
        """Read clauses that are one table, or one clause; `is_last` tells that only modifiers follow."""
        self._is_last = is_last
        clause = run[0]
        words = "，".join(each.words for each in run)
        phrase = clause.phrase
        if phrase is None:
            self._readings.append(Reading(words, (), clause.why, clause.sentence))
        elif len(run) > 1 or phrase.kind in ("tier", "level"):
            self._put(words, clause, self._levels(run) if phrase.kind == "level" else self._tiers(run))
        else:
            self._put(words, clause, self._rules(clause, phrase))

    def _put(self, words: str, clause: Clause, rules: list[Rule] | Why) -> None:
        modifies = clause.phrase is not None and clause.phrase.kind in MODIFIERS
        if not isinstance(rules, str) and self._scope.shared and any("forfeit" in rule for rule in rules):
            rules = "no base"
        why, written = (rules, ()) if isinstance(rules, str) else (None, tuple(rules))
        self._readings.append(Reading(words, written, why, clause.sentence, modifies))

    def _rules(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        if phrase.points is not None and not phrase.signed and phrase.kind not in MODIFIERS:
            if self._scope.gives == self._scope.takes and not self._in_parts:
                return "no base"
            phrase = replace(phrase, takes=self._scope.takes)
        if phrase.takes and "总分" in phrase.text and not self._scope.takes:
            return "mixed"
        match phrase.kind:
            case "once" | "nothing":
                return self._once(clause, phrase)
            case "each":
                return self._each(clause, phrase)
            case "missing":
                return self._missing(clause, phrase)
            case "over":
                return self._over(clause, phrase)
            case "step" | "above":
                return self._step(clause, phrase)
            case "ratio":
                return self._ratio(clause, phrase)
            case "judged":
                return self._judged(clause, phrase)
            case "each_of":
                return self._each_of(clause, phrase)
            case "respective":
                return self._respective(clause, phrase)
            case "full":
                return self._full(clause, phrase)
            case _:
                return self._modified(clause, phrase)

    # Names

    def _named(self, wanted: str, clause: Clause, **said: object) -> str:
        name = self._names.new(wanted, self._scope.title)
        hint = clause.sentence.strip()
        self._measures[name] = replace(DraftedMeasure(name, hint), **said)
        return name

    def _subject(self, clause: Clause, phrase: ClausePhrase) -> str:
        """Return what a clause is about: its own subject, or the part of the sentence before it."""
        own = naming.cleaned(phrase.subject)
        if clause.context and _GOING_ON.match(phrase.subject):
            return f"{naming.cleaned(clause.context[-1])}且{own}"
        before = naming.cleaned(clause.context[-1]) if clause.context else ""
        if own and before and naming.is_lacking(own) and naming.is_lacking(before) and clause.context[-1][-1] != "的":
            return f"{before}、{own}"
        return own or before or (naming.cleaned(self._scope.content) if self._scope.gives or self._scope.takes else "")

    # Kinds

    def _once(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        subject = self._subject(clause, phrase)
        if not subject:
            return "no base"
        if _ELSE.fullmatch(naming.cleaned(phrase.subject)):
            return self._otherwise(clause, phrase)
        action: Rule = {"forfeit": True} if phrase.kind == "nothing" else _action(phrase)
        shares = [rule for each in self._readings if each.sentence == clause.sentence for rule in each.rules]
        if "award" in action and any("ratio" in rule for rule in shares):  # 按完成比例得分，全部完成得4分
            return [] if all(rule.get("award") == action["award"] for rule in shares) else "mixed"
        before = [reading for reading in self._readings if reading.sentence == clause.sentence and reading.rules]
        gives = ["award" in rule for each in before for rule in each.rules]
        if phrase.kind == "nothing" and any(gives):
            return [] if all(gives) else "mixed"  # 有计划得2分，无计划不得分
        denied = _DENIED.search(subject)
        wanted = _DENIED.sub("", subject)
        if naming.short(wanted) in [rule.get("if") for reading in self._readings for rule in reading.rules]:
            return "mixed"
        name = self._named(wanted, clause)
        if denied and denied[1] == "否":
            return [{**action, "unless": name}]
        concerned = self._only_if(clause).get("if")
        return [{**action, "if": {"all": [concerned, name]} if isinstance(concerned, str) else name}]

    def _otherwise(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        """Return the rule of 否则…: where none of the conditions before it in its sentence holds that give points."""
        before = [reading for reading in self._readings if reading.sentence == clause.sentence]
        rules = [rule for reading in before for rule in reading.rules]
        if not rules or any(reading.why for reading in before) or not all("award" in rule for rule in rules):
            return "no base"
        if phrase.kind == "nothing":
            return []
        conditions = [rule["if"] for rule in rules if isinstance(rule.get("if"), str)]
        if len(conditions) != len(rules):
            return "no base"
        return [{**_action(phrase), "unless": conditions[0] if len(conditions) == 1 else {"any": [*conditions]}}]

    def _each(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        one_of = _ONE_OF.search(phrase.text) is not None
        one_by_one = (phrase.unit in ("项", "样", "种", "类") or one_of) and "或" not in phrase.subject
        listed = clause.listed or (naming.members(phrase.subject.rstrip("有，")) if one_by_one else ())
        if not (clause.listed or one_of) and not all(map(naming.is_lacking if phrase.takes else _STATE.match, listed)):
            listed = ()
        if listed:
            wrong = naming.cleaned(phrase.object) if one_of else ""
            return self._list(clause, phrase, tuple(f"{each}{wrong}" for each in listed), "each")
        if phrase.takes and "每" not in phrase.text and _DOING.match(naming.cleaned(phrase.subject)):
            return "mixed"
        own, thing = f"{naming.cleaned(phrase.subject)}{phrase.act}", naming.cleaned(phrase.object)
        own = "" if _HAPPENING.fullmatch(own) else own
        wanted = f"{own}{thing}" if own else thing or self._subject(clause, phrase)
        if not naming.cleaned(wanted):
            return "no base"
        measured = phrase.unit in _MEASURED
        name = self._named(naming.counted(wanted, phrase.unit), clause, unit=phrase.unit, number=measured)
        return [{**_action(phrase), "per": name, **_every(phrase)}]

    def _missing(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        if phrase.worth is not None and phrase.worth != self._scope.max:
            return "mixed"
        if phrase.unit in _MEMBERS and (members := self._members(clause, phrase)):
            return self._list(clause, phrase, members, "each_missing")
        if phrase.count is not None:
            subject = _FEWER.sub("", self._subject(clause, phrase))
            name = self._named(naming.counted(subject or self._scope.title, phrase.unit), clause, unit=phrase.unit)
            return [{**_action(phrase), "per_missing": name, "of": phrase.count, **_every(phrase)}]
        asked = asked_of(clause, phrase, dated=self._scope.dated)
        if asked is None:
            return "figure left"
        if phrase.amounts:
            if len(phrase.amounts) != len(asked):
                return "figure left"
            phrases = [replace(phrase, points=points, amounts=()) for points in phrase.amounts]
            return [self._short_of(clause, own, *each) for own, each in zip(phrases, asked, strict=True)]
        if asked:
            return [self._short_of(clause, phrase, each, due) for each, due in asked]
        subject = f"{naming.cleaned(phrase.subject)}{phrase.act}{naming.cleaned(phrase.object)}" or self._scope.title
        name = self._named(naming.counted(f"{naming.short(subject, 10)}缺少", phrase.unit), clause, unit=phrase.unit)
        return [{**_action(phrase), "per": name, **_every(phrase)}]

    def _members(self, clause: Clause, phrase: ClausePhrase) -> tuple[str, ...]:
        """Return the list of which one may be missing: before the clause in its sentence."""
        own = naming.members(phrase.subject)
        if own or clause.listed:
            return clause.listed or own
        parts = [part for part in clause.context if not re.search(r"\d|查看|查阅|检查|听取|按照|依据", part)]
        lists = [found for part in parts if (found := naming.members(part))]
        single = lists[0] if len(lists) == 1 else ()
        return single or (tuple(naming.cleaned(part) for part in parts) if len(parts) > 1 else ())

    def _short_of(self, clause: Clause, phrase: ClausePhrase, asked: ClausePhrase, due: DueCount) -> Rule:
        thing = naming.short(thing_of(asked) or naming.cleaned(phrase.subject) or self._scope.title, 10)
        if phrase.unit == "次" and asked.unit in ("天", "日"):
            asked = replace(asked, unit="次")
        if due.for_each is not None:
            name = self._named(thing, clause, unit=asked.unit, register=True)
            return {
                **_action(phrase),
                "per_missing": name,
                "of": due.of,
                "for_each": due.for_each,
                **_every(phrase),
                **self._only_if(clause),
            }
        name = self._named(naming.counted(thing, asked.unit), clause, unit=asked.unit)
        return {**_action(phrase), "per_missing": name, "of": due.of, **_every(phrase), **self._only_if(clause)}

    def _only_if(self, clause: Clause) -> Rule:
        """Return the condition that a sentence begins with, where it says who is concerned (设有党小组的，…)."""
        said = [part for part in clause.context if _CONCERNED.fullmatch(part)]
        return {"if": self._named(said[-1], clause)} if said else {}

    def _over(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        if phrase.count is not None:
            subject = self._subject(clause, phrase) or self._scope.title
            name = self._named(naming.counted(subject, phrase.unit), clause, unit=phrase.unit)
            return [{**_action(phrase), "per_over": name, "of": phrase.count, **_every(phrase)}]
        asked = asked_of(clause, phrase, dated=self._scope.dated) or []
        if len(asked) == 1:
            each, due = asked[0]
            total = due.of if due.for_each is None else due.yearly
            name = self._named(naming.counted(thing_of(each) or self._scope.title, each.unit), clause, unit=each.unit)
            return [{**_action(phrase), "per_over": name, "of": total, **_every(phrase)}]
        subject = f"{naming.cleaned(phrase.subject)}{phrase.act}{naming.cleaned(phrase.object)}" or self._scope.title
        name = self._named(naming.counted(f"{naming.short(subject, 9)}超出", phrase.unit), clause, unit=phrase.unit)
        return [{**_action(phrase), "per": name, **_every(phrase)}]

    def _step(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        rates = [each for group in clause.asked for each in group if each.rate is not None]
        if phrase.worth is not None and phrase.worth != self._scope.max:
            return "mixed"
        base = phrase.base if phrase.base is not None else rates[0].rate if rates else None
        subject = naming.cleaned(phrase.subject) or (rates[0].subject if rates else "")
        if base is None or not subject:
            return "no base"
        name = self._named(naming.rate(subject), clause)
        key = "per_missing" if phrase.kind == "step" else "per_over"
        step = phrase.every if phrase.every is not None else Fraction(1)
        if not step:
            return "unsure"
        return [{**_action(phrase), key: name, "of": _percent(base), "every": _percent(step)}]

    def _ratio(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        """Return the rule of a share: the points of the item, or those it says, by what is done of what there was."""
        points = phrase.points if phrase.points is not None else self._scope.max
        if points is None:
            return "no figure"
        if any("award" in rule for each in self._readings if each.sentence == clause.sentence for rule in each.rules):
            return "mixed"
        done, whole = (self._named(naming.short(text), clause) for text in (phrase.act, phrase.object))
        return [{"award": points, "ratio": done, "of": whole}]

    def _judged(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        if phrase.high is None:
            return "no figure"
        verb, word = ("deduct", "扣分") if phrase.takes else ("award", "加分" if self._scope.max is None else "评分")
        amount: Value = phrase.high if not phrase.low else {"from": phrase.low, "to": phrase.high}
        subject = self._subject(clause, phrase)
        if phrase.unit:
            thing = naming.short(f"{subject}{phrase.act}{phrase.object}" or self._scope.title, 10)
            name = self._named(thing, clause, unit=phrase.unit, register=True)
            return [{verb: amount, "per": name, "judge": self._names.new(f"{thing}{word}", self._scope.title)}]
        judge = self._named(f"{naming.short(subject or self._scope.title, 10)}{word}", clause)
        denied = _DENIED.search(subject)
        if not phrase.low and denied is None:
            return [{verb: amount, "judge": judge}]
        if not phrase.low and denied is not None:
            key = "unless" if denied[1] == "否" else "if"
            return [{verb: amount, "judge": judge, key: self._named(_DENIED.sub("", subject), clause)}]
        return [{verb: amount, "if": self._named(subject, clause), "judge": judge}] if subject else "no base"

    def _each_of(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        listed = clause.listed or naming.members(phrase.subject) or self._members(clause, phrase)
        return self._list(clause, phrase, listed, "each") if listed else "no base"

    def _list(self, clause: Clause, phrase: ClausePhrase, listed: tuple[str, ...], key: str) -> list[Rule] | Why:
        """Return the rule of a list: members that say what is wrong (无签到) count where they hold, others do not."""
        lacking = [naming.is_lacking(each) for each in listed]
        if (any(lacking) and not all(lacking)) or phrase.every not in (None, 1):
            return "unsure"
        if key == "each_missing" and any(lacking):
            key = "each"
        wanted = [naming.had(each) if key == "each_missing" else naming.short(each) for each in listed]
        return [{**_action(phrase), key: [self._named(each, clause) for each in wanted], **self._only_if(clause)}]

    def _respective(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        phrase = replace(phrase, subject=_PRIZES.sub(r"\1等奖", phrase.subject))
        listed = naming.members(phrase.subject)
        if len(listed) > len(phrase.amounts):  # 全省、全市先进集体或先进个人: the last member names two things
            listed = tuple(map(naming.cleaned, re.split("[、，]", naming.cleaned(phrase.subject))))
        if len(listed) != len(phrase.amounts):
            return "figure left"
        verb = "deduct" if phrase.takes else "award"
        levels = levels_in(listed)
        if all(levels) and len(set(levels)) == len(levels):
            return [self._by(clause, verb, dict(zip(map(str, levels), phrase.amounts, strict=True)), phrase.subject)]
        repeated = _EVERY_ONE.search(phrase.text)
        rules: list[Rule] = []
        for each, amount in zip(listed, phrase.amounts, strict=True):
            name = naming.short(each) if repeated is None else naming.counted(each, repeated["unit"])
            unit = "" if repeated is None else repeated["unit"]
            rules.append({verb: amount, "per" if unit else "if": self._named(name, clause, unit=unit)})
        return rules

    def _by(
        self, clause: Clause, verb: str, table: Mapping[str, Value], subject: str, *, register: bool = True
    ) -> Rule:
        """Return a rule by level: of a register where events have levels, of one level that a unit has otherwise."""
        thing = naming.cleaned(re.sub("[、，]+", "", LEVELS.sub("", subject))) or self._scope.title
        name = self._named(naming.short(thing, 10), clause, register=register, unit="次" if register else "")
        return {verb: dict(table), "by": name}

    def _full(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        subject = self._subject(clause, phrase)
        if self._scope.max is None:
            return "no base"
        return [{"award": self._scope.max, "if": self._named(subject, clause)}] if subject else []

    # Tables

    def _tiers(self, run: list[Clause]) -> list[Rule] | Why:
        phrases = [clause.phrase for clause in run if clause.phrase is not None]
        subject = self._subject(run[0], phrases[0])
        read = table(phrases, self._scope.max)
        if read is None or not subject:
            return "figure left" if read is None else "no base"
        if len(run) == 1 and naming.is_lacking(phrases[0].object):
            return self._lacking_from(run[0], [action for action, _ in read])
        is_rate = phrases[0].unit == "%"
        wanted = naming.rate(subject) if is_rate else naming.counted(f"{subject}{phrases[0].object}", phrases[0].unit)
        name = self._named(wanted, run[0], unit="" if is_rate else phrases[0].unit)
        return [
            {**action, basis: name} if isinstance(basis, str) else {**action, "if": {name: basis.bound}}
            for action, basis in read
        ]

    def _lacking_from(self, clause: Clause, actions: list[Rule]) -> list[Rule] | Why:
        """Return the rule of what lacks from some size on (超过50人未设党总支的): a condition that names the size."""
        text = _POINTS_BEGIN.split(evened(clause.words), maxsplit=1)[0]
        figures = re.findall(r"\d+", text)
        if any(figure not in naming.short(text) for figure in figures):
            return "figure left"
        return [{**action, "if": self._named(text, clause)} for action in actions]

    def _levels(self, run: list[Clause]) -> list[Rule] | Why:
        phrases = [clause.phrase for clause in run if clause.phrase is not None]
        verb = "deduct" if phrases[0].takes else "award"
        if len({PRIZE.search(phrase.level) is None for phrase in phrases}) > 1:
            return "figure left"  # prizes within levels: 国家级一等奖5分、二等奖4分
        nought: Value = "all" if verb == "deduct" else Fraction(0)
        table: dict[str, Value] = {
            level: nought if phrase.points is None else phrase.points
            for phrase in phrases
            for level in re.split("[、或]", phrase.level)
        }
        if len(table) == 1:
            subject = f"{phrases[0].subject}{phrases[0].level}{phrases[0].object}"
            if phrases[0].points is None:
                return [{"forfeit": True, "if": self._named(subject, run[0])}]
            return [
                {
                    **_action(phrases[0]),
                    "per" if _REPEATED.search(phrases[0].text) else "if": self._named(subject, run[0]),
                }
            ]
        subject = f"{phrases[0].subject}{phrases[0].object}" or (run[0].context[-1] if run[0].context else "")
        subject += "处分" if PUNISHED.fullmatch(phrases[0].level) and "分" not in subject else ""
        return [self._by(run[0], verb, table, subject, register=not RATED.fullmatch(phrases[0].level))]

    def _modified(self, clause: Clause, phrase: ClausePhrase) -> list[Rule] | Why:
        """Apply what is said of the clauses before."""
        changed = change(self._readings, clause, phrase, self._scope, is_last=self._is_last)
        if not isinstance(changed, Modified):
            return changed
        self._most = changed.most if changed.most is not None else self._most
        self._start = changed.start if changed.start is not None else self._start
        if changed.reading is not None:
            at = max(at for at, reading in enumerate(self._readings) if not reading.modifies)
            self._readings[at] = changed.reading
        return []


_MEASURED: Final = frozenset({"万元", "亿元", "元", "亩", "公里", "平方米", "吨", "小时"})
"""What is measured and need not be whole."""
_MEMBERS: Final = frozenset({"项", "样", "种", "类", "个", "份", "张", "本", "册", "处"})
"""Counters of things that a list says one by one."""
_GOING_ON: Final = re.compile(either(words("going_on")))
_DENIED: Final = re.compile("[”’]?(?:填|为)[“‘]?([是否])[”’]?$")
_ELSE: Final = re.compile("否则|反之|其余|其他|不然|其余情况|其他情况")
_CONCERNED: Final = re.compile(r"(?:设有?|有|建有|成立|属于|符合|凡是?)[^，\d下]{2,}的")
_HAPPENING: Final = re.compile("发现|发生|出现|查实|查处|抽查发现|有")
"""What says nothing of what happened: 瞒报的，发现一起扣5分."""
_FEWER: Final = re.compile("(?:少于|不足|低于|未达到?)$")
_POINTS_BEGIN: Final = re.compile(r"(?:的|者)?，?(?:[扣减得计记加]除?\d[\d.-]*分|不得分|[该本此]项)")
_DOING: Final = re.compile("研究|开展|召开|组织|完成|举办|学习|报送|讲|只")
"""What ought to be done: 研究1次的扣2分 is about how often, and not about every time."""
_ONE_OF: Final = re.compile("有1[项样个处类种]")
_STATE: Final = re.compile("有|无|未|没|不|已|缺")
_PRIZES: Final = re.compile("([特一二三123])(?=(?:、[一二三123])+等奖)")
"""Prizes that share their last words: 一、二、三等奖."""
_REPEATED: Final = re.compile(r"每|(?<![第满])1(?:人次|[次人件起例项篇个条])")
_EVERY_ONE: Final = re.compile(r"每(?:发生|发现|有)?1?(?P<unit>人次|件次|[次项人篇条件个村岗起处份])(?:分别|依次)")
_SHORT: Final = 6


def _action(phrase: ClausePhrase) -> Rule:
    assert phrase.points is not None  # noqa: S101  every row of these kinds has points
    return {"deduct" if phrase.takes else "award": phrase.points}


def _every(phrase: ClausePhrase) -> Rule:
    return {} if phrase.every is None or phrase.every == 1 else {"every": phrase.every}


def _percent(share: Fraction) -> str:
    return f"{plain(share)}%"
