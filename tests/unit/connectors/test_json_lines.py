from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rightful.connectors.json_lines import open_json_lines
from rightful.errors import BookError


def opened(folder: Path, text: str | bytes) -> Any:
    path = folder / "a.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return open_json_lines(path, "a.jsonl")


def test_values_are_texts_and_blank_lines_count_as_lines(tmp_path: Path) -> None:
    source = opened(tmp_path, '{"a": 1, "b": true}\n\n{"c": 2.50, "a": "x", "b": ""}\n{"a": NaN}\n')
    assert source.headers == ("a", "b", "c")
    extract = source.read((0, 1, 2))
    assert [extract.columns[at].to_pylist() for at in (0, 1, 2)] == [
        ["1", "x", None],
        ["true", None, None],
        [None, "2.5", None],
    ]
    assert extract.lines.tolist() == [1, 3, 4]
    assert extract.row_text(1) == '{"a": "x", "b": null, "c": "2.5"}'


def test_lines_that_are_no_rows_are_set_aside_with_their_place(tmp_path: Path) -> None:
    deep = "[" * 100_000
    source = opened(tmp_path, f'{{"a": "x"}}\n{{"a": \n[1]\n"text"\n{{"a": {{"b": 1}}}}\n{deep}\n{{"a": "\\ud800"}}\n')
    extract = source.read((0,))
    assert [(each.source_line, each.reason.value) for each in extract.unreadable] == [
        (line, "not_json") for line in (2, 3, 4, 5, 6)
    ]
    assert "holds more than one value" in extract.unreadable[3].detail
    assert extract.columns[0].to_pylist() == ["x", "?"]


@pytest.mark.parametrize(
    ("text", "problem"), [("", "no line holds an object"), ("[]\n", "no line"), (b'{"a": "\xff"}', "no UTF-8")]
)
def test_a_file_without_rows_says_so(tmp_path: Path, text: str | bytes, problem: str) -> None:
    with pytest.raises(BookError, match=problem):
        opened(tmp_path, text)
