"""Hostile names in every format: what is built is built as with harmless names, and each name is there as text."""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from itertools import zip_longest

import pytest

from dangjian_score.engine.result import Unscored
from dangjian_score.engine.score import score
from dangjian_score.facts import Evidence
from dangjian_score.report.formats import FORMATS, reporter
from dangjian_score.report.telling import tell
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.load import Loaded
from dangjian_score.watching import unwatched
from dangjian_score.words.codebook import LANGUAGES, Language
from dangjian_score.words.say import words
from tests.injection import HARMLESS, HOSTILE, Looked, looked_at, seen
from tests.support import facts, rubric

Capture = pytest.CaptureFixture[str]

SECTION = """  - title: 一
    max: 1000
    items: [{{title: {title}, criterion: 求, max: 1000, source: {{clause: 一}}, rules: [{{deduct: 1, per: 次数}}]}}]
"""
RUBRIC = """dangjian: 1
rubric: test-1
title: {title}
subject: 党支部
total: 1000
attributes: [类型]
sections:
{sections}grades: {{优秀: 900, 差: 0}}
selections: [{{title: 先进, at_least: 1}}]
"""


def plain() -> Loaded:
    return rubric(RUBRIC.format(title="细则", sections=SECTION.format(title="项")), head="")


@cache
def view(hostile: bool, language: Language = "zh") -> ResultView:
    """Score units of these names, each with one deduction more, so that all stand in the same order."""
    names = HOSTILE if hostile else HARMLESS
    loaded = plain()
    units = tuple(facts(name, {"次数": Fraction(at), "类型": name}) for at, name in enumerate(names.values()))
    unscored = tuple(Unscored(name, {"类型": name}, ("E021",)) for name in names.values())
    return tell(score(loaded.rubric, Evidence((), units, frozenset()), unscored), loaded.source, (), words(language))


def compared(hostile: Looked, harmless: Looked) -> list[tuple[str | None, str | None]]:
    """List where two documents are built otherwise."""
    pairs = zip_longest(hostile.built, harmless.built)
    return [(one, other) for one, other in pairs if one != other][:5]


def missing(shown: str, names: Mapping[str, str]) -> list[str]:
    """List the attacks whose names are not there as they look; spaces may stand where a text was folded."""
    letters = "".join(shown.split())
    return [attack for attack, name in names.items() if "".join(seen(name).split()) not in letters]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_names_of_units_in_every_format(form: str, language: Language) -> None:
    write = reporter(form)
    hostile, harmless = (
        looked_at(form, write(view(one, language), words(language), unwatched)) for one in (True, False)
    )
    assert hostile.acting == []
    assert compared(hostile, harmless) == []
    if form != "json":
        assert missing(hostile.shown, HOSTILE) == []


def test_json_keeps_names_as_they_are() -> None:
    document = json.loads(reporter("json")(view(True), words("zh"), unwatched).decode())
    assert [unit["unit"] for unit in document["units"]] == [*HOSTILE.values()]
    assert [unit["attributes"]["类型"] for unit in document["units"]] == [*HOSTILE.values()]
