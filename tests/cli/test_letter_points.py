"""How letters account for points: what scales takes none, what vetoes and rulings move, whose reasons are whose."""

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.papers import texts
from tests.support import run

Capture = pytest.CaptureFixture[str]
HEAD = "dangjian: 1\nrubric: ji-fen\ntitle: 细则\nsubject: 党支部\n"
PLAIN = "sections: [{id: A, title: 日常, max: 100, rules: [{deduct: 1, per: 问题数}]}]\n"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def letter(capfd: Capture, text: str, *tables: str, unit: str = "甲") -> bytes:
    """Score evidence by a rubric, and return the letter to a unit."""
    Path("r.yaml").write_text(HEAD + text, "utf-8")
    names = [f"e{at}.csv" for at in range(len(tables))]
    for name, table in zip(names, tables, strict=True):
        Path(name).write_text(table, "utf-8")
    ran = run(capfd, "score", "r.yaml", *names, "--feedback", "f/", "-q")
    assert ran.code == 0, ran
    return Path(f"f/{unit}.docx").read_bytes()


def points(data: bytes) -> list[list[str]]:
    """Return the rows of the first table, without its head."""
    return [[cell.text for cell in row.cells] for row in Document(BytesIO(data)).tables[0].rows][1:]


def test_a_total_on_another_scale_is_a_subtotal(capfd: Capture) -> None:
    """229 of 300 are 76.333 of 100."""
    more = PLAIN.replace("max: 100", "max: 300") + "total: 300\nreported_as: 100\nrounding: {total: 2}\n"
    data = letter(capfd, more, "党支部,问题数\n甲,71\n")
    assert points(data) == [
        ["日常", "300", "229.00", "71.00"],
        ["229 折算为 76.33", "", "小计 76.33", ""],
        ["总分", "", "76.33", ""],
    ]
    assert any("分项之和与总分可能略有差异" in text for text in texts(data))


def test_weights_products_and_what_does_not_apply(capfd: Capture) -> None:
    weights = """
sections:
  - {id: A, title: 平时, max: 100, weight: 10%, rules: [{deduct: 1, per: 平时问题}]}
  - {id: B, title: 年终, max: 100, weight: 90%, rules: [{deduct: 1, per: 年终问题}]}
"""
    data = letter(capfd, weights, "党支部,平时问题,年终问题\n甲,10,9\n")
    assert points(data)[2:] == [
        ["平时 90 分 × 10%，计 9 分", "", "计入 9.00", ""],
        ["年终 91 分 × 90%，计 81.9 分", "", "计入 81.90", ""],
        ["总分", "", "90.90", ""],
    ]
    product = weights.replace(", weight: 10%", "").replace(", weight: 90%", "")
    data = letter(capfd, product + "total: {product: [A, B], over: 100}\n", "党支部,平时问题,年终问题\n甲,10,20\n")
    assert points(data)[2:] == [
        ["平时 90 × 年终 80 ÷ 100 = 72", "", "小计 72.00", ""],
        ["总分", "", "72.00", ""],
    ]
    waived = """total: 100
sections:
  - {id: A, title: 党员, max: 20, if_na: rescale, rules: [{deduct: 2, per: 不符人数}]}
  - {id: B, title: 其他, max: 80, rules: [{deduct: 1, per: 其他问题}]}
"""
    data = letter(capfd, waived, "党支部,不符人数,其他问题\n甲,不适用,20\n")
    assert points(data) == [
        ["党员", "不适用", "", ""],
        ["其他", "80", "60.00", "20.00"],
        ["应得 80，实得 60，折算 75（满分 100）", "", "小计 75.00", ""],
        ["总分", "", "75.00", ""],
    ]


def test_a_veto_takes_what_no_item_lost(capfd: Capture) -> None:
    veto = "vetoes: [{title: 弄虚作假, if: 弄虚作假, total: 0, source: {clause: 九}}]\n"
    data = letter(capfd, PLAIN + veto, "党支部,问题数,弄虚作假\n甲,0,是\n")
    sentence = "因弄虚作假，依据第九条，实行“一票否决”，总分最多计 0 分"
    assert points(data)[1:] == [[sentence, "", "", "100.00"], ["总分", "", "0.00", ""]]
    lines = texts(data)
    assert "没有扣分和未得分。" not in lines
    assert "各项没有扣分和未得分。" in lines
    assert f"{sentence}，总分扣 100.00 分。" in lines


