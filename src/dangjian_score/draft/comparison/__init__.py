"""A draft beside the regulation it was made from, clause by clause, as one HTML file."""

from dangjian_score.draft.comparison.page import comparison_html

__all__ = ["comparison_html"]
