"""Chinese, the language of record. A part in [brackets] is left out where one of its values is empty; {x!t}: TERMS."""

from dangjian_score.words.zh.clauses import CLAUSES
from dangjian_score.words.zh.help import HELP
from dangjian_score.words.zh.labels import LABELS as _LABELS
from dangjian_score.words.zh.lines import LINES
from dangjian_score.words.zh.official import OFFICIAL
from dangjian_score.words.zh.page import PAGE
from dangjian_score.words.zh.sheets import SHEETS
from dangjian_score.words.zh.terms import TERMS
from dangjian_score.words.zh.verification import VERIFICATION
from dangjian_score.words.zh.whatif import WHATIF
from dangjian_score.words.zh.workbook import WORKBOOK

LABELS = {**_LABELS, **OFFICIAL, **PAGE, **VERIFICATION, **WHATIF, **WORKBOOK}

__all__ = ["CLAUSES", "HELP", "LABELS", "LINES", "SHEETS", "TERMS"]
