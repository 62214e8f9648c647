"""Every workbook of the intake: what is found and where, what is read, and what a clerk reads about it."""

from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from dangjian_score.checks import evidence as due
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.facts import Evidence
from dangjian_score.core.names import visible
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from dangjian_score.evidence.xlsx.archive import RefusalReason
from dangjian_score.words.say import Words, load_words
from tests.evidence.corpus import EXPECTED, FOLDER, called, expected, files
from tests.evidence.intake import CASES, RUBRIC, Case
from tests.support import HEAD, ROOT, rubric, run

GOLDEN = ROOT / "tests" / "golden" / "intake.txt"


def read(case: Case) -> tuple[Evidence, list[Diagnostic]]:
    loaded = rubric(RUBRIC)
    program = compile_rubric(loaded.rubric)
    evidence, found = read_evidence({case.file: case.data}, loaded.rubric, catalogue(program))
    return evidence, sorted((*found, *due.check(program, evidence)), key=lambda one: one.sort_key)


def told(one: Diagnostic) -> str:
    reason = dict(one.args)["reason"] if one.code is Code.FILE_UNUSABLE else None
    return " ".join(part for part in (one.code, one.place.cell, reason) if part)


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_and_read(name: str) -> None:
    case = CASES[name]
    evidence, found = read(case)
    assert ", ".join(map(told, found)) == case.found
    if case.reads:
        values = next(unit.values for unit in evidence.units if unit.unit == "一支部")
        assert {measure: str(values[measure]) for measure in case.reads} == case.reads


def report(words: Words) -> str:
    """Write what a clerk reads about every file, one below the other."""
    lines = []
    for name, case in CASES.items():
        _, found = read(case)
        lines += [f"{name}:", *(f"  {one.place}: {one.code} {visible(words.message(one))}" for one in found)]
    return "\n".join(lines) + "\n"


def test_what_a_clerk_reads() -> None:
    assert report(load_words("zh")) == GOLDEN.read_text("utf-8")
    assert "{" not in report(load_words("en"))


def test_the_files_that_are_kept_are_those_that_are_made() -> None:
    """They are opened by hand and by other programs; `python -m tests.evidence.corpus` writes them again."""
    assert len({name.casefold() for name in map(called, CASES)}) == len(CASES)
    kept = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path != EXPECTED}
    made = files()
    assert kept.keys() == made.keys()
    assert [name for name in kept if kept[name] != made[name] and unpacked(kept[name]) != unpacked(made[name])] == []
    assert EXPECTED.read_text("utf-8") == expected()


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Give what an archive holds: how tightly it is packed differs between versions of zlib."""
    with ZipFile(BytesIO(data)) as archive:
        return [(one.filename, archive.read(one)) for one in archive.infolist()]


def test_every_reason_has_its_file_and_its_sentence() -> None:
    made = {one.split(" ", 1)[1] for case in CASES.values() for one in case.found.split(", ") if one.startswith("E028")}
    made = {one.split(" ", 1)[1] if one[0].isupper() and one[1].isdigit() else one for one in made}
    assert set(get_args(RefusalReason)) - made == {"too many parts", "long cell"}  # these files are large; see the zoo


@pytest.mark.parametrize("name", ["an old workbook", "half of it", "a string that is not there", "no sheet"])
def test_at_the_command_line(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.yaml").write_text(HEAD + "total: 30\n" + RUBRIC, "utf-8")
    (tmp_path / CASES[name].file).write_bytes(CASES[name].data)
    ran = run(capfd, "score", tmp_path / "r.yaml", tmp_path / CASES[name].file)
    assert (ran.code, ran.out) == (3, "")
    golden = GOLDEN.read_text("utf-8").split(f"\n{name}:\n  ")[1].split("\n")[0]
    place, message = golden.split(": ", 1)
    code, sentence = message.split(" ", 1)
    assert f"{place}: {code} 错误: {sentence}" in ran.err


def test_the_same_bytes_every_time() -> None:
    import importlib

    from tests.evidence import intake

    before = {name: case.data for name, case in CASES.items()}
    assert {name: case.data for name, case in importlib.reload(intake).CASES.items()} == before


def test_what_looks_like_an_empty_row_inside_a_text_stays() -> None:
    evidence, _ = read(CASES["an empty row in a text"])
    assert [unit.unit for unit in evidence.units] == ['一<row r="7"/><row r="8">', "一支部"]
