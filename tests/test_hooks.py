"""What other repositories get by pre-commit: a real command, run on rubrics and on nothing else."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from dangjian_score.cli.app import COMMANDS
from tests.support import ROOT

HOOKS: Sequence[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_entry_is_a_command_of_ours(hook: dict[str, Any]) -> None:
    program, command, *options = hook["entry"].split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert program in project["scripts"]
    assert command in {*COMMANDS}
    assert options == ["--skip-others"]
    assert (hook["language"], hook["types"]) == ("python", ["yaml"])


@pytest.mark.parametrize(
    ("path", "checked"),
    [
        ("rubrics/zhibu-2024.yaml", True),
        ("rubrics/zhibu-2024.yml", True),
        ("考核/细则/党支部.yaml", True),
        ("rubrics/2025/街道/党支部.yaml", True),
        ("rubrics/2025/党支部.YAML", True),
        ("rubrics/2025/党支部.cases.yml", False),
        ("rubrics/.old/党支部.yaml", False),
        ("rubrics/.党支部.yaml", False),
        ("rubrics/zhibu-2024.cases.yaml", False),
        ("rubrics/rubric.schema.json", False),
        ("ci/workflow.yaml", False),
        ("myrubrics/x.yaml", False),
    ],
)
def test_which_files_are_checked(path: str, checked: bool) -> None:
    (hook,) = HOOKS
    assert (re.search(hook["files"], path) is not None and re.search(hook["exclude"], path) is None) == checked
