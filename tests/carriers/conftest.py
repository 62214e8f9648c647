"""Evidence of tests counts as too large to be read as a whole again, so that odd rows alone are."""

import pytest


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangjian_score.api.columns.READ_WHOLE", 0)
