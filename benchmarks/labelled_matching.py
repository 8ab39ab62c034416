"""Measure what labels are worth: weights trained on labelled leads of one benchmark folder, judged on another.

    python benchmarks/labelled_matching.py TRAIN JUDGED [--labels 500] [--draws 10] [--without-all]

Both folders are as ``matching.py`` reads them; they share no lead. Printed are the shipped weights, those of several draws of a
few labels (mean, least and most), and those of all labels: F1 of the likeliest account from the plan's ``strong`` on, best F1,
recall at wanted precisions; then, of the last, what is lost by kind of noise, and calibration. Training is what
``rightful match train`` does.
"""

from __future__ import annotations

import argparse
import resource
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from rightful.plan.matching import MatchingSection
from rightful.plan.matching_weights import MatchingWeights
from rightful.runs.matches.figures import calibration_of, threshold_of
from rightful.runs.matches.pairs import PairSample, scores
from rightful.runs.matches.train import train_on
from rightful.stages.matching.weighing import shipped_weights
from train_matching import read_sample

STRONG = MatchingSection().strong
PRECISIONS = (0.95, 0.98, 0.99)
NEAR = ("neg_hard", "neg_constructed", "neg_near")

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """The likeliest account of each lead: its probability, 0 where there is no candidate, and whether it is right."""

    probability: Floats
    is_right: Bools
    has_account: Bools

    @classmethod
    def of(cls, sample: PairSample, weights: MatchingWeights) -> Judged:
        """Judge weights on a sample."""
        score, probability = scores(sample, weights)
        best = sample.likeliest(score)
        person = sample.pairs.person[best]
        said, right = np.zeros(len(sample.has_account)), np.zeros(len(sample.has_account), bool)
        said[person], right[person] = probability[best], sample.is_right[best]
        return cls(said, right, sample.has_account)

    def figures(self) -> list[float]:
        """Give precision, recall and F1 from ``STRONG`` on, the best F1, and recall at ``PRECISIONS``."""
        accounts = int(self.has_account.sum())
        matched = self.probability >= STRONG
        right = int((matched & self.is_right).sum())
        order = np.argsort(-self.probability, kind="stable")
        f1 = 2 * self.is_right[order].cumsum() / (np.arange(1, len(order) + 1) + accounts)
        recalls = [threshold_of(self.probability, self.is_right, accounts, each).recall or 0.0 for each in PRECISIONS]
        return [
            right / max(matched.sum(), 1),
            right / accounts,
            2 * right / (matched.sum() + accounts),
            f1.max(),
            *recalls,
        ]


def draw(sample: PairSample, count: int, seed: int) -> PairSample:
    """Draw some leads."""
    kept = np.zeros(len(sample.has_account), bool)
    kept[np.random.default_rng(seed).permutation(len(kept))[:count]] = True
    return sample.part(kept)


def line(name: str, figures: npt.NDArray[np.float64] | list[float]) -> str:
    """Write a row of the table."""
    return f"{name:28s}" + "".join(f"{value:11.4f}" for value in figures)


def lost(sample: PairSample, judged: Judged, folder: Path) -> None:
    """Say by kind of noise which leads are decided wrongly, and how."""
    truth = pq.read_table(folder / "truth.parquet").to_pydict()
    found = np.zeros(len(judged.has_account), bool)
    found[sample.pairs.person[sample.is_right]] = True
    matched, has_account, is_right = judged.probability >= STRONG, judged.has_account, judged.is_right
    how = {
        "not among the candidates": has_account & ~found,
        "another account likelier": has_account & found & ~is_right,
        "right, but not matched": has_account & is_right & ~matched,
        "matched, belongs to none": ~has_account & matched,
    }
    noise = truth.get("tags", [""] * len(found))
    kinds = [
        (tags.split(",") if tags else ["clean"]) if known else [kind]
        for tags, kind, known in zip(noise, truth["kind"], has_account.tolist(), strict=True)
    ]
    total = Counter(kind for each in kinds for kind in each)
    counts = {name: Counter(k for each in np.flatnonzero(at).tolist() for k in kinds[each]) for name, at in how.items()}
    print(f"\n{'kind of noise':20s}{'leads':>8s}" + "".join(f"{name:>27s}" for name in how))
    print(f"{'all':20s}{len(found):8,d}" + "".join(f"{int(at.sum()):27,d}" for at in how.values()))
    for kind, leads in total.most_common():
        print(f"{kind:20s}{leads:8,d}" + "".join(f"{counts[name][kind]:27,d}" for name in how))
    near = np.isin(truth["kind"], NEAR)
    print(f"near-duplicates of other companies matched: {(near & matched).sum() / max(near.sum(), 1):.4f}")


def main() -> None:
    """Train and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("judged", type=Path)
    parser.add_argument("--labels", type=int, default=500)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--without-all", action="store_true", help="do not train on all labels")
    options = parser.parse_args()
    train, test = read_sample(options.train), read_sample(options.judged)
    names = ("precision", "recall", "F1", "best F1", *(f"R at {each:g}" for each in PRECISIONS))
    print(f"{len(test.has_account):,} leads, judged from {STRONG} on")
    print(f"{'':28s}" + "".join(f"{name:>11s}" for name in names))
    judged = Judged.of(test, shipped_weights())
    print(line("shipped weights", judged.figures()), flush=True)
    rows = np.array(
        [
            Judged.of(test, train_on(draw(train, options.labels, seed), options.labels, STRONG).weights).figures()
            for seed in range(options.draws)
        ]
    )
    if len(rows):
        for name, of_rows in (("mean", np.mean), ("least", np.min), ("most", np.max)):
            print(line(f"{options.labels} labels, {len(rows)} draws: {name}", of_rows(rows, axis=0)), flush=True)
    if not options.without_all:
        trained = train_on(train, len(train.has_account), STRONG)
        judged = Judged.of(test, trained.weights)
        print(line(f"all {len(train.has_account):,} labels", judged.figures()))
    lost(test, judged, options.judged)
    print(f"\n{'said':>8s}{'right':>8s}{'leads':>8s}   95 %")
    known = judged.probability > 0
    for each in calibration_of(judged.probability[known], judged.is_right[known]):
        low, high = each.right_interval
        print(f"{each.said:8.3f}{each.right:8.3f}{each.records:8,d}   {low:.3f}-{high:.3f}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime:.0f} s of the processors, {used.ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
