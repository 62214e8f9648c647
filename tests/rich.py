"""One rich scenario, in files as an office has them: what every format of a result is held against, whole.

Ten branches: caps, floors and forfeits that bite, events of persons and cases, vetoes, grades, quotas and prizes with
ties, one that does not take part, a ruling, an entry 不适用, a hostile name, and one branch not scored.
"""

from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dangjian_score.checks import evidence as due
from dangjian_score.checks import openness
from dangjian_score.core.diagnostics import Diagnostic, has_errors
from dangjian_score.core.facts import Evidence
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Result, Unscored
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.report.formats import FORMATS, reporter
from dangjian_score.report.view import ResultView, view_of
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.words.say import Language, load_words

FOLDER = Path(__file__).parent / "rich"
RUBRIC = FOLDER / "rubric.yaml"
EVIDENCE = FOLDER / "evidence"
PAGE_HEAD = FOLDER / "expected" / "page-head.html"
"""The head of both pages, with their style and script; the files of each page hold the body alone."""
TEXT_FORMATS = [form for form in FORMATS if form not in ("xlsx", "docx", "parquet")]
"""Formats that are held against a whole file of theirs in `expected/`; of the others, what can be read in them is."""
UNSCORED = (Unscored("第十一党支部", {"类型": "村"}, ("E021",)),)


@cache
def scored() -> tuple[Loaded, Program, Evidence, Result, tuple[Diagnostic, ...]]:
    """Read and score the files."""
    loaded = load(RUBRIC.read_bytes(), RUBRIC.name)
    assert isinstance(loaded, Loaded), loaded
    program = compile_rubric(loaded.rubric)
    files = {path.name: path.read_bytes() for path in sorted(EVIDENCE.iterdir())}
    evidence, found = read_evidence(files, loaded.rubric, catalogue(program))
    found = (*found, *due.check(program, evidence))
    assert not has_errors(found), [(str(one.code), str(one.place), dict(one.args)) for one in found]
    result = score(compile_rubric(loaded.rubric), evidence, UNSCORED)
    return loaded, program, evidence, result, (*found, *openness.still_open(result, loaded.source))


def rich(*, public: bool = False, language: Language = "zh") -> ResultView:
    """Give the view of the scenario."""
    loaded, _, _, result, found = scored()
    return view_of(result, loaded.source, found, load_words(language), public=public)


def changed(view: ResultView, **parts: Any) -> ResultView:
    """Give the view of a result that differs in these parts."""
    return replace(view, result=replace(view.result, **parts))


def expected(form: str, *, public: bool = False) -> Path:
    """Name the file that holds what a format should come to."""
    return FOLDER / "expected" / f"{'public' if public else 'result'}.{form}"


def expected_text(form: str, *, public: bool = False) -> str:
    """Read what a text format should come to, whole."""
    text = expected(form, public=public).read_bytes().decode()
    return PAGE_HEAD.read_bytes().decode() + text if form == "html" else text


def write_expected() -> None:
    """Write the text formats again; to be read before it is kept."""
    for form in TEXT_FORMATS:
        for public in (False, True):
            written = reporter(form)(rich(public=public), unwatched)
            if form == "html":
                head = written[: written.index(b"<body")]
                PAGE_HEAD.write_bytes(head)
                written = written.removeprefix(head)
            expected(form, public=public).write_bytes(written)


if __name__ == "__main__":
    write_expected()
