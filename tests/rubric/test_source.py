"""YAML text → strings, lists and mappings with places: nothing is decided silently, nothing goes beyond the limits."""

import pytest

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.reading import read
from dangjian_score.rubric.source import Comment, Data, SourceTree, Spot


def document(text: str) -> SourceTree:
    read_, found = read(text.encode(), "r.yaml")
    assert read_ is not None
    assert found == ()
    return read_


def refused(data: bytes) -> tuple[str, int | None, int | None, dict[str, str]]:
    _, (found,) = read(data, "r.yaml")
    assert (found.place.file, found.order) == ("r.yaml", (found.place.line, found.place.column))
    return str(found.code), found.place.line, found.place.column, dict(found.args)


@pytest.mark.parametrize(
    "text",
    ["3.10", "012", "1_000", "1e3", "12:30", ".inf", "no", "yes", "on", "true", "2024-03-05", "0x1F", "=",
     "0o7", "1/3", "80%"],
)  # fmt: skip
def test_a_scalar_is_the_text_that_stands_there(text: str) -> None:
    assert document(f"a: {text}\n").data == {"a": text}
    assert document(f"{text}: a\n").data == {text: "a"}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 'it''s'", {"a": "it's"}),
        ('a: "b\\n\\u4e2d"', {"a": "b\n中"}),
        ("a: >-\n  b\n  c", {"a": "b c"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("[a, {b: c}]", ["a", {"b": "c"}]),
        ("a: []\nb: {}", {"a": [], "b": {}}),
        ("--- # one document\na: b\n...\n", {"a": "b"}),
        ("\ufeffa: b", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a", "a"),
    ],
)
def test_plain_yaml_is_read(text: str, data: Data) -> None:
    assert document(text).data == data


def test_every_node_and_key_has_its_place() -> None:
    found = document("甲: 乙\nitems:\n  - id: A1\n  - {max: 5}\n")
    assert found.keys == {
        ("甲",): Spot(1, 1),
        ("items",): Spot(2, 1),
        ("items", 0, "id"): Spot(3, 5),
        ("items", 1, "max"): Spot(4, 6),
    }
    assert found.values == {
        (): Spot(1, 1),
        ("甲",): Spot(1, 4),
        ("items",): Spot(3, 3),
        ("items", 0): Spot(3, 5),
        ("items", 0, "id"): Spot(3, 9),
        ("items", 1): Spot(4, 5),
        ("items", 1, "max"): Spot(4, 11),
    }


def test_a_finding_falls_back_to_the_nearest_node_that_stands_in_the_text() -> None:
    found = document("a:\n  b: c\n")

    def place(*path: str | int, at_key: bool = False) -> str:
        return str((found.at_key if at_key else found.diagnostic)(Code.KEY_MISSING, path).place)

    assert place("a", "b") == "r.yaml:2:6"
    assert place("a", "b", at_key=True) == "r.yaml:2:3"
    assert place("a", "x", at_key=True) == "r.yaml:2:3"
    assert place("x", 0, "y") == "r.yaml:1:1"


@pytest.mark.parametrize(
    ("text", "line", "column", "feature"),
    [
        ("a: &x b", 1, 4, "anchor"),
        ("a: &x [b]", 1, 4, "anchor"),
        ("&x a: b", 1, 1, "anchor"),
        ("a: b\nc: *x", 2, 4, "alias"),
        ("*x : b", 1, 1, "alias"),
        ("a: !x b", 1, 4, "tag"),
        ("a: !!str b", 1, 4, "tag"),
        ("a: ! b", 1, 4, "tag"),
        ("!!map {a: b}", 1, 1, "tag"),
        ("a:\n  <<: {b: c}", 2, 3, "merge key"),
        ("? [a]\n: b", 1, 3, "key that is no text"),
        ("{a: b}: c", 1, 1, "key that is no text"),
        ("a: b\n---\nc: d", 2, 1, "second document"),
    ],
)
def test_features_that_surprise_are_refused(text: str, line: int, column: int, feature: str) -> None:
    assert refused(text.encode()) == ("E004", line, column, {"feature": feature})


@pytest.mark.parametrize(
    ("text", "line", "column", "named"),
    [
        ("a: b\nc:\nd: e", 2, 3, {"key": "c"}),
        ("{a: , b: c}", 1, 5, {"key": "a"}),
        ("a: ''", 1, 4, {"key": "a"}),
        ("a: '  '", 1, 4, {"key": "a"}),
        ("a: |\n\nb: c", 1, 4, {"key": "a"}),
        ("- a\n-\n", 2, 2, {"number": "2"}),
        ("''", 1, 1, {"key": ""}),
        ("---\n", 2, 1, {"key": ""}),
        ("a: {'': b}", 1, 5, {"key": ""}),
    ],
)
def test_empty_values_are_refused(text: str, line: int, column: int, named: dict[str, str]) -> None:
    assert refused(text.encode()) == ("E007", line, column, named)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(
            ("a", "a"),
            ("A  B", "A B"),
            ("AB", "ＡＢ"),
            ("a", "A"),
            ("（一）", "(一)"),
            ("'a '", "a"),
            ("90%", "0.9"),
            ("90%", "９０％"),
        ),
        *(("1", "1.0"), ("1/2", "0.5"), ("50%", "1/2"), ("-1", "-1.00")),
    ],
)
def test_a_key_given_twice_is_refused_however_it_is_written(first: str, second: str) -> None:
    shown = second.strip("'")
    assert refused(f"x: y\n{first}: 1\n{second}: 2".encode()) == ("E006", 3, 1, {"key": shown, "line": "2"})


