"""Split the words of an item into clauses, and match each with the patterns."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft.grammar import phrases
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.masks import Masks
from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.grammar.words import either, words

Why = Literal["figure left", "no figure", "unsure", "no base", "mixed", "refused", "sum", "unwritten"]
"""Why a clause is marked: a figure that no pattern takes up, points without a figure, words that leave the amount open,
a share of something that is not said, points given and taken in one item, a reading that the checks refuse, a sum,
something that the document does not say and the draft had to assume."""


Asked = tuple[tuple[ClausePhrase, ...], ...]


class Clause(Struct, frozen=True):
    """A clause about points, in the words of the regulation, and how it is read; without a phrase, why not.

    `words` begin where the clause before it ends. `context` is what of them the phrase leaves out; `asked` are groups
    of requirements: those of the clause, of its sentence, of the sentences before it, of the item's content.
    `own_quota` is False where the clause says how often (每月…) in words that no pattern takes up, so that no other
    quota is its own. `listed` are the members of a list behind its colon.
    """

    words: str
    sentence: str
    phrase: ClausePhrase | None
    why: Why | None = None
    context: tuple[str, ...] = ()
    asked: Asked = ()
    own_quota: bool = True
    listed: tuple[str, ...] = ()


_SENTENCE: Final = re.compile(r"[；;。\n\r]|(?<=分)[.．](?!\d)|(?<!\d)\.(?=\D)")
_COMMA: Final = re.compile(
    r"[，,](?!\d{3}(?!\d))|(?<=[\d一二两三四五六七八九十半]分)、(?=[^\d、，。；分]{1,14}(?:\d|[一二两三四五六七八九十半]+分))"
)
_ENUMERATOR: Final = re.compile(
    r"^\s*(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}(?:[、．]|\.(?!\d(?!\d{3}))|[）)])|[①-⑳]|[一二三四五六七八九十]{1,3}、"
    r"|第[一二三四五六七八九十]+[，、]|[一二三四五六七八九]是|其[一二三四五六七八九][，是]|[-•·●◆★※]+)\s*"
)
_INSIDE: Final = re.compile(
    r"(?<=\S)(?=[①-⑳])|(?<=[分；。：:、，,])\s*(?=[（(]\d{1,2}[）)](?!分))|(?<=[分；。：:）)])\s*(?=\d{1,2}[、．](?!\d))"
)
_PREFIX: Final = re.compile(
    r"^(?:评分标准|计分标准|计分办法|扣分标准|评分办法|计分方法|评分细则|考核办法|考核标准|评分依据|扣分办法|扣分项|扣分|加分|评分|标准|说明|其中)\s*[：:]"
)
_BRACKETED: Final = re.compile(r"[（(](?P<inside>[^（）()]*)[）)]")
_BORDER: Final = re.compile(r"[（(]不含[^（）()]*[）)]")
_OPENING, _CLOSING = "（(【[", "）)】]"
_POINTS: Final = re.compile(rf"\d分(?!钟|管|析|数)|{either(words('nothing'))}|满分")
SCORED: Final = re.compile(
    rf"(?:[扣减加得奖罚]|积(?=\d)|扣除)[^，。；（）]{{0,8}}?\d+(?:\.\d+)?分(?!钟|管|析|数|以)|[计记赋打评]\d+(?:\.\d+)?分(?!钟|管|析|数|以)|{either(words('nothing'))}|满分|\d分[/／]"
)
_SPOKEN: Final = re.compile(r"扣分|加分|减分|酌情扣|酌情加|酌情给|加倍|减半|计分|得分|打分|评分|赋分|倒扣|扣除|追加")
_SCORES_INSIDE: Final = re.compile("满分|得分|扣分|计分|加分")
_HELD: Final = re.compile(
    r"\d+(?:\.\d+)?(?:%|[个次项人篇条处]|小时|学时|课时).{0,12}(?:不[扣减]分|满分|[得计记]\d+(?:\.\d+)?分)$"
)
_STEP: Final = re.compile(r"每(?:低|降|少|下降|减少|差|缺|超)|(?:少|缺)[^\d]{0,4}\d|超过\d")
"""Full marks for a figure, and what each step below it costs: one clause, though each part could be one."""
_HOW_OFTEN: Final = re.compile("每(?:两|半)?(?:个)?(?:年|月|季|周|旬)|按(?:月|季|半年|年)")
_JOINS: Final = re.compile("且|并|而且|同时|但")
"""How a condition begins that is one with the condition before it."""
_OF_EACH: Final = re.compile(r"[^\d]*?每[村人户名个家][^\d]{0,16}?\d+(?:\.\d+)?[名个人次本份篇户条件期]?[^\d扣加减]*")
"""What each of several ones should have: those that lack it are counted by hand."""
LEFT_OPEN: Final = re.compile(
    r"(?:另行|看情况|视情|酌情|适当|加倍|减半|翻倍|翻番|从重|加重|折半)[^，。；]{0,6}(?:扣|减分|加分|计分|记分|给分|计算|处罚|处理)|折算$|(?:加倍|减半|翻倍|双倍|翻番)(?:扣分|加分|计分)?$|一票否决|扣相应分|部分分值|扣除相应|相应扣除|"
    r"(?:按照?|依据|依照|参照|根据|视|适当|酌情?|相应|加重|从重|加倍|减半|翻倍|由)[^，。；]{0,20}?(?:扣分|减分|加分|扣减|减计|计分|比例得分|扣除|给分|打分|赋分|评分|减扣|追加)"
    r"|(?:按照?|依据|依照|参照|根据)[^，。；]{0,20}?(?:处理|办理|执行|处罚)$"
    r"|不(?:予)?扣分|不(?:予)?加分|免(?:予)?扣|除外$|不在此限|取消[^，。；]{0,12}(?:资格|评先|评优)|不得参?评|(?:的|者)(?:再)?(?:扣分|减分|加分)$|取平均值?|就高|[按取]最高|另行处理|比照[^，。；]{0,20}(?:扣分|加分|减分)|(?:减半|加倍)由|[扣减加]分[^。；]{0,8}由[^，。；]{0,20}(?:确定|决定|认定)|从其规定|[÷×][^，。；]*(?:计分|得分|计算)|[惩扣][^。；]{0,30}由[^。；]{0,30}决定"
)
"""Words about points that no figure follows."""
_OF_A_QUOTA: Final = frozenset({"missing", "step", "above", "over"})
"""Phrases that are about what a requirement before them asks for."""
_LONGEST: Final = 5
"""Parts between commas that one clause may have."""


def clauses(text: str, known: tuple[ClausePhrase, ...] = ()) -> Iterator[Clause]:
    """Read the clauses of a text that are about points, in order; `known` are requirements said elsewhere."""
    before: Asked = ()
    for sentence, listed in _sentences(text):
        reader = _Sentence(sentence, listed, (*before, known))
        yield from reader.read()
        if reader.asked:
            before = (reader.asked, *before)


def requirements(text: str) -> tuple[ClausePhrase, ...]:
    """Return what a text asks for in figures, in its order."""
    found: list[ClausePhrase] = []
    for sentence, _ in _sentences(text):
        reader = _Sentence(sentence, (), ())
        for _ in reader.read():
            pass
        found += reader.asked
    return tuple(found)


def _sentences(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Split a text into sentences without their numbers, each with the list that follows its colon."""
    sentences = [part for line in _lines(text) for part in _INSIDE.split(line) if part.strip()]
    at = 0
    while at < len(sentences):
        sentence, at = _stripped(sentences[at]), at + 1
        head, colon, tail = sentence.replace(":", "：").rpartition("：")
        if colon and _POINTS.search(evened(head)) and phrases.scoring(_without_brackets(head)) is not None:
            listed, said, after = _list(tail, [_stripped(each) for each in sentences[at:]])
            if listed:
                yield head, listed
                yield from ((each, ()) for each in said)
                at = len(sentences) - len(after)
                continue
        if sentence:
            yield sentence, ()


