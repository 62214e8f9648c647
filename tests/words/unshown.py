"""Codes whose page has no example, and why text cannot show one; all other codes have `before` and `after`."""

from collections.abc import Mapping
from typing import Final

from dangjian_score.core.diagnostics import Code

OF_RUBRICS: Final[Mapping[Code, str]] = {
    Code.NOT_UTF8: "about bytes",
    Code.TOO_LARGE: "a megabyte, sixteen thousand values or thirty-two levels are no example",
    Code.NOT_THE_RUBRIC: "about bytes",
}
"""About the file of a rubric: the mistake stands in `bad/` or in the table `BYTES` of `test_bad.py` all the same."""

OF_EVIDENCE: Final[Mapping[Code, str]] = {
    Code.CELL_ERROR: "in text #N/A is only a word, and a formula has no value that may be missing",
    Code.FILE_PASSED_OVER: "it is about files that are not read",
    Code.FORM_WITHOUT_REGISTER: "text has no sheets to be left out",
    Code.HIDDEN_TABLE: "text has no sheets to be hidden",
    Code.IDLE_CELL: "the rubric of the examples has no columns of its own",
    Code.NOT_DUE: "the examples are read for the whole period",
    Code.MERGED_CELLS: "text has no cells that could be merged",
    Code.SHEET_PASSED_OVER: "text has no sheets to be hidden or named",
    Code.SHOWN_TO_NOBODY: "text has no rows or columns to be hidden",
    Code.RESULT_ENTERED: "the rubric of the examples reads no result",
    Code.RESULT_LEFT_OUT: "about a file of results",
    Code.RESULT_MISSING: "about a file of results",
    Code.RESULT_OF_OTHERS: "about a file of results",
    Code.RESULT_UNFIT: "about a file of results",
    Code.RESULT_UNIT_TWICE: "about a file of results",
    Code.RESULT_WITHOUT_NODE: "about a file of results",
    Code.RESULT_WITHOUT_UNIT: "about a file of results",
    Code.STRUCK_OUT: "text has no strikes",
    Code.SUPERSEDED: "it is about forms, whose measures head no column",
    Code.UNIT_MERGED: "text has no cells that could be merged",
}
"""About tables of evidence."""

OF_OTHERS: Final[Mapping[Code, str]] = {
    Code.DOCUMENT_UNUSABLE: "about a document that is no text",
    Code.FEEDBACK_TEXT_MISSING: "about an edited sheet of feedback",
    Code.FEEDBACK_TEXT_UNKNOWN: "about an edited sheet of feedback",
    Code.FILE_UNREADABLE: "about the disk",
    Code.INTERIM_DIFFERS: "about a file of results",
    Code.INTERIM_IMPOSSIBLE: "about the command line",
    Code.MORE_FINDINGS: "it takes more findings than an example can hold",
    Code.NO_ASSESSORS: "about what is analysed",
    Code.NO_RESULT: "about a file of results",
    Code.NO_SELF_ASSESSMENT: "about what is compared",
    Code.OUTPUT_FAILED: "about the disk",
    Code.OUTPUT_OVER_INPUT: "about the command line",
    Code.PACK_UNUSABLE: "about a pack",
    Code.PLACEHOLDER_UNKNOWN: "about an office's own paper",
    Code.RESULT_DAMAGED: "about a file of results",
    Code.RESULT_OF_ANOTHER: "about a file of results",
    Code.TEMPLATE_UNUSABLE: "about an office's own paper",
}
"""About neither: the disk, the command line, results, papers."""

UNSHOWN: Final[Mapping[Code, str]] = {**OF_RUBRICS, **OF_EVIDENCE, **OF_OTHERS}