def test_what_limits_a_total(capfd: Capture) -> None:
    """105 is held at 103, −5 at 0."""
    bonus = "  - {id: B, title: 加分, kind: bonus, max: 5, rules: [{award: 1, per: 表彰数}]}\n"
    base = "sections:\n  - {id: A, title: 日常, max: 100, rules: [{deduct: 1, per: 问题数}]}\n"
    penalty = "  - {id: C, title: 处罚, kind: penalty, rules: [{deduct: 1, per: 处罚数}]}\n"
    limits = "ceiling: 103\nfloor: 0\n"
    data = letter(capfd, base + bonus + penalty + limits, "党支部,问题数,表彰数,处罚数\n甲,0,5,0\n乙,100,0,5\n")
    assert points(data)[-2:] == [["封顶 103", "", "", "2.00"], ["总分", "", "103.00", ""]]
    assert "封顶 103，总分扣 2.00 分。" in texts(data)
    second = Path("f/乙.docx").read_bytes()
    assert points(second)[-2:] == [["扣完为止，不低于 0", "", "5.00", ""], ["总分", "", "0.00", ""]]


def test_a_ruling_that_gives_points_back_is_told_with_its_item(capfd: Capture) -> None:
    """3 points are lost, of which a ruling gives 2 back; of 12 of 乙 the item holds 10, and 1 is given back."""
    ten = PLAIN.replace("max: 100", "max: 10")
    rulings = "党支部,指标,调整分,理由,批准人\n甲,A,2,申诉成立,王某\n乙,A,1,补报,王某\n"
    lines = texts(letter(capfd, ten, "党支部,问题数\n甲,3\n乙,12\n", rulings))
    assert "问题数 3，扣 3 × 1 = 3 分；核定调整：申诉成立（王某批准）" in lines
    assert "应扣 3.00 分，核定调整加 2.00 分，实扣 1.00 分" in lines
    assert "应扣 12.00 分，扣完为止，核定调整加 1.00 分，实扣 9.00 分" in texts(Path("f/乙.docx").read_bytes())


def test_of_several_judged_figures_each_reason_names_its_own(capfd: Capture) -> None:
    rules = "[{deduct: 10, judge: 教案扣分}, {deduct: 10, judge: 记录扣分}]"
    item = f"sections: [{{id: A, title: 党课, max: 30, rules: {rules}}}]\n"
    table = "党支部,教案扣分,教案扣分原因,记录扣分,记录扣分原因\n甲,2,缺教案,1,缺签到\n乙,2,缺教案,1,\n丙,2,缺教案,0,\n"
    assert "教案扣分：缺教案；记录扣分：缺签到" in texts(letter(capfd, item, table))
    assert "教案扣分：缺教案" in texts(Path("f/乙.docx").read_bytes())
    assert "缺教案" in texts(Path("f/丙.docx").read_bytes())


def test_items_of_one_title_in_several_sections_name_their_section(capfd: Capture) -> None:
    sections = """
sections:
  - id: A
    title: 平时抽查
    max: 50
    items:
      - {id: A1, title: 学习, max: 30, rules: [{deduct: 1, per: 平时缺学}]}
      - {id: A2, title: 会议, max: 20, rules: [{deduct: 1, per: 缺会}]}
  - id: B
    title: 年终考核
    max: 50
    items: [{id: B1, title: 学习, max: 50, rules: [{deduct: 1, per: 年终缺学}]}]
"""
    lines = texts(letter(capfd, sections, "党支部,平时缺学,缺会,年终缺学\n甲,1,1,1\n"))
    assert [text for text in lines if text[:4] in ("平时抽查", "年终考核", "A2 会")][2:] == [
        "平时抽查：A1 学习",
        "A2 会议",
        "年终考核：B1 学习",
    ]


