"""`differences`: whatever is changed in a result is found, every place of it, each in every way."""

import json
from typing import Any

from dangjian_score.core.watching import unwatched
from dangjian_score.report.as_json import result_json
from dangjian_score.report.verification import differences, sentence
from dangjian_score.words.say import LANGUAGES, load_words
from tests.edits import edited, places
from tests.rich import rich
from tests.sampling import sampled

WHOLE = json.loads(result_json(rich(), unwatched))
NOW = WHOLE | {"units": WHOLE["units"][:2]}


def test_every_edit_is_found() -> None:
    for place in sampled([*places(NOW)], 17):
        for was in edited(NOW, place):
            if _is_compared(was):
                found = differences(was, NOW)
                assert found, place
                assert all(sentence(difference, load_words(lang)) for difference in found for lang in LANGUAGES)


def _is_compared(was: Any) -> bool:
    """Return whether a result is compared: another tool is refused, another version is said."""
    tool = was.get("tool")
    return isinstance(tool, dict) and tool.get("version") == NOW["tool"]["version"]


def test_what_is_the_same_has_no_differences() -> None:
    assert not differences(json.loads(json.dumps(NOW)), NOW)
