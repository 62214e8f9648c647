"""Every output of every command over one desk of files, in one process: what is printed and written, by name.

`python -m tests.outputs FOLDER ORDER` prints the hash of each; ORDER is that in which evidence is named: `forwards`,
`backwards`, or `folder` for the folder as a whole.
"""

import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Final

from dangjian_score.cli.app import main
from dangjian_score.report.findings import FINDING_FORMATS
from dangjian_score.report.formats import FORMATS, SUFFIXES
from tests.rich import EVIDENCE, RUBRIC

EVIDENCE_HERE: Final = "证据"
IMPRINT: Final = ("--issuer", "中共示例县委", "--date", "2024-12-31")
HOSTILE: Final = "<第八>&“=支部”"
"""A unit whose name looks like markup and like a formula."""
WRONG: Final = (
    "total: 10\nsections: [{id: A, title: 甲, max: 9, rules: [{deduct: 1, per: 次}, {deduct: 1, per: 次 数}]}]\n"
)
HEAD: Final = "dangjian: 1\nrubric: wrong\ntitle: 试\nsubject: 党支部\n"


def prepare(desk: Path) -> None:
    """Lay out a rubric, evidence, a roster, evidence with errors and a rubric with errors."""
    shutil.copytree(EVIDENCE, desk / EVIDENCE_HERE)
    shutil.copy(RUBRIC, desk / "r.yaml")
    rows = (desk / EVIDENCE_HERE / "汇总.csv").read_text("utf-8").splitlines()
    (desk / "u.csv").write_text("党支部\n" + "".join(f"{row.split(',')[0]}\n" for row in rows[1:]), "utf-8")
    (desk / "wrong.yaml").write_text(HEAD + WRONG, "utf-8")
    for name, column in (("x.csv", "甲乙丙"), ("y.csv", "丁戊己")):
        (desk / name).write_text("党支部,次\n" + "".join(f"{unit},也许\n" for unit in column) + "子,0\n", "utf-8")
    (desk / "s.yaml").write_text(
        HEAD.replace("wrong", "plain") + WRONG.replace("max: 9", "max: 10").replace(", {deduct: 1, per: 次 数}", ""),
        "utf-8",
    )


def commands(evidence: Sequence[str], faulty: Sequence[str]) -> dict[str, list[str]]:
    """List commands by the name of what they are to show; outputs are written to `out`."""
    files = [part for form in SUFFIXES for part in ("-o", f"out/r.{form}")]
    public = [part for form in FORMATS for part in ("-o", f"out/p.{form}")]
    tables = ["-o", "out/t.xlsx", "-o", "out/t.json"]
    scored = ["score", "r.yaml", *evidence]
    return {
        "score": [*scored, *files, "--audit", "out/audit.xlsx", "--signed", "制表=张三", "--detail", *IMPRINT],
        "feedback": [*scored, "--feedback", "out/f/", *IMPRINT],
        "posting": [*scored, "-o", "out/posting.docx", "--posting", "--posting-until", "2025-01-08", *IMPRINT],
        "public": [*scored, *public, "--public", "--feedback", "out/f.docx", *IMPRINT],
        **{f"score {form}": [*scored, "--format", form] for form in ("json", "csv", "md")},
        "problems": ["score", "s.yaml", *faulty, "--partial", "--problems", "out/problems.xlsx", "-o", "out/r.json"],
        "failing": ["score", "s.yaml", *faulty, "--format", "json"],
        "template": ["template", "r.yaml", "-o", "out/t.xlsx", "--units", "u.csv"],
        "forms": ["template", "r.yaml", "-o", "out/forms/", "--form", "--units", "u.csv"],
        "table": ["table", "r.yaml", "-o", "out/t.xlsx", "-o", "out/t.docx", "--units", "u.csv"],
        "table of a unit": ["table", "r.yaml", *evidence, "--unit", HOSTILE, "-o", "out/t.xlsx", "-o", "out/t.docx"],
        "explain": ["explain", "r.yaml"],
        "explain md": ["explain", "r.yaml", "--format", "md"],
        **{f"validate {form}": ["validate", "wrong.yaml", "--format", form] for form in ("text", *FINDING_FORMATS)},
        "compare": ["compare", "r.yaml", EVIDENCE_HERE, EVIDENCE_HERE, *tables],
        "whatif": ["whatif", "r.yaml", *evidence, *tables],
        "raters": ["raters", "r.yaml", *evidence, *tables],
        "rubrics": ["rubrics"],
        "codes": ["codes", "--format", "md"],
        "schema": ["schema"],
        "new": ["new", "x", "-o", "-"],
    }


def outputs(order: str) -> dict[str, bytes]:
    """Run everything here, and give what came of it."""
    evidence = sorted(str(path) for path in Path(EVIDENCE_HERE).iterdir())
    faulty = ["x.csv", "y.csv"]
    if order == "backwards":
        evidence, faulty = evidence[::-1], faulty[::-1]
    found: dict[str, bytes] = {}
    for name, command in commands([EVIDENCE_HERE] if order == "folder" else evidence, faulty).items():
        Path("out").mkdir()
        printed, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with redirect_stdout(printed), redirect_stderr(said):
            code = main(command, {})
        for stream, where in ((printed, "printed"), (said, "said")):
            stream.seek(0)
            found[f"{name}: {where}"] = stream.buffer.read()
        found[f"{name}: code"] = str(code).encode()
        for path in sorted(path for path in Path("out").rglob("*") if path.is_file()):
            found[f"{name}: {path}"] = path.read_bytes()
        shutil.rmtree("out")
    return found


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    hashes = {name: sha256(data).hexdigest() for name, data in outputs(sys.argv[2]).items()}
    sys.stdout.write(json.dumps(hashes))
