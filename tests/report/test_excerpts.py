"""A line and its caret: under the right character, never wider than the screen."""

import pytest
from rich.cells import cell_len

from dangjian_score.report.findings import excerpt, lines_of


def under(line: str, caret: str) -> str:
    """Find the character above the caret."""
    at = cell_len(caret) - 1
    return next(char for end, char in enumerate(line) if cell_len(line[:end]) >= at)


@pytest.mark.parametrize("width", [16, 40, 80])
@pytest.mark.parametrize("fill", ["a", "党", "党a"])
@pytest.mark.parametrize("at", [0, 3, 700, 1_300])
def test_a_long_line_is_cut_around_the_caret(fill: str, width: int, at: int) -> None:
    text = (fill * 1_301)[:1_301]
    line, caret = excerpt(f"{text[:at]}!{text[at + 1 :]}", at + 1, width)
    assert max(cell_len(line), cell_len(caret)) <= width
    assert under(line, caret) == "!"
    assert cell_len(line) >= width - 3  # what fits is shown
    assert line.startswith("…") == (at > 3)
    assert line.endswith("…") == (at < 1_300)


def test_a_line_that_fits_is_whole() -> None:
    assert excerpt("  标题: 三会一课  ", 7, 40) == ("  标题: 三会一课", "        ^")
    assert excerpt("", 1, 40) == ("", "^")


def test_a_caret_behind_the_end() -> None:
    assert excerpt("a: [b", 6, 40) == ("a: [b", "     ^")
    assert excerpt("a" * 50, 51, 20) == ("…" + "a" * 18, " " * 19 + "^")


def test_what_would_steer_the_terminal_is_harmless() -> None:
    line, caret = excerpt("a\t\x1b[31mb", 7, 40)
    assert (line, caret) == ("a [U+001B][31mb", "             ^")


def test_lines_are_those_of_yaml() -> None:
    assert lines_of("a\r\nb\nc\x0bd\u2028e") == ["a", "b", "c\x0bd", "e"]
