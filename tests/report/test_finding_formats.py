"""Findings for other programs: SARIF as its schema asks for, annotations escaped, JSON with its keys."""

import json
from typing import Any

import jsonschema
import pytest

from dangjian_score.core.diagnostics import Code, Diagnostic, Place
from dangjian_score.report.findings import FINDING_FORMATS, findings_text
from dangjian_score.words.say import LANGUAGES, Explained, Language, load_words
from tests.support import ROOT

SARIF = json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))

TWICE = Diagnostic(
    Code.DUPLICATE_ID,
    Place("细则/甲 a.yaml", 8, 13),
    (("id", "A1"), ("line", "7")),
    (8, 13),
    (Place("细则/甲 a.yaml", 7, 13),),
)
UNREAD = Diagnostic(Code.FILE_UNREADABLE, Place("b:1,2%.yaml"), (("reason", "missing"),))
WARNED = Diagnostic(Code.TIE_PENDING, Place("c.yaml", 2, 1), (("title", "x"), ("units", "甲"), ("places", "1")))
FOUND = (UNREAD, TWICE, WARNED)
TEXTS = {"b:1,2%.yaml": "", "c.yaml": "a\nb\n", "细则/甲 a.yaml": ""}


def written(form: str, found: tuple[Diagnostic, ...] = FOUND, language: Language = "zh") -> str:
    return FINDING_FORMATS[form](found, TEXTS, load_words(language)).decode()


def sarif(found: tuple[Diagnostic, ...] = FOUND, language: Language = "zh") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(written("sarif", found, language))
    jsonschema.Draft4Validator(SARIF).validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_the_schema_refuses() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SARIF).validate({"version": "2.1.0", "runs": [{"tool": {}}]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("found", [(), FOUND])
def test_sarif_is_as_its_schema_asks(found: tuple[Diagnostic, ...], language: Language) -> None:
    run = sarif(found, language)
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == len(found)


def test_sarif_results_name_their_rules() -> None:
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["E001", "E050", "W002"]
    assert [(one["ruleId"], rules[one["ruleIndex"]]["id"]) for one in run["results"]] == [
        ("E001", "E001"),
        ("E050", "E050"),
        ("W002", "W002"),
    ]
    assert [one["level"] for one in run["results"]] == ["error", "error", "warning"]
    assert "informationUri" not in run["tool"]["driver"]


def test_sarif_places() -> None:
    unread, twice, _ = sarif()["results"]
    assert unread["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "b%3A1%2C2%25.yaml"}}}]
    file = {"uri": "%E7%BB%86%E5%88%99/%E7%94%B2%20a.yaml"}
    place = {"artifactLocation": file, "region": {"startLine": 8, "startColumn": 13}}
    assert twice["locations"] == [{"physicalLocation": place}]
    (beside,) = twice["relatedLocations"]
    assert beside["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 13}
    assert "relatedLocations" not in unread
    (absolute,) = sarif((Diagnostic(Code.FILE_UNREADABLE, Place("/甲/a.yaml"), UNREAD.args),))["results"]
    assert absolute["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///%E7%94%B2/a.yaml"


def test_rules_say_what_the_book_says(monkeypatch: pytest.MonkeyPatch) -> None:
    books = {Code.DUPLICATE_ID: Explained("{id} 重复；请改", "怎么会", "怎么办")}
    nothing = Explained("读不了：{reason!t}", "", "")
    for module in ("report.findings", "words.say"):
        monkeypatch.setattr(f"dangjian_score.{module}.explained", lambda code, _: books.get(code, nothing))
    first, second = sarif((UNREAD, TWICE))["tool"]["driver"]["rules"]
    assert first == {"id": "E001", "shortDescription": {"text": "读不了：…"}}
    assert second == {"id": "E050", "shortDescription": {"text": "… 重复"}, "help": {"text": "怎么会\n\n怎么办"}}


def test_annotations_are_escaped() -> None:
    unread, twice, warned = written("github").splitlines()
    assert unread.startswith("::error file=b%3A1%2C2%25.yaml,title=E001::读不了这个文件：")
    assert twice.startswith("::error file=细则/甲 a.yaml,line=8,col=13,title=E050::")
    assert twice.endswith("%0A另见 细则/甲 a.yaml:7:13")
    assert warned.startswith("::warning file=c.yaml,line=2,col=1,title=W002::")
    note = Diagnostic(Code.SHEET_PASSED_OVER, Place("100%\r\n.yaml"), (("sheet", "50%"), ("why", "hidden")))
    assert written("github", (note,)).startswith("::notice file=100%25%0D%0A.yaml,title=N001::")


def test_json_has_the_same_keys_in_both_languages() -> None:
    chinese, english = (json.loads(written("json", language=language)) for language in LANGUAGES)
    assert list(chinese) == ["schema", "tool", "files", "counts", "diagnostics"]
    assert chinese["schema"] == "dangjian.findings/1"
    assert chinese["counts"] == {"errors": 2, "warnings": 1, "notes": 0}
    assert chinese["files"] == list(TEXTS)
    twice = chinese["diagnostics"][1]
    place = {"file": "细则/甲 a.yaml", "sheet": None, "cell": None, "line": 8, "column": 13}
    message = {"code": "E050", "severity": "error", "message": twice["message"]}
    assert twice == {**message, **place, "related": [{**place, "line": 7}]}
    for one in (*chinese["diagnostics"], *english["diagnostics"]):
        assert one.pop("message")
    assert chinese == english


def test_places_beside_a_finding_have_their_own_lines() -> None:
    text = "".join(f"甲: [{number}]\n" for number in range(1, 8))
    beside = tuple(Place("a.yaml", line, 5) for line in range(1, 7))
    found = Diagnostic(Code.DUPLICATE_ID, Place("a.yaml", 7, 5), TWICE.args, (7, 5), beside)
    shown = findings_text((found,), {"a.yaml": text}, load_words("zh")).splitlines()
    assert shown[1:6] == ["    甲: [7]", "         ^", "  另见 a.yaml:1:5", "    甲: [1]", "         ^"]
    assert [line for line in shown if "另见" in line] == [f"  另见 a.yaml:{line}:5" for line in (1, 2, 3, 4)]
    assert shown[-2:] == ["  …", "1 个错误，0 个警告，0 个提示"]


def test_a_sentence_repeats_no_more_than_a_part_of_the_input() -> None:
    long = Diagnostic(Code.DUPLICATE_ID, Place("a.yaml", 1, 1), (("id", "长" * 1_000_000), ("line", "1")))
    assert "长" * 299 + "…" in load_words("zh").message(long)
    assert len(load_words("zh").message(long)) < 400
