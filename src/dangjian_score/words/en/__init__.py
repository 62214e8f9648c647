"""English: the same tables as `zh`, sentence for sentence."""

from dangjian_score.words.en import labels
from dangjian_score.words.en.clauses import CLAUSES
from dangjian_score.words.en.help import HELP
from dangjian_score.words.en.lines import LINES
from dangjian_score.words.en.sheets import SHEETS
from dangjian_score.words.en.terms import TERMS
from dangjian_score.words.en.whatif import WHATIF

__all__ = ["CLAUSES", "HELP", "LABELS", "LINES", "SHEETS", "TERMS"]

LABELS = {**labels.LABELS, **WHATIF}
