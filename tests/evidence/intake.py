"""Workbooks as they come in: sound, odd, wrong and broken, each with what must be read of it or said about it."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from zipfile import ZIP_DEFLATED

from tests.workbooks import (
    BOOK,
    SHEET,
    STRINGS,
    STRUCK,
    ZOO,
    Parts,
    escaped,
    formats,
    packed,
    parts,
    row,
    strict,
    workbook,
    written_by,
)

RUBRIC: Final = """measures: {评定: {levels: [好, 一般]}}
sections:
  - title: 甲
    max: 30
    rules:
      - {deduct: 1, per: 缺席次数}
      - {deduct: 1, unless: 有年度计划}
      - {deduct: 1, if: {参会率: {below: 80%}}}
      - {deduct: 1, if: {上报日期: {after: 2024-06-30}}}
      - {deduct: {好: 0, 一般: 1}, by: 评定}
      - {deduct: 5, judge: 考核扣分}
"""
Entry = str | float | None

HEAD: Final = ("党支部", "缺席次数", "有年度计划", "参会率", "上报日期", "评定", "考核扣分")
GOOD: Final[tuple[Entry, ...]] = ("一支部", 1, "是", "95%", "2024-3-5", "好", 0)


class Case(NamedTuple):
    """A file, what is found (`E022 B2`, with the reason of E028), and what is read of 一支部 where it must be sound."""

    data: bytes
    found: str = ""
    reads: Mapping[str, str] = {}
    file: str = "e.xlsx"


def cell(value: str | None = None, f: str | None = None, **said: str) -> str:
    """Write a cell: its attributes, its formula, its stored value."""
    named = "".join(f' {key}="{text}"' for key, text in said.items())
    formula = "" if f is None else f"<f>{escaped(f)}</f>"
    return f"<c{named}>{formula}{'' if value is None else f'<v>{escaped(value)}</v>'}</c>"


def rich(*runs: str) -> str:
    """Write text as some programs do, run by run, and how it is pronounced beside it."""
    joined = "".join(f'<r><rPr><b/></rPr><t xml:space="preserve">{run}</t></r>' for run in runs)
    return f'<c t="inlineStr"><is>{joined}<rPh sb="0" eb="1"><t>yi</t></rPh><phoneticPr fontId="1"/></is></c>'


def runs(*pieces: str | tuple[str, str]) -> str:
    """Write text of which pieces look otherwise: each with an element of its properties."""
    made = "".join(
        f"<r><t>{piece}</t></r>"
        if isinstance(piece, str)
        else f"<r><rPr><sz val='9'/>{piece[0]}</rPr><t>{piece[1]}</t></r>"
        for piece in pieces
    )
    return f'<c t="inlineStr"><is>{made}</is></c>'


def _good(changed: Mapping[str, Entry]) -> str:
    return row(*(changed.get(letter, entry) for letter, entry in zip("ABCDEFG", GOOD, strict=True)))


def sheet(*, extra: str = "", **changed: Entry) -> str:
    """Write the header and the row of 一支部, with other cells in some columns."""
    return row(*HEAD) + _good(changed) + extra


def one(**changed: Entry) -> bytes:
    """Write a workbook of one row that is good but for some columns."""
    return workbook(row(*HEAD) + _good(changed))


def styled(code: str | int, value: str, column: str = "B", **pieces: str) -> bytes:
    """Write a workbook of one row with a number that is shown in a format."""
    return workbook(sheet(**{column: cell(value, s="1")}), styles=formats(0, code), **pieces)


def saved(application: str, version: str = "", value: str = "0", *, wps: bool = False, book: str = "") -> bytes:
    """Write a workbook whose only formula came to a value, and which program wrote it."""
    return packed(written_by(parts(sheet(B=cell(value, f="2+3")), book=book), application, version, wps=wps))


def marked(column: str, value: str, style: str = "1", **said: str) -> bytes:
    """Write a workbook of one row with a cell that is struck out, by its style."""
    return workbook(sheet(**{column: cell(value, s=style, **said)}), styles=STRUCK)


def without(name: str) -> bytes:
    """Leave a part out."""
    return packed({key: data for key, data in _ALL.items() if key != name})


def other(name: str, old: str, new: str, of: Parts | None = None) -> bytes:
    """Write something else into a part."""
    there = of or _ALL
    assert old.encode() in there[name]
    return packed(there | {name: there[name].replace(old.encode(), new.encode())})


_ALL: Final = parts(sheet(A=cell("0", t="s")), strings="<si><t>一支部</t></si>", styles=formats(0))
_MORE: Final = row("二支部", *GOOD[1:])
_SECOND: Final = '<sheet name="附表" sheetId="2" {}r:id="rId1"/>'
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def _stream(name: str) -> bytes:
    return _OLE + name.encode("utf-16-le") + b"\0" * 80


def _locked(data: bytes) -> bytes:
    """Say that every part is encrypted."""
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pieces = data.split(mark)
        data = mark.join([pieces[0], *(one[: at - 4] + b"\1" + one[at - 3 :] for one in pieces[1:])])
    return data


def _flipped(data: bytes) -> bytes:
    """Change one letter of a part, so that its check sum is wrong."""
    return data.replace("缺席次数".encode(), "缺课次数".encode(), 1)


def _merged(*areas: str) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"


_CONTAINERS: Final = {
    "a sound workbook": Case(packed(_ALL), reads={"缺席次数": "1"}),
    "packed tightly": Case(packed(_ALL, ZIP_DEFLATED), reads={"缺席次数": "1"}),
    "strict OOXML": Case(packed(strict(_ALL)), reads={"缺席次数": "1"}),
    "a macro workbook": Case(packed(_ALL | {"xl/vbaProject.bin": b"x"}), reads={"缺席次数": "1"}, file="e.xlsm"),
    "other letters in a part's name": Case(
        packed({name.replace("sheet1", "Sheet1"): data for name, data in _ALL.items()}), reads={"缺席次数": "1"}
    ),
    "a target from the root": Case(
        other("xl/_rels/workbook.xml.rels", '"worksheets/', '"/xl/worksheets/'), reads={"缺席次数": "1"}
    ),
    "prefixes": Case(
        packed(
            _ALL
            | {
                SHEET: _ALL[SHEET]
                .replace(b"<", b"<x:")
                .replace(b"<x:/", b"</x:")
                .replace(b"<x:?", b"<?")
                .replace(b"xmlns=", b"xmlns:x=")
            }
        ),
        reads={"缺席次数": "1"},
    ),
    "an old workbook": Case(_OLE, "E028 xls"),
    "an old workbook by its name": Case(_stream("Workbook"), "E028 xls", file="e.xls"),
    "a workbook of 1990": Case(b"\x09\x00\x04\x00\x02\x00\x10\x00", "E028 xls", file="e.xls"),
    "a workbook of WPS": Case(_stream("Workbook"), "E028 et", file="e.et"),
    "a password": Case(_stream("EncryptedPackage"), "E028 encrypted"),
    "an old Word document": Case(_stream("WordDocument"), "E028 word"),
    "old slides": Case(_stream("PowerPoint Document"), "E028 slides"),
    "a web page": Case(b"\r\n<HTML><table><tr><td>1</td></tr></table></HTML>", "E028 html"),
    "a web page by its old name": Case("\ufeff<!DOCTYPE html><p>表".encode(), "E028 html", file="e.xls"),
    "a web page as Excel saves it": Case(b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "E028 html", file="e.xls"),
    "a web page in XML": Case(b'<?xml version="1.0"?><!-- x --><html xmlns="a"/>', "E028 html"),
    "XML of 2003": Case(
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "E028 xml 2003", file="e.xml"
    ),
    "text": Case("党支部,缺席次数\n一支部,1\n".encode(), "E028 plain text"),
    "text in GBK": Case("党支部\t缺席次数\r\n".encode("gbk"), "E028 plain text", file="e.xls"),
    "text in UTF-16": Case("党支部\t缺席次数\r\n".encode("utf-16"), "E028 plain text"),
    "a PDF": Case(b"%PDF-1.7\n%\xe2\xe3", "E028 pdf"),
    "a picture": Case(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "E028 unknown kind"),
    "an archive of another kind": Case(b"Rar!\x1a\x07\0", "E028 not a workbook"),
    "an archive with nothing in it": Case(packed({}), "E028 not a workbook"),
    "an archive": Case(packed({"证据.xlsx": packed(_ALL)}), "E028 not a workbook"),
    "a package of another kind": Case(packed({"[Content_Types].xml": b"<a/>"}), "E028 not a workbook"),
    "a Word document": Case(packed({"[Content_Types].xml": b"", "word/document.xml": b""}), "E028 word"),
    "slides": Case(packed({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "E028 slides"),
    "a binary workbook": Case(packed({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "E028 xlsb", file="e.xlsb"),
    "an OpenDocument table": Case(packed({"mimetype": b"", "content.xml": b""}), "E028 ods", file="e.ods"),
    "a workbook by an old name": Case(packed(_ALL), "E028 named otherwise", file="e.xls"),
    "a workbook by the name of text": Case(packed(_ALL), "E028 workbook named csv", file="e.csv"),
    "another suffix": Case(packed(_ALL), "E028 suffix", file="e.dat"),
    "nothing": Case(b"", "E028 empty file"),
    "nothing but zeros": Case(b"\0" * 512, "E028 empty file"),
    "half of it": Case(packed(_ALL)[:900], "E028 truncated"),
    "all but the end": Case(packed(_ALL)[:-30], "E028 truncated"),
    "a letter changed on the way": Case(_flipped(packed(_ALL)), "E028 damaged"),
    "a broken table of contents": Case(packed(_ALL).replace(b"PK\x01\x02", b"PK\x01\x03"), "E028 damaged"),
    "encrypted parts": Case(_locked(packed(_ALL)), "E028 encrypted"),
    "one part twice": Case(packed(_ALL | {SHEET.upper(): b""}), "E028 part twice"),
    "a way out of the archive": Case(packed(_ALL | {"xl/../../etc/passwd": b""}), "E028 part outside"),
    "a part at the root of the disk": Case(packed(_ALL | {"/etc/passwd": b""}), "E028 part outside"),
    "backslashes": Case(packed(_ALL | {"xl\\media\\1.png": b""}), "E028 part outside"),
    "no types": Case(without("[Content_Types].xml"), "E028 part missing"),
    "no relations": Case(without("_rels/.rels"), "E028 part missing"),
    "no list of sheets": Case(without(BOOK), "E028 part missing"),
    "no relations of the list": Case(without("xl/_rels/workbook.xml.rels"), "E028 part missing"),
    "no sheet": Case(without(SHEET), "E028 part missing"),
    "no shared strings": Case(without(STRINGS), "E028 part missing"),
    "a sheet in another file": Case(
        other("xl/_rels/workbook.xml.rels", '1.xml"', '1.xml" TargetMode="External"'), "E028 part missing"
    ),
    "a relation that is not there": Case(other(BOOK, 'r:id="rId1"', 'r:id="rId7"'), "E028 part missing"),
    "only a chart": Case(
        other("xl/_rels/workbook.xml.rels", "/worksheet", "/chartsheet"), "E028 no sheet"
    ),
    "a list of no sheets": Case(other(BOOK, "<sheets>", "<sheets/><s>", _ALL | {
        BOOK: _ALL[BOOK].replace(b"</sheets>", b"</s>")}), "E028 no sheet"),
    "XML that does not end": Case(other(SHEET, "</worksheet>", ""), "E028 damaged"),
    "XML that is none": Case(packed(_ALL | {SHEET: b"\0\1\2"}), "E028 damaged"),
    "XML of another kind": Case(packed(_ALL | {SHEET: _ALL[BOOK]}), "E028 damaged"),
    "XML in an unknown encoding": Case(other(SHEET, "UTF-8", "x-nobody"), "E028 damaged"),
    "XML in UTF-16": Case(
        packed(_ALL | {SHEET: _ALL[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")}),
        reads={"缺席次数": "1"},
    ),
    "a DTD": Case(other(SHEET, "?>\n", '?>\n<!DOCTYPE a [<!ENTITY b "c">]>'), "E028 entities"),
    "a DTD in the list": Case(other(BOOK, "?>\n", "?>\n<!DOCTYPE workbook SYSTEM 'file:///a'>"), "E028 entities"),
    "entities of entities": Case(ZOO["entities"].make(9), "E028 entities"),
    "a bomb": Case(ZOO["a bomb"].make(3_000_000), "E028 bomb"),
    "a bomb that lies": Case(ZOO["a bomb that lies"].make(3_000_000), "E028 damaged"),
    "deep elements": Case(ZOO["deep elements"].make(900), "E028 damaged"),
    "deep cells": Case(ZOO["deep cells"].make(900), "E028 damaged"),
    "a long text": Case(one(A="长" * 2_000_000), "E028 too large"),
    "a long tag": Case(ZOO["one attribute"].make(2_000_000), "E028 too large"),
}  # fmt: skip

_READ: Final = {
    "numbers": Case(
        one(B=3, G="<c t='n'><v>1.50</v></c>"), found="W026 G2", reads={"缺席次数": "3", "考核扣分": "3/2"}
    ),
    "a whole number with a point": Case(one(B=cell("3.0")), reads={"缺席次数": "3"}),
    "a power of ten": Case(one(B=cell("1.2E1")), reads={"缺席次数": "12"}),
    "fifteen digits": Case(one(G=cell("0.30000000000000004")), found="W026 G2", reads={"考核扣分": "3/10"}),
    "a tenth of a third": Case(one(G=cell("2.2999999999999998")), found="W026 G2", reads={"考核扣分": "23/10"}),
    "text that is a number": Case(one(B="3"), reads={"缺席次数": "3"}, found="N005 B2"),
    "text after an apostrophe": Case(workbook(sheet(B=cell("3", t="str", s="1")), styles=formats(0, "@")), "N005 B2",
                                     {"缺席次数": "3"}),
    "full width": Case(one(B="３", D="９５％"), "N005 B2", {"缺席次数": "3", "参会率": "19/20"}),
    "a counting word": Case(one(B="3 次"), "N005 B2", {"缺席次数": "3"}),
    "spaces and line breaks": Case(one(A="　一支部_x000D_\n", F=" 好 "), reads={"评定": "好"}),
    "an escape that is none": Case(one(A="一支部", B=cell("1_x0031_", t="str")), "N005 B2", {"缺席次数": "11"}),
    "a harmful escape": Case(one(B="_x001B_[2J"), "E022 B2"),
    "runs": Case(one(A=rich("一", "支部")), reads={"缺席次数": "1"}),
    "runs in shared strings": Case(
        packed(_ALL | {STRINGS: _ALL[STRINGS].replace(
            b"<t>", b"<r><t>").replace(b"</t>", b"</t></r><r><t/></r><rPh sb='0' eb='1'><t>yi</t></rPh>")}),
        reads={"缺席次数": "1"}),
    "yes and no": Case(one(C=cell("1", t="b")), reads={"有年度计划": "True"}),
    "√": Case(one(C="√"), reads={"有年度计划": "True"}),
    "a check that is none": Case(one(C=cell("2", t="b")), "E032 C2"),
    "a formula with its value": Case(one(B=cell("4", f="2+2")), reads={"缺席次数": "4"}),
    "a formula that gives text": Case(one(C=cell("否", f='IF(1,"否")', t="str")), reads={"有年度计划": "False"}),
    "a shared formula": Case(one(B='<c><f t="shared" si="0"/><v>4</v></c>'), reads={"缺席次数": "4"}),
    "an array formula": Case(one(B='<c><f t="array" ref="B2">SUM(1)</f><v>4</v></c>'), reads={"缺席次数": "4"}),
    "a formula nobody computed": Case(one(B=cell(f="2+2")), "E032 B2"),
    "a formula with an empty value": Case(one(B=cell("", f="2+2")), "E032 B2"),
    "a shared formula nobody computed": Case(one(B='<c><f t="shared" si="0"/></c>'), "E032 B2"),
    "a formula that gives nothing": Case(one(B=cell("", f='""', t="str")), "E021 B2"),
    "an error value": Case(one(B=cell("#N/A", t="e")), "E032 B2"),
    "a formula that divides by zero": Case(one(G=cell("#DIV/0!", f="1/0", t="e")), "E032 G2"),
    "a name that is an error": Case(one(A=cell("#REF!", t="e")), "E032 A2"),
    "a number that is none": Case(one(B=cell("abc")), "E032 B2"),
    "a number beyond all doubles": Case(one(B=cell("1e999")), "E032 B2"),
    "a number in other digits": Case(one(B=cell("１２")), "E032 B2"),
    "a huge number": Case(one(B=cell("1e300")), "E022 B2"),
    "a kind nobody knows": Case(one(B=cell("3", t="x")), "E032 B2"),
    "a string that is not there": Case(workbook(sheet(F=cell("7", t="s")), strings="<si/>"), "E028 F2 string missing"),
    "a string of no number": Case(workbook(sheet(F=cell("-1", t="s")), strings="<si/>"), "E028 F2 string missing"),
    "an empty string": Case(workbook(sheet(F=cell("0", t="s")), strings="<si/>"), "E021 F2"),
    "a style that is not there": Case(one(B=cell("3", s="4")), "E028 B2 damaged"),
}  # fmt: skip

_FORMATS: Final = {
    "per cents": Case(styled(9, "0.95", "D"), reads={"参会率": "19/20"}),
    "per cents with places": Case(styled("0.00%;[Red]-0.00%", "0.8", "D"), reads={"参会率": "4/5"}),
    "a per cent of ninety-five": Case(styled("0%", "95", "D"), "E027 D2"),
    "a sign that is only shown": Case(
        workbook(sheet(D=cell("95", s="1"), extra=_MORE), styles=formats(0, '0"%"')), reads={"参会率": "19/20"}
    ),
    "a day": Case(styled(14, "45356", "E"), reads={"上报日期": "738950"}),
    "a day as China writes it": Case(styled(31, "45356", "E"), reads={"上报日期": "738950"}),
    "a day in words": Case(styled('yyyy"年"m"月"d"日";@', "45356", "E"), reads={"上报日期": "738950"}),
    "a day with a locale": Case(styled("[$-804]yyyy/m/d", "45356", "E"), reads={"上报日期": "738950"}),
    "a day with escapes": Case(styled(r"yyyy\-mm\-dd", "45356", "E"), reads={"上报日期": "738950"}),
    "a day by month": Case(styled(r"m\月", "45356", "E"), reads={"上报日期": "738950"}),
    "a day by year": Case(styled('e"年"', "45356", "E"), reads={"上报日期": "738950"}),
    "a day of the week": Case(styled("[$-804]aaaa", "45356", "E"), reads={"上报日期": "738950"}),
    "a day since 1904": Case(styled(14, "43894", "E", book='<workbookPr date1904="1"/>'), reads={"上报日期": "738950"}),
    "a day in ISO": Case(one(E=cell("2024-03-05T00:00:00", t="d")), reads={"上报日期": "738950"}),
    "a moment in ISO": Case(one(E=cell("2024-03-05T09:30:00", t="d")), reads={"上报日期": "738950"}),
    "no day in ISO": Case(one(E=cell("2024-13-05", t="d")), "E022 E2"),
    "the first day": Case(styled(14, "1", "E"), reads={"上报日期": "693596"}),
    "the last of February 1900": Case(styled(14, "59", "E"), reads={"上报日期": "693654"}),
    "a day that never was": Case(styled(14, "60", "E"), "E022 E2"),
    "the first of March 1900": Case(styled(14, "61", "E"), reads={"上报日期": "693655"}),
    "the day zero": Case(styled(14, "0", "E"), "E022 E2"),
    "a day before all": Case(styled(14, "-5", "E"), "E022 E2"),
    "a day after all": Case(styled(14, "2958466", "E"), "E022 E2"),
    "the last day": Case(styled(14, "2958465", "E"), reads={"上报日期": "3652059"}),
    "a moment": Case(styled(22, "45356.5", "E"), reads={"上报日期": "738950"}),
    "a day with a breath of time": Case(styled(22, "45356.0000000001", "E"), reads={"上报日期": "738950"}),
    "a time": Case(styled(20, "0.5", "E"), "E022 E2"),
    "hours": Case(styled("[h]:mm", "1.5"), "E022 B2"),
    "minutes": Case(styled("[mm]", "1"), "E022 B2"),
    "a count shown as a day": Case(styled(14, "3"), "E022 B2"),
    "a count shown as a time": Case(styled("h:mm:ss AM/PM", "3"), "E022 B2"),
    "a figure with a word for day": Case(styled('0"日"', "3"), reads={"缺席次数": "3"}),
    "a figure with an escaped letter": Case(styled(r"0\d", "3"), reads={"缺席次数": "3"}),
    "a figure in red": Case(styled("[Red][<5]0;General", "3"), reads={"缺席次数": "3"}),
    "a figure in the format of WPS": Case(styled("G/通用格式", "3"), reads={"缺席次数": "3"}),
    "a figure as text": Case(styled("@", "3"), reads={"缺席次数": "3"}),
    "a figure in powers": Case(styled("0.00E+00", "3"), reads={"缺席次数": "3"}),
    "a figure in Chinese digits": Case(styled("[DBNum1][$-804]General", "3"), reads={"缺席次数": "3"}),
    "a figure with a filling": Case(styled('_ * #,##0_ ;_ * "d"', "3"), reads={"缺席次数": "3"}),
    "a built-in format written out": Case(
        workbook(sheet(B=cell("3", s="0")), styles='<numFmts><numFmt numFmtId="14" formatCode="0"/></numFmts>'
                 '<cellXfs><xf numFmtId="14"/></cellXfs>'), reads={"缺席次数": "3"}),
    **{f"a day written {text}": Case(one(E=text), reads={"上报日期": "738950"})
       for text in ("2024-03-05", "2024.3.5", "2024/3/5", "2024年3月5日", "２０２４．３．５")},
    "a day that is not in the calendar": Case(one(E="2024-2-30"), "E022 E2"),
    "a day as a bare number": Case(one(E=45356), "E022 E2"),
}  # fmt: skip

_STRIKE, _UP, _DOWN = "<strike/>", '<vertAlign val="superscript"/>', '<vertAlign val="subscript"/>'
_EXCEL: Final = ("Microsoft Excel", "16.0300")

_FIGURES: Final = {
    **{f"a figure written {name}": Case(one(B=text), "N005 B2", {"缺席次数": value}) for name, text, value in (
        ("with a comma", "1,200", "1200"), ("with a space", "1 200", "1200"),
        ("with a thin space", "1\u2009200", "1200"), ("with a wide comma", "1，200次", "1200"),
        ("with a word", "3 篇", "3"), ("in a wide digit", "３", "3"))},
    **{f"no figure, {name}": Case(one(B=text), "E022 B2") for name, text in (
        ("on two lines", "3\n5"), ("on two lines of Windows", "3_x000D_\n5"), ("in a circle", "⑤"), ("raised", "3²"),
        ("raised alone", "²"), ("a half", "½"), ("Arabic digits", "٣"), ("bold digits", "𝟑"), ("two figures", "3 5"),
        ("groups of two", "1 23"), ("groups of four", "1,2345"), ("two kinds of groups", "1,234 567"),
        ("letters of no width", "3\u200b5"), ("a word for none", "没有"), ("a numeral", "十二次"), ("about", "两三次"),
        ("a letter O", "o"), ("a letter l", "l"), ("a per cent", "95%"), ("a range", "3-5"), ("a sum", "3+5"))},
    "yes in a circle": Case(one(C="①"), "E022 C2"),
    "no yes": Case(one(C="没有"), "E022 C2"),
    "a date on two lines": Case(one(E="2024-3-\n5"), "E022 E2"),
    "a date with spaces": Case(one(E="2024 年 3 月 5 日"), reads={"上报日期": "738950"}),
    "a per cent in a circle": Case(one(D="⑨5%"), "E022 D2"),
    "a figure with a part struck out": Case(one(B=runs("8", (_STRIKE, "5"))), "E022 B2"),
    "a figure with a part raised": Case(one(B=runs("3", (_UP, "1"))), "E022 B2"),
    "a figure with a part lowered": Case(one(B=runs((_DOWN, "2"), "3")), "E022 B2"),
    "a figure in runs that are not marked": Case(one(B=runs("1", ("<b/>", "2"))), "N005 B2", {"缺席次数": "12"}),
    "a blank struck out in a figure": Case(one(B=runs("3", (_STRIKE, " "))), "N005 B2", {"缺席次数": "3"}),
    "a figure not struck out after all": Case(one(B=runs("3", ('<strike val="0"/>', "1"))), "N005 B2",
                                              {"缺席次数": "31"}),
    "a figure of runs that are all struck out": Case(one(B=runs((_STRIKE, "3"))), "E094 B2, N005 B2"),
    "marked runs in shared strings": Case(
        workbook(sheet(B=cell("0", t="s"), G=cell("1", t="s")), strings=(
            f"<si><r><t>3</t></r><r><rPr>{_UP}</rPr><t>1</t></r></si>"
            f"<si><r><rPr>{_STRIKE}</rPr><t>2</t></r><r><t>1</t></r></si>")), "E022 B2, E022 G2"),
    "a name with a part struck out": Case(one(A=runs((_STRIKE, "二"), "一支部")), "E022 A2"),
    "a level with a part raised": Case(one(F=runs("好", (_UP, "注"))), "E022 F2"),
    "a title with a part struck out": Case(
        workbook(row(runs("2024 年", (_STRIKE, "度"))) + sheet()), reads={"缺席次数": "1"}),
    "a figure struck out": Case(marked("B", "3"), "E094 B2"),
    "a figure in a style that is not struck out": Case(marked("B", "3", "2"), reads={"缺席次数": "3"}),
    "a name struck out": Case(marked("A", "一支部", t="str"), "E094 A2"),
    "a row struck out": Case(
        workbook(row(*HEAD) + row(*(cell(str(entry), s="1", t="str") for entry in GOOD)), styles=STRUCK),
        "E094 A2, N005 B2, N005 G2"),
    "a title struck out": Case(
        workbook(row(cell("旧表", s="1", t="str")) + sheet(), styles=STRUCK), reads={"缺席次数": "1"}),
    "a header struck out": Case(
        workbook(row(*HEAD[:6], cell(HEAD[6], s="1", t="str")) + row(*GOOD), styles=STRUCK), reads={"缺席次数": "1"}),
    "an idle cell struck out": Case(
        workbook(row(*HEAD, "备注") + row(*GOOD, cell("作废", s="1", t="str")), styles=STRUCK), "N003 H1",
        {"缺席次数": "1"}),
}  # fmt: skip

_FORMULAS: Final = {
    "formulas to be computed on opening": Case(saved(*_EXCEL, "5", book='<calcPr fullCalcOnLoad="1"/>'), "E032 B2"),
    "formulas left unfinished by hand": Case(
        saved(*_EXCEL, "5", book='<calcPr calcMode="manual" calcCompleted="0"/>'), "E032 B2"),
    "formulas left unfinished on saving": Case(
        saved(*_EXCEL, "5", book='<calcPr calcOnSave="0" calcCompleted="0"/>'), "E032 B2"),
    "formulas computed by hand": Case(saved(*_EXCEL, "5", book='<calcPr calcMode="manual" calcOnSave="0"/>'),
                                      reads={"缺席次数": "5"}),
    **{f"formulas of a library, {name} {version}".strip(): Case(saved(name, version, "5"), "E032 B2")
       for name, version in (("Apache POI", ""), ("Go Excelize", ""), ("SheetJS", ""), ("NPOI", ""),
                             ("Microsoft Excel", "3.1"), ("Microsoft Excel Compatible - Openpyxl", "3.1.5"))},
    **{f"formulas that all came to nothing in {name} {version}".strip(): Case(saved(name, version), "E032 B2")
       for name, version in (("", ""), ("Microsoft Excel", "12.0000"), ("Some Exporter", "1.0"))},
    **{f"a clean year in {name} {version}".strip(): Case(saved(name, version), reads={"缺席次数": "0"})
       for name, version in (_EXCEL, ("Microsoft Excel", "14.0300"), ("Microsoft Macintosh Excel", "15.0300"),
                             ("WPS 表格", ""), ("WPS Office_11.1.0.8597_F1E327BC-269C-435d-A152-05C5408002CA", ""),
                             ("LibreOffice 7.4.3.2$Linux_X86_64", "15.0000"), ("ONLYOFFICE 8.1.0", ""))},
    "a clean year in WPS by its build": Case(saved("Microsoft Excel", "12.0000", wps=True), reads={"缺席次数": "0"}),
    "formulas of nobody that came to something": Case(
        workbook(sheet(B=cell("0", f="1-1"), C=cell("否", f='IF(1,"否")', t="str"))), reads={"缺席次数": "0"}),
    "formulas that came to 0 and to no": Case(
        workbook(sheet(B=cell("0", f="1-1"), C=cell("0", f="1=2", t="b"))), "E032 B2, E032 C2"),
    "a name that was never computed": Case(
        workbook(sheet(A=cell("一支部", f="X1", t="str")), book='<calcPr fullCalcOnLoad="true"/>'), "E032 A2"),
    "a formula that nobody reads": Case(
        workbook(row(*HEAD, "备注") + row(*GOOD, cell("0", f="1+1")), book='<calcPr fullCalcOnLoad="1"/>'), "N003 H1",
        {"缺席次数": "1"}),
    "damaged properties": Case(
        packed(written_by(parts(sheet()), "WPS") | {"docProps/app.xml": b"<a"}), reads={"缺席次数": "1"}),
}  # fmt: skip

_SHARES: Final = {
    '0.00"%"': ("0.5", "1/200"), r"0\%": ("95", "19/20"), "0!%": ("95", "19/20"), '0"％"': ("95", "19/20"),
    '"百分之"0': ("95", "19/20"), '0"‰"': ("5", "1/200"), "0‰": ("5", "1/200"), '0 "%";-0 "%"': ("95", "19/20"),
    '[<=1]0%;0"%"': ("0.95", "19/20"), '[>1]0"%";0%': ("95", "19/20"), "0%;[Red]0": ("0.95", "19/20"),
    '_ 0.0%_ ;"无"': ("0.8", "4/5"), "[Color10]0.0%": ("0.8", "4/5"), '"约"0%': ("0.8", "4/5"),
}  # fmt: skip
_COUNTS: Final = (
    "0,",
    "#,##0,",
    "0.0,",
    "0,.0",
    "0!.0,",
    r"0\.0",
    '0"."0',
    '0"万"',
    "0万元",
    '0 "千"',
    "0百人",
    '0"K"',
    "0,K",
    '0.0,,"M"',
    'General"万"',
    "G/通用格式亿",
    '0"0"',
    '"1"0',
    '"5"',
    "[$万]0[$亿-804]",
    '[>=3]0"万";0',
    ";;;",
    '"是";"否"',
    '"-"0',
    '0"个"0',
    '0"+1"',
    '0"打"',
    '[=3]"无";0',
)
_PLAIN_COUNTS: Final = (
    "#,##0",
    "#,##0.00",
    '#,##0"元"',
    '0"千克"',
    '0"个百分点"',
    '0"人次"',
    '"第"0"次"',
    '0;-0;"无"',
    "# ?/?",
    '0"km"',
    '[>=10000]0!.0,"万";0',
    "[$-804]0",
    "[$￥-804]#,##0",
    '0"."',
    "??0",
    '0"-"',
    "0.00E+00",
)

_SCALES: Final = {
    **{f"per cents {at} by {code}": Case(styled(code, value, "D"), reads={"参会率": read})
       for at, (code, (value, read)) in enumerate(_SHARES.items(), 1)},
    **{f"a count hidden {at} by {code}": Case(styled(code, "3"), "E022 B2") for at, code in enumerate(_COUNTS, 1)},
    **{f"a count shown {at} by {code}": Case(styled(code, "3"), reads={"缺席次数": "3"})
       for at, code in enumerate(_PLAIN_COUNTS, 1)},
    "the section for large numbers": Case(styled('[>=10000]0!.0,"万";0', "12345"), "E022 B2"),
    "two signs of per cents": Case(styled("0%%", "0.01", "D"), "E022 D2"),
    "a sign of per cents that scales and one that does not": Case(styled('0%"%"', "0.01", "D"), "E022 D2"),
    "a count shown as a per cent": Case(styled("0%", "3"), "E022 B2"),
    "points shown as a per cent": Case(styled("0.0%", "0.5", "G"), "E022 G2"),
    "digits that are not shown": Case(styled("0", "1.4", "G"), found="W026 G2", reads={"考核扣分": "7/5"}),
    "zero shown as nothing": Case(styled('0;-0;;@', "0"), reads={"缺席次数": "0"}),
    "text in a format of per cents": Case(
        workbook(sheet(D=cell("95", t="str", s="1"), extra=_MORE), styles=formats(0, "0%")), reads={"参会率": "19/20"}),
    "ninety-five under a format of per cents": Case(styled("0.00%", "95", "D"), "E027 D2"),
}  # fmt: skip

_REST: Final = '<row r="2"><c r="D2"><v>0.8</v></c><c r="G2"><v>0</v></c></row>'

_PLACES: Final = {
    "references": Case(workbook(row(*HEAD, number=3) + '<row r="4"><c r="A4" t="str"><v>一支部</v></c></row>'),
                       "E095 A4"),
    "a gap in a row": Case(workbook(row(*HEAD) + row(*GOOD[:5], '<c r="G2"><v>0</v></c>')), "E021 F2"),
    "rows without numbers after empty ones with": Case(
        workbook(row(*HEAD, number=1) + '<row r="2"/><row r="3" s="1"/>' + row(*GOOD[:6], None)), "E021 G4"),
    "an empty row in a text": Case(
        workbook(row(*HEAD) + row(*GOOD)
                 + row('<c t="inlineStr"><is><t><![CDATA[一<row r="7"/><row r="8">]]></t></is></c>', *GOOD[1:]))),
    "rows without numbers after one with": Case(workbook(row(*HEAD, number=5) + row(*GOOD[:6], None)), "E021 G6"),
    "rows in disorder": Case(
        workbook(row(*GOOD, number=2) + row(*HEAD, number=1) + row("二支部", None, *GOOD[2:], number=3)),
        "E021 B3", {"缺席次数": "1"}),
    "one row in two pieces": Case(
        workbook(row(*HEAD) + row(*GOOD[:3], number=2) + _REST), "E021 E2, E021 F2", {"参会率": "4/5"}),
    "a cell twice": Case(workbook(sheet(extra='<row r="2"><c r="B2"><v>7</v></c></row>')), "E028 B2 cell twice"),
    "a cell twice, once empty": Case(
        workbook(sheet(extra='<row r="2"><c r="B2" s="0"/></row>')), reads={"缺席次数": "1"}),
    "a cell in another row": Case(workbook(sheet(extra='<row r="3"><c r="B2"><v>7</v></c></row>')), "E028 damaged"),
    "a cell beyond the last column": Case(workbook('<row r="1"><c r="XFE1"><v>7</v></c></row>'), "E028 damaged"),
    "a row beyond the last": Case(workbook('<row r="1048577"><c><v>7</v></c></row>'), "E028 damaged"),
    "a row of no number": Case(workbook('<row r="x"><c><v>7</v></c></row>'), "E028 damaged"),
    "a cell in small letters": Case(workbook('<row r="1"><c r="a1"><v>7</v></c></row>'), "E028 damaged"),
    "the last corner": Case(
        workbook(sheet(extra='<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>')),
        "N002 XFD1048576", {"缺席次数": "1"}),
    "a dimension that is wrong": Case(workbook(sheet(), before='<dimension ref="A1"/>'), reads={"缺席次数": "1"}),
    "a dimension of everything": Case(
        workbook(sheet(), before='<dimension ref="A1:XFD1048576"/>'), reads={"缺席次数": "1"}),
    "elements of other makers": Case(
        workbook(sheet(), after='<mc:AlternateContent xmlns:mc="m"><mc:Choice><row/></mc:Choice></mc:AlternateContent>'
                 '<extLst><ext><sheetData><row><c><v>9</v></c></row></sheetData></ext></extLst>'),
        reads={"缺席次数": "1"}),
    "an extension of a cell": Case(one(B="<c><extLst><v>9</v></extLst><v>3</v></c>"), reads={"缺席次数": "3"}),
    "styled rows without end": Case(ZOO["empty rows"].make(2_000), "E036"),
    "styled cells without end": Case(ZOO["empty cells"].make(2_000), "E036"),
    "titles above the header": Case(
        workbook(row("考核汇总表") * 3 + row(None) * 3 + row(*HEAD) + row(*GOOD)), reads={"缺席次数": "1"}),
    "a header far down": Case(workbook(row("注") * 10 + row(*HEAD) + row(*GOOD)), reads={"缺席次数": "1"}),
    "a merged title": Case(workbook(row("考核表") + sheet(), after=_merged("A1:G1")), reads={"缺席次数": "1"}),
    "merged units": Case(
        workbook(sheet(extra=row(None, *GOOD[1:])), after=_merged("A2:A3")), "E023 A3, N013 A3"),
    "merged values": Case(workbook(sheet(extra=row("二支部", None, *GOOD[2:])), after=_merged("B2:B3")), "E033 B3"),
    "merged values across": Case(
        workbook(sheet(extra=row("二支部", None, None, *GOOD[3:])), after=_merged("B2:C3")),
        "E033 C2, E033 B3, E033 C3"),
    "a merge over nothing": Case(
        workbook(sheet(extra=row("二支部", None, *GOOD[2:])), after=_merged("B3:B4")), "E021 B3"),
    "a merge that hides a value": Case(
        workbook(sheet(B=None, extra=row("二支部", 7, *GOOD[2:])), after=_merged("B2:B3")), "E021 B2, E033 B3"),
    "a merge that hides another value": Case(
        workbook(sheet(extra=row("二支部", 7, *GOOD[2:])), after=_merged("B2:B3")), "E033 B3"),
    "a merge that hides the same value": Case(
        workbook(row("考核表", "考核表", "考核表") + sheet(), after=_merged("A1:C1")), reads={"缺席次数": "1"}),
    "a title that hides a note": Case(workbook(row("考核表", None, "旧") + sheet(), after=_merged("A1:G1")), "E033 C1",
                                      {"缺席次数": "1"}),
    "a merge that hides a unit": Case(workbook(sheet(extra=row("二支部", *GOOD[1:])), after=_merged("A2:A3")),
                                      "E033 A3"),
    "a merge of the whole sheet": Case(workbook(sheet(), after=_merged("A1:XFD1048576")), "E033 B1"),
    "a merge of no cells": Case(workbook(sheet(), after=_merged("?")), "E028 damaged"),
    "a hidden sheet": Case(workbook(sheet(), more=_SECOND.format('state="hidden" ')), "E085", {"缺席次数": "1"}),
    "a very hidden sheet": Case(
        workbook(sheet(), more=_SECOND.format('state="veryHidden" ')), "E085", {"缺席次数": "1"}),
    "the same sheet twice": Case(
        workbook(sheet(), more=_SECOND.format("")), ", ".join(f"N004 {letter}2" for letter in "BCDEFG"),
        {"缺席次数": "1"}),
}  # fmt: skip

_TABLES: Final = {
    "a blank": Case(one(B=None), "E021 B2"),
    "a blank that is a space": Case(one(B="　"), "E021 B2"),
    "no such column": Case(workbook(row(*HEAD[:-1]) + row(*GOOD[:-1])), "E025"),
    "a column twice": Case(workbook(row(*HEAD, "缺席次数") + row(*GOOD, 1)), "E030 H1"),
    "a column nearly right": Case(workbook(row(*HEAD[:1], "缺席次", *HEAD[2:]) + row(*GOOD)), "E024 B1"),
    "a column nobody knows": Case(workbook(row(*HEAD, "备注") + row(*GOOD, "无")), "N003 H1", {"缺席次数": "1"}),
    "a header in pieces": Case(
        workbook(row("党 支部", "缺席\n次数", "有年度计划", "参会率", "上报日期", "评定", "考核扣分") + row(*GOOD)),
        reads={"缺席次数": "1"}),
    "a unit twice": Case(workbook(sheet(extra=row(*GOOD))), "E023 A3"),
    "a unit nearly the same": Case(
        workbook(row(*HEAD) + row("二（支）部", *GOOD[1:]) + row("二(支)部", *GOOD[1:])), "E029 A3"),
    "a row without a unit": Case(workbook(sheet(extra=row(None, 3))), "E035 A3"),
    "sums below": Case(
        workbook(sheet(extra=row("合计", 1) + row(" 平 均 ", 1))), "N002 A3, N002 A4", {"缺席次数": "1"}),
    "no unit at all": Case(workbook(row(*HEAD)), "E036"),
    "another table": Case(workbook(row("甲", "乙") + row(1, 2)), "E020"),
    "nothing on the sheet": Case(workbook(""), "E036"),
    "half a time": Case(one(B=2.5), "E022 B2"),
    "fewer than none": Case(one(B=-1), "E027 B2"),
    "a number in words": Case(one(B="两三次"), "E022 B2"),
    "more than may be judged": Case(one(G=9), "E027 G2"),
    "a level nobody knows": Case(one(F="较好"), "E022 F2"),
    "a per cent alone": Case(one(D=1), "E034 D2"),
    "bare per cents": Case(
        workbook(sheet(D=95, extra=row("二支部", 1, "是", 80, *GOOD[4:]))), reads={"参会率": "19/20"}),
    "bare shares": Case(
        workbook(sheet(D=0.95, extra=row("二支部", 1, "是", 0.8, *GOOD[4:]))), reads={"参会率": "19/20"}),
    "per cents and shares": Case(
        workbook(sheet(D=95, extra=row("二支部", 1, "是", 0.8, *GOOD[4:]))), "E034 D2, E034 D3"),
    "not applicable": Case(one(B="不适用"), "E039 B2"),
}  # fmt: skip

CASES: Final = _CONTAINERS | _READ | _FIGURES | _FORMULAS | _FORMATS | _SCALES | _PLACES | _TABLES
"""All of them, by name."""
