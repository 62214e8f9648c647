"""Texts of a .csv column → figures, answers and days, as the exact engine reads them; plain decimals all at once."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import LARGEST, UnfitError
from dangjian_score.core.points import decimals
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.delimited import cell_of
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.cells import BarePercent, Good, read_typed

FIGURES: Final = ("count", "number", "percent", "score")
"""Kinds of measures whose columns become integers over a power of ten."""
READ_HERE: Final = (*FIGURES, "yes_no", "date")
MOST_UNLIKE: Final = 100_000
"""Different texts of a column that are read one by one."""
_FINEST: Final = 9
"""Decimals of a figure."""
_DIGITS: Final = 15
"""Digits of a whole number; longer ones are no figures."""
_POINTED: Final = rf"^-?(?:0|[1-9][0-9]{{0,{_DIGITS - 1}}})\.[0-9]{{1,{_FINEST}}}$"


class FigureBatch(Struct, frozen=True):
    """Some rows of a column: values, of figures over ten to the power of `places`, and which rows are not plain.

    `odd` are those whose cell says nothing that can be used, `noted` those that were read generously, `aside` those
    with a word for no figure.
    """

    values: pl.Series
    places: int = 0
    odd: pl.Series | None = None
    noted: pl.Series | None = None
    aside: pl.Series | None = None


class _Meant(Struct, frozen=True):
    """What a text means: nothing where it is blank, `odd` or for no figure (`aside`); per cents may be `signed`."""

    value: Fraction | bool | None = None
    odd: bool = False
    lenient: bool = False
    aside: bool = False
    signed: bool | None = None


class ColumnReader:
    """Reads a column batch by batch; every text that is no plain decimal is read once.

    `signed` tells whether its figures have the sign of per cents; None as long as nothing tells. Texts that are `aside`
    stand there for no figure.
    """

    def __init__(self, measure: Measure, aside: Callable[[RawCell], bool] = lambda _: False) -> None:
        self._aside = aside
        self._measure = replace(measure, least=None, most=None)  # bounds are looked at when all is read
        self._meant: dict[str, _Meant] = {}
        self._places = 0
        self.signed: bool | None = None

    def read(self, texts: pl.Series) -> FigureBatch:
        """Read some rows, or take whole numbers as they are. Raises UnfitError for what 64 bits cannot hold."""
        if texts.dtype.is_integer():
            self._sign(False if self._measure.kind == "percent" else None, bool((texts != 0).any()))
            return FigureBatch(texts)
        if self._measure.kind not in FIGURES:
            return self._answers(texts)
        if self._measure.kind != "percent":
            return self._figures(texts, texts)
        signs = texts.str.ends_with("%")
        if not signs.any():
            return self._figures(texts, texts, signed=False)
        bodies = pl.select(pl.when(signs).then(texts.str.strip_suffix("%"))).to_series()
        return self._figures(texts, bodies, signed=True)

    def _figures(self, texts: pl.Series, bodies: pl.Series, *, signed: bool | None = None) -> FigureBatch:
        """Read figures; `bodies` are the texts without their signs, null where such a sign is missing."""
        if not self._places and (whole := _whole(texts, bodies)) is not None:
            self._sign(signed, bool((whole != 0).any()))
            return FigureBatch(whole, 2 if signed else 0)
        plain, values = self._decimals(bodies)
        self._sign(signed, bool((values != 0).any()))
        places = self._places + (2 if signed else 0)
        rest = texts.is_not_null() & ~plain.fill_null(value=False)
        if not rest.any():
            return FigureBatch(values, places)
        meant = self._read(texts.filter(rest))
        finest = max([places, *(_places(one.value) for one in meant.values())])
        if places < finest:
            values = enlarged(values, 10 ** (finest - places))
        numbers = {text: int(one.value * 10**finest) for text, one in meant.items() if one.value is not None}
        if any(abs(number) > LARGEST for number in numbers.values()):
            raise UnfitError("beyond 63 bits")
        others = _replaced(texts, numbers, pl.Int64)
        return self._batch(texts, pl.select(pl.when(rest).then(others).otherwise(values)).to_series(), finest, meant)

    def _sign(self, signed: bool | None, tells: bool) -> None:
        """Take note of whether figures have the sign of per cents; 0 is the same either way."""
        if signed is None or not tells:
            return
        if self.signed is not None and self.signed != signed:
            raise UnfitError("column type")
        self.signed = signed

    def _decimals(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return which texts are plain decimals, and their values; widens the places where a text has more."""
        plain = texts.str.contains(_plain(self._places))
        if not plain.all():
            fine = texts.filter(texts.str.contains(_POINTED))
            points = fine.str.len_bytes().cast(pl.Int64) - fine.str.find(".", literal=True).cast(pl.Int64) - 1
            most = points.max()
            self._places = max(self._places, most if isinstance(most, int) else 0)
            plain = texts.str.contains(_plain(self._places))
        kept = texts if plain.all() else pl.select(pl.when(plain).then(texts)).to_series()
        return plain, kept.cast(pl.Decimal(38, self._places)).to_physical().cast(pl.Int64)

    def _answers(self, texts: pl.Series) -> FigureBatch:
        """Read answers or days."""
        meant = self._read(texts)
        if self._measure.kind == "yes_no":
            answers = {text: one.value for text, one in meant.items() if isinstance(one.value, bool)}
            return self._batch(texts, _answered(texts, answers), 0, meant)
        days = {text: date.fromordinal(int(one.value)) for text, one in meant.items() if one.value is not None}
        return self._batch(texts, _replaced(texts, days, pl.Date), 0, meant)

    def _batch(self, texts: pl.Series, values: pl.Series, places: int, meant: Mapping[str, _Meant]) -> FigureBatch:
        odd = [text for text, one in meant.items() if one.odd]
        noted = [text for text, one in meant.items() if one.lenient]
        aside = [text for text, one in meant.items() if one.aside]
        flags = [texts.is_in(some).fill_null(value=False) if some else None for some in (odd, noted, aside)]
        return FigureBatch(values, places, *flags)

    def _read(self, texts: pl.Series) -> Mapping[str, _Meant]:
        """Read each different text once."""
        distinct = [text for text in texts.unique() if text is not None]
        for text in distinct:
            if text not in self._meant:
                self._meant[text] = one = _meant(text, self._measure, self._aside)
                self._sign(one.signed, bool(one.value))
        if len(self._meant) > MOST_UNLIKE:
            raise UnfitError("column type")
        return {text: self._meant[text] for text in distinct}


