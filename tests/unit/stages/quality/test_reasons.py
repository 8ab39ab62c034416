from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from rightful.stages.quality import REASONS, explain_code, reasons

FOLDER = Path(reasons.__file__).parent


def test_every_code_has_a_sentence() -> None:
    assert all(re.fullmatch(r"[a-z_]+", code) and re.match(r"[A-Z].+\.$", meaning) for code, meaning in REASONS.items())


@pytest.mark.parametrize("module", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_every_code_that_a_module_explains_is_known(module: str) -> None:
    own = getattr(import_module(f"rightful.stages.quality.{module}"), "REASONS", {})
    assert set(own) <= set(REASONS)


def test_codes_are_explained_for_the_field() -> None:
    assert "country" in explain_code("unknown", "country")
    assert "state" in explain_code("unknown", "state")
    assert explain_code("unknown") != explain_code("unknown", "state")


def test_what_stands_behind_a_code_is_kept() -> None:
    assert explain_code("merged_with A-1, A-2").endswith("(A-1, A-2).")
    assert explain_code("brand_new_code") == "brand_new_code"