@pytest.mark.parametrize(("first", "second"), [("A B", "AB"), ("1", "01"), ("9%", "9"), ("1", "1e0"), ("a1", "a2")])
def test_keys_that_differ_are_two(first: str, second: str) -> None:
    assert document(f"{first}: x\n{second}: y").data == {first: "x", second: "y"}


def test_one_key_may_stand_in_several_mappings() -> None:
    assert document("a: {a: {a: b}}").data == {"a": {"a": {"a": "b"}}}


def test_the_limit_of_bytes() -> None:
    assert document("a: b\n#".ljust(limits.MAX_RUBRIC, "x")).data == {"a": "b"}
    assert refused(b"a: b\n#".ljust(limits.MAX_RUBRIC + 1, b"x")) == (
        "E005",
        1,
        1,
        {"limit": "bytes", "most": "1000000"},
    )


def test_the_limit_of_levels() -> None:
    at_most = "[" * limits.MAX_YAML_DEPTH + "x" + "]" * limits.MAX_YAML_DEPTH
    assert document(at_most).values[(0,) * limits.MAX_YAML_DEPTH] == Spot(1, limits.MAX_YAML_DEPTH + 1)
    assert refused(f"[{at_most}]".encode()) == ("E005", 1, limits.MAX_YAML_DEPTH + 2, {"limit": "levels", "most": "32"})


def test_the_limit_of_nodes() -> None:
    members = limits.MAX_YAML_NODES - 1  # the list is one itself
    data = document(f"[{'a,' * members}]").data
    assert len(data) == members
    assert refused(f"[{'a,' * limits.MAX_YAML_NODES}]".encode())[0] == "E005"


@pytest.mark.parametrize(
    ("data", "line", "column", "encoding"),
    [
        ("a: b\nc: 试".encode("gbk"), 2, 4, "GBK"),
        ("甲: b\n乙: ".encode() + b"\xff\xff", 2, 4, ""),
        ("a: b".encode("utf-16-le"), 1, 1, "UTF-16"),
        (b"\xff\xfea\x00", 1, 1, "UTF-16"),
        (b"\xfe\xff\x00a", 1, 1, "UTF-16"),
    ],
)
def test_bytes_that_are_not_utf8(data: bytes, line: int, column: int, encoding: str) -> None:
    assert refused(data) == ("E002", line, column, {"encoding": encoding})


