"""Findings about the input, never about a unit: a stable code, arguments and a place.

The sentences are in `words`.
"""

from collections.abc import Iterable
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from dangjian_score.core.facts import Cell

Path = tuple[str | int, ...]
"""The path of a node of a rubric: keys and positions, `("sections", 2, "items", 0, "max")`."""


@unique
class Code(StrEnum):
    """The codes of all findings. The letter is the severity: E error, W warning, N note. A code is never reused."""

    # Files and YAML
    FILE_UNREADABLE = "E001"
    NOT_UTF8 = "E002"
    YAML_SYNTAX = "E003"
    YAML_FEATURE = "E004"
    TOO_LARGE = "E005"
    KEY_TWICE = "E006"
    EMPTY_VALUE = "E007"
    UNKNOWN_KEY = "E008"
    KEY_MISSING = "E010"
    WRONG_SHAPE = "E011"
    UNREADABLE_VALUE = "E012"
    NOT_A_CHOICE = "E013"
    BAD_ID = "E014"
    # What a rule or node may say together
    RULE_VERB = "E015"
    RULE_BASIS = "E016"
    RULE_COMBINATION = "E017"
    NODE_COMBINATION = "E018"
    KEY_ELSEWHERE = "E019"
    # Evidence
    NO_TABLE = "E020"
    BLANK = "E021"
    UNREADABLE_CELL = "E022"
    UNIT_TWICE = "E023"
    COLUMN_NEAR_MISS = "E024"
    COLUMN_MISSING = "E025"
    VALUES_DIFFER = "E026"
    OUT_OF_RANGE = "E027"
    FILE_UNUSABLE = "E028"
    UNIT_NEAR_MISS = "E029"
    COLUMN_TWICE = "E030"
    DIVISION_BY_ZERO = "E031"
    CELL_ERROR = "E032"
    MERGED_CELLS = "E033"
    PERCENT_AMBIGUOUS = "E034"
    UNIT_MISSING = "E035"
    NO_UNITS = "E036"
    FILE_TWICE = "E037"
    PARTLY_APPLICABLE = "E038"
    NOT_APPLICABLE = "E039"
    # Output
    OUTPUT_FAILED = "E040"
    OUTPUT_OVER_INPUT = "E041"
    # The regulation
    DUPLICATE_ID = "E050"
    SUM_DIFFERS = "E051"
    TYPE_CONFLICT = "E052"
    GRADE_BOTTOM = "E053"
    LEVELS_MISSING = "E054"
    TOO_MANY_PLACES = "E055"
    MEASURE_SPELLING = "E056"
    MEASURE_UNUSED = "E057"
    NOT_THE_RUBRIC = "E058"
    LIMITS_CROSSED = "E059"
    MIXED_UNITS = "E060"
    EVERY_MISSING = "E061"
    LEVEL_UNKNOWN = "E062"
    BLANK_UNFIT = "E063"
    PERIOD_MISSING = "E068"
    CIRCLE = "E069"
    WEIGHTS_DIFFER = "E070"
    UNKNOWN_NAME = "E071"
    REGISTER_EXPECTED = "E072"
    POINTS_ELSEWHERE = "E073"
    # Evidence: registers, assessors, ballots, rulings, rounds, rosters
    REGISTER_MISSING = "E042"
    UNIT_UNKNOWN = "E043"
    ROUND_MISSING = "E044"
    DATE_OUTSIDE = "E045"
    EVENT_TWICE = "E046"
    RULING_INCOMPLETE = "E047"
    RULING_UNKNOWN = "E048"
    FEW_ASSESSORS = "E049"
    NOT_COMBINED = "E064"
    LEVEL_UNLISTED = "E065"
    EVENT_BLANK = "E066"
    NOTHING_APPLIES = "E067"
    EVENT_UNKNOWN = "E074"
    ROUND_UNKNOWN = "E075"
    FORM_NAMELESS = "E076"
    ITEM_MISSING = "E077"
    STRUCK_OUT = "E094"
    # Results that are read back; assessors
    NO_RESULT = "E080"
    RESULT_DAMAGED = "E081"
    NO_ASSESSORS = "E082"
    NO_SELF_ASSESSMENT = "E083"
    PACK_UNUSABLE = "E084"
    # Content of sheets that is unclear or contradictory
    HIDDEN_TABLE = "E085"
    ATTRIBUTE_UNKNOWN = "E086"
    ROW_UNCLEAR = "E088"
    BLOCK_UNKNOWN = "E092"
    KEY_UNUSABLE = "E093"
    UNIT_WITHOUT_DATA = "E095"
    UNIT_TWICE_IN_CELL = "E113"
    # The paper that a notice is written into
    TEMPLATE_UNUSABLE = "E090"
    PLACEHOLDER_UNKNOWN = "E091"
    # The regulation: rounds, figures below nothing
    ROUNDS_OVERLAP = "E096"
    MAY_BE_NEGATIVE = "E097"
    ROUND_OUTSIDE = "E098"
    # Rulings that name an item twice over
    RULING_DISAGREES = "E099"
    # Scoring before the end of the period
    INTERIM_IMPOSSIBLE = "E100"
    DUE_OUTSIDE = "E101"
    # A total that multiplies
    PRODUCT_UNFIT = "E102"
    # Results of other rubrics that are evidence
    RESULT_MISSING = "E103"
    RESULT_UNFIT = "E104"
    RESULT_WITHOUT_UNIT = "E105"
    RESULT_UNIT_TWICE = "E106"
    RESULT_WITHOUT_NODE = "E107"
    RESULT_IN_ROUNDS = "E108"
    RESULT_ENTERED = "E109"
    # Assessors by category, what several rules make of their figures; ballots
    CATEGORY_EMPTY = "E110"
    COMBINED_TWO_WAYS = "E111"
    BALLOTS_DIFFER = "E112"
    # Grades that a committee fixed
    GRADE_RULING_INCOMPLETE = "E114"
    GRADE_RULING_IDLE = "E115"
    # A figure beside another one that it is a part of
    MORE_THAN_ALL = "E116"
    # Letters whose text was edited
    FEEDBACK_TEXT_UNKNOWN = "E120"
    FEEDBACK_TEXT_MISSING = "E121"
    # The document that a rubric is drafted from
    DOCUMENT_UNUSABLE = "E122"
    # An event whose day is not in its round
    ROUND_AND_DAY = "E117"
    # Warnings
    JUDGED_NEEDLESSLY = "W001"
    TIE_PENDING = "W002"
    TIERS_HOLE = "W003"
    TIERS_OVERLAP = "W004"
    TIERS_DISORDER = "W005"
    GRADES_DISORDER = "W006"
    NEVER_REACHED = "W007"
    MAX_UNREACHED = "W008"
    CAP_IDLE = "W009"
    RULE_IDLE = "W010"
    LISTS_UNEQUAL = "W011"
    CLAUSES_UNCOVERED = "W012"
    SPELT_TWO_WAYS = "W013"
    PERHAPS_TWICE = "W014"
    SECTION_FOR_NOBODY = "W015"
    ROUNDS_GAP = "W016"
    GROUP_CUTS = "W017"
    ID_BY_PLACE = "W018"
    RESULT_OF_ANOTHER = "W020"
    DAY_OUTSIDE = "W021"
    INTERIM_DIFFERS = "W022"
    TITLES_ALIKE = "W023"
    QUOTA_EXCEEDED = "W024"
    POINTS_OF_NOTHING = "W025"
    UNEXPLAINED = "W026"
    NO_RULE_UNFIT = "W028"
    FORM_WITHOUT_REGISTER = "W029"
    UNSETTLED = "W030"
    # Notes
    SHEET_PASSED_OVER = "N001"
    ROW_PASSED_OVER = "N002"
    COLUMN_PASSED_OVER = "N003"
    SAME_VALUE_TWICE = "N004"
    READ_LENIENTLY = "N005"
    TAKES_TOO_MUCH = "N006"
    TIES_OPEN = "N007"
    ROUNDING_OPEN = "N008"
    FIGURES_ASSUMED = "N009"
    SUM_PARTIAL = "N010"
    TABLE_OPEN = "N011"
    MORE_FINDINGS = "N012"
    UNIT_MERGED = "N013"
    SHOWN_TO_NOBODY = "N014"
    FILE_PASSED_OVER = "N015"
    SPELLINGS_ALIKE = "N016"
    ATTRIBUTE_UNNAMED = "N017"
    ASSESSOR_ABSENT = "N018"
    EVENT_OUTSIDE = "N019"
    ASSESSORS_UNEQUAL = "N020"
    COMMENT_IN_VALUE = "N022"
    SUPERSEDED = "N023"
    IDLE_CELL = "N024"
    LINES_ROUNDED = "N025"
    NOT_DUE = "N026"
    YEAR_DIFFERS = "N027"
    RESULT_OF_OTHERS = "N028"
    RESULT_LEFT_OUT = "N029"
    UNITS_SHARE = "N030"
    READINGS_ASSUMED = "N031"
    OUT_OF_SCOPE = "N034"


