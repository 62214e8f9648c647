"""Rules of a rubric from the clauses of one item: each clause becomes rules, or is marked for a person to read."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import Clause, Why
from dangjian_score.draft.grammar.phrases import MODIFIERS, Phrase
from dangjian_score.draft.grammar.words import either, words
from dangjian_score.core.points import plain
from dangjian_score.draft.periods import UNCERTAIN, Due, due_of
from dangjian_score.draft.tiers import table

Value = str | bool | Fraction | list["Value"] | dict[str, "Value"]
"""A value as it stands in a rubric; per cents and names are text."""
Rule = dict[str, Value]


class Measure(Struct, frozen=True):
    """A measure that a rule reads: what is said of it in `measures`."""

    name: str
    hint: str
    unit: str = ""
    register: bool = False
    number: bool = False
    levels: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """A clause in the words of the regulation, and the rules it became; marked with `why` where it became none.

    A clause that adds nothing (扣完为止) has neither; `modifies` is one about the clauses before it (最多扣3分).
    """

    words: str
    rules: tuple[Rule, ...] = ()
    why: Why | None = None
    sentence: str = ""
    modifies: bool = False


class Drafted(Struct, frozen=True):
    """The readings of an item's clauses in their order, the measures of its rules, and its limits.

    `most` is a cap over all clauses, `start` where an item begins.
    """

    readings: tuple[Reading, ...]
    measures: tuple[Measure, ...] = ()
    most: Fraction | None = None
    uncapped: bool = False
    start: Fraction | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order of the clauses."""
        return tuple(rule for reading in self.readings for rule in reading.rules)


class Scope(Struct, frozen=True):
    """What is known of an item when its clauses are read.

    `content` is what its cells say that it is about, `dated` whether the days of the period are known, `gives` whether
    figures without a verb are given (in a section of bonuses), `takes` whether they are taken.
    """

    title: str
    max: Fraction | None
    dated: bool
    content: str = ""
    gives: bool = False
    takes: bool = False


def drafted(clauses: Iterator[Clause], scope: Scope, names: naming.Names) -> Drafted:
    """Turn the clauses of an item into rules; what is not certain is marked."""
    builder = _Builder(scope, names)
    for run in _runs(_consistent([*clauses])):
        builder.add(run)
    return builder.drafted()


def _consistent(clauses: list[Clause]) -> list[Clause]:
    """Mark clauses that say different points of one thing."""

    def said(at: int) -> tuple[str, str, str] | None:
        clause, phrase = clauses[at], clauses[at].phrase
        if phrase is None or phrase.kind not in ("each", "once"):
            return None
        about = naming.cleaned(f"{phrase.subject}{phrase.act}{phrase.object}")
        if not about and not clause.context and at and clauses[at - 1].sentence == clause.sentence:
            return said(at - 1)
        return (phrase.kind, about, phrase.unit) if about else None

    points: dict[tuple[str, str, str], set[Fraction]] = {}
    keys = [said(at) for at in range(len(clauses))]
    for clause, key in zip(clauses, keys, strict=True):
        if key is not None and clause.phrase is not None and clause.phrase.points is not None:
            points.setdefault(key, set()).add(clause.phrase.points)
    return [
        replace(clause, phrase=None, why="mixed") if key is not None and len(points.get(key, ())) > 1 else clause
        for clause, key in zip(clauses, keys, strict=True)
    ]


def _runs(clauses: list[Clause]) -> Iterator[list[Clause]]:
    """Put together clauses that are rows of one table: bounds of one figure, levels of one thing."""
    run: list[Clause] = []
    for clause in clauses:
        if run and not _goes_on(run, clause):
            yield run
            run = []
        run.append(clause)
    if run:
        yield run


