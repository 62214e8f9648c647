"""Plans that are carried out elsewhere: the same rows as in one process, on Spark, Dask and Ray, and what may fail."""

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from msgspec.structs import replace

import benchmarks.forty_items as regulation
from dangjian_score import (
    InputError,
    OutputError,
    ScoredUnits,
    UnfitForColumns,
    load_rubric,
    score_on_cluster,
    score_on_spark,
)
from dangjian_score.columnar import cluster
from dangjian_score.columnar.again import Source
from dangjian_score.columnar.cluster import Answer, OnCluster, Task, worker
from dangjian_score.columnar.score import score
from dangjian_score.columnar.tables import opened
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import expectations
from tests.carriers import test_columns as small
from tests.carriers.parquet import tables
from tests.carriers.spark import Work, failing_once, here, not_run, session_in
from tests.report.audits import Drawer, evidence_of
from tests.support import ROOT, run

Capture = pytest.CaptureFixture[str]
UNITS = 20_000
TARGET = "结 果.parquet"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with session_in(tmp_path_factory.mktemp("spark")) as started:
        yield started


@pytest.fixture
def on_spark(session: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have `--engine spark` use the session of the tests, and leave it running."""
    monkeypatch.setattr("dangjian_score.api.spark.started", lambda: nullcontext(session.sparkContext))
    return session


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out the rubric with registers, quotas and selections, and its five units, two a part."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster, "ROWS_OF_A_PART", 2)
    Path("r.yaml").write_text(small.RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(small.MATRIX).write_parquet("e/单位.parquet")
    pl.DataFrame(small.EVENTS).with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    return tmp_path


def parts(target: str | Path = TARGET) -> list[Path]:
    return sorted(Path(target).iterdir())


def rows(target: str | Path = TARGET) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in parts(target)])


def hidden() -> list[Path]:
    return [path for path in Path().iterdir() if path.name.startswith(".")]


def test_many_units_on_spark(on_spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster, "ROWS_OF_A_PART", 6000)
    Path("r.yaml").write_text(regulation.rubric(), "utf-8")
    regulation.write_units(Path("u.parquet"), UNITS)
    ran = run(capfd, "score", "r.yaml", "u.parquet", "-o", TARGET, "--engine", "spark")
    assert ran.code == 0, ran.err
    assert ran.err.endswith(f"已写入 {TARGET}\n1 个文件，{UNITS} 个单位，按列计分\n")
    assert run(capfd, "score", "r.yaml", "u.parquet", "-o", "c.parquet", "--engine", "columns", "-q").code == 0
    found = rows()
    assert found.equals(pl.read_parquet("c.parquet"))  # in the same order, too
    assert [path.name for path in parts()] == [f"part-0000{at}.parquet" for at in range(4)]
    assert hidden() == []
    taken = [0, 5999, 6000, 12_345, UNITS - 1]
    pl.read_parquet("u.parquet")[taken].write_parquet("some.parquet")
    assert run(capfd, "score", "r.yaml", "some.parquet", "-o", "x.parquet", "--engine", "exact", "-q").code == 0
    exact = pl.read_parquet("x.parquet").drop("rank")
    assert exact.sort("unit").equals(found[taken].drop("rank").sort("unit"))


@pytest.mark.parametrize("name", ["gongsi-dangyuan", "nongcun-kaoping", "zhibu-xize-2", "zuzhi-mubiao"])
def test_shipped_rubrics(session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    drawer = Drawer(name, Random(name))  # noqa: S311
    evidence = evidence_of(drawer.loaded, drawer.evidence(20))
    assert evidence is not None
    evidence = replace(evidence, units=tuple(replace(unit, rulings=()) for unit in evidence.units))
    program = compile_rubric(drawer.loaded.rubric)
    known = catalogue(program)
    expected = expectations(drawer.loaded.rubric, known)
    found = opened(tables(tmp_path, evidence, known, expected.unit_names[0]), expected)
    monkeypatch.setattr(cluster, "ROWS_OF_A_PART", 8)
    context = session.sparkContext
    runner = OnCluster(
        lambda work, tasks: context.parallelize(tasks, len(tasks)).map(work).collect(),
        tmp_path,
        [table.path for table in found.all],
    )
    source = Source(program, known, expected, found)
    done, one = score(source, tmp_path / "spark", runner), score(source, tmp_path / "one")
    assert (done.places.count, done.near) == (one.places.count, one.near)
    assert rows(tmp_path / "spark").equals(pl.read_parquet(tmp_path / "one"))


@pytest.mark.parametrize(
    "rule",
    [
        "{award: 40, ratio: 完成数, of: 任务数}",
        *(f"{{award: 40, ratio: 完成数, of: {{{which}: 完成数}}}}" for which in ("best", "mean", "median")),
        "{award: {1: 40, 2: 30, 4: 10}, rank: 完成数, else: 0}",
    ],
)
def test_registers_quotas_and_comparisons(on_spark: Any, desk: Path, capfd: Capture, rule: str) -> None:
    lines = [
        f"  - {{id: C, title: 完成, max: 40, rules: [{rule}]}}" if "id: C," in line else line
        for line in small.RUBRIC.splitlines()
    ]
    Path("r.yaml").write_text("\n".join([*lines, ""]), "utf-8")
    assert run(capfd, "score", "r.yaml", "e", "-o", TARGET, "--engine", "spark", "-q").code == 0
    assert run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact", "-q").code == 0
    assert rows().sort("unit").equals(pl.read_parquet("x.parquet").sort("unit"))
    assert len(parts()) == 3


def test_a_task_that_is_lost_leaves_no_row_twice(session: Any, desk: Path) -> None:
    (desk / "marks").mkdir()
    done = score_on_cluster(load_rubric("r.yaml"), "e", TARGET, failing_once(session.sparkContext, desk / "marks"))
    assert done == ScoredUnits(2, 5, 0, ())
    assert len([*Path("marks").iterdir()]) == 3
    assert rows()["unit"].to_list() == small.MATRIX["党支部"]
    assert hidden() == []


def test_data_frames_of_spark(session: Any, desk: Path) -> None:
    frames = {name: session.read.parquet(f"file://{desk}/e/{name}.parquet") for name in ("单位", "台账")}
    done = score_on_spark(load_rubric("r.yaml"), {**frames, "单位": frames["单位"].repartition(2)}, TARGET)
    assert (done.units, hidden()) == (5, [])
    score_on_cluster(load_rubric("r.yaml"), "e", "one.parquet", here)
    assert rows().sort("unit").equals(rows("one.parquet").sort("unit"))
    empty = frames["单位"].limit(0)
    with pytest.raises(InputError) as raised:
        score_on_spark(load_rubric("r.yaml"), {"单位": empty, "台账": frames["台账"]}, "none.parquet")
    assert "none.parquet" not in str(raised.value)


def test_the_page_shows_how_data_frames_are_scored(session: Any, desk: Path, capfd: Capture) -> None:
    Path("r.yaml").rename("细则.yaml")
    tables = {f"党建.{name}": session.read.parquet(f"file://{desk}/e/{name}.parquet") for name in ("单位", "台账")}
    (shown,) = re.findall(r"```python spark\n(.*?)```", PAGE, re.DOTALL)
    exec(shown.replace("/共享", str(desk)), {"spark": SimpleNamespace(table=tables.__getitem__)})  # noqa: S102
    assert (capfd.readouterr().out, len(rows("结果.parquet"))) == ("5\n", 5)


def test_a_program_that_starts_spark_itself(session: Any, desk: Path) -> None:
    """The settings come from the environment; the Python of the workers is this one."""
    settings = "--master local[1] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1"
    more = f"--conf spark.driver.bindAddress=127.0.0.1 --conf spark.local.dir={desk}/local pyspark-shell"
    ran = subprocess.run(
        [sys.executable, "-m", "dangjian_score", "score", "r.yaml", "e", "-o", TARGET, "--engine", "spark"],
        env={**_environment(), "PYSPARK_SUBMIT_ARGS": f"{settings} {more}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.endswith("2 个文件，5 个单位，按列计分\n")
    assert rows().height == 5


def _environment() -> Mapping[str, str]:
    import os

    left_out = ("PYSPARK_PYTHON", "PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def test_a_job_of_spark_that_fails(on_spark: Any, desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    def broken() -> Work:
        def work(task: Task) -> Answer:
            raise MemoryError

        return work

    monkeypatch.setattr(cluster, "worker", broken)
    ran = run(capfd, "score", "r.yaml", "e", "-o", TARGET, "--engine", "spark")
    assert (ran.code, Path(TARGET).exists(), hidden()) == (3, False, [])
    assert f"E040 错误: 写不了文件 {TARGET}：Spark 没有启动，或者作业没有完成，原因见上面 Spark 的日志" in ran.err


def test_files_that_cannot_be_read(on_spark: Any, desk: Path, capfd: Capture) -> None:
    Path("半.parquet").write_bytes(Path("e/单位.parquet").read_bytes()[:100])
    Path("空.parquet").touch()
    for engine in ("spark", "columns"):
        ran = run(capfd, "score", "r.yaml", "无.parquet", "半.parquet", "空.parquet", "-o", TARGET, "--engine", engine)
        assert (ran.code, Path(TARGET).exists(), hidden()) == (3, False, [])
        assert "无.parquet: E001 错误: 读不了这个文件：找不到文件，请核对路径" in ran.err
        assert "/无.parquet" not in ran.err
        assert "半.parquet: E028 错误: 不是 Parquet 文件，或已损坏；请重新导出" in ran.err
        assert "空.parquet: E028 错误: 文件是空的" in ran.err


def test_rows_with_errors_are_told_as_ever(on_spark: Any, desk: Path, capfd: Capture) -> None:
    pl.DataFrame({**small.MATRIX, "完成数": [3, None, 5, 0, None]}).write_parquet("e/单位.parquet")
    ran, one = (run(capfd, "score", "r.yaml", "e", "-o", TARGET, "--engine", which) for which in ("spark", "columns"))
    assert (ran.code, Path(TARGET).exists(), hidden()) == (3, False, [])
    assert "单位.parquet!D3: E021 错误: “乙支部”缺“完成数”的值" in ran.err
    assert ran.err.endswith(one.err)


def test_what_columns_cannot_hold_is_not_scored(on_spark: Any, desk: Path, capfd: Capture) -> None:
    ruling = {"党支部": ["丁支部"], "指标": ["B"], "调整分": [3], "理由": ["复核"], "批准人": ["考核组"]}
    pl.DataFrame(ruling).write_parquet("e/核定调整.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", TARGET, "--engine", "spark")
    assert (ran.code, hidden()) == (2, [])
    assert "（核定调整.parquet）；请不用 --engine spark，改用 --engine exact 逐单位计分" in ran.err
    with pytest.raises(UnfitForColumns) as unfit:
        score_on_cluster(load_rubric("r.yaml"), "e", TARGET, here)
    assert (unfit.value.reason, unfit.value.about) == ("other tables", "核定调整.parquet")
    Path("e/x.csv").write_text("党支部,完成数\n", "utf-8")
    with pytest.raises(UnfitForColumns, match="parquet alone"):
        score_on_cluster(load_rubric("r.yaml"), "e", TARGET, here)
    with pytest.raises(InputError, match="E001"):
        score_on_cluster(load_rubric("r.yaml"), "", TARGET, here)


def test_spark_is_asked_for_alone(desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    for more in (("-o", "c.xlsx"), (), ("-o", TARGET, "-o", "c.parquet"), ("-o", TARGET, "--unit", "甲支部")):
        ran = run(capfd, "score", "r.yaml", "e", "--engine", "spark", *more)
        assert (ran.code, "--engine spark 只读 .parquet" in ran.err) == (2, True)
    asked = ("score", "r.yaml", "e", "--engine", "spark", "-o", TARGET)
    monkeypatch.setattr("dangjian_score.api.spark.find_spec", lambda _: True)
    monkeypatch.setenv("JAVA_HOME", str(desk))
    ran = run(capfd, *asked)
    assert (ran.code, "要用 Java 17 或更新的版本" in ran.err) == (2, True)
    monkeypatch.setattr("dangjian_score.api.spark.find_spec", lambda _: None)
    ran = run(capfd, *asked)
    assert (ran.code, "pip install 'dangjian-score[spark]'" in ran.err) == (2, True)


def changed(**values: object) -> Any:
    """Return a cluster that has something else than what tasks ask for."""
    return lambda work, tasks: [work({**task, **values}) for task in tasks]


def without_polars(work: Work, tasks: Sequence[Task]) -> list[Answer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "polars", None)
        return here(work, tasks)


def test_workers_that_lack_something(desk: Path) -> None:
    for spread, told in (
        (without_polars, "没有装 Polars"),
        (changed(polars=("0.0", 0)), "和这里的版本不同"),
        (lambda work, tasks: [work(task | {"folder": task["folder"] and "/no"}) for task in tasks], "不能写"),
    ):
        with pytest.raises(OutputError, match=told):
            score_on_cluster(load_rubric("r.yaml"), "e", TARGET, spread)
    with pytest.raises(InputError, match=r"^单位\.parquet: E001.*看不到这个文件"):
        score_on_cluster(load_rubric("r.yaml"), "e", TARGET, changed(files={str(desk / "e/单位.parquet"): 1}))
    with pytest.raises(InputError, match=f"^{desk}/e/没有.parquet: E001.*看不到这个文件"):
        score_on_cluster(load_rubric("r.yaml"), "e", TARGET, changed(files={str(desk / "e/没有.parquet"): 1}))
    assert (Path(TARGET).exists(), hidden()) == (False, [])


def test_the_result_of_an_earlier_run_is_replaced(desk: Path) -> None:
    regulation_, elsewhere = load_rubric("r.yaml"), Path("no") / TARGET
    pl.DataFrame({"a": [1]}).write_parquet(TARGET)
    for _ in range(2):  # a file, then a folder
        score_on_cluster(regulation_, "e", TARGET, here)
        Path(TARGET, "_SUCCESS").touch()
    assert len(parts()) == 4
    Path(TARGET, "日记.txt").touch()
    with pytest.raises(OutputError, match="不是结果的文件"):
        score_on_cluster(regulation_, "e", TARGET, here)
    with pytest.raises(OutputError, match="所在的文件夹不存在"):
        score_on_cluster(regulation_, "e", elsewhere, here)
    assert (len(parts()), hidden()) == (5, [])


def test_the_old_result_stays_where_the_new_one_cannot_be_put(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    score_on_cluster(load_rubric("r.yaml"), "e", TARGET, here)
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path.name == "result":
            raise PermissionError(13, "no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OutputError, match="没有权限"):
        score_on_cluster(load_rubric("r.yaml"), "e", TARGET, here)
    assert (len(parts()), hidden()) == (3, [])


def test_the_result_among_the_evidence_is_passed_over(desk: Path) -> None:
    score_on_cluster(load_rubric("r.yaml"), "e", f"e/{TARGET}", here)
    done = score_on_cluster(load_rubric("r.yaml"), "e", f"e/{TARGET}", here)
    assert (done.files, {finding.code for finding in done.findings}) == (2, {"N015"})


def test_parts_of_many_files(desk: Path) -> None:
    Path("e/单位.parquet").unlink()
    units = pl.DataFrame(small.MATRIX)
    for at, (start, count) in enumerate(((0, 1), (1, 0), (1, 3), (4, 1))):
        units[start : start + count].write_parquet(f"e/单位{at}.parquet")
    score_on_cluster(load_rubric("r.yaml"), "e", TARGET, here)
    assert [pl.read_parquet(path).height for path in parts()] == [2, 2, 1]
    assert rows()["unit"].to_list() == small.MATRIX["党支部"]


def test_rounds_are_scored_in_one_part(desk: Path) -> None:
    Path("r.yaml").write_text(small.ROUNDS, "utf-8")
    Path("u.parquet").unlink(missing_ok=True)
    pl.DataFrame(small.OF_ROUNDS).write_parquet("u.parquet")
    score_on_cluster(load_rubric("r.yaml"), "u.parquet", TARGET, here)
    assert (len(parts()), rows().height) == (1, 2)


def test_units_near_a_boundary_are_scored_again(
    on_spark: Any, desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.setattr(cluster, "ROWS_OF_A_PART", 100)
    Path("r.yaml").write_text(small.UNROUNDED, "utf-8")
    small.near_units()[1].write_parquet("u.parquet")
    ran, one = (
        run(capfd, "score", "r.yaml", "u.parquet", "-o", target, "--engine", engine)
        for target, engine in ((TARGET, "spark"), ("one.parquet", "columns"))
    )
    assert (ran.code, one.code, len(parts())) == (0, 0, 3)
    assert "20 个单位有分数正在取舍的界线上" in ran.err
    assert rows().equals(pl.read_parquet("one.parquet"))


def test_workers_need_polars_alone(desk: Path) -> None:
    """What is sent is read where this package cannot be imported, with one thread unless settings say otherwise."""
    cloudpickle = pytest.importorskip("cloudpickle", reason="cloudpickle is not installed: nothing is sent")
    sent: list[bytes] = []

    def spread(work: Work, tasks: Sequence[Task]) -> list[Answer]:
        sent.append(cloudpickle.dumps((work, tasks[0])))
        return here(work, tasks)

    score_on_cluster(load_rubric("r.yaml"), "e", TARGET, spread)
    code = (
        "import pickle, sys; sys.modules['dangjian_score'] = None\n"
        "work, task = pickle.load(sys.stdin.buffer)\n"
        "assert work({**task, 'files': {}})[0] == 'rows'\n"
        "import polars; print(polars.thread_pool_size())"
    )
    environment = {name: value for name, value in _environment().items() if name != "POLARS_MAX_THREADS"}
    for threads, more in ((1, {}), (2, {"POLARS_MAX_THREADS": "2"})):
        ran = subprocess.run(
            [sys.executable, "-c", code], input=sent[0], env={**environment, **more}, capture_output=True, check=False
        )
        assert (ran.returncode, ran.stdout.split()) == (0, [str(threads).encode()]), ran.stderr
    assert isinstance(pickle.loads(cloudpickle.dumps(worker())), type(worker()))  # noqa: S301


PAGE = (ROOT / "docs" / "scale.md").read_text("utf-8")


@pytest.mark.parametrize("library", ["dask", "ray"])
def test_the_page_shows_how_other_clusters_do_it(desk: Path, library: str) -> None:
    if find_spec(library) is None:
        not_run(f"{library} is not installed: what docs/scale.md says of it is NOT run")
    (shown,) = re.findall(rf"```python {library}\n(.*?)```", PAGE, re.DOTALL)
    Path("细则.yaml").write_text(small.RUBRIC, "utf-8")
    Path("e").rename("数据")
    settings = {"dask": "import dask; dask.config.set(scheduler='processes', num_workers=2)", "ray": ""}[library]
    Path("run.py").write_text(f"if __name__ == '__main__':\n    {settings or 'pass'}\n" + _indented(shown), "utf-8")
    ran = subprocess.run([sys.executable, "run.py"], env=_environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert [pl.read_parquet(path).height for path in parts("结果.parquet")] == [5]
    score_on_cluster(load_rubric("r.yaml"), "数据", "x.parquet", here)
    assert rows("结果.parquet").equals(rows("x.parquet"))


def _indented(text: str) -> str:
    return "".join(f"    {line}" for line in text.splitlines(keepends=True))
