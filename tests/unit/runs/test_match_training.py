"""Training the weights of matching: on labels, on links of the CRM, on the book alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rightful.cli.app import app
from rightful.errors import BookError
from rightful.plan import load_plan, plan_from
from rightful.plan.matching_weights import MatchingWeights
from rightful.runs.matches import Label
from rightful.runs.matches.cells import Cells
from rightful.runs.matches.train import ARTEFACT, train_matching, train_without_labels
from rightful.runs.run import Run
from rightful.stages.matching.weighing import shipped_weights

WORDS = ("silver", "north", "stone", "river", "bright", "oak", "iron", "clear", "amber", "maple")
KINDS = ("logistics", "foods", "labs", "motors", "bank", "clinic", "paper", "energy", "media", "travel")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write and run a plan whose leads belong to 70 accounts, or to none; one in three of the right ones has another domain."""
    made = tmp_path_factory.mktemp("training")
    (made / "book").mkdir()
    names = [f"{first} {second}" for first in WORDS for second in KINDS]
    accounts = [f"A{n},{name},{name.replace(' ', '')}.com,Springfield" for n, name in enumerate(names)]
    known = [
        f"L{n},{name},ann@{name.replace(' ', '') if n % 3 else 'parent' + str(n)}.com,Springfield"
        for n, name in enumerate(names[:70])
    ]
    strangers = [f"L{n + 100},{name} partners,bob@other{n}.com,Shelbyville" for n, name in enumerate(names[70:])]
    (made / "book/accounts.csv").write_text("\n".join(["account_id,name,website,city", *accounts]) + "\n")
    (made / "book/leads.csv").write_text("\n".join(["lead_id,company,email,city", *known, *strangers]) + "\n")
    labels = [*(f"L{n},A{n}" for n in range(70)), *(f"L{n + 100},none" for n in range(30))]
    (made / "plan.yaml").write_text("name: Training\nas_of: 2026-06-30\n")
    (made.parent / f"{made.name}.csv").write_text("\n".join(["record_id,account_id", *labels]) + "\n")
    assert CliRunner().invoke(app, ["run", str(made)]).exit_code == 0
    return made


def test_weights_are_cells_and_back() -> None:
    cells = Cells(shipped_weights())
    assert cells.rebuilt(cells.vector()) == shipped_weights()


def test_labels_make_weights_that_a_plan_can_name(folder: Path) -> None:
    labels = folder.parent / f"{folder.name}.csv"
    done = CliRunner().invoke(app, ["match", "train", str(folder), "--labels", str(labels), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["after"]["score"]["f1"] >= told["before"]["score"]["f1"]
    if told["weights"]:
        written = (folder / ARTEFACT).read_text()
        weights = MatchingWeights.model_validate_json(written)
        assert weights.records == 100
        plan = plan_from({"matching.yaml": "trained_weights: w.json", "w.json": written})
        assert plan.matching.trained_weights == weights


def test_too_few_and_one_sided_labels_are_refused(folder: Path) -> None:
    plan, run = load_plan(folder), Run.latest(folder)
    known = [Label("lead", f"L{n}", frozenset((f"A{n}",))) for n in range(70)]
    with pytest.raises(BookError, match="10 labels name an account"):
        train_matching(plan, run, known[:10])
    with pytest.raises(BookError, match="0 labels say that a record belongs to no account"):
        train_matching(plan, run, known)


def test_the_book_alone_moves_weights_a_little(folder: Path) -> None:
    trained = train_without_labels(load_plan(folder), Run.latest(folder)).weights
    assert trained.name == shipped_weights().name
    assert trained.domain != shipped_weights().domain
    assert all(abs(points - shipped_weights().domain[name]) <= 1.001 for name, points in trained.domain.items())
