"""Texts of one language: sentences by key, and the page of every code in `codes/`, which is read when it is needed."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any, Final, Literal, assert_never

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Diagnostic, Severity, severity_of
from dangjian_score.core.points import decimals, percent

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_NAME: Final = re.compile(r"\{(\w+)")
_LEFT_OUT: Final = "…"
_LONGEST: Final = 300
"""Characters of a value that a sentence repeats; a rubric may be one line of a megabyte."""
_CLAUSE: Final = re.compile("；|; ")
_KEY: Final = re.compile(r"\w+:")
_WORD: Final = re.compile(r"\w")


_DIGITS: Final = "零一二三四五六七八九"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Words(Struct, frozen=True):
    """The texts of one language by key: sentences with values in braces, headings, words for fixed terms."""

    language: Language
    texts: Mapping[str, str]

    def message(self, diagnostic: Diagnostic) -> str:
        """Return the sentence of a finding, without its place; without values where it is made public."""
        if diagnostic.is_public:
            return explained(diagnostic.code, self.language).short
        args = {name: _shortened(text) for name, text in diagnostic.args}
        return self.fill(explained(diagnostic.code, self.language).says, **args)

    def fill(self, template: str, **args: str) -> str:
        """Fill a sentence. A part in square brackets is left out where one of its values is empty, if it has any.

        `{count:month|months}` is the word for a count: the first for 1, else the second.
        """
        if "[" in template:
            template = _OPTIONAL.sub(lambda part: _optional(part, args), template)
        is_plain = "!t}" not in template and "|" not in template
        return template.format(**args) if is_plain else _WordFormatter(self.texts).vformat(template, (), args)

    def text(self, key: str, **args: str) -> str:
        """Fill the text of a key. Raises KeyError."""
        return self.fill(self.texts[key], **args)


def _optional(part: re.Match[str], args: Mapping[str, str]) -> str:
    names = _NAME.findall(part[1])
    return part[0] if not names else part[1] if all(map(args.get, names)) else ""


def day_text(day: date, words: Words) -> str:
    """Return a day in words, months and days without a leading nought (“2024年6月30日”)."""
    return words.text("day", year=str(day.year), month=month_text(day, words), day=str(day.day))


def month_text(day: date, words: Words) -> str:
    """Return the month of a day: its number in Chinese, its name in English."""
    return str(day.month) if words.language == "zh" else _MONTHS[day.month - 1]


def share_text(share: Fraction, words: Words) -> str:
    """Return a share of the regulation: a per cent, or a fraction where no per cent is exact (“三分之一”, “1/3”)."""
    above, below = share.numerator, share.denominator
    if decimals(share) is not None or not 0 < above < below < len(_DIGITS):
        return percent(share)
    return f"{_DIGITS[below]}分之{_DIGITS[above]}" if words.language == "zh" else str(share)


def load_words(language: Language) -> Words:
    """Return the texts of a language; only its own tables are imported."""
    match language:
        case "zh":
            from dangjian_score.words import zh  # noqa: PLC0415

            return Words(language, zh.TEXTS)
        case "en":
            from dangjian_score.words import en  # noqa: PLC0415

            return Words(language, en.TEXTS)
        case _:
            assert_never(language)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + _LEFT_OUT


class _WordFormatter(Formatter):
    """Formats `{x!t}` as the word for a fixed term, the text of `term.x`, and `{x:point|points}` as the one for 1."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "t":
            return self._texts[f"term.{value}"].replace("{{", "{").replace("}}", "}")
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, bar, several = format_spec.partition("|")
        if not bar:
            return super().format_field(value, format_spec)
        return one if value == "1" else several


class Explained(Struct, frozen=True):
    """The page of a code in one language.

    `says` is a template for `Words.fill`. `before` is an example with the mistake, `after` the same without it; both
    are empty where text cannot show it. An example is a piece of a rubric, or tables of evidence, of which each
    further one stands below its name (`--- 台账.csv`).
    """

    says: str
    why: str
    mend: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The sentence with “…” for each value; empty where it has no words of its own."""
        parts = Formatter().parse(self.says.replace("[", "").replace("]", ""))
        text = "".join(words + _gap(name, spec) for words, name, spec, _ in parts)
        return text if _WORD.search(text) else ""

    @property
    def short(self) -> str:
        """The sentence without its advice; where nothing is left of it, the first clause of `why`."""
        problem, reason = (_CLAUSE.split(text)[0] for text in (self.sentence, self.why))
        return problem if _WORD.search(problem) else reason.rstrip("。.")

    @property
    def shows_rubric(self) -> bool:
        """Whether the example is a piece of a rubric, and not of evidence."""
        return _KEY.match(self.after) is not None


def _gap(name: str | None, spec: str | None) -> str:
    """Return what stands for a value: “…”, of the words for a count those for several; nothing without a name."""
    _, bar, several = (spec or "").partition("|")
    return several if bar else _LEFT_OUT if name else ""


def order(code: Code) -> tuple[int, str]:
    """Return the sort key of a code: errors, warnings, notes."""
    return [*Severity].index(severity_of(code)), code


@cache  # the files are part of the program and do not change while it runs
def explained(code: Code, language: Language) -> Explained:
    """Read the page of a code."""
    from importlib.resources import files  # noqa: PLC0415  a run without findings does without it

    data = read_page(files(__package__) / "codes" / f"{code}.yaml")
    return Explained(**data.pop(language), before=data.get("before", ""), after=data.get("after", ""))


def read_page(path: "Traversable") -> dict[str, Any]:
    """Read a YAML page of this package."""
    import yaml  # noqa: PLC0415  a run without findings does without it

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    data: dict[str, Any] = yaml.load(path.read_text("utf-8"), loader)  # noqa: S506  both loaders are safe
    return data