def test_an_office_file_is_called_by_its_name() -> None:
    assert refused(b"PK\x03\x04\x14\x00") == ("E058", 1, 1, {"found": "xlsx"})
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1") == ("E058", 1, 1, {"found": "xls file"})


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("a: b\n\tc: d", 2, 1, "tab"),
        ("a: [b\n", 1, 6, ""),  # what is open is missed at the end of the text
        ("a: 'b", 1, 6, ""),
        ("a: b: c", 1, 5, ""),
        ("a: @b", 1, 4, ""),
        ("a: b\nc: \x01", 2, 4, "control"),
        ("a: b\nc: \ufeffd", 2, 4, "mark"),
    ],
)
def test_syntax_that_is_wrong_has_a_place_and_where_we_can_a_hint(text: str, line: int, column: int, hint: str) -> None:
    assert refused(text.encode()) == ("E003", line, column, {"hint": hint})


@pytest.mark.parametrize("null", ["~", "null", "Null", "NULL"])
def test_what_is_nothing_to_yaml_is_refused_unless_it_is_quoted(null: str) -> None:
    assert refused(f"a: b\nc: {null}".encode()) == ("E007", 2, 4, {"key": "c", "why": "null"})
    assert refused(f"[a, {null}]".encode()) == ("E007", 1, 5, {"number": "2", "why": "null"})
    assert refused(f"a: {{{null}: b}}".encode()) == ("E007", 1, 5, {"key": "", "why": "null"})
    assert document(f"a: '{null}'\n'{null}': b").data == {"a": null, null: "b"}


def test_a_comment_behind_a_value_is_remembered_where_it_may_be_part_of_it() -> None:
    found = document("a: 甲 #1 号\nb: 'c' #2\nd: e # f\ng: h##i\nj:\n  - k\n    l  #3\n#4\n")
    assert found.data == {"a": "甲", "b": "c", "d": "e", "g": "h##i", "j": ["k l"]}
    assert found.comments == {("a",): Comment("#1 号", Spot(1, 6)), ("j", 0): Comment("#3", Spot(7, 8))}
    assert refused("a: #1 号".encode()) == ("E007", 1, 3, {"key": "a", "why": "comment"})


def test_what_is_refused_is_left_out_and_reading_goes_on() -> None:
    text = "a:\nb: &x 1\nc: [1, *x, 2]\nb: {d: [e]}\n<<: {f: g}\n? [h]\n: {i: !!int 3}\nj: !!str k\n"
    read_, found = read(text.encode(), "r.yaml")
    assert [(str(finding.code), str(finding.place)) for finding in found] == [
        ("E007", "r.yaml:1:3"),
        ("E004", "r.yaml:2:4"),
        ("E004", "r.yaml:3:8"),
        ("E006", "r.yaml:4:1"),
        ("E004", "r.yaml:5:1"),
        ("E004", "r.yaml:6:3"),
        ("E004", "r.yaml:8:4"),
    ]
    assert [str(place) for place in found[3].related] == ["r.yaml:2:1"]
    assert read_ is not None
    assert read_.data == {"b": "1", "c": ["1", "2"], "j": "k"}
    assert read_.values["c", 1] == Spot(3, 12)
    assert [(hole.path, set(hole.words)) for hole in read_.holes] == [
        (("a",), set()),
        (("c", 1), set()),
        (("b",), {"d", "e"}),
        (("<<",), {"f", "g"}),
        ((), {"i", "3"}),
    ]


def test_what_makes_the_rest_unreadable_comes_after_what_was_refused_before_it() -> None:
    read_, found = read(b"a:\nb: [c\nd: e\n", "r.yaml")
    assert read_ is None
    assert [(str(finding.code), finding.place.line) for finding in found] == [("E007", 1), ("E003", 3)]
