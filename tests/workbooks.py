"""Workbooks from raw XML, byte for byte the same each run: what no library would write, and what harms."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
STRICT: Final = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
STRINGS: Final = "xl/sharedStrings.xml"
STYLES: Final = "xl/styles.xml"

_TYPES: Final = '<Default Extension="xml" ContentType="application/xml"/>'

Parts = dict[str, bytes]


def packed(parts: Mapping[str, bytes], method: int = ZIP_STORED) -> bytes:
    """Pack parts in the order given, with no trace of when or where."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, data in parts.items():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.compress_type = 0, method
            archive.writestr(info, data)
    return made.getvalue()


def parts(
    rows: str, *, strings: str = "", styles: str = "", before: str = "", after: str = "", book: str = "", more: str = ""
) -> Parts:
    """Write the parts of a workbook with one sheet (and `more` beside it in the list), given as pieces of XML."""
    return {
        "[Content_Types].xml": _xml("Types", f"{PACKAGE}/content-types", _TYPES),
        "_rels/.rels": _relations(("rId1", "officeDocument", BOOK)),
        BOOK: _xml(
            "workbook",
            MAIN,
            f'{book}<sheets><sheet name="汇总表" sheetId="1" r:id="rId1"/>{more}</sheets>',
            f' xmlns:r="{OFFICE}"',
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            *([("rId8", "sharedStrings", "sharedStrings.xml")] if strings else []),
            *([("rId9", "styles", "styles.xml")] if styles else []),
        ),
        SHEET: _xml("worksheet", MAIN, f"{before}<sheetData>{rows}</sheetData>{after}"),
        **({STRINGS: _xml("sst", MAIN, strings)} if strings else {}),
        **({STYLES: _xml("styleSheet", MAIN, styles)} if styles else {}),
    }


def written_by(of: Parts, application: str, version: str = "", *, wps: bool = False) -> Parts:
    """Say which program wrote a workbook: its name, its version, and whether WPS left its build there."""
    said = f"<Application>{application}</Application>" + (f"<AppVersion>{version}</AppVersion>" if version else "")
    custom = '<property name="KSOProductBuildVer"/>' if wps else ""
    return of | {
        "_rels/.rels": _relations(
            ("rId1", "officeDocument", BOOK),
            ("rId2", "extended-properties", "docProps/app.xml"),
            ("rId3", "custom-properties", "docProps/custom.xml"),
        ),
        "docProps/app.xml": _xml("Properties", f"{OFFICE.rpartition('/')[0]}/extended-properties", said),
        "docProps/custom.xml": _xml("Properties", f"{OFFICE.rpartition('/')[0]}/custom-properties", custom),
    }


def workbook(rows: str, **pieces: str) -> bytes:
    """Write a workbook with one sheet, given as pieces of XML."""
    return packed(parts(rows, **pieces))


def formats(*codes: str | int) -> str:
    """Write styles, each with a number format: its code, or the number of one that is built in."""
    own = {code: 164 + at for at, code in enumerate(codes) if isinstance(code, str)}
    numbers = "".join(f'<numFmt numFmtId="{number}" formatCode="{escaped(code)}"/>' for code, number in own.items())
    used = "".join(f'<xf numFmtId="{own[code] if isinstance(code, str) else code}"/>' for code in codes)
    return f"<numFmts>{numbers}</numFmts><cellXfs>{used}</cellXfs>"


STRUCK: Final = (
    "<fonts><font/><font><b/><strike/></font><font><strike val='0'/></font></fonts>"
    "<cellXfs><xf/><xf fontId='1'/><xf fontId='2'/></cellXfs>"
)
"""Styles: plain, struck out, and not struck out after all."""


def row(*cells: str | float | None, number: int | None = None, said: str = "") -> str:
    """Write a row whose cells have no references: text inline, numbers as they are; `<…` is XML already."""
    named = "" if number is None else f' r="{number}"'
    return f"<row{named}{said}>{''.join(map(_cell, cells))}</row>"


