from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages import DOCS, PAGES, REPOSITORY, anchors_of, links_of, name_of


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            lost.append(link)
    assert not lost


def test_every_page_is_reached_from_the_readme() -> None:
    seen, waiting = set(), [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting.extend((page.parent / link.partition("#")[0]).resolve() for link in links_of(page))
    assert set(PAGES) - seen == set()


def test_every_picture_is_shown_and_names_the_command_that_makes_it() -> None:
    texts = {page: page.read_text("utf-8") for page in PAGES}
    for picture in (DOCS / "images").glob("*"):
        shown = [text for text in texts.values() if f"images/{picture.name})" in text]
        assert shown, f"{picture.name} is on no page"
        for text in shown:
            caption = text.partition(f"images/{picture.name})")[2].split("\n\n")[1]
            assert re.search(r"`[^`]+`", caption), f"the text below {picture.name} names no command"
