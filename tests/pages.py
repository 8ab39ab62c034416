"""Read the pages: their fenced blocks, links and headings; and the recipes that make them."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
PAGES = (*sorted(REPOSITORY.glob("*.md")), *sorted(DOCS.rglob("*.md")))
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the file that its first comment names."""

    language: str
    text: str

    @property
    def file(self) -> str:
        first = self.text.partition("\n")[0]
        return first.removeprefix("# ") if re.fullmatch(r"# [\w/.-]+", first) else ""


def name_of(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def blocks_of(page: Path, *languages: str) -> list[Block]:
    found = [Block(match["language"], match["text"]) for match in _BLOCK.finditer(page.read_text("utf-8"))]
    return [block for block in found if block.language in languages or not languages]


def links_of(page: Path) -> Iterator[str]:
    for match in re.finditer(r"\]\((?P<target>[^)\s]+)\)", _CODE.sub("", page.read_text("utf-8"))):
        if not match["target"].startswith(("http://", "https://", "mailto:")):
            yield match["target"]


def anchors_of(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", _BLOCK.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def module_at(path: Path) -> ModuleType:
    """Load a script as a module, by its path."""
    specification = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