def _goes_on(run: list[Clause], clause: Clause) -> bool:
    before, phrase = run[-1].phrase, clause.phrase
    if before is None or phrase is None:
        return False
    named = naming.cleaned(phrase.subject)
    first = naming.cleaned(run[0].phrase.subject if run[0].phrase else "")
    same = not named or named == first or first.endswith(named) or named.endswith(first)
    if before.kind == "tier" and _is_one(phrase):
        return same and before.unit == phrase.unit
    if phrase.kind == "tier" and (before.kind == "tier" or _is_first_of_tiers(before, phrase)):
        return same and (before.unit == phrase.unit or not phrase.unit)
    if phrase.kind == "level" and before.kind == "level":
        rated = bool(_RATED.fullmatch(phrase.level) and _RATED.fullmatch(before.level))
        if (
            not rated
            and (phrase.takes or before.takes)
            and not (_PUNISHED.search(phrase.level) and _PUNISHED.search(before.level))
        ):
            return False
        return (
            phrase.none
            or before.takes == phrase.takes
            and phrase.level not in [each.phrase.level for each in run if each.phrase]
        )
    if (
        before.kind == "tier"
        and phrase.kind in ("nothing", "once")
        and phrase.subject in ("其余", "其他", "其余的", "否则", "再低", "达不到", "没有", "无", "未达到", "其他情况")
    ):
        return True
    return False


def _is_one(phrase: Phrase) -> bool:
    """Return whether a clause that could stand for every time (1篇的得3分) names a single number."""
    return phrase.kind in ("each", "missing") and (phrase.every or 1) == 1 and "每" not in phrase.text


def _is_first_of_tiers(before: Phrase, phrase: Phrase) -> bool:
    """Return whether 迟到1次扣0.5分 is followed by 2次扣1分, so that it does not stand for every time."""
    return (
        _is_one(before)
        and phrase.unit == before.unit
        and (not phrase.subject or naming.cleaned(before.subject).endswith(naming.cleaned(phrase.subject)))
    )


