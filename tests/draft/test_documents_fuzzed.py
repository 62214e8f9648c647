"""Documents of Word and workbooks that are changed at random are read or refused, and every grid holds together."""

from random import Random

import pytest

from dangjian_score.core.diagnostics import Code
from dangjian_score.draft.documents.blocks import Grid, SourceDocument
from dangjian_score.draft.documents.read import read_document
from dangjian_score.words.say import LANGUAGES, load_words
from tests import fuzzing_papers, fuzzing_workbooks
from tests.draft.documents_made import covered_soundly

CASES = 150
KINDS = {"a.docx": fuzzing_papers.made, "a.xlsx": fuzzing_workbooks.made}


@pytest.mark.parametrize("name", KINDS)
def test_documents_changed_at_random(name: str) -> None:
    for seed in range(CASES):
        found = read_document(name, KINDS[name](Random(seed)))  # noqa: S311
        if isinstance(found, SourceDocument):
            grids = (block for block in found.blocks if isinstance(block, Grid))
            assert all(covered_soundly(grid.rows, grid.rows[0][0].row, grid.rows[0][0].column) for grid in grids), seed
        else:
            assert found.code is Code.DOCUMENT_UNUSABLE
            assert all(load_words(language).message(found) for language in LANGUAGES)
