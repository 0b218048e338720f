"""Finds the training phrases that teach nothing, because the others teach it too, and takes them out.

The topics are learnt by a regression on all phrases, so each costs time in training and in every turn, whether it
teaches or not. What a phrase teaches is what the regression would get wrong of it if it had never seen it. That
needs no second training: it is the phrase's weight by its place in the inverse (Rifkin and Lippert, Notes on
Regularized Least Squares, 2007). The phrases that teach least go first, a few hundred at a time, none of them like
another, and what is left is judged again. What the evaluation sets say has no part in it, but for one thing: a phrase
that both sides wrote alike stays, for its message does not count only while it is taught, and it is an easy one.

Takes about 15 minutes and four bytes for every two phrases (32,000 phrases: 4 GB).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, lapack

from scripts.evaluate import SETS, all_cases, bare
from scripts.progress import Progress
from scripts.settings import HOME, Trouble, run_command
from scripts.train import ingredients, last_training, why_train
from understanding.components import label
from understanding.importer import read_phrases
from understanding.sentence_vectors import Floats
from understanding.topics import ALPHA, alike

#: Topics of which no phrase goes, whatever it costs: a person in danger or in distress must be understood, and so must
#: somebody who wants to stop, to go on, to reach a person, or to have it all deleted.
KEPT_WHOLE = ("emergency", "distress", "stop", "resume", "start_again", "go_back", "human", "delete_data", "no_contact")
#: How much what a phrase teaches about these counts, beside what it teaches about its own topic: look-alikes stay that
#: keep a question apart from an emergency, and those that keep it apart from what is not about the trial.
HEAVY = {"emergency": 9.0, "out_of_scope": 4.0}
#: Phrases that every topic keeps, if it has as many.
LEAST = 30
#: Phrases that go in one round, and how alike two of them may be.
ROUND = 700
ALIKE = 0.6
#: Rows that are worked on at a time.
BLOCK = 2000


class Worth:
    """What each training phrase teaches beside all the others, while some of them go.

    Args:
        features: of the phrases, a row each (understanding.topics.Features).
        topics: the topic of each.
    """

    def __init__(self, features: Floats, topics: Sequence[str]) -> None:
        self._features = features
        names = sorted(set(topics))
        self._heavy = np.array([HEAVY.get(name, 1.0) for name in names], np.float32)
        self._inverse = _inverse(self._all_alike())
        wanted = np.zeros((len(topics), len(names)), np.float32)
        wanted[np.arange(len(topics)), [names.index(topic) for topic in topics]] = 1
        self._weights = self._inverse @ wanted
        self.gone = np.zeros(len(topics), bool)

    def of_each(self) -> Floats:
        """What would be wrong of each phrase, squared, had it not been seen; infinite for those that have gone."""
        inverse = np.where(self.gone, 1, np.diagonal(self._inverse))
        wrong = self._weights / inverse[:, None]
        worth: Floats = np.where(self.gone, np.inf, (wrong * wrong) @ self._heavy)
        return worth

    def take_out(self, some: NDArray[np.int_]) -> None:
        """Takes phrases out of the regression: what is left is as if they had never been in it."""
        columns = self._inverse[:, some].copy()
        by_some = cho_solve(cho_factor(columns[some].astype(float)), columns.T.astype(float)).astype(np.float32)
        self._weights -= by_some.T @ self._weights[some]
        for start in range(0, len(columns), BLOCK):
            self._inverse[start : start + BLOCK] -= columns[start : start + BLOCK] @ by_some
        self._inverse[some] = self._inverse[:, some] = self._weights[some] = 0
        self.gone[some] = True

    def alike(self, some: NDArray[np.int_], others: NDArray[np.int_] | slice) -> Floats:
        """How alike some phrases are to others, from 0 to 1."""
        other = self._features[others]
        close: Floats = alike(self._features[some], other, (other * other).sum(axis=1)).numpy()
        return close

    def _all_alike(self) -> Floats:
        count = len(self._features)
        matrix = np.empty((count, count), np.float32)
        for start in range(0, count, BLOCK):
            rows = np.arange(start, min(start + BLOCK, count))
            matrix[rows] = self.alike(rows, slice(None))
        matrix[np.diag_indices(count)] += np.float32(ALPHA)
        return matrix


def _inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric positive matrix, in its place: a second one of that size would be too many."""
    # Read by columns it is the same matrix, which spares a copy.
    root, failed = lapack.spotrf(matrix.T, lower=1, overwrite_a=1, clean=0)
    inverse, failed_too = lapack.spotri(root, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise Trouble("The phrases are too much alike for this. Take out those that stand twice.")
    rows: Floats = inverse.T
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        rows[block, block] = np.triu(rows[block, block]) + np.triu(rows[block, block], 1).T
        rows[start + BLOCK :, block] = rows[block, start + BLOCK :].T
    return rows


def teaching_least(
    features: Floats,
    topics: Sequence[str],
    spare: int,
    staying: Collection[int] = (),
    note: Callable[[str], None] = lambda note: None,
) -> list[int]:
    """The phrases, by their number, that can be spared, the most dispensable first.

    Args:
        features: of the phrases, a row each.
        topics: the topic of each phrase.
        spare: how many shall go; fewer do if the rest may not.
        staying: phrases, by their number, that may not go, beside those of KEPT_WHOLE.
        note: is told how far it is.
    """
    worth = Worth(features, topics)
    left = Counter(topics)
    kept = np.array([topic in KEPT_WHOLE for topic in topics])
    kept[list(staying)] = True
    going: list[int] = []
    while len(going) < spare:
        some = _next(worth, topics, left, kept, min(ROUND, spare - len(going)))
        if not some:
            break
        worth.take_out(np.array(some))
        going += some
        note(f"{len(going)} of {spare}")
    return going


def _next(worth: Worth, topics: Sequence[str], left: Counter[str], kept: NDArray[np.bool_], most: int) -> list[int]:
    """The next phrases to go; ``left`` counts what each topic has left."""
    enough = np.array([left[topic] > LEAST for topic in topics])
    order = np.argsort(np.where(enough & ~kept, worth.of_each(), np.inf))[: 4 * most]
    order = order[(enough & ~kept & ~worth.gone)[order]]
    close = worth.alike(order, order)
    blocked = np.zeros(len(order), bool)
    chosen: list[int] = []
    for place, phrase in enumerate(order.tolist()):
        topic = topics[phrase]
        if blocked[place] or left[topic] <= LEAST:
            continue
        left[topic] -= 1
        chosen.append(phrase)
        # Two phrases that say the same: each is dispensable only while the other is there.
        blocked |= close[place] > ALIKE
        if len(chosen) == most:
            break
    return chosen


def features_of(model: Path) -> Floats:
    """What the regression sees of the training phrases, in their order, from a trained model."""
    with tarfile.open(model) as archive:
        name = next(name for name in archive.getnames() if name.endswith("/topics.npz"))
        content = archive.extractfile(name)
        assert content is not None
        with np.load(io.BytesIO(content.read()), allow_pickle=False) as arrays:
            features: Floats = arrays["phrases"].astype(np.float32)
    return features


def without(file: Path, phrases: Collection[str]) -> int:
    """Takes the lines of training phrases out of a file of data/nlu; returns how many they were."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    staying = [line for line in lines if not (line.startswith("    - ") and line.strip()[2:].strip() in phrases)]
    file.write_text("".join(staying), encoding="utf-8")
    return len(lines) - len(staying)


def main() -> int:
    """Says which phrases teach least, or takes them out."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.thin", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=int, required=True, metavar="N", help="how many phrases shall stay")
    parser.add_argument("--language", default="en", help="whose phrases (default en)")
    parser.add_argument("--write", action="store_true", help="take them out of data/nlu; without it they are listed")
    options = parser.parse_args()
    models = HOME / "models"
    trained = last_training(models)
    if why_train(trained, ingredients(), models) or trained is None:
        raise Trouble("The model is not that of these phrases. Run 'make train', then this again.")
    files = sorted((HOME / "data" / "nlu" / options.language).glob("*.yml"))
    phrases = [(file, phrase) for file in files for phrase in read_phrases(str(file))]
    features = features_of(models / trained.model)
    if len(features) != len(phrases):
        raise Trouble(f"The model has learnt {len(features)} phrases, but {options.language} has {len(phrases)}.")
    asked = {bare(case.say) for folder in SETS.values() for case in all_cases(options.language, folder)}
    staying = [number for number, (_, phrase) in enumerate(phrases) if bare(phrase.get("text")) in asked]
    with Progress("Thinning") as progress:
        topics = [label(phrase) for _, phrase in phrases]
        going = teaching_least(features, topics, len(phrases) - options.keep, staying, progress.note)
    for file in files:
        texts = {phrases[number][1].get("text") for number in going if phrases[number][0] == file}
        if options.write:
            print(f"{without(file, texts):6} out of {file.relative_to(HOME)}")
        else:
            print("".join(f"{file.stem}: {text}\n" for text in sorted(texts)), end="")
    if options.write:
        print("Now run 'make evaluate', and see whether it is as good as before.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run_command(main)
