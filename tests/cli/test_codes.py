"""The book of codes at the command line: a table of all, a page a code, and the whole as Markdown."""

import re

import pytest
from rich.cells import cell_len

from dangjian_score.core.diagnostics import Code
from dangjian_score.words.say import LANGUAGES, Language, explained, load_words, order
from tests.support import run
from tests.terminal import in_terminal

Capture = pytest.CaptureFixture[str]

E014 = """E014 错误
编号“…”是本工具的诊断代码，请换一个
为什么  得分明细里有编号，诊断里有代码。两样长得一样，看的人会把扣分的指标当成出错的代码。
怎样改  换一个编号，如 A1、A101 或 3.2；哪些是诊断代码，见 dangjian codes。
改前
    sections:
      - id: E021
        title: 党费收缴
        max: 5
        rules: [{deduct: 1, per: 迟交次数}]
改后
    sections:
      - id: A1
        title: 党费收缴
        max: 5
        rules: [{deduct: 1, per: 迟交次数}]
"""


@pytest.mark.parametrize("name", ["E014", "e014"])
def test_all_that_is_said_of_a_code(capfd: Capture, name: str) -> None:
    ran = run(capfd, "codes", name)
    assert (ran.code, ran.out, ran.err) == (0, E014, "")


def test_several_codes_each_once_as_they_are_asked_for(capfd: Capture) -> None:
    shown = run(capfd, "codes", "W001", "e018", "E014", "E018").out
    assert re.findall(r"^[EWN]\d{3} .*", shown, re.MULTILINE) == ["W001 警告", "E018 错误", "E014 错误"]
    assert "\n\nE018 错误\n为什么  满分" in shown  # its sentence is nothing but a value
    assert shown.endswith(f"\n\n{E014}")


def test_english(capfd: Capture) -> None:
    shown = run(capfd, "codes", "e014", "--lang", "en").out.splitlines()
    assert shown[:2] == [
        "E014 error",
        "the id “…” is one of the codes of this tool's findings; choose another",
    ]
    assert shown[3] == "How to mend  Choose another id, as A1, A101 or 3.2; dangjian codes lists the codes."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["E014", "W14"], "没有代码“W14”，是不是 W014？\n"),
        (["xyz"], "没有代码“xyz”\n"),
        (["xyz", "--lang", "en"], "there is no code “xyz”\n"),
        (["--format", "json"], "--format 的值“json”不对，应为：table, md\n"),
    ],
)
def test_what_there_is_not(capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "codes", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_for_each_code_in_three_groups(capfd: Capture, language: Language) -> None:
    shown = run(capfd, "codes", "--lang", language).out
    groups = [re.findall(r"^([EWN]\d{3})  (\S+) *(.*)$", part, re.MULTILINE) for part in shown.split("\n\n")]
    codes = sorted(Code, key=order)
    words = load_words(language)
    severities = [words.text(name) for name in ("error", "warning", "note")]
    assert [sorted({severity for _, severity, _ in group}) for group in groups] == [[one] for one in severities]
    assert [(code, text) for group in groups for code, _, text in group] == [
        (str(code), explained(code, language).short) for code in codes
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("codes", [[], [*Code]])
def test_it_fits_a_screen(codes: list[str], language: Language) -> None:
    shown = in_terminal("codes", *codes, columns=80, DANGJIAN_LANG=language).splitlines()
    assert max(map(cell_len, shown)) <= 80
    assert {line[:4] for line in shown if re.match(r"[EWN]\d{3} ", line)} == set(map(str, Code))


def test_markdown_of_some(capfd: Capture) -> None:
    page = run(capfd, "codes", "E061", "--format", "md").out
    assert "| [E061](#e061) | 错误 | 百分数之间要用 every 写明每几个百分点算一次，如 every: 1% |" in page
    assert page.count("\n## ") == 1
    assert "\n## E061\n\n**错误** 百分数之间要用 every" in page
    assert f"\n改前\n\n```yaml\n{explained(Code('E061'), 'zh').before}```\n\n改后\n\n```yaml\n" in page
