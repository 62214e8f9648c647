"""Score the three rubrics of 下级 and write their results beside the evidence: the same bytes whenever it is run."""

from pathlib import Path

from dangjian_score import load_rubric, read_evidence, score, write

HERE = Path(__file__).parent
EVIDENCE = HERE / "证据"
BELOW = HERE / "下级"


def main() -> None:
    """Write 党建.json, 业务.json and 测评.json."""
    for name, rubric, evidence in (
        ("党建", "jiguan-xize-1", HERE.parent / "jiguan-2024" / "证据"),
        ("业务", BELOW / "yewu.yaml", BELOW / "业务.csv"),
        ("测评", BELOW / "ceping.yaml", BELOW / "测评票.csv"),
    ):
        loaded = load_rubric(rubric)
        rosters = [BELOW / "名册.csv"] if name == "测评" else []
        write(score(loaded, read_evidence(loaded, evidence, rosters=rosters)), EVIDENCE / f"{name}.json")


if __name__ == "__main__":
    main()
