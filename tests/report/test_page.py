"""The page as text: its policy, what hostile names come to, both ways to write units, figures of all units."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from dangjian_score.core.facts import Cell
from dangjian_score.core.watching import T, Work, unwatched
from dangjian_score.engine.grading import Grading
from dangjian_score.engine.result import NodeResult
from dangjian_score.report.overview import Losses
from dangjian_score.report.page import notices
from dangjian_score.report.page.as_html import MOST_WRITTEN, result_html
from dangjian_score.report.page.elements import Element, e, html
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.standing import ClauseSource
from dangjian_score.words.say import load_words
from tests.rich import changed, rich
from tests.support import weighed

ZH = load_words("zh")


class Parsed(HTMLParser):
    """A page as a browser reads it: tags with their attributes, text, and what stands in style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.texts: list[str] = []
        self._raw = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._raw = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        (self.raw[self._raw] if self._raw else self.texts).append(data)


def written(view: ResultView, *, as_data: bool = False) -> str:
    return result_html(view, unwatched, 0 if as_data else MOST_WRITTEN).decode()


def data_of(text: str) -> Any:
    return json.loads(Parsed(text).raw["script"][1])


@pytest.mark.parametrize("as_data", [False, True])
def test_the_policy_allows_nothing_but_the_style_and_script_that_are_there(as_data: bool) -> None:
    parsed = Parsed(written(rich(), as_data=as_data))
    policy = next(given["content"] for _, given in parsed.tags if given.get("http-equiv") == "Content-Security-Policy")
    (style,), script = parsed.raw["style"], parsed.raw["script"][0]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    names = {name for _, given in parsed.tags for name in given}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")]
    assert {
        given["href"] for tag, given in parsed.tags if "href" in given and not str(given["href"]).startswith("#")
    } == set()


@pytest.mark.parametrize("as_data", [False, True])
def test_nothing_on_the_page_names_a_remote_address_or_makes_markup_of_text(as_data: bool) -> None:
    text = written(rich(), as_data=as_data)
    assert re.findall(r"(?i)https?:|ftp:|url\(|@import|\bfetch\b|XMLHttpRequest|WebSocket", text) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(", text) == []


HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<!--<script>",
    "\"' onfocus=alert(1) autofocus x='",
    "${alert(1)}{{7*7}}",
    "&lt;b&gt;&#60;",
)
UNSEEN = "支部\u202e甲\u2028乙\x00丙"


def titled(node: NodeResult, title: str, clause: str | None) -> NodeResult:
    named = node.tree.node.model_copy(update={"title": title, "source": ClauseSource(clause=clause)})
    return replace(node, tree=replace(node.tree, node=named))


def hostile() -> ResultView:
    """Put hostile texts wherever evidence or a rubric can."""
    view = rich()
    leader = view.result.units[0]
    detail = leader.trace()
    section = detail.nodes[0]
    line = section.nodes[1].lines[0]
    assert line.because is not None
    because = replace(line.because, note=HOSTILE[0])
    line = replace(line, because=because, clause=HOSTILE[1], cells=(Cell(HOSTILE[2], None, 1, 1),))
    item = replace(titled(section.nodes[1], HOSTILE[1], HOSTILE[3]), lines=(line,))
    odd = replace(detail, nodes=(replace(titled(section, HOSTILE[0], None), nodes=(item,)),))
    units = tuple(
        replace(leader, unit=name, attributes={"类型": name}, grading=Grading(name), trace=lambda: odd)
        for name in (*HOSTILE, UNSEEN)
    )
    grade = next(iter(view.rubric.grades.values()))
    named = {"title": HOSTILE[0], "subject": HOSTILE[1], "rubric": HOSTILE[3], "grades": dict.fromkeys(HOSTILE, grade)}
    rubric = view.rubric.model_copy(update=named)
    files = tuple(replace(one, name=HOSTILE[0]) for one in view.result.evidence)
    return changed(view, rubric=rubric, units=units, evidence=files)