def _list(tail: str, following: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Return the members of a list behind a colon, what is said of it after them (扣完为止), and the sentences left.

    The list is the rest of its sentence, where that has several members, or all sentences after it; members have no
    figures.
    """
    *members, last = [piece.strip() for piece in tail.split("、")]
    last, *said = _COMMA.split(last)
    members = [*members, last]
    if len(members) == 1:
        parts = [part for part in _COMMA.split(tail) if phrases.modifier(evened(part)) is None]
        said = [part for part in _COMMA.split(tail) if part not in parts]
        members = parts if len(parts) > 1 else [*filter(None, [tail]), *following]
        following = following if len(parts) > 1 else []
        said = said if len(parts) > 1 else []
    while members and phrases.modifier(evened(members[-1])) is not None:
        said = [members.pop(), *said]
    plain = all(each and not re.search(r"\d", Masks().masked(evened(each))) for each in members)
    if not plain or len(members) < 2 or any(phrases.modifier(evened(each)) is None for each in said):  # noqa: PLR2004
        return (), (), following
    return tuple(members), tuple(said), following


def _without_brackets(text: str) -> str:
    return evened(re.sub(r"（[^（）]*）", "", text.replace("(", "（").replace(")", "）")))


def _lines(text: str) -> Iterator[str]:
    """Split at the ends of sentences, but not inside of brackets."""
    start = 0
    for match in _SENTENCE.finditer(text):
        before = text[start : match.start()]
        if match[0] not in "\n\r" and sum(map(before.count, _OPENING)) > sum(map(before.count, _CLOSING)):
            continue
        yield before
        start = match.end()
    yield text[start:]


def _stripped(sentence: str) -> str:
    return _PREFIX.sub("", _ENUMERATOR.sub("", sentence.strip())).strip(" ，,、")


class _Sentence:
    """Reads one sentence: parts between commas are put together until a pattern fits."""

    def __init__(self, sentence: str, listed: tuple[str, ...], before: Asked) -> None:
        self.sentence = sentence
        self.listed = listed
        self.before = before
        self.asked: tuple[ClausePhrase, ...] = ()
        self._window: tuple[ClausePhrase, ...] = ()
        self._open: list[str] = []
        self._words: list[str] = []

    def read(self) -> Iterator[Clause]:
        """Return its clauses; requirements gather in `asked`."""
        parts = [*_parts(self.sentence)]
        following_texts = [*(text for text, _ in parts[1:]), ""][: len(parts)]
        for (part, words_of), following in zip(parts, following_texts, strict=True):
            self._open.append(part)
            self._words += filter(None, [words_of])
            if not (_HELD.search(evened(part)) and _STEP.match(evened(following))):
                yield from self._closed()
        for part in self._open:
            self._ask(evened(part))
        if self._open and _is_open(self._open) and not all(self._is_settled(evened(part)) for part in self._open):
            yield self._marked()

    def _closed(self) -> Iterator[Clause]:
        """Return the clause that the last part completes."""
        last = evened(self._open[-1])
        phrase = phrases.modifier(last)
        if phrase is not None and all(self._is_settled(evened(part)) for part in self._open[:-1]):
            yield self._clause(self._open[-1:], phrase)
            return
        fits = [(size, fit) for size in range(1, min(len(self._open), _LONGEST) + 1) if (fit := self._fit(size))]
        if fits:
            size, phrase = min(fits, key=lambda fit: (self._rank(*fit), fit[0]))
            yield self._clause(self._open[-size:], phrase)
        elif SCORED.search(last) and not last.endswith(("：", "、")):
            yield self._marked()

    def _fit(self, size: int) -> ClausePhrase | None:
        """Return what the last `size` parts say together."""
        masks = Masks()
        text = evened("，".join(self._open[-size:]))
        phrase = phrases.scoring(masks.masked(text)) or phrases.scoring(text)
        return None if phrase is None or _SCORES_INSIDE.search(phrase.subject) else masks.restored(phrase)

    def _rank(self, size: int, phrase: ClausePhrase) -> int:
        """Return how much a reading leaves out: figures before it, or what it is about."""
        before = self._open[:-size]
        if any(not self._is_settled(evened(part)) for part in before):
            return 2
        is_about = phrase.subject.strip("，、的有") or phrase.kind in _OF_A_QUOTA
        return 0 if is_about or not before else 1

    def _clause(self, parts: list[str], phrase: ClausePhrase) -> Clause:
        context = self._open[: len(self._open) - len(parts)]
        for part in context:
            self._ask(evened(part))
        left = any(not self._is_settled(evened(part)) for part in context)
        if context and _JOINS.match(evened(parts[0])):
            left = left or re.search(r"\d", Masks().masked(evened(context[-1]))) is not None
        words_of = "，".join(self._words)
        asked = self._groups()
        unread = not self._window and any(_HOW_OFTEN.search(part) for part in context)
        self._open, self._words, self._window = [], [], ()
        if left:
            return Clause(words_of, self.sentence, None, "figure left", tuple(context), asked)
        return Clause(words_of, self.sentence, phrase, None, tuple(context), asked, not unread, self.listed)

    def _marked(self) -> Clause:
        text = "，".join(self._open)
        for part in self._open:
            self._ask(evened(part))
        asked, words_of = self._groups(), "，".join(self._words)
        self._open, self._words, self._window = [], [], ()
        return Clause(words_of, self.sentence, None, _reason(evened(text)), (), asked)

    def _ask(self, part: str) -> None:
        for phrase in _requirements(part):
            if phrase not in self._window:
                self._window = (*self._window, phrase)
                self.asked = (*self.asked, phrase)

    def _groups(self) -> Asked:
        return tuple(filter(None, (self._window, self.asked, *self.before)))

    def _is_settled(self, part: str) -> bool:
        """Return whether a part that gives no points has no figure that could be about points."""
        if _requirements(part) or _OF_EACH.fullmatch(part):
            return True
        masked = Masks().masked(part)
        return not re.search(r"\d", masked) and not LEFT_OPEN.search(part)


_EACH_OF: Final = re.compile(r"[、，].*各[^\d]{0,8}\d|[半年月度][、和]?.{0,4}各[^\d]{0,8}\d")
"""Several days or things that share a figure (2月、5月各1次): how many are due is not counted."""


def _requirements(part: str) -> tuple[ClausePhrase, ...]:
    """Return what a part asks for: as a whole, or each member of a list (党员大会每季度1次、支委会每月1次)."""
    if _EACH_OF.search(part):
        return ()
    whole = phrases.requirement(Masks().masked(part))
    if whole is not None:
        return (whole,)
    pieces = [phrases.requirement(Masks().masked(piece)) for piece in re.split("[、；]|(?<=次)和", part)]
    found = [piece for piece in pieces if piece is not None]
    if len(found) < len(pieces) or len(found) == 1:
        return ()
    for at, piece in enumerate(found[1:], start=1):
        found[at] = piece if piece.period else replace(piece, period=found[at - 1].period)  # 每季度开1次大会、上1次党课
    return tuple(found)


def _parts(sentence: str) -> Iterator[tuple[str, str]]:
    """Split at commas outside of brackets; each part as it is read, and in the words of the regulation.

    What brackets say about points follows as a part, without words of its own.
    """
    start = 0
    for match in [*_COMMA.finditer(sentence), None]:
        end = len(sentence) if match is None else match.start()
        part = sentence[start:end]
        if match is not None and sum(map(part.count, _OPENING)) > sum(map(part.count, _CLOSING)):
            continue
        start = end if match is None else match.end()
        if part.strip():
            yield from _unbracketed(part.strip())


def _unbracketed(part: str) -> Iterator[tuple[str, str]]:
    part = _BORDER.sub("", part)
    inside = [match["inside"] for match in _BRACKETED.finditer(part)]
    speaking = [
        text for text in inside if _POINTS.search(evened(text)) and not re.fullmatch(r"\d+(\.\d+)?分", evened(text))
    ]
    without = part
    for text in inside:
        if "除外" in text:
            continue
        if text in speaking or not re.search(r"\d", evened(text)) or phrases.modifier(evened(text)):
            without = re.sub(rf"[（(]{re.escape(text)}[）)]", "", without)
    if speaking and SCORED.search(evened(without)):
        yield part, part  # points beside points: the brackets change what is before them
        return
    modifying = [text for text in inside if text not in speaking and phrases.modifier(evened(text)) is not None]
    said = [piece for text in (*speaking, *modifying) for piece in _COMMA.split(text) if piece]
    if without.strip():
        yield without.strip(), part
    for at, piece in enumerate(said):
        yield piece, "" if without.strip() or at else part


def _is_open(parts: list[str]) -> bool:
    """Return whether parts that no pattern took up speak of points."""
    text = evened("，".join(parts))
    return bool(_POINTS.search(text) or _SPOKEN.search(text) or LEFT_OPEN.search(text))


def _reason(text: str) -> Why:
    if phrases.UNSURE.search(text):
        return "unsure"
    return "figure left" if re.search(r"\d", text) else "no figure"
