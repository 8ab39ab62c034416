from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from rightful.runs.report import write_report
from rightful.runs.report.sheet import MOST_ROWS
from rightful.runs.run import Run
from rightful.runs.summary import summarise

RunOf = Callable[..., Run]
ATTACK = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'`{{ 7*7 }}"
VOID = {"meta", "br", "input", "img", "link", "hr"}


class Page(HTMLParser):
    """What a browser would find on the page: elements, their attributes, the text outside of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unbalanced: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def page_of(run: Run, tmp_path: Path) -> tuple[str, Page]:
    path = tmp_path / "report.html"
    write_report(run, summarise(run), path)
    text = path.read_text(encoding="utf-8")
    return text, Page(text)


def book(run_of: RunOf, word: str = "West", size: int = 2) -> Run:
    """Make a run in which every text that people write is ``word``."""
    keys = [f"{word}-{at}" for at in range(size)]
    return run_of(
        reps=[{"rep_id": key, "name": word, "team": key, "role": word} for key in keys],
        accounts=[
            {
                "account_id": key, "name": word, "name_raw": word, "country": "US" if at % 2 else word, "state": word,
                "region": key, "segment": key, "ultimate_parent_id": keys[0], "hierarchy_depth": float(at > 0),
                "territory_id": key, "assigned_rep_id": key, "grade": "B", "score": 5.0, "quality_reason": f"name={word}",
            }
            for at, key in enumerate(keys)
        ],
        leads=[
            {"lead_id": key, "routed_rep_id": key, "routing_method": key, "match_probability": 0.7, "rating": f"A{word}",
             "matched_account_id": key, "match_method": word}
            for key in keys
        ],
        account_territories=[
            {"account_id": key, "layer": word, "territory_id": key, "method": word, "is_winner": True} for key in keys
        ],
        assignments=[
            {"object": "account", "record_id": key, "role": word, "rep_id": key, "territory_id": key, "method": word,
             "is_primary": True}
            for key in keys
        ],
        exceptions=[
            {"object": word, "record_id": key, "stage": word, "cause": key, "repair": f"`{word}`", "value_usd": 3.0}
            for key in keys
        ],
        quarantine=[
            {"object": word, "source_file": word, "source_line": 7, "reason": key, "detail": word} for key in keys
        ],
        hierarchy_findings=[{"account_id": key, "finding": key, "detail": word} for key in keys],
    )  # fmt: skip


def test_an_empty_book_has_a_page(run_of: RunOf, tmp_path: Path) -> None:
    _, page = page_of(run_of(), tmp_path)
    assert page.unbalanced == []
    for words in ("every record has a rep", "No account is in a territory", "The book has no reps", "No accounts."):
        assert words in page.text


def test_the_page_is_whole_and_loads_nothing(run_of: RunOf, tmp_path: Path) -> None:
    text, page = page_of(book(run_of), tmp_path)
    assert page.unbalanced == []
    links = [
        value for _, attrs in page.elements for name, value in attrs.items() if name in ("href", "src", "xlink:href")
    ]
    assert all(re.fullmatch(r"#\w+|\w+\.csv", link or "") for link in links)
    assert re.findall(r"url\((?!#)|@import|https?://", text) == []
    assert {"#" + (attrs.get("id") or "") for tag, attrs in page.elements if tag == "section"} >= {
        link for link in links if link and link.startswith("#")
    }


def test_what_a_crm_holds_stays_text(run_of: RunOf, tmp_path: Path) -> None:
    _, plain = page_of(book(run_of), tmp_path)
    text, page = page_of(book(run_of, ATTACK), tmp_path)
    assert page.unbalanced == []
    assert (page.count("script"), page.count("img")) == (plain.count("script"), 0)
    assert [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)] == []
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in page.text


def test_the_browser_runs_our_script_alone(run_of: RunOf, tmp_path: Path) -> None:
    _, page = page_of(run_of(), tmp_path)
    policy = next(
        attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_long_tables_are_cut_and_say_so(run_of: RunOf, tmp_path: Path) -> None:
    small, _ = page_of(book(run_of, size=MOST_ROWS + 5), tmp_path)
    large, page = page_of(book(run_of, size=MOST_ROWS * 3), tmp_path)
    assert f"and {MOST_ROWS * 2} more causes" in page.text
    assert f"and {MOST_ROWS * 2} more territories" in page.text
    assert len(large) < 1.1 * len(small)


def test_long_names_are_cut(run_of: RunOf, tmp_path: Path) -> None:
    text, page = page_of(book(run_of, "x" * 5000), tmp_path)
    assert "x" * 200 not in text
    assert "x" * 40 in page.text


def test_figures_of_the_summary_are_on_the_page(run_of: RunOf, tmp_path: Path) -> None:
    _, page = page_of(book(run_of, size=3), tmp_path)
    assert "Exceptions 3 worth $9" in page.text
    assert "Accounts with owner 100% 3 of 3" in page.text
    assert "1 families of two accounts or more hold 3 accounts; 0 of them" in page.text


def test_what_needs_nobody_is_no_exception_on_top(run_of: RunOf, tmp_path: Path) -> None:
    idle = [{"object": "task", "record_id": f"T{at}", "cause": "closed_without_owner"} for at in range(4)]
    stuck = {"object": "account", "record_id": "A", "cause": "no_territory", "value_usd": 5.0}
    for exceptions, words in (
        ([*idle, stuck], "Exceptions 1 worth $5; 4 more need nobody"),
        (idle, "Exceptions 0 every record has a rep, but for 4 that need none"),
    ):
        _, page = page_of(run_of(exceptions=exceptions), tmp_path)
        assert words in page.text


def test_the_page_says_how_to_repeat_the_run(run_of: RunOf, tmp_path: Path) -> None:
    _, page = page_of(run_of(), tmp_path)
    assert "rightful run PLAN --as-of 2026-06-30T12:00:00Z" in page.text
    assert "plan version 0123456789abcdef" in page.text


def test_states_are_a_map_where_the_book_is_in_the_united_states(run_of: RunOf, tmp_path: Path) -> None:
    accounts = [{"account_id": f"A{at}", "country": "US", "state": "CA" if at else "XX"} for at in range(60)]
    text, page = page_of(run_of(accounts=accounts), tmp_path)
    assert '<svg class="chart tiles"' in text
    assert "CA: 59 accounts" in page.text
    assert "1 accounts in the United States have no known state" in page.text
    text, _ = page_of(run_of(accounts=accounts[:10]), tmp_path)
    assert '<svg class="chart tiles"' not in text


def test_the_same_run_gives_the_same_page_however_long_it_took(run_of: RunOf, tmp_path: Path) -> None:
    run = book(run_of, size=5)
    first, _ = page_of(run, tmp_path)
    (run.folder / "timings.json").write_text('{"sources": 77, "quality": 99.5}')
    moved = run.folder.rename(tmp_path / "elsewhere")
    assert page_of(Run.open(moved), tmp_path)[0] == first