@unique
class Severity(StrEnum):
    """An error stops the run, a warning should be looked at, a note says what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}


def severity_of(code: Code) -> Severity:
    """Return the severity of a code by its letter."""
    return _SEVERITIES[code[0]]


class Place(Struct, frozen=True):
    """A place in a file: `line` and `column` from 1 in text; `sheet` and `cell` (`F12`) in a workbook.

    In a result that is evidence `cell` is a path (`units/3/total`).
    """

    file: str
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell:
            return "!".join(part for part in (self.file, self.sheet, self.cell) if part)
        if self.sheet:
            return f"{self.file}!{self.sheet}"
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class Diagnostic(Struct, frozen=True):
    """One finding: `args` fill its sentence, `order` keeps findings of one file in reading order.

    `related` are other places needed to understand it: the first of two, the terms of a sum. `path` is the path of its
    node, in a rubric.
    """

    code: Code
    place: Place
    args: tuple[tuple[str, str], ...] = ()
    order: tuple[int, int] = (0, 0)
    related: tuple[Place, ...] = ()
    path: Path = ()

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return severity_of(self.code)

    @property
    def is_public(self) -> bool:
        """Whether it is without place and values, from `for_public`."""
        return not self.place.file

    @property
    def sort_key(self) -> tuple[str, str, tuple[int, int], str, tuple[tuple[str, str], ...]]:
        """File, sheet, position, code: the one order in which findings are shown."""
        return (self.place.file, self.place.sheet or "", self.order, self.code, self.args)


def at_cell(code: Code, cell: "Cell", **args: str) -> Diagnostic:
    """Return a finding about one cell of a sheet."""
    place = Place(cell.file, sheet=cell.sheet, cell=cell.address)
    return Diagnostic(code, place, tuple(args.items()), (cell.row, cell.column))


def at_file(code: Code, file: str, sheet: str | None = None, **args: str) -> Diagnostic:
    """Return a finding about a file or sheet as a whole."""
    return Diagnostic(code, Place(file, sheet=sheet), tuple(args.items()))


def of_results(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings without notes on files that are no evidence: no result depends on these."""
    return tuple(found for found in diagnostics if found.code is not Code.FILE_PASSED_OVER)


def for_public(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return what the public may read of findings about evidence: each code once, without place and values."""
    return tuple(dict.fromkeys(Diagnostic(found.code, Place("")) for found in diagnostics))


def has_errors(diagnostics: tuple[Diagnostic, ...]) -> bool:
    """Return whether any finding is an error."""
    return any(found.severity is Severity.ERROR for found in diagnostics)