class _Builder:
    """Gathers the rules of one item."""

    def __init__(self, scope: Scope, names: naming.Names) -> None:
        self._scope = scope
        self._names = names
        self._readings: list[Reading] = []
        self._measures: dict[str, Measure] = {}
        self._most: Fraction | None = None
        self._uncapped = False
        self._start: Fraction | None = None

    def drafted(self) -> Drafted:
        return Drafted(tuple(self._readings), tuple(self._measures.values()), self._most, self._uncapped, self._start)

    def add(self, run: list[Clause]) -> None:
        """Read clauses that are one table, or one clause."""
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
        why, written = (rules, ()) if isinstance(rules, str) else (None, tuple(rules))
        self._readings.append(Reading(words, written, why, clause.sentence, modifies))

    def _rules(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        if phrase.points is not None and not phrase.signed and phrase.kind not in MODIFIERS:
            if self._scope.gives == self._scope.takes:
                return "no base"
            phrase = replace(phrase, takes=self._scope.takes)
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
        self._measures[name] = replace(Measure(name, hint), **said)  # type: ignore[arg-type]
        return name

    def _subject(self, clause: Clause, phrase: Phrase) -> str:
        """Return what a clause is about: its own subject, or the part of the sentence before it."""
        own = naming.cleaned(phrase.subject)
        if clause.context and _GOING_ON.match(phrase.subject):
            return f"{naming.cleaned(clause.context[-1])}且{own}"
        return own or (naming.cleaned(clause.context[-1]) if clause.context else naming.cleaned(self._scope.content))

    # Kinds

    def _once(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        subject = self._subject(clause, phrase)
        if not subject:
            return "no base"
        if _ELSE.fullmatch(naming.cleaned(phrase.subject)):
            return self._otherwise(clause, phrase)
        action: Rule = {"forfeit": True} if phrase.kind == "nothing" else _action(phrase)
        denied = _DENIED.search(subject)
        name = self._named(_DENIED.sub("", subject), clause)
        return [{**action, "unless" if denied and denied[1] == "否" else "if": name}]

    def _otherwise(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
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

    def _each(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        one_by_one = phrase.unit in ("项", "样", "种", "类") and "或" not in phrase.subject
        listed = clause.listed or (naming.members(phrase.subject) if one_by_one else ())
        if not clause.listed and not (phrase.takes or all(_STATE.match(each) for each in listed)):
            listed = ()
        if listed:
            return self._list(clause, phrase, listed, "each")
        subject = f"{self._subject(clause, phrase)}{phrase.act}"
        thing = naming.cleaned(phrase.object)
        wanted = f"{subject}{thing}" if thing and len(subject) < _SHORT else thing or subject
        if not naming.cleaned(wanted):
            return "no base"
        measured = phrase.unit in _MEASURED
        name = self._named(naming.counted(wanted, phrase.unit), clause, unit=phrase.unit, number=measured)
        return [{**_action(phrase), "per": name, **_every(phrase)}]

    def _missing(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        if phrase.worth is not None and phrase.worth != self._scope.max:
            return "mixed"
        if phrase.unit in _MEMBERS and (members := self._members(clause, phrase)):
            return self._list(clause, phrase, members, "each_missing")
        if phrase.count is not None:
            subject = self._subject(clause, phrase)
            name = self._named(naming.counted(subject or self._scope.title, phrase.unit), clause, unit=phrase.unit)
            return [{**_action(phrase), "per_missing": name, "of": phrase.count, **_every(phrase)}]
        asked = self._asked(clause, phrase)
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

    def _members(self, clause: Clause, phrase: Phrase) -> tuple[str, ...]:
        """Return the list of which one may be missing: before the clause in its sentence."""
        own = naming.members(phrase.subject)
        if own or clause.listed:
            return clause.listed or own
        parts = [part for part in clause.context if not any(char.isdigit() for char in part)]
        single = naming.members(parts[-1]) if parts else ()
        return single or (tuple(naming.cleaned(part) for part in parts) if len(parts) > 1 else ())

    def _asked(self, clause: Clause, phrase: Phrase) -> list[tuple[Phrase, Due]] | None:
        """Return the requirements that a clause about missing ones is about: the nearest that fit, in their order.

        None where they contradict each other.
        """
        if not clause.own_quota:
            return None
        about = _DOING.sub("", naming.cleaned(f"{phrase.subject}{phrase.object}"))
        about = "" if _UNDONE.fullmatch(about) else about
        groups = clause.asked[:2] if phrase.unit in _PEOPLE else clause.asked
        for group in groups:
            fit = [each for each in group if each.count is not None and _counts(each, phrase.unit)]
            chosen = [each for each in fit if _is_about(each, about)] if about else fit
            if not chosen and len(fit) == 1 and phrase.unit not in ("次", "项", "人", "名", "个"):
                chosen = fit
            if chosen:
                agreed = _agreed(chosen)
                if agreed is None:
                    return None
                chosen = agreed
                chosen = [one for each in chosen for one in _apart(each)]
                found = [(each, due) for each in chosen if (due := due_of(each, dated=self._scope.dated)) is not None]
                return found if len(found) == len(chosen) else []
        return []

    def _short_of(self, clause: Clause, phrase: Phrase, asked: Phrase, due: Due) -> Rule:
        thing = naming.short(_thing(asked) or naming.cleaned(phrase.subject) or self._scope.title, 10)
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

    def _over(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        if phrase.count is not None:
            subject = self._subject(clause, phrase) or self._scope.title
            name = self._named(naming.counted(subject, phrase.unit), clause, unit=phrase.unit)
            return [{**_action(phrase), "per_over": name, "of": phrase.count, **_every(phrase)}]
        asked = self._asked(clause, phrase) or []
        if len(asked) == 1:
            each, due = asked[0]
            total = due.of if due.for_each is None else due.yearly
            name = self._named(naming.counted(_thing(each) or self._scope.title, each.unit), clause, unit=each.unit)
            return [{**_action(phrase), "per_over": name, "of": total, **_every(phrase)}]
        subject = f"{naming.cleaned(phrase.subject)}{phrase.act}{naming.cleaned(phrase.object)}" or self._scope.title
        name = self._named(naming.counted(f"{naming.short(subject, 9)}超出", phrase.unit), clause, unit=phrase.unit)
        return [{**_action(phrase), "per": name, **_every(phrase)}]

    def _step(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        rates = [each for group in clause.asked for each in group if each.rate is not None]
        if phrase.worth is not None and phrase.worth != self._scope.max:
            return "mixed"
        base = phrase.base if phrase.base is not None else rates[0].rate if rates else None
        subject = naming.cleaned(phrase.subject) or (rates[0].subject if rates else "")
        if base is None or not subject:
            return "no base"
        name = self._named(naming.rate(subject), clause)
        key = "per_missing" if phrase.kind == "step" else "per_over"
        step = phrase.every or Fraction(1)
        return [{**_action(phrase), key: name, "of": _percent(base), "every": _percent(step)}]

    def _judged(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
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

    def _each_of(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        listed = clause.listed or naming.members(phrase.subject) or self._members(clause, phrase)
        return self._list(clause, phrase, listed, "each") if listed else "no base"

    def _list(self, clause: Clause, phrase: Phrase, listed: tuple[str, ...], key: str) -> list[Rule]:
        """Return the rule of a list: members that say what is wrong (无签到) count where they hold, others where not."""
        lacking = [naming.is_lacking(each) for each in listed]
        if key == "each_missing" and any(lacking):
            key = "each"
        wanted = [naming.had(each) if key == "each_missing" else naming.short(each) for each in listed]
        return [{**_action(phrase), key: [self._named(each, clause) for each in wanted], **self._only_if(clause)}]

    def _respective(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        listed = naming.members(phrase.subject)
        if len(listed) != len(phrase.amounts):
            return "figure left"
        verb = "deduct" if phrase.takes else "award"
        levels = [_level(each) or _bare_level(each, at, len(listed)) for at, each in enumerate(listed)]
        if not all(levels):
            levels = _honours(listed)
        if all(levels) and len(set(levels)) == len(levels):
            return [self._by(clause, verb, dict(zip(map(str, levels), phrase.amounts, strict=True)), phrase.subject)]
        return [
            {verb: amount, "if": self._named(each, clause)} for each, amount in zip(listed, phrase.amounts, strict=True)
        ]

    def _by(
        self, clause: Clause, verb: str, table: Mapping[str, Value], subject: str, *, register: bool = True
    ) -> Rule:
        """Return a rule by level: of a register where events have levels, of one level that a unit has otherwise."""
        thing = naming.cleaned(re.sub("[、，]+", "", _LEVELS.sub("", subject))) or self._scope.title
        name = self._named(naming.short(thing, 10), clause, register=register, unit="次" if register else "")
        return {verb: dict(table), "by": name}

    def _full(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
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
        is_rate = phrases[0].unit == "%"
        wanted = naming.rate(subject) if is_rate else naming.counted(f"{subject}{phrases[0].object}", phrases[0].unit)
        name = self._named(wanted, run[0], unit="" if is_rate else phrases[0].unit)
        return [
            {**action, basis: name} if isinstance(basis, str) else {**action, "if": {name: basis.bound}}
            for action, basis in read
        ]

    def _levels(self, run: list[Clause]) -> list[Rule] | Why:
        phrases = [clause.phrase for clause in run if clause.phrase is not None]
        verb = "deduct" if phrases[0].takes else "award"
        if len({_PRIZE.search(phrase.level) is None for phrase in phrases}) > 1:
            return "figure left"  # prizes within levels: 国家级一等奖5分、二等奖4分
        nought: Value = "all" if verb == "deduct" else Fraction(0)
        table: dict[str, Value] = {
            phrase.level: nought if phrase.points is None else phrase.points for phrase in phrases
        }
        if len(run) == 1:
            subject = f"{phrases[0].subject}{phrases[0].level}{phrases[0].object}"
            if phrases[0].points is None:
                return [{"forfeit": True, "if": self._named(subject, run[0])}]
            return [{**_action(phrases[0]), "per" if "每" in run[0].words else "if": self._named(subject, run[0])}]
        subject = f"{phrases[0].subject}{phrases[0].object}" or (run[0].context[-1] if run[0].context else "")
        return [self._by(run[0], verb, table, subject, register=not _RATED.fullmatch(phrases[0].level))]

    # What is said of clauses before

    def _modified(self, clause: Clause, phrase: Phrase) -> list[Rule] | Why:
        at = next((at for at in range(len(self._readings) - 1, -1, -1) if not self._readings[at].modifies), None)
        if phrase.kind == "floor":
            return []
        if phrase.kind == "start":
            self._start = phrase.points
            return []
        if phrase.kind == "uncapped":
            self._uncapped = True
            return []
        if phrase.kind == "cap":
            return self._capped(clause, phrase, at)
        if at is None or not self._readings[at].rules:
            return "no base"
        reading = self._readings[at]
        match phrase.kind:
            case "highest":
                if not any("by" in rule or self._in_register(rule) for rule in reading.rules):
                    return "no base"
                self._measure_columns(reading)
                rules = [{**rule, "highest_per": "同一事项"} for rule in reading.rules]
            case "started":
                rules = [{**rule, "steps": "started"} if "every" in rule else rule for rule in reading.rules]
                if rules == list(reading.rules):
                    return "no base"
            case _:
                return []
        self._readings[at] = replace(reading, rules=tuple(rules))
        return []

    def _in_register(self, rule: Rule) -> bool:
        name = rule.get("per")
        return isinstance(name, str) and self._measures[name].register

    def _measure_columns(self, reading: Reading) -> None:
        for rule in reading.rules:
            name = rule.get("by") or rule.get("per")
            if isinstance(name, str):
                self._measures[name] = replace(self._measures[name], register=True)

    def _capped(self, clause: Clause, phrase: Phrase, at: int | None) -> list[Rule] | Why:
        """Apply a cap to the clause before it in its sentence; in a sentence of its own it is over all clauses."""
        scored = [reading for reading in self._readings if reading.rules]
        if phrase.points == self._scope.max and self._scope.max is not None:
            return []
        beside = [reading for reading in scored if reading.sentence == clause.sentence]
        if any(word in phrase.text for word in _OF_SOME) and len(scored) > 1 and not beside:
            return "no base"
        if at is None or (not beside and len(scored) > 1) or len(beside) == len(scored) > 1:
            self._most = phrase.points
            return []
        reading = self._readings[at]
        if not reading.rules:
            return "no base"
        if len(reading.rules) != 1 or phrase.points is None:
            if len(scored) > 1:
                return "no base"
            self._most = phrase.points
            return []
        self._readings[at] = replace(reading, rules=({**reading.rules[0], "up_to": phrase.points},))
        return []


_MEASURED: Final = frozenset({"万元", "亿元", "元", "亩", "公里", "平方米", "吨", "小时"})
"""What is measured and need not be whole."""
_MEMBERS: Final = frozenset({"项", "样", "种", "类", "个", "份", "张", "本", "册"})
"""Counters of things that a list says one by one."""
_GOING_ON: Final = re.compile(either(words("going_on")))
_DENIED: Final = re.compile("[”’]?(?:填|为)[“‘]?([是否])[”’]?$")
_ELSE: Final = re.compile("否则|反之|其余|其他|不然|其余情况|其他情况")
_CONCERNED: Final = re.compile(r"(?:设有?|有|建有|成立|属于|符合|凡是?)[^，\d下]{2,}的")
_UNDONE: Final = re.compile(
    "(?:未|没有?|不)(?:按[^，]{1,4})?(?:召开|开展|完成|组织|举行|落实|达标|达到|参加|上报|报送|进行)?(?:要求|规定)?"
)
"""What says no more than that something is missing: 未开展的每缺1次扣1分."""
_STATE: Final = re.compile("有|无|未|没|不|已|缺")
_PRIZE: Final = re.compile("奖$|^第")
_RATED: Final = re.compile(either(words("ratings")))
_PUNISHED: Final = re.compile(either(words("punishments")))
_LEVELS: Final = re.compile(either((*words("levels"), *words("punishments"))))
_AT_LEAST: Final = re.compile(
    r"(?:至少|不少于|不低于|应|需|要|不得少于|达到|达|完成|不少|固定)+(?:召开|开展|组织|举办|进行)?$"
)
_DOING: Final = re.compile(
    r"^(?:至少|不少于|不低于|固定|必须|应当|应|要|定期|按时|按期|认真|严格|坚持)*(?:召开|开展|举行|举办|组织召开|组织开展|组织|进行|上|讲)?"
)
_SHORT: Final = 6
_OF_SOME: Final = ("本条", "该条", "此条", "两项", "以上两")
_TOGETHER: Final = (
    "累计",
    "合计",
    "总计",
    "共计",
    "本项",
    "该项",
    "此项",
    "总分",
    "各项",
    "以上",
    "加分项",
    "扣分项",
    "单项",
)


def _level(text: str) -> str | None:
    match = _LEVELS.search(text)
    return None if match is None else match[0]


_HONOURED: Final = re.compile(r"^.*?(?:受到|获评|荣获|获得?|被评为|评为|评选为|入选|在|被)(?P<level>[^，、]{1,8})$")
_HONOUR: Final = re.compile(
    r"^(?P<level>[^，、]{1,6}?)(?:表彰|奖励|荣誉|先进|优秀|示范|推广|采用|刊发|通报|媒体|刊物|级?党建|离退休|离休|评为|授予|以上)"
)


def _honours(listed: tuple[str, ...]) -> list[str | None]:
    """Return the levels in 被评为全国、全省、全市先进集体: what stands between a verb and the honour."""
    first, last = _HONOURED.match(listed[0]), _HONOUR.match(listed[-1])
    if first is None or last is None:
        return [None]
    return [first["level"], *listed[1:-1], last["level"]]


_BARE: Final = "(?:全国|全省|全市|全县|全镇|国家|省委|市委|县委|区委|镇党委|乡党委|党委|省公司|市公司|本公司|分公司|省局|市局|县局|全国|中央|国|省部|省|市|县|区|镇|乡|街道|集团|公司|总公司|局|委|厅|部)"


def _bare_level(text: str, at: int, count: int) -> str | None:
    """Return the level in 受到省、市、县表彰, where 级 is left out."""
    pattern = (
        rf"(?P<level>{_BARE})$" if at == 0 else rf"^(?P<level>{_BARE})" if at == count - 1 else rf"^(?P<level>{_BARE})$"
    )
    match = re.search(pattern, text)
    return None if match is None else match["level"]


def _thing(asked: Phrase) -> str:
    """Return what a requirement counts: 党员大会 in 每季度召开1次党员大会 as in 党员大会每季度召开1次."""
    counted, done, about = (
        _AT_LEAST.sub("", _DOING.sub("", naming.cleaned(text))) for text in (asked.object, asked.act, asked.subject)
    )
    return counted or (done if len(done) > 1 else "") or about or naming.cleaned(asked.subject)


def _apart(asked: Phrase) -> list[Phrase]:
    """Take things apart that share a figure: 党员大会、党课每季度1次."""
    thing = _thing(asked)
    members = () if "或" in thing or re.match("[与对向在为给从和]", thing) else naming.members(thing)
    return [replace(asked, subject=member, object="", act="") for member in members] or [asked]


def _agreed(asked: list[Phrase]) -> list[Phrase] | None:
    """Drop the sum of a year behind what each period asks for (每季度1次，全年4次); None where they contradict each other."""
    kept: list[Phrase] = []
    for each in asked:
        due = due_of(each, dated=True)
        before = due_of(kept[-1], dated=True) if kept else None
        is_sum = (
            kept
            and due is not None
            and due.for_each is None
            and not naming.cleaned(each.subject)
            and not naming.cleaned(each.object)
        )
        if not is_sum or before is None or before.for_each is None:
            kept.append(each)
        elif before.for_each in UNCERTAIN:
            kept[-1] = replace(each, subject=kept[-1].subject, object=kept[-1].object)
        elif due is not None and before.yearly != due.of:
            return None
    return kept


def _is_about(asked: Phrase, about: str) -> bool:
    """Return whether a requirement is about the thing that a clause names."""
    thing = _thing(asked)
    whole = f"{asked.subject}{asked.act}{asked.object}"
    return bool(thing) and (about in whole or thing in about or any(part in about for part in naming.members(thing)))


def _counts(asked: Phrase, missing: str) -> bool:
    """Return whether a counter of a requirement is the one that is missing."""
    both = {asked.unit, missing}
    alike = len(both) == 1 or any(both <= kinds for kinds in (_PEOPLE, _TIMES, _PIECES))
    return alike or (missing == "次" and bool(asked.period) and asked.unit in ("天", "日"))


_PEOPLE: Final = frozenset({"人", "名"})
_TIMES: Final = frozenset({"次", "期", "场", "回", "节", "堂", "课时", "轮", "遍"})
_PIECES: Final = frozenset({"篇", "条", "则"})


def _action(phrase: Phrase) -> Rule:
    assert phrase.points is not None  # noqa: S101  every row of these kinds has points
    return {"deduct" if phrase.takes else "award": phrase.points}


def _every(phrase: Phrase) -> Rule:
    return {} if phrase.every in (None, 1) else {"every": phrase.every}  # type: ignore[dict-item]


def _percent(share: Fraction) -> str:
    return f"{plain(share)}%"