def test_blocks_receipt_and_signature_are_not_parted(capfd: Capture) -> None:
    data = letter(capfd, PLAIN, "党支部,问题数\n甲,1\n")
    body: Any = Document(BytesIO(data)).element.body
    kept = [(_text(p), bool(p.xpath("./w:pPr/w:keepNext"))) for p in body.iterchildren(qn("w:p"))]
    together = ("请对照整改要求", "____________", "－－－", "《考核结果反馈书》", "请于", "书记")
    assert [keeps for text, keeps in kept if text.startswith(together)] == [True] * len(together)
    assert not dict(kept)["____年__月__日"]  # the receipt may stand on a page of its own
    block = body.findall(qn("w:tbl"))[1]
    assert all(p.xpath("./w:pPr/w:keepNext") for p in block.iter(qn("w:p")))
    assert not any(p.xpath("./w:pPr/w:keepNext") for p in body.findall(qn("w:tbl"))[0].iter(qn("w:p")))


def _text(paragraph: Any) -> str:
    return "".join(one.text or "" for one in paragraph.iter(qn("w:t")))


def test_items_that_do_not_count_lack_nothing(capfd: Capture) -> None:
    """Of 9, 6 and 8 the best two count: 1 and 2 of 20 are not earned."""
    Path("r.yaml").write_text(
        HEAD
        + """sections:
  - id: X
    title: 特色
    max: 20
    combine: {best: 2}
    items:
      - {id: X1, title: 一, max: 10, rules: [{award: 10, judge: 一评分}]}
      - {id: X2, title: 二, max: 10, rules: [{award: 10, judge: 二评分}]}
      - {id: X3, title: 三, max: 10, rules: [{award: 10, judge: 三评分}]}
""",
        "utf-8",
    )
    Path("e.csv").write_text("党支部,一评分,二评分,三评分\n甲,9,6,8\n", "utf-8")
    told = run(capfd, "score", "r.yaml", "e.csv", "--detail", COLUMNS="120").out.splitlines()
    rows = {
        line.split()[0]: line.split()[-3:-1] for line in told if line.startswith(("      X1", "      X2", "      X3"))
    }
    assert rows["X1"] == ["9.00", "1.00"]
    assert rows["X3"] == ["8.00", "2.00"]
    assert rows["X2"][-1] == "6.00"


def test_what_is_to_be_done_from_now_on(capfd: Capture) -> None:
    rules = {
        "A": "{deduct: 1, per: 迟到人次, every: 5, steps: whole}",
        "B": "{award: 5, each: [有活动室, 有学习园地]}",
        "C": "{deduct: 10, ratio: 缺席人数, of: 应到人数}",
        "D": "{award: {1: 10, 2: 5}, else: 0, rank: 交费率}",
        "E": "{award: {好: 10, 一般: 5, 差: 0}, by: 考核等次}",
        "F": "{award: {60%: 3, 90%: 7}, else: 0, at_least: 参学率}, {award: 3, if: 有方案}",
        "G": "{award: {60%: 10, 90%: 8}, else: 0, at_least: 参学率}",
    }
    levels = "measures: {考核等次: {levels: [好, 一般, 差]}}\nsections:\n"
    items = "".join(f"  - {{id: {name}, title: 项{name}, max: 10, rules: [{rule}]}}\n" for name, rule in rules.items())
    heads = "党支部,迟到人次,有活动室,有学习园地,缺席人数,应到人数,考核等次,参学率,有方案,交费率\n"
    rows = "甲,12,是,否,1,10,一般,95%,否,90\n乙,0,是,是,0,10,好,95%,是,95\n丙,0,是,是,0,10,好,95%,是,97\n"
    said = texts(letter(capfd, levels + items, heads + rows))
    demands = [text for before, text in pairwise(said) if before == "整改要求"]
    assert demands == [
        "自下一考核期起，迟到人次为 0。",
        "自下一考核期起，做到：学习园地。",
        "自下一考核期起，缺席人数为 0。",
        "自下一考核期起，有方案。",
        "自下一考核期起，参学率达到 60%，参学率低于 90%。",
    ]
