"""The page in Chromium: sorting, filters, search, one unit at a time, print, phones, no script, no network."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from dangjian_score import load_rubric, read_evidence, score, write
from dangjian_score.core.watching import unwatched
from dangjian_score.report.page.as_html import MOST_WRITTEN, result_html
from dangjian_score.report.view import ResultView
from tests.browser import Desk, launched
from tests.report.test_page import hostile
from tests.rich import changed, rich
from tests.sampling import sampled
from tests.support import HEAD

pytestmark = pytest.mark.browser

BY_RANK = ["第一", "第五", "<第八>&“=支部”", "第二", "第四", "第七", "第三", "第九", "第六"]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with launched() as browser:
        yield Desk(browser)


def saved(folder: Path, view: ResultView, *, as_data: bool = False) -> Path:
    path = folder / "结果 1.html"
    path.write_bytes(result_html(view, unwatched, 0 if as_data else MOST_WRITTEN))
    return path


@pytest.fixture(scope="module", params=[False, True], ids=["html", "data"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("page"), rich(), as_data=request.param)


def names(page: Page) -> list[str]:
    return [name.removesuffix("党支部") for name in page.locator("#ranked tbody th").all_inner_texts()]


def head(page: Page, name: str) -> Any:
    return page.locator("#ranked thead th", has_text=re.compile(rf"^{re.escape(name)}(?!说明)"))


def test_the_ranking_comes_in_order_of_rank(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        assert names(page) == BY_RANK
        assert page.title() == "2024年党支部工作考核结果（送审稿）"
        expect(head(page, "名次")).to_have_attribute("aria-sort", "ascending")
        expect(page.locator("#shown")).to_have_text("显示 9 个，共 9 个单位")
        expect(page.locator(".provisional")).to_contain_text("还有 1 个单位未评")
        expect(page.locator(".unit:visible")).to_have_count(0)


def test_groups_one_after_the_other_are_in_the_order_of_no_column(desk: Desk, tmp_path: Path) -> None:
    units = tuple(replace(unit, rank=rank) for unit, rank in zip(rich().result.units, (2, 4, 1, 3), strict=False))
    with desk.opened(saved(tmp_path, changed(rich(), units=units))) as page:
        expect(page.locator("#ranked [aria-sort]")).to_have_count(0)
        head(page, "名次").get_by_role("button").click()
        expect(head(page, "名次")).to_have_attribute("aria-sort", "ascending")
        assert [row.split()[0] for row in page.locator("#ranked tbody tr").all_inner_texts()] == ["1", "2", "3", "4"]


def test_any_column_sorts_by_click_both_ways_and_ties_keep_the_ranking(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        head(page, "廉政建设").get_by_role("button").click()
        assert names(page)[-2:] == ["第三", "第九"]
        assert names(page)[:7] == [name for name in BY_RANK if name not in ("第三", "第九")]
        expect(head(page, "廉政建设")).to_have_attribute("aria-sort", "descending")
        assert page.locator("#ranked [aria-sort]").count() == 1
        head(page, "廉政建设").get_by_role("button").click()
        assert names(page)[:2] == ["第九", "第三"]
        head(page, "等次").get_by_role("button").click()
        assert names(page) == [*(BY_RANK[0], *BY_RANK[2:5]), *(BY_RANK[1], *BY_RANK[5:7]), *BY_RANK[7:]]


def test_sorting_by_the_keyboard_and_blanks_stay_last(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        head(page, "等次说明").get_by_role("button").focus()
        for direction in ("ascending", "descending"):
            page.keyboard.press("Enter")
            expect(head(page, "等次说明")).to_have_attribute("aria-sort", direction)
            assert set(names(page)[:2]) == {"第五", "第九"}
            assert names(page)[2:] == [name for name in BY_RANK if name not in ("第五", "第九")]


def test_search_folds_width_and_case_and_filters_work_together(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        page.get_by_label("查单位").fill("＜第八＞ ＆")
        assert names(page) == ["<第八>&“=支部”"]
        page.get_by_label("查单位").fill("")
        page.get_by_label("类型", exact=True).select_option("机关")
        assert names(page) == ["第一", "第二", "第九"]
        page.get_by_label("等次", exact=True).select_option("优秀")
        assert names(page) == ["第一", "第二"]
        page.get_by_label("评优与通报", exact=True).select_option("二等奖")
        assert names(page) == ["第二"]
        expect(page.locator("#shown")).to_have_text("显示 1 个，共 9 个单位")
        page.get_by_label("查单位").fill("没有这个")
        assert names(page) == []


def test_a_unit_opens_with_its_lines_and_leads_to_its_neighbours_and_back(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        page.get_by_label("类型", exact=True).select_option("企业")
        page.get_by_role("link", name="第七党支部").first.press("Enter")
        unit = page.locator(".unit:visible")
        expect(unit.locator("h2")).to_be_focused()
        expect(unit.locator("h2")).to_have_text("第七党支部")
        expect(page.locator("#overview")).to_be_hidden()
        assert page.title() == "第七党支部 · 2024年党支部工作考核结果（送审稿）"
        page.get_by_role("link", name="下一个").click()
        expect(unit.locator("h2")).to_have_text("第六党支部")
        expect(page.get_by_role("link", name="下一个")).to_be_hidden()
        rows = [
            row.split("\t") for row in unit.locator("details", has_text="A 组织建设").locator("tr").all_inner_texts()
        ]
        assert rows[1:4] == [
            ["A1 党员大会", "一、1", "", "0.00", "15"],
            ["起评", "", "", "15.00", ""],
            ["党员大会次数：应 4，实 0，少 4，扣 4 × 5 = 20 分", "", "汇总.csv!C7", "-20.00", ""],
        ]
        expect(unit).to_contain_text("迟交次数 9，扣 9 × 1.5 = 13.5 分，本条最多 5 分限额前 -13.50")
        expect(unit.locator("details", has_text="C 廉政建设")).not_to_have_attribute("open", "")
        page.go_back()
        page.get_by_role("link", name="返回名次表").click()
        expect(page.locator("#overview")).to_be_visible()
        assert names(page) == ["<第八>&“=支部”", "第七", "第六"]
        expect(page.get_by_role("link", name="第七党支部").first).to_be_focused()


def test_an_address_names_a_unit(desk: Desk, result: Path) -> None:
    with desk.opened(result, "#u3") as page:
        expect(page.locator(".unit:visible h2")).to_have_text("<第八>&“=支部”")
        expect(page.locator(".unit:visible h2")).to_be_in_viewport()
    with desk.opened(result, "#%ff") as page:
        expect(page.locator("#overview")).to_be_visible()


def test_paper_gets_what_is_shown_and_details_where_asked_for(desk: Desk, result: Path) -> None:
    with desk.opened(result) as page:
        page.get_by_label("等次", exact=True).select_option("较差")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="打印")).to_be_hidden()
        assert names(page) == ["第九", "第六"]
        expect(page.locator(".unit:visible")).to_have_count(0)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        page.get_by_label("连同各单位明细").check()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator(".unit:visible h2").all_inner_texts() == ["第九党支部", "第六党支部"]
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(page.locator(".unit:visible")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_printed_page_of_the_ranking_begins_with_its_heads(desk: Desk, tmp_path: Path, script: bool) -> None:
    units = tuple(replace(rich().result.units[at % 9], unit=f"第{at}村", rank=at + 1) for at in range(90))
    with desk.opened(saved(tmp_path, changed(rich(), units=units), as_data=True), java_script_enabled=script) as page:
        page.pdf(path=tmp_path / "p.pdf")
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "p.pdf", "-"], capture_output=True, check=True).stdout
    listing = [one.split("\n") for one in text.decode().split("\f") if "村 " in one]
    assert len(listing) > 2
    for lines in listing[1:]:
        first = next(at for at, line in enumerate(lines) if re.search(r"第[0-9]+村", line))
        assert re.search(r"名次.* 党支部 ", lines[first - 1])


_PAPER = 1032
"""Pixels between the margins of A4 landscape, 273 mm."""


def thirty(folder: Path, most: int) -> Path:
    """Write the page of thirty sections with long titles, each of so many points, all of which forty branches have."""
    titles = [f"党员教育管理监督与积分制度执行第{at}项" for at in range(30)]
    rules = [f"{{title: {title}, max: {most}, rules: [{{deduct: 1, per: 缺{at}}}]}}" for at, title in enumerate(titles)]
    text = f"{HEAD}sections:\n" + "".join(f"  - {rule}\n" for rule in rules) + "grades: {优秀: 100, 较差: 0}\n"
    (folder / "r.yaml").write_text(text, "utf-8")
    rows = "".join(f"示例镇第{at}网格村民委员会党支部{',0' * 30}\n" for at in range(40))
    (folder / "e.csv").write_text(f"党支部,{','.join(f'缺{at}' for at in range(30))}\n{rows}", "utf-8")
    rubric = load_rubric(folder / "r.yaml")
    write(score(rubric, read_evidence(rubric, folder / "e.csv")), folder / "o.html")
    return folder / "o.html"


@pytest.mark.parametrize(
    ("most", "wide", "script"), sampled([(10, 1, True), (10, 1, False), (100, 1.1, False), (100, 1.1, True)], 2)
)
def test_thirty_sections_with_long_titles_fit_on_the_paper(
    desk: Desk, tmp_path: Path, most: int, wide: float, script: bool
) -> None:
    """A browser makes what is a tenth wider than the paper as narrow as the paper."""
    with desk.opened(thirty(tmp_path, most), width=_PAPER, java_script_enabled=script) as page:
        page.emulate_media(media="print")
        assert page.locator("#ranked").evaluate("(one) => one.getBoundingClientRect().right") <= _PAPER * wide
        heads = page.locator("#ranked thead .part")
        assert max(heads.evaluate_all("(all) => all.map((one) => one.scrollWidth - one.clientWidth)")) <= 0
        page.pdf(path=tmp_path / "p.pdf")
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "p.pdf", "-"], capture_output=True, check=True).stdout
    first = next(line for line in text.decode().split("\n") if f"{30 * most}.00" in line and "优秀" in line)
    assert first.split()[-31:] == [f"{most}.00"] * 30 + ["优秀"]


def test_no_heading_ends_a_printed_page(desk: Desk, tmp_path: Path) -> None:
    """Wherever the ranking begins on the page, units stand below its heading."""
    with desk.opened(saved(tmp_path, rich())) as page:
        for height in range(200, 601, 40):
            page.locator(".charts").evaluate("(one, height) => one.style.height = height", f"{height}px")
            page.pdf(path=tmp_path / "p.pdf")
            laid = subprocess.run(["pdftotext", "-layout", tmp_path / "p.pdf", "-"], capture_output=True, check=True)
            pages = laid.stdout.decode().split("\f")
            (begins,) = (one for one in pages if re.search(r"^ *名次表$", one, re.MULTILINE))
            assert "显示 9 个" in begins
            assert "第一党支部" in begins.split("显示 9 个")[1]


def test_a_phone_shows_all_without_moving_sideways(desk: Desk, result: Path) -> None:
    for place in ("", "#u9"):
        with desk.opened(result, place, width=360) as page:
            wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide[0] <= wide[1] == 360
    with desk.opened(result, width=360) as page:
        scroll = page.locator("[role=region].scroll").evaluate("(one) => one.scrollWidth - one.clientWidth")
        assert scroll <= 0


def test_a_phone_shows_what_decided_below_the_unit(desk: Desk, tmp_path: Path) -> None:
    with desk.opened(saved(tmp_path, rich()), width=390) as page:
        shown = page.locator("#ranked thead th:visible").all_inner_texts()
        assert [head.split("\n")[0].strip() for head in shown] == ["名次（暂定）", "党支部", "总分", "等次"]
        cells = page.locator("#ranked td.decided:visible")
        assert cells.count() > 0
        for cell in cells.all():
            name, below = cell.locator("xpath=../th").bounding_box(), cell.bounding_box()
            assert name is not None
            assert below is not None
            assert below["y"] >= name["y"] + name["height"] - 1
            assert below["x"] + below["width"] <= 390


def test_everything_is_readable_without_script(desk: Desk, tmp_path: Path) -> None:
    with desk.opened(saved(tmp_path, rich()), java_script_enabled=False) as page:
        assert names(page) == BY_RANK
        expect(page.locator("#controls")).to_be_hidden()
        expect(page.locator(".unit:visible")).to_have_count(9)
        page.get_by_role("link", name="第六党支部").first.click()
        expect(page.locator(".unit h2", has_text="第六党支部")).to_be_in_viewport()


def test_without_script_very_many_units_say_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    with desk.opened(saved(tmp_path, rich(), as_data=True), java_script_enabled=False) as page:
        assert names(page) == BY_RANK
        expect(page.locator("#units")).to_contain_text("名次表不受影响")


def test_more_units_than_a_screen_holds_come_when_asked_for(desk: Desk, tmp_path: Path) -> None:
    units = tuple(replace(rich().result.units[at % 9], unit=f"支部{at}", rank=at + 1) for at in range(250))
    with desk.opened(saved(tmp_path, changed(rich(), units=units), as_data=True)) as page:
        assert len(names(page)) == 100
        page.get_by_role("button", name="再显示一些").click()
        page.get_by_role("button", name="再显示一些").click()
        assert len(names(page)) == 250
        expect(page.get_by_role("button", name="再显示一些")).to_be_hidden()
        page.get_by_label("查单位").fill("支部24")
        assert names(page) == ["支部24", *(f"支部24{at}" for at in range(10))]
        expect(page.get_by_role("img", name="总分分布（分数段，单位数）")).to_be_visible()


@pytest.mark.parametrize("as_data", [False, True])
def test_hostile_names_run_nothing(desk: Desk, tmp_path: Path, as_data: bool) -> None:
    with desk.opened(saved(tmp_path, hostile(), as_data=as_data)) as page:
        assert len(names(page)) == 7
        for link in page.locator("#ranked tbody a").all()[:7]:
            name = link.inner_text()
            link.click()
            expect(page.locator(".unit:visible h2")).to_have_text(name)
            page.get_by_role("link", name="返回名次表").click()


def test_the_page_speaks_english(desk: Desk, tmp_path: Path) -> None:
    with desk.opened(saved(tmp_path, rich(language="en")), color_scheme="dark") as page:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_label("Find").fill("第九")
        expect(page.locator("#shown")).to_have_text("1 of 9 units shown")
        page.get_by_role("link", name="第九党支部").first.click()
        expect(page.locator(".unit:visible")).to_contain_text("How the total comes about")
