"""The page of very many units: what it costs to write, and how it answers in Chromium, which has to be installed."""

import argparse
import csv
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from dangjian_score.core.watching import unwatched
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.report.formats import reporter
from dangjian_score.report.view import ResultView, view_of
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.words.say import load_words

ITEMS: Final = 60
SECTIONS: Final = 10
GRADES: Final = "grades: {优秀: 90, 良好: 80, 一般: 70, 较差: 0}\nattributes: [类型]\n"
SELECTION: Final = "selections:\n  - {title: 先进, at_least: 85, quota: 30%}\n"
PAINTED: Final = """
(act) => new Promise((done) => {
  const start = performance.now();
  eval(act);
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})
"""
"""What is done now is on the screen when the task after the next frame runs."""


def rubric() -> str:
    """Write a rubric of sixty items in ten sections."""
    each = ITEMS // SECTIONS
    text = f"dangjian: 1\nrubric: sixty\ntitle: 六十项\nsubject: 党支部\ntotal: {ITEMS * 2}\n{GRADES}sections:\n"
    for section in range(SECTIONS):
        text += f"  - title: 类别{section + 1}\n    max: {each * 2}\n    items:\n"
        for n in range(section * each + 1, section * each + each + 1):
            rule = f"deduct: 0.5, per_missing: 会议次数{n}, of: 4"
            text += f"      - {{title: 考核项目{n}, max: 2, source: {{clause: 第{n}条}}, rules: [{{{rule}}}]}}\n"
    return text + SELECTION


def scored(units: int) -> ResultView:
    """Score units that lose something at about every fifth item."""
    loaded = load(rubric().encode(), "sixty.yaml")
    assert isinstance(loaded, Loaded), loaded
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["党支部", "类型", *(f"会议次数{n}" for n in range(1, ITEMS + 1))])
    for unit in range(1, units + 1):
        met = (4 - (unit * n + unit // 7) % 4 if (unit + n * n) % 5 == 0 else 4 for n in range(1, ITEMS + 1))
        writer.writerow([f"第{unit}党支部", "机关村企业"[unit % 2 * 2 :][:2], *met])
    program = compile_rubric(loaded.rubric)
    evidence, _ = read_evidence({"汇总.csv": text.getvalue().encode()}, loaded.rubric, catalogue(program))
    return view_of(score(program, evidence), loaded.source, (), load_words("zh"))


def written(view: ResultView, form: str) -> tuple[float, bytes]:
    """Write a format, and give the CPU seconds it took."""
    start = process_time()
    out = reporter(form)(view, unwatched)
    return process_time() - start, out


def answers(page: Page, path: Path) -> Iterator[tuple[str, float]]:
    """Measure what a reader does, in milliseconds until it is painted."""

    def took(act: str) -> float:
        milliseconds: Any = page.evaluate(PAINTED, act)
        return float(milliseconds)

    start = perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector("#controls:not([hidden])")
    took("")
    yield "load", (perf_counter() - start) * 1000
    typed = "const s = document.getElementById('search'); s.value = '{0}'; s.dispatchEvent(new Event('input'))"
    searched = ("第1", "第12", "第123", "第123党", "党", "支部", "9", "99", "没有", "")
    yield "keystroke, worst of 10", max(took(typed.format(text)) for text in searched)
    chosen = (
        "const s = document.querySelectorAll('select')[1]; s.selectedIndex = {0}; s.dispatchEvent(new Event('change'))"
    )
    yield "filter, worst of 5", max(took(chosen.format(at)) for at in (1, 2, 3, 4, 0))
    sort = "document.querySelectorAll('#ranked thead button')[{0}].click()"
    yield "sort, worst of 4", max(took(sort.format(at)) for at in (5, 5, 1, 0))
    yield "first unit", took("location.hash = 'u1'")
    yield "next unit", took("location.hash = 'u4321'")


def browsed(path: Path, runs: int) -> dict[str, float]:
    """Give the medians of several readers."""
    taken: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(runs):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            for name, milliseconds in answers(page, path):
                taken.setdefault(name, []).append(milliseconds)
            page.close()
        browser.close()
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=5_000, help="units (default: 5000)")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    view = scored(given.units)
    written(view, "html")
    pairs = [(written(view, "json"), written(view, "html")) for _ in range(given.runs)]
    json_, html = (median(pair[at][0] for pair in pairs) for at in (0, 1))
    sizes = [len(one[1]) / 1e6 for one in pairs[0]]
    print(f".json {json_:.2f} s {sizes[0]:.1f} MB\n.html {html:.2f} s {sizes[1]:.1f} MB\nratio {html / json_:.2f}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(pairs[0][1][1])
        for name, milliseconds in browsed(path, given.runs).items():
            print(f"{name:<24}{milliseconds:>8.0f} ms")


if __name__ == "__main__":
    main()