def escaped(text: str) -> str:
    """Write text so that XML holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def strict(of: Parts) -> Parts:
    """Put the namespaces of strict OOXML for those in use."""
    for old, new in STRICT.items():
        of = {name: data.replace(old.encode(), new.encode()) for name, data in of.items()}
    return of


def _cell(value: str | float | None) -> str:
    if isinstance(value, str):
        text = f'<c t="inlineStr"><is><t>{escaped(value)}</t></is></c>'
        return value if value.startswith("<") else text
    return "<c/>" if value is None else f"<c><v>{value}</v></c>"


def _xml(root: str, space: str, inside: str, more: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{space}"{more}>{inside}</{root}>'.encode()


def _relations(*of: tuple[str, str, str]) -> bytes:
    found = "".join(f'<Relationship Id="{one}" Type="{OFFICE}/{kind}" Target="{to}"/>' for one, kind, to in of)
    return _xml("Relationships", f"{PACKAGE}/relationships", found)


# What harms


class Beast(NamedTuple):
    """A workbook made to harm, of any size: what is refused is refused small and large."""

    make: Callable[[int], bytes]
    large: int


def _deflated(of: Parts) -> bytes:
    return packed(of, ZIP_DEFLATED)


def _numbered(text: str, count: int) -> str:
    return "".join(text.format(at) for at in range(1, count + 1))


def _register(count: int) -> bytes:
    head = row("党支部", "事项", "级别", "日期", "人员", "案件", "数量", "说明", number=1)
    line = "<row><c t='s'><v>{0}</v></c><c t='s'><v>5001</v></c><c t='s'><v>5002</v></c><c><v>45{1:03}</v></c>"
    line += "<c t='s'><v>{2}</v></c><c><v>{3}</v></c><c><v>1</v></c><c t='s'><v>{4}</v></c></row>"
    rows = "".join(line.format(at % 300, at % 366, at % 5000, at, at % 5000) for at in range(count))
    return _deflated(parts(head + rows, strings=_numbered("<si><t>文字{}</t></si>", 5003)))


def _matrix(count: int) -> bytes:
    head = row("党支部", *(f"项目{at}" for at in range(1, 60)), number=1)
    rows = (row(f"第{at}党支部", *(at * 7919 * step % 100_000 / 100 for step in range(1, 60))) for at in range(count))
    return _deflated(parts(head + "".join(rows)))


def _figures(count: int) -> bytes:
    """No two of them alike, so nothing is spared."""
    rows = ("".join(f"<c><v>{at * 10 + step}.{at:07}</v></c>" for step in range(10)) for at in range(count // 10))
    return _deflated(parts("".join(f"<row>{one}</row>" for one in rows)))


def _lonely(count: int) -> bytes:
    return _deflated(parts("".join(f"<row><c><v>{at}.5</v></c></row>" for at in range(count))))


def _texts(count: int) -> bytes:
    rows = ("".join(f'<c t="str"><v>甲{at}{step}</v></c>' for step in range(10)) for at in range(count // 10))
    return _deflated(parts("".join(f"<row>{one}</row>" for one in rows)))


def _shared(count: int) -> bytes:
    return _deflated(parts(row(1), strings=_numbered("<si><t>党员{}</t></si>", count)))


def _wide_strings(count: int) -> bytes:
    return _deflated(parts(row(1), strings=_numbered("<si><t>{}" + "a" * 200 + "\U0001f600</t></si>", count // 200)))


def _one_text(count: int) -> bytes:
    text = "".join(f"{at:07}甲\U0001f600" for at in range(count // 14))
    return _deflated(parts(f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>'))


def _one_attribute(count: int) -> bytes:
    text = "".join(f"{at:07}" for at in range(count // 7))
    return _deflated(parts(f'<row><c r="{text}"><v>1</v></c></row>'))


def _attributes(count: int) -> bytes:
    return _deflated(parts("<row><c " + _numbered("a{}='' ", count) + "><v>1</v></c></row>"))


def _cells_with_attributes(count: int) -> bytes:
    said = " ".join(f'a{at}="{at}"' for at in range(30))
    return _deflated(parts("<row>" + _numbered(f"<c {said} b='{{}}'/>", count // 30) + "</row>"))


def _comment(count: int) -> bytes:
    return _deflated(parts(f"<!--{_numbered('{:09}', count // 9)}-->" + row(1)))


def _white(count: int) -> bytes:
    return _deflated(parts("".join(" " * (at % 97) + "\n" for at in range(count // 49)) + row(1)))


def _deep(count: int) -> bytes:
    return _deflated(parts(_numbered("<a{}>", count)))


def _deep_cells(count: int) -> bytes:
    return _deflated(parts("<row>" + "".join(f'<c s="{at % 7}">' for at in range(count))))


def _empty_rows(count: int) -> bytes:
    return _deflated(parts(_numbered('<row r="{}" s="1" customFormat="1" ht="14"/>', count), styles=formats(0, 14)))


def _empty_cells(count: int) -> bytes:
    letters = [chr(65 + at) if at < 26 else f"A{chr(39 + at)}" for at in range(50)]
    rows = ("".join(f'<c r="{one}{at}" s="1"/>' for one in letters) for at in range(1, count // 50 + 1))
    made = "".join(f'<row r="{at}">{one}</row>' for at, one in enumerate(rows, 1))
    return _deflated(parts(made, styles=formats(0, 14)))


def _merges(count: int) -> bytes:
    merged = "".join(f'<mergeCell ref="A{at}:B{at}"/>' for at in range(1, count + 1))
    return _deflated(parts(row(1, 2), after=f"<mergeCells>{merged}</mergeCells>"))


def _merges_over_all(count: int) -> bytes:
    rows = "".join(row(*range(10)) for _ in range(1000))
    merged = "".join(f'<mergeCell ref="A{at % 9 + 1}:XFD1048576"/>' for at in range(count))
    return _deflated(parts(rows, after=f"<mergeCells>{merged}</mergeCells>"))


def _columns(count: int) -> bytes:
    hidden = "".join(f'<col min="{at % 9 + 1}" max="16384" hidden="1"/>' for at in range(count))
    return _deflated(parts(row(1), before=f"<cols>{hidden}</cols>"))


def _sheets(count: int) -> bytes:
    return _deflated(parts(row(1), more=_numbered('<sheet name="表{0}" sheetId="{0}" r:id="rId1"/>', count)))


def _sheets_of_one_part(count: int) -> bytes:
    rows = "".join(f"<row><c><v>{at}</v></c></row>" for at in range(count))
    return _deflated(parts(rows, more=_numbered('<sheet name="表{0}" sheetId="{0}" r:id="rId1"/>', 100)))


def _styles(count: int) -> bytes:
    made = "".join(f'<numFmt numFmtId="{at}" formatCode="[{at}&quot;{at}\\"/>' for at in range(count))
    return _deflated(parts(row(1), styles=f"<numFmts>{made}</numFmts><cellXfs><xf/></cellXfs>"))


def _names(count: int) -> bytes:
    made = _numbered('<definedName name="n{}">#REF!</definedName>', count)
    return _deflated(parts(row(1), book=f"<definedNames>{made}</definedNames>"))


def _many_parts(count: int) -> bytes:
    return packed(parts(row(1)) | {f"xl/media/{at}": b"" for at in range(count)})


def _relationships(count: int) -> bytes:
    of, name, end = parts(row(1)), "xl/_rels/workbook.xml.rels", b"</Relationships>"
    more = _numbered('<Relationship Id="a{}" Type="b" Target="c"/>', count).encode()
    return _deflated(of | {name: of[name].replace(end, more + end)})


def _zeros(count: int) -> bytes:
    return _deflated(parts(row(1)) | {SHEET: b"0" * count})


def _claims(count: int) -> bytes:
    """Say that a part unpacks to little where it unpacks to much."""
    data = bytearray(_zeros(count))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            if data[place + at : place + at + 4] == count.to_bytes(4, "little"):
                data[place + at : place + at + 4] = (5000).to_bytes(4, "little")
    return bytes(data)


def _entities(count: int) -> bytes:
    levels = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, count))
    dtd = f'<!DOCTYPE worksheet [<!ENTITY e0 "党">{levels}]>'.encode()
    of = parts(f'<row><c t="str"><v>&e{count - 1};</v></c></row>')
    return packed(of | {SHEET: of[SHEET].replace(b"?>\n", b"?>\n" + dtd)})


ZOO: Final = {
    "a register": Beast(_register, 100_000),
    "a matrix": Beast(_matrix, 5_000),
    "figures": Beast(_figures, 899_000),
    "too many figures": Beast(_figures, 1_200_000),
    "rows of one cell": Beast(_lonely, 199_000),
    "too many rows": Beast(_lonely, 800_000),
    "texts": Beast(_texts, 899_000),
    "shared strings": Beast(_shared, 1_200_000),
    "too many shared strings": Beast(_shared, 2_000_000),
    "wide shared strings": Beast(_wide_strings, 60_000_000),
    "one text": Beast(_one_text, 60_000_000),
    "one attribute": Beast(_one_attribute, 90_000_000),
    "attributes of a cell": Beast(_attributes, 8_000_000),
    "cells with attributes": Beast(_cells_with_attributes, 9_000_000),
    "a comment": Beast(_comment, 90_000_000),
    "white space": Beast(_white, 90_000_000),
    "deep elements": Beast(_deep, 4_000_000),
    "deep cells": Beast(_deep_cells, 4_900_000),
    "empty rows": Beast(_empty_rows, 1_048_576),
    "too many empty rows": Beast(_empty_rows, 2_400_000),
    "empty cells": Beast(_empty_cells, 1_000_000),
    "more empty cells": Beast(_empty_cells, 4_500_000),
    "merges": Beast(_merges, 99_000),
    "merges over all": Beast(_merges_over_all, 99_000),
    "columns": Beast(_columns, 2_000_000),
    "sheets": Beast(_sheets, 999),
    "sheets of one part": Beast(_sheets_of_one_part, 30_000),
    "styles": Beast(_styles, 1_000_000),
    "names": Beast(_names, 1_000_000),
    "parts": Beast(_many_parts, 9_900),
    "too many parts": Beast(_many_parts, 200_000),
    "relationships": Beast(_relationships, 500_000),
    "a bomb": Beast(_zeros, 500_000_000),
    "a bomb that lies": Beast(_claims, 500_000_000),
    "entities": Beast(_entities, 30),
}
"""All of them. What does no harm stands among them for comparison."""
