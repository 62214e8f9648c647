"""English: the same tables as `zh`, sentence for sentence."""

from dangjian_score.words.en.clauses import CLAUSES
from dangjian_score.words.en.help import HELP
from dangjian_score.words.en.labels import LABELS as _LABELS
from dangjian_score.words.en.lines import LINES
from dangjian_score.words.en.official import OFFICIAL
from dangjian_score.words.en.page import PAGE
from dangjian_score.words.en.sheets import SHEETS
from dangjian_score.words.en.terms import TERMS
from dangjian_score.words.en.verification import VERIFICATION
from dangjian_score.words.en.whatif import WHATIF
from dangjian_score.words.en.workbook import WORKBOOK

LABELS = {**_LABELS, **OFFICIAL, **PAGE, **VERIFICATION, **WHATIF, **WORKBOOK}

__all__ = ["CLAUSES", "HELP", "LABELS", "LINES", "SHEETS", "TERMS"]