@pytest.mark.parametrize("as_data", [False, True])
def test_hostile_texts_stay_texts(as_data: bool) -> None:
    tame, wild = (Parsed(written(view, as_data=as_data)) for view in (rich(), hostile()))
    assert {tag for tag, _ in wild.tags} <= {tag for tag, _ in tame.tags}
    names = {name for _, given in wild.tags for name in given}
    assert names <= {name for _, given in tame.tags for name in given}
    assert len(wild.raw["script"]) == 1 + as_data
    assert set(HOSTILE) <= set(wild.texts)
    assert "支部[U+202E]甲[U+2028]乙[U+0000]丙" in wild.texts
    assert not re.search("[\u202e\u2028\x00]", written(hostile(), as_data=as_data))


def test_data_cannot_end_its_script_and_comes_back_as_it_was() -> None:
    text = written(hostile(), as_data=True)
    raw = Parsed(text).raw["script"][1]
    assert not re.search("[<>&]", raw)
    assert set(HOSTILE) <= {part for part in data_of(text)["parts"] if isinstance(part, str)}


def drawn(data: Any, place: int) -> Element | str:
    """Build what stands at a place of the data, as the script does."""
    part = data["parts"][place]
    if isinstance(part, str):
        return part
    tag, given = data["kinds"][part[0]]
    return Element(tag, tuple((name, value) for name, value in given), tuple(drawn(data, at) for at in part[1:]))


@pytest.mark.parametrize("public", [False, True])
def test_units_as_data_are_the_units_as_html(public: bool) -> None:
    view = rich(public=public)
    data, text = data_of(written(view, as_data=True)), written(view)
    sections = [drawn(data, place) for place in data["units"]]
    assert len(sections) == len(view.result.units) == 9
    for section in sections:
        assert isinstance(section, Element)
        assert html(section) in text


def test_very_many_units_are_data_and_few_are_html() -> None:
    many = changed(rich(), units=rich().result.units * 200)
    few, much = (result_html(one, unwatched).decode() for one in (rich(), many))
    assert ('id="data"' in few, 'id="data"' in much) == (False, True)
    assert len(data_of(much)["units"]) == 1800
    assert ZH.text("page needs script") in much


def test_a_result_without_units_is_a_page() -> None:
    parsed = Parsed(written(changed(rich(), units=(), selections=())))
    assert "第十党支部（成立不满半年、汇总.csv!K11）" in parsed.texts
    assert "svg" not in {tag for tag, _ in parsed.tags}


def test_writing_is_watched() -> None:
    seen: list[tuple[int, str]] = []

    def watch(items: Sequence[T], work: Work, /) -> Iterable[T]:
        seen.append((len(items), work))
        return items

    result_html(rich(), watch)
    assert seen == [(9, "writing")]


def test_figures_of_all_units_are_those_worked_out_by_hand() -> None:
    view, losses = rich(), Losses()
    for unit in view.result.units:
        losses.add(unit.trace())
    assert notices.mean(view) == "82.8"  # 745.1 ÷ 9
    assert [(one.name, one.text) for one in notices.lost_shares(losses)] == [
        ("组织建设", "17.1%"),  # 59.75 of 350: 10 of one branch are 不适用
        ("教育管理", "11.8%"),  # 42.5 of 360
        ("廉政建设", "16.7%"),  # 30 of 180
    ]
    assert [(one.name, one.text) for one in notices.grades(view)] == [
        ("优秀", "4"),
        ("良好", "0"),
        ("一般", "3"),
        ("较差", "2"),
    ]
    first, *others = view.result.units
    barred = changed(view, units=(replace(first, grading=Grading(None)), *others))
    assert [one.text for one in notices.grades(barred)] == ["3", "0", "3", "2", "1"]


