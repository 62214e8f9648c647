"""English, text for text. A part in [brackets] is left out where one of its values is empty; `{x!t}` is the text of `term.x`."""

from dangjian_score.words.en import drafts, papers, rules, screen, sheets, terms, usage

TEXTS = {**rules.TEXTS, **terms.TEXTS, **screen.TEXTS, **usage.TEXTS, **sheets.TEXTS, **papers.TEXTS, **drafts.TEXTS}
