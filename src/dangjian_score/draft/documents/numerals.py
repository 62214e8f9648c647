"""Numbers as the formats of lists write them (ECMA-376 part 1, 17.18.59)."""

from typing import Final

_CHINESE: Final = "〇一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST_ROMAN: Final = 3999
_MOST_LETTERS: Final = 780
"""The thirtieth time round: beyond, letters would be written without end."""
_THOUSANDS: Final = 10_000
_TEN, _HUNDRED = 10, 100
_SERIES: Final = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
}
"""Formats of one sign for each number; what is beyond the last is written in digits."""
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_COUNTED: Final = (
    "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting",
    "koreanCounting",
)  # fmt: skip


def numeral(number: int, form: str) -> str:
    """Write a number in a format; in digits where the format, or a number so large in it, is not known."""
    if series := _SERIES.get(form):
        return series[number - 1] if 0 < number <= len(series) else str(number)
    match form:
        case "none":
            return ""
        case "decimalZero":
            return f"{number:02}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return str(number).translate(_WIDE)
        case "upperLetter":
            return _letters(number).upper()
        case "lowerLetter":
            return _letters(number)
        case "upperRoman":
            return _roman(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_CHINESE[int(digit)] for digit in str(number))
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return _counted(number, _LEGAL, "拾佰仟", full=True)
        case _ if form in _COUNTED:
            return _counted(number, _CHINESE.replace("〇", "零"), "十百千", full=False)
        case _:
            return str(number)


def _letters(number: int) -> str:
    """Write a, b … z, aa, bb."""
    if not 0 < number <= _MOST_LETTERS:
        return str(number)
    times, at = divmod(number - 1, 26)
    return chr(ord("a") + at) * (times + 1)


def _roman(number: int) -> str:
    if not 0 < number <= _MOST_ROMAN:
        return str(number)
    text = ""
    for worth, letters in _ROMAN:
        times, number = divmod(number, worth)
        text += letters * times
    return text


def _counted(number: int, digits: str, places: str, *, full: bool) -> str:
    """Write a number below ten thousand as it is counted: 十二, 一百零三; `full` writes 壹拾贰 for 十二."""
    if number >= _THOUSANDS:
        return str(number)
    if number < _TEN:
        return digits[number]
    text, gap = "", False
    for place, digit in enumerate(map(int, f"{number:04}")):
        if digit:
            text += (
                (digits[0] if gap and text else "") + digits[digit] + (places[2 - place] if place < len(places) else "")
            )
        gap = not digit
    ten = digits[1] + places[0]
    return text[1:] if not full and text.startswith(ten) else text
