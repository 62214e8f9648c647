"""One form for the figures of a regulation: half width, Arabic numerals, no slips of scanners."""

import re
import unicodedata
from typing import Final

from dangjian_score.draft.grammar.words import COUNTERS, NO_FIGURES

_KEPT: Final = re.compile("[，；：！？（）。、①-⑳Ⅰ-Ⅻ]")
_DASH: Final = re.compile(r"(?<=[\d分%])\s*[-‐‑–—―−─~～〜至到]+\s*(?=\d)")
_NUMERAL: Final = "零〇一二两三四五六七八九十百"
_COUNTER: Final = "|".join(map(re.escape, sorted(COUNTERS, key=len, reverse=True)))
_PROTECTED: Final = "|".join(
    f"(?<![缺少漏每]){word}" if word.endswith("类") else re.escape(word)
    for word in sorted(NO_FIGURES, key=len, reverse=True)
)
_CHINESE: Final = re.compile(
    rf"(?P<word>“[^”\d]{{1,10}}”|{_PROTECTED}|一起(?=[干学做建抓走来去商协共])|(?<![得扣加减计记奖为满])十分(?=[^，。；、）]{{2}}))"
    rf"|百分之(?P<share>[{_NUMERAL}\d]+(?:点[{_NUMERAL}]+)?)"
    r"|(?P<half>半)(?=分(?!数|钟|析|工|管|类))"
    rf"|(?P<more>[{_NUMERAL}]+)分半(?![{_NUMERAL}])"
    rf"|(?<![同统])(?P<whole>[{_NUMERAL}]+)(?:点(?P<part>[{_NUMERAL}]+))?\s*(?=(?:{_COUNTER})(?!把手)|[至到—-][{_NUMERAL}]+(?:{_COUNTER}))"
)
_SCANNED: Final = (
    (re.compile(r"(?<![A-Za-z])[lI|](?=[\dOo.]*\s*(?:分|次|项|个|人|篇|件|例|条|%|、[^、]))"), "1"),
    (re.compile(r"(?<=\d)[lI|](?=[\dOo.]*\s*(?:分|次|项|个|人|篇|件|例|条|%))"), "1"),
    (re.compile(r"(?<=\d)[Oo](?=[\d.Oo]*\s*(?:分|次|项|个|人|篇|件|例|条|册|名|%))"), "0"),
    (re.compile(r"(?<![A-Za-z\d])[Oo](?=\.\d)"), "0"),
    (re.compile(r"(?<![\d.])\.(?=\d+\s*分)"), "0."),
)
_SPACE: Final = re.compile(r"(?<=[^\x21-\x7e])[ \t\u3000]+|[ \t\u3000]+(?=[^\x21-\x7e])")
_DIGITS: Final = {**{char: at for at, char in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}


def widened(text: str) -> str:
    """Return a text with its digits half width and its punctuation full width, and slips of scanners mended.

    Scanners misread l for 1 and O for 0; they are mended before a counter only.
    """
    text = "".join(char if _KEPT.match(char) else unicodedata.normalize("NFKC", char) for char in text)
    text = _SPACED.sub(".", _punctuated(text))
    for slip, right in _SCANNED:
        text = slip.sub(right, text)
    return text


def evened(text: str) -> str:
    """Return a text with its figures in Arabic numerals too; words such as 三会一课 are left alone."""
    text = _BARE.sub("分", _CHINESE.sub(_arabic, widened(text)))
    text = _ONE_A.sub("每", text)
    return _SPACE.sub("", _DASH.sub("-", text))


_ONE_A: Final = re.compile(r"(?<=[\u4e00-\u9fff])1(?=(?:季度?|月|周|年)1次)")
"""党员大会一季度一次."""
_BARE: Final = re.compile(
    r"(?<=[扣减罚]\d)(?=[，。；、）]|$)|(?<=[扣减罚]\d\.\d)(?=[，。；、）]|$)|(?<=[扣减罚]\d\d)(?=[，。；、）]|$)|(?<=(?<!增)加\d)(?=[，。；、）]|$)"
)
"""Where terse tables leave 分 out: 迟到1次扣0.5."""
_SPACED: Final = re.compile(r"(?<=\d)\s*\.\s+(?=\d)|(?<=\d)\s+\.(?=\d)")
_ASCII: Final = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"})
_STOP: Final = re.compile(r"(?<=[\u4e00-\u9fff])[.．](?=\s|$|[\u4e00-\u9fff])")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def _punctuated(text: str) -> str:
    return _STOP.sub("。", _THOUSANDS.sub("", text).translate(_ASCII))


def _arabic(match: re.Match[str]) -> str:
    if match["word"]:
        return match["word"]
    if match["share"]:
        return f"{_decimal(match['share'])}%"
    if match["half"]:
        return "0.5"
    if match["more"]:
        return f"{_number(match['more'])}.5分"
    part = match["part"]
    return _number(match["whole"]) + ("" if part is None else "." + "".join(str(_DIGITS[char]) for char in part))


def _decimal(text: str) -> str:
    whole, _, part = text.partition("点")
    return _number(whole) + ("." + "".join(str(_DIGITS[char]) for char in part) if part else "")


def _number(text: str) -> str:
    """Read 十二, 二十, 一百零三; digits one after the other (二〇二四) stay digits."""
    if text.isdigit() and text.isascii():
        return text
    if len(text) > 1 and not set(text) & set("十百"):
        return "".join(str(_DIGITS[char]) for char in text)
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total, digit = total + (digit or 1) * (100 if char == "百" else 10), 0
    return str(total + digit)