def enlarged(numbers: pl.Series, factor: int) -> pl.Series:
    """Return whole numbers times another one. Raises UnfitError where 64 bits cannot hold them."""
    least, most = numbers.min(), numbers.max()
    if any(isinstance(end, int) and abs(end) * factor > LARGEST for end in (least, most)):
        raise UnfitError("beyond 63 bits")
    return numbers * factor


def _plain(places: int) -> str:
    """Return the pattern of plain decimals that fit an integer of 64 bits."""
    point = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
    return rf"^-?(?:0|[1-9][0-9]{{0,{min(_DIGITS, 18 - places) - 1}}}){point}$"


def _whole(texts: pl.Series, bodies: pl.Series) -> pl.Series | None:
    """Read whole numbers as short as they can be written; None where any text is another one.

    A number has no shorter text than its own: with a zero or sign before it the column would be longer.
    """
    numbers = bodies.cast(pl.Int64, strict=False)
    if numbers.null_count() > texts.null_count():
        return None
    return numbers if letters_of(numbers) == bodies.str.len_bytes().sum() else None


def letters_of(numbers: pl.Series) -> int | None:
    """Return how many letters whole numbers take at least; None where one has more digits than a figure may have."""
    least, most = numbers.min(), numbers.max()
    if not isinstance(least, int) or not isinstance(most, int):
        return 0
    largest = max(-least, most)
    if largest >= 10**_DIGITS:
        return None
    sizes = numbers.abs() if least < 0 else numbers
    letters = len(numbers) - numbers.null_count() + (int((numbers < 0).sum()) if least < 0 else 0)
    return letters + sum(int((sizes >= 10**digits).sum()) for digits in range(1, len(str(largest))))


def _meant(text: str, measure: Measure, aside: Callable[[RawCell], bool]) -> _Meant:
    """Read a text as the exact engine does."""
    cell = cell_of(text)
    if cell is not None and aside(cell):
        return _Meant(aside=True)
    reading = None if cell is None else read_typed(cell, measure)
    is_percent = measure.kind == "percent"
    match reading:
        case None:
            return _Meant()
        case BarePercent(number):
            return _Meant(number, signed=False)
        case Good(Fraction() | bool() as value, lenient):
            return _Meant(value, lenient=lenient, signed=True if is_percent else None)
        case _:
            return _Meant(odd=True)


def _places(value: Fraction | bool | None) -> int:
    needed = decimals(value) if isinstance(value, Fraction) else 0
    if needed is None or needed > _FINEST:
        raise UnfitError("beyond 63 bits")
    return needed


def _answered(texts: pl.Series, answers: Mapping[str, bool]) -> pl.Series:
    """Return answers for texts, of which there are few that mean any; others have none."""
    yes, no = (
        reduce(or_, (pl.lit(texts) == text for text in answers if answers[text] is answer), pl.lit(value=False))
        for answer in (True, False)
    )
    return pl.select(pl.when(yes).then(pl.lit(value=True)).when(no).then(pl.lit(value=False))).to_series()


def _replaced(texts: pl.Series, meant: Mapping[str, object], kind: type[pl.DataType]) -> pl.Series:
    return texts.replace_strict([*meant], [*meant.values()], default=None, return_dtype=kind)