@pytest.mark.parametrize(
    ("totals", "classes"),
    [
        (
            ("90.00", "89.99", "80.00"),
            ["90–91 1", "89–90 1", *(f"{at}–{at + 1} 0" for at in range(88, 80, -1)), "80–81 1"],
        ),
        (("5", "-5", "-5.5"), ["5–6 1", *(f"{at}–{at + 1} 0" for at in range(4, -5, -1)), "-5–-4 1", "-6–-5 1"]),
        (("70", "70"), ["70–71 2"]),
        (("1000", "100"), ["1000–1100 1", *(f"{at}–{at + 100} 0" for at in range(900, 100, -100)), "100–200 1"]),
    ],
)
def test_totals_are_counted_in_classes_of_a_round_width(totals: tuple[str, ...], classes: list[str]) -> None:
    leader = rich().result.units[0]
    view = changed(rich(), units=tuple(replace(leader, total=Fraction(total)) for total in totals))
    assert [f"{one.name} {one.text}" for one in notices.bins(view)] == classes


def test_an_element_leaves_out_what_is_not_given() -> None:
    made = e("td", "甲<", None, class_="a", data_x=None, hidden=True, open=False, aria_label='"')
    assert html(made) == '<td class="a" hidden aria-label="&quot;">甲&lt;</td>'


def test_the_same_input_gives_the_same_bytes_wherever_it_is_written(tmp_path: Path) -> None:
    pages = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai")):
        out = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "dangjian_score", "score", *map(str, weighed(tmp_path)), "-q", "-o", str(out)]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}, check=True, capture_output=True)
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]
    assert "平时抽查 90 × 10% + 年终考核 91 × 90%" in pages[0].decode()
    assert result_html(rich(), unwatched) == result_html(rich(), unwatched)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["组织建设", "党员教育管理"], ["组织建设", "党员教育管理"]),
        (["党员民主评议九个字的"], ["党员民主评议九个…"]),
        (["示例镇第1网格村民委员会党支部", "示例镇第2网格村民委员会党支部"], ["示例镇第1网格村…", "示例镇第2网格村…"]),
        (["党组织建设工作考核第一项", "党组织建设工作考核第二项"], ["党组织建…核第一项", "党组织建…核第二项"]),
        (
            ["示例县示例镇机关事业甲村党支部", "示例县示例镇机关事业乙村党支部"],
            ["…关事业甲村党支部", "…关事业乙村党支部"],
        ),
    ],
)
def test_names_of_bars_are_cut_where_they_stay_apart(names: list[str], shown: list[str]) -> None:
    """There is room for nine characters, or for eight and an ellipsis."""
    drawn = html(notices.bars("分布", [notices.ChartBar(name, Fraction(1), "1") for name in names]))
    assert re.findall('<text class="name"[^>]*>([^<]*)<', drawn) == shown
    assert re.findall("<title>([^<]*)<", drawn) == [f"{name} 1" for name in names]


class Spoken(HTMLParser):
    """The texts of a page, each with the language of the innermost element that names one."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str | None, str]] = []
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = self._open[-1][1] if self._open else None
        if tag not in ("meta", "input"):
            self._open.append((tag, dict(attrs).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] not in ("script", "style"):
            self.texts.append((self._open[-1][1], data))


def test_what_is_chinese_on_an_english_page_says_so() -> None:
    texts = Spoken(written(rich(language="en"))).texts
    assert {language for language, text in texts if re.search("[\u4e00-\u9fff]", text)} == {"zh-CN"}
    assert {("zh-CN", "第三党支部"), ("en", "Ranking"), ("en", "How the total comes about")} <= {*texts}
    assert {language for language, _ in Spoken(written(rich())).texts} == {"zh-CN"}
    assert "<bdi" not in written(rich())


def test_units_drawn_by_the_script_are_marked_as_those_on_the_page() -> None:
    kinds = data_of(written(rich(language="en"), as_data=True))["kinds"]
    assert ["bdi", [["lang", "zh-CN"]]] in kinds
    assert ["h2", [["tabindex", "-1"], ["lang", "zh-CN"]]] in kinds


@pytest.mark.parametrize("text", [written(rich()), written(rich(language="en")), written(rich(public=True))])
def test_no_heading_is_empty(text: str) -> None:
    assert re.findall("<th[^>]*></th>", text) == []
