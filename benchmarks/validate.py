"""What checking a rubric costs beside the two libraries it stands on, and what files made to harm cost at all.

500 items are checked (text to findings) beside composing the same text with libyaml and validating the same data with
pydantic, which is the least that any tool of this kind must do.
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import process_time

import yaml

from dangjian_score.checks.gate import validate
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.rubric.model import Rubric

ITEMS = 500
RULES = (
    "{{deduct: 0.5, per_missing: 次数{0}, of: 4}}",
    "{{deduct: 1, each_missing: [计划{0}, 总结{0}, 台账{0}]}}",
    "{{deduct: {{1: 0.5, 2: 1, 3: all}}, at_least: 缺席{0}}}",
    "{{deduct: {{警告: 1, 撤职: 2}}, by: 处分{0}}}",
    "{{deduct: 1, if: {{all: [{{比例{0}: {{below: 80%}}}}, {{not: 说明{0}}}]}}}}",
)


def rubric() -> str:
    """Write a rubric of ten sections with fifty items each, of five kinds of rules."""
    lines = ["dangjian: 1", "rubric: bench", "title: 五百项", "rounding: {places: 2}"]
    lines += [f"total: {ITEMS * 2}", "sections:"]
    for at in range(ITEMS):
        if at % 50 == 0:
            lines += [f"  - id: S{at // 50}x", f"    title: 第{at // 50}类", "    max: 100", "    items:"]
        lines += [
            f"      - id: S{at // 50}x-{at}",
            f"        title: 第{at}项",
            "        max: 2",
            f"        criterion: 按要求开展第{at}项工作，资料齐全。",
            f"        source: {{clause: 第{at + 1}条}}",
            f"        rules: [{RULES[at % len(RULES)].format(at)}]",
        ]
    return "\n".join(lines) + "\n"


def cpu(of: Callable[[], object]) -> float:
    """Seconds of CPU of one call."""
    start = process_time()
    of()
    return process_time() - start


def main() -> None:
    """Measure in turn, so that a busy machine slows all alike."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15, help="runs of each (default: 15)")
    runs: int = options.parse_args().runs
    data = rubric().encode()
    loaded = load(data, "bench.yaml")
    assert isinstance(loaded, Loaded), loaded
    whole: list[float] = []
    least: list[float] = []
    reading: list[float] = []
    for _ in range(runs + 1):  # the first warms up
        whole.append(cpu(lambda: validate(data, "bench.yaml")))
        composed = cpu(lambda: yaml.compose(data, Loader=yaml.CSafeLoader))
        least.append(composed + cpu(lambda: Rubric.model_validate(loaded.document.data)))
        reading.append(cpu(lambda: load(data, "bench.yaml")))
    shown = {"validate": whole, "load": reading, "libyaml compose + pydantic": least}
    for name, times in shown.items():
        print(f"{name:>28}{median(times[1:]) * 1000:>9.1f} ms{median(times[1:]) / median(least[1:]):>7.2f}")


if __name__ == "__main__":
    main()
