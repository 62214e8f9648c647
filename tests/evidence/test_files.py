"""Whole files: headers below titles, several files, and files that are no workbooks."""

from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from dangjian_score.checks import evidence as due
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import read_evidence
from dangjian_score.words.say import load_words
from tests.support import rubric

TEXT = """measures: {补报次数: {blank: 0}}
sections:
  - id: A
    title: 甲
    max: 10
    rules:
      - {deduct: 1, per: 会议缺席次数}
      - {deduct: 1, if: 造假}
      - {deduct: 1, if: {参会率: {below: 80%}}}
      - {deduct: 1, per: 补报次数}
"""
HEAD = ["党支部", "会议缺席次数", "造假", "参会率", "补报次数"]
F = Fraction


def read(**files: bytes) -> tuple[Evidence, list[tuple[str, str | None]], tuple[Diagnostic, ...]]:
    loaded = rubric(TEXT)
    program = compile_rubric(loaded.rubric)
    named = {name.replace("_", "."): data for name, data in files.items()}
    evidence, found = read_evidence(named, loaded.rubric, catalogue(program))
    found = (*found, *due.check(program, evidence))
    ordered = sorted(found, key=lambda one: one.sort_key)
    return evidence, [(str(one.code), one.place.cell) for one in ordered], found


def book(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    first = made.worksheets[0]
    first.title = "汇总表"
    for row in rows:
        first.append(row)
    for name, content in sheets.items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    data = BytesIO()
    made.save(data)
    return data.getvalue()


def changed(data: bytes, change: Any) -> bytes:
    made = openpyxl.load_workbook(BytesIO(data))
    change(made)
    return saved(made)


ROW = ["一支部", 1, "否", "95%", 0]
GOOD = book(HEAD, ROW)


def values(evidence: Evidence, unit: str = "一支部") -> dict[str, Any]:
    return dict(next(one.values for one in evidence.units if one.unit == unit))


ALL = {"会议缺席次数": F(1), "造假": False, "参会率": F("0.95"), "补报次数": F(0)}


def test_a_plain_workbook() -> None:
    evidence, found, _ = read(e_xlsx=GOOD)
    assert (values(evidence), found) == (ALL, [])
    assert str(evidence.units[0].facts["参会率"].cell) == "e.xlsx!汇总表!D2"


def test_a_header_below_titles_and_notes() -> None:
    evidence, found, _ = read(e_xlsx=book(["2024 年考核"], [], ["党支部填写"], HEAD, ROW, ["合计", 1]))
    assert (values(evidence), found) == (ALL, [("N002", "A6")])


def test_a_unit_header_merged_over_two_rows() -> None:
    data = book(["党支部", "出勤", None, None, None], [None, *HEAD[1:]], ROW)
    evidence, found, _ = read(e_xlsx=changed(data, lambda made: made.active.merge_cells("A1:A2")))
    assert (values(evidence), found) == (ALL, [])


def test_a_blank_is_an_error_unless_the_measure_says_otherwise() -> None:
    evidence, found, _ = read(e_xlsx=book(HEAD, ["一支部", None, "否", "95%", None]))
    assert found == [("E021", "B2")]
    assert values(evidence)["补报次数"] == 0


def test_a_missing_column_is_never_a_blank() -> None:
    _, found, all_found = read(e_xlsx=book(HEAD[:4], ROW[:4], ["二支部", *ROW[1:4]]))
    assert found == [("E025", None)]
    assert dict(all_found[-1].args)["measure"] == "补报次数"


def test_columns_that_are_no_measures() -> None:
    header = ["序号", "党支部", "会议缺席次", "造假", "参会率", "补报次数", "造假"]
    _, found, all_found = read(e_xlsx=book(header, [1, *ROW, "否"]))
    assert found == [("N003", "A1"), ("E024", "C1"), ("E030", "G1")]
    assert dict(next(one for one in all_found if one.code == "E024").args)["near"] == "会议缺席次数"


def test_units() -> None:
    rows: list[list[Any]] = [HEAD, ROW, ROW, ["二（支）部", *ROW[1:]], ["二(支)部", *ROW[1:]], [None, *ROW[1:]]]
    assert read(e_xlsx=book(*rows))[1] == [("E023", "A3"), ("E029", "A5"), ("E035", "A6")]


def test_no_unit_and_no_table() -> None:
    assert read(e_xlsx=book(HEAD))[1] == [("E036", None)]
    assert read(e_xlsx=book(["甲", "乙"], [1, 2]))[1] == [("E020", None)]


def test_other_sheets() -> None:
    data = book(HEAD, ROW, 填写说明=[["怎样填"]], 空=[], 附表=[["甲", "乙"]])
    _, found, all_found = read(e_xlsx=data)
    assert found == [("N001", None), ("E020", None)]
    assert {one.place.sheet for one in all_found} == {"填写说明", "附表"}

    def hide(made: openpyxl.Workbook) -> None:
        made["附表"].sheet_state = "hidden"

    assert read(e_xlsx=changed(data, hide))[1] == [("N001", None), ("N001", None)]


def test_of_our_own_sheets_nothing_is_said_unless_they_hold_evidence() -> None:
    def hide(made: openpyxl.Workbook) -> None:
        made["填表选项"].sheet_state = "hidden"

    assert read(e_xlsx=changed(book(HEAD, ROW, 填表说明=[["怎样填"]], 填表选项=[["村"]]), hide))[1] == []
    _, found, all_found = read(e_xlsx=changed(book(HEAD, ROW, 填表说明=[HEAD, ROW], 填表选项=[HEAD, ROW]), hide))
    assert found == [("N001", None), ("E085", None)]
    assert {one.place.sheet for one in all_found} == {"填表说明", "填表选项"}


def test_formulas_errors_merges_and_doubles() -> None:
    evidence, found, _ = read(e_xlsx=book(HEAD, ["一支部", "=1+1", "否", "95%", 0]))
    assert found == [("E032", "B2")]  # openpyxl stores no value with a formula
    assert read(e_xlsx=book(HEAD, ["一支部", 1, "#N/A", "95%", 0]))[1] == [("E032", "C2")]

    def merge(made: openpyxl.Workbook) -> None:
        made.worksheets[0].merge_cells("B2:B3")

    merged = changed(book(HEAD, ROW, ["二支部", None, "否", "95%", 0]), merge)
    assert read(e_xlsx=merged)[1] == [("E033", "B3")]
    evidence, found, _ = read(e_xlsx=book(HEAD, ["一支部", 1, "否", 0.1 + 0.2, 0]))
    assert (values(evidence)["参会率"], found) == (F("0.3"), [])


def test_a_formula_with_its_stored_value() -> None:
    import zipfile

    source = zipfile.ZipFile(BytesIO(book(HEAD, ["一支部", "=1+1", "否", "95%", 0])))
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part in source.namelist():
            data = source.read(part)
            for old in (b"<f>1+1</f><v></v>", b"<f>1+1</f><v />"):
                data = data.replace(old, b"<f>1+1</f><v>2</v>")
            archive.writestr(
                part, b"<a/>" if part == "docProps/app.xml" else data.replace(b"fullCalcOnLoad", b"iterate")
            )
    evidence, found, _ = read(e_xlsx=target.getvalue())
    assert (values(evidence)["会议缺席次数"], found) == (F(2), [])


def test_per_cents_by_format_and_by_column() -> None:
    def show(made: openpyxl.Workbook) -> None:
        made.worksheets[0]["D2"].number_format = "0.00%"

    assert values(read(e_xlsx=changed(book(HEAD, ["一支部", 1, "否", 0.95, 0]), show))[0]) == ALL
    assert read(e_xlsx=changed(book(HEAD, ["一支部", 1, "否", 95, 0]), show))[1] == [("E027", "D2")]
    evidence, found, _ = read(e_xlsx=book(HEAD, ["一支部", 1, "否", 95, 0], ["二支部", 1, "否", 100, 0]))
    assert (values(evidence)["参会率"], values(evidence, "二支部")["参会率"], found) == (F("0.95"), F(1), [])
    mixed = book(HEAD, ["一支部", 1, "否", 95, 0], ["二支部", 1, "否", 0.9, 0])
    assert read(e_xlsx=mixed)[1] == [("E034", "D2"), ("E034", "D3")]


def csv(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


TABLE = "党支部,会议缺席次数,造假,参会率,补报次数\n一支部,1,否,95%,0\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_three_encodings(encoding: str) -> None:
    evidence, found, _ = read(e_csv=csv(TABLE, encoding))
    assert (values(evidence), found) == (ALL, [])
    assert str(evidence.units[0].cell) == "e.csv!A2"


def test_several_files_fill_each_other_in() -> None:
    left = csv("党支部,会议缺席次数,造假\n一支部,1,\n")
    right = csv("单位,造假,参会率,补报次数\n一支部,否,95%,\n")
    evidence, found, _ = read(a_csv=left, b_csv=right)
    assert (values(evidence), found) == (ALL, [])


def test_values_that_are_the_same_or_differ_between_files() -> None:
    other = csv("党支部,会议缺席次数,造假\n一支部,1,是\n")
    _, found, all_found = read(a_csv=csv(TABLE), b_csv=other)
    assert found == [("N004", "B2"), ("E026", "C2")]
    differing = dict(next(one for one in all_found if one.code == "E026").args)
    assert (differing["first"], differing["other"], differing["found"]) == ("a.csv!C2", "否", "是")


def test_the_same_file_twice() -> None:
    assert read(a_csv=csv(TABLE), b_csv=csv(TABLE))[1] == [("E037", None)]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("e_xlsx", b"", "empty file"),
        ("e_xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xls"),
        ("e_xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("e_xlsx", b"<html><table></table></html>", "html"),
        ("e_xlsx", "党支部,次数\n".encode(), "plain text"),
        ("e_xlsx", GOOD[: len(GOOD) // 2], "truncated"),
        ("e_xlsx", GOOD.replace(b"worksheets/sheet1", b"worksheets/sheet9"), "part missing"),
        ("e_xls", b"\xd0\xcf\x11\xe0", "xls"),
        ("e_doc", b"x", "suffix"),
        ("e_csv", GOOD, "workbook named csv"),
        ("e_csv", b" \n", "empty file"),
        ("e_csv", b"\xff\xff\x80", "encoding"),
        ("e_csv", b'a,"b', "quotes"),
    ],
)
def test_files_that_are_no_evidence(name: str, data: bytes, reason: str) -> None:
    _, _, found = read(**{name: data})
    assert [(one.code, dict(one.args).get("reason")) for one in found] == [("E028", reason)]


def test_an_archive_that_is_no_workbook() -> None:
    import zipfile

    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "x")
    assert dict(read(e_xlsx=data.getvalue())[2][0].args)["reason"] == "not a workbook"


def test_a_cell_in_the_last_corner() -> None:
    far = changed(GOOD, lambda made: made.worksheets[0].cell(1_048_576, 16_384, 1))
    evidence, found, _ = read(e_xlsx=far)
    assert (values(evidence), found) == (ALL, [("N002", "XFD1048576")])


def test_a_merged_unit_is_filled_down_and_hidden_rows_count() -> None:
    rows: list[list[Any]] = [["党支部", "事项"], ["一支部", "甲"], [None, "乙"], ["二支部", "甲"]]

    def shape(made: openpyxl.Workbook) -> None:
        made.worksheets[0].merge_cells("A2:A3")
        made.worksheets[0].row_dimensions[4].hidden = True
        made.worksheets[0].column_dimensions["B"].hidden = True

    text = "sections: [{title: 甲, max: 9, rules: [{deduct: 1, per: 甲}, {deduct: 2, per: 乙}]}]\n"
    text += "measures: {甲: {register: true}, 乙: {register: true}}\n"
    roster = {"u.csv": "党支部\n一支部\n二支部\n".encode()}
    loaded = rubric(text)
    known = catalogue(compile_rubric(loaded.rubric))
    evidence, found = read_evidence({"e.xlsx": changed(book(*rows), shape)}, loaded.rubric, known, roster)
    assert [[event.register for event in unit.events] for unit in evidence.units] == [["甲", "乙"], ["甲"]]
    told = {one.code: one for one in found}
    assert set(told) == {Code.UNIT_MERGED, Code.SHOWN_TO_NOBODY}
    assert told[Code.UNIT_MERGED].place.cell == "A3"
    assert dict(told[Code.SHOWN_TO_NOBODY].args) == {"rows": "4", "columns": "B"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_and_separator(encoding: str, separator: str) -> None:
    table = separator.join(HEAD) + "\n" + separator.join(["一支部", "2", "否", "95%", "0"]) + "\n"
    evidence, found, _ = read(e_csv=table.encode(encoding))
    assert found == []
    assert evidence.units[0].values == {"会议缺席次数": 2, "造假": False, "参会率": F("0.95"), "补报次数": 0}


def test_separators_inside_a_title_part_nothing() -> None:
    table = "注：甲;乙;丙;丁;戊;己\n" + ",".join(HEAD) + '\n"一支部",2,否,95%,0\n'
    assert read(e_csv=table.encode())[1] == []


def test_a_count_in_a_cell_formatted_as_a_date_is_told_so() -> None:
    data = changed(
        book(HEAD, ["一支部", 3, "否", "95%", 0]), lambda made: setattr(made.active["B2"], "number_format", "m/d")
    )
    _, found, told = read(e_xlsx=data)
    assert found == [("E022", "B2")]
    assert "这一格设成了日期格式（1900-01-03）" in load_words("zh").message(told[0])
    assert "formatted as a date" in load_words("en").message(told[0])


LINE = "党支部,会议缺席次数,造假,参会率,补报次数\n一支部,{},否,95%,0\n"
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-32-le": b"\xff\xfe\0\0"}


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("marks", [1, 2, 3])
def test_marks_at_the_start_are_skipped(encoding: str, marks: int) -> None:
    evidence, found, _ = read(e_csv=MARKS[encoding] * marks + csv(TABLE, encoding))
    assert (values(evidence), found) == (ALL, [])


def test_marks_before_other_encodings_and_where_files_meet() -> None:
    assert values(read(e_csv=b"\xef\xbb\xbf" + csv(TABLE, "gb18030"))[0]) == ALL
    assert values(read(e_csv=csv("\ufeff\ufeff" + TABLE, "gb18030"))[0]) == ALL
    evidence, found, _ = read(e_csv=csv(TABLE + "\ufeff二支部,2,否,95%,0\n"))
    assert ([unit.unit for unit in evidence.units], found) == (["一支部", "二支部"], [])
    assert dict(read(e_csv=b"\xef\xbb\xbf\n")[2][0].args)["reason"] == "empty file"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    evidence, found, _ = read(e_csv=csv(LINE.format(1).replace("\n", end)))
    assert (values(evidence), found) == (ALL, [])
    _, found, _ = read(e_csv=csv(LINE.format('"3\n5"').replace("\n", end)))
    assert found == [("E022", "B2")]  # not 35


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        (LINE.format(1), ","),
        (LINE.format(1).replace(",", ";"), ";"),
        (LINE.format(1).replace(",", "\t"), "\t"),
        (LINE.format(1).replace(",", "，"), "，"),
        ("考核表;2024\n" + LINE.format(1), ","),
        ("考核表,,,,\n" + LINE.format(1), ","),
        ("\n\n" + LINE.format(1).replace(",", ";"), ";"),
        ('"甲;乙;丙;丁"\n' + LINE.format(1), ","),
        (LINE.format(1).replace("\n", ",甲;乙;丙;丁;戊;己;庚\n").replace("数,甲;乙;丙;丁;戊;己;庚", "数,说明"), ","),
        (LINE.format(1).replace(",", ";").replace("95%", "0,95").replace("参会率", '"参会率"'), ";"),
        ("sep=;\n" + LINE.format(1).replace(",", ";"), ";"),
        ('"sep=|"\r\n' + LINE.format(1).replace(",", "|"), "|"),
        ("SEP=\t\n" + LINE.format(1).replace(",", "\t"), "\t"),
    ],
)
def test_the_header_tells_what_parts_columns(text: str, separator: str) -> None:
    evidence, found, _ = read(e_csv=csv(text))
    assert values(evidence).keys() == ALL.keys() or found == [("E022", "D2")]  # 0,95 is no figure
    assert values(evidence)["会议缺席次数"] == F(1), separator


@pytest.mark.parametrize(
    "text",
    [
        "党支部,会议缺席次数;造假\n一支部,1;否\n",
        "党支部，会议缺席次数\n一支部，1，2\n",
        '党支部，"会议缺席次数\n一支部，1\n',
    ],
)
def test_what_parts_columns_may_be_unclear(text: str) -> None:
    assert dict(read(e_csv=csv(text))[2][0].args)["reason"] == "separator"


REGISTER = """measures: {处分: {register: true}}
sections:
  - id: A
    title: 甲
    max: 10
    rules: [{deduct: {警告: 1, 记过: 3}, by: 处分}]
"""


def test_rows_of_registers_that_are_struck_out_are_asked_about() -> None:
    rows: list[list[Any]] = [
        ["党支部", "事项", "级别", "说明"],
        ["一支部", "处分", "警告", "甲"],
        ["一支部", "处分", "记过", "乙"],
        ["一支部", "处分", "警告", "丙"],
    ]

    def strike(made: openpyxl.Workbook) -> None:
        for cell in ("A3", "B3", "C3", "D3", "D4"):  # nobody reads 说明
            made.worksheets[0][cell].font = openpyxl.styles.Font(strike=True)

    loaded = rubric(REGISTER)
    files = {"u.csv": "党支部\n一支部\n".encode()}
    known = catalogue(compile_rubric(loaded.rubric))
    _, found = read_evidence({"e.xlsx": changed(book(*rows), strike)}, loaded.rubric, known, files)
    (asked,) = (one for one in found if one.severity == "error")
    assert (asked.code, asked.place.cell) == (Code.STRUCK_OUT, "A3")
    assert (
        load_words("zh").message(asked).startswith("“一支部”的这一行有删除线（A3、B3、C3，“一支部”），不知道还算不算")
    )


FORM: list[list[Any]] = [
    ["党支部", "一支部"],
    ["指标", "填报值"],
    ["会议缺席次数", 1],
    ["造假", "否"],
    ["参会率", "95%"],
    ["补报次数", 0],
]


@pytest.mark.parametrize(("struck", "asked"), [("B3", "B3"), ("A3", "A3"), ("B1", "B1"), ("A1", None), ("A2", None)])
def test_rows_of_forms_that_are_struck_out(struck: str, asked: str | None) -> None:
    def strike(made: openpyxl.Workbook) -> None:
        made.worksheets[0][struck].font = openpyxl.styles.Font(strike=True)

    _, found, _ = read(e_xlsx=changed(book(*FORM), strike))
    assert found == ([] if asked is None else [("E094", asked)])


def test_a_form_whose_name_cannot_be_read() -> None:
    broken = book(["党支部", "#N/A"], *FORM[1:])
    assert read(e_xlsx=broken)[1][0] == ("E032", "B1")
