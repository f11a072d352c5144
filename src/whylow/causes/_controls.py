"""Controls: simple rules on the same texts, for a score to stand beside."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from whylow.lanes import HeldOut
from whylow.records import Control
from whylow.verdict import control
from whylow.verdict import majority_class as majority_class

_ROWS = 50_000  # more training texts move a linear control by less than its noise
_STRENGTH = 4.0  # inverse of the penalty; TF-IDF rows have length 1 and need a weak one


def linear_control(
    training_inputs: np.ndarray,
    training_labels: np.ndarray,
    held_out_inputs: np.ndarray,
    held_out: HeldOut,
) -> Control | None:
    """Train TF-IDF with logistic regression on the training texts and score it.

    Word order, embeddings and attention are out of its reach: a network that does not beat
    it has learnt no more than which words occur.

    Args:
        training_inputs: Token ids of shape `(M, T)`, 0 for padding, or texts of shape
            `(M,)` or `(M, 1)`.
        training_labels: Classes from 0, shape `(M,)` or `(M, 1)`, or one-hot `(M, K)`.
        held_out_inputs: The same for the held-out texts, `(N, T)`, `(N,)` or `(N, 1)`.
        held_out: Labels and groups of the held-out texts.

    Returns:
        The control with the metrics of the comparison; None where the inputs are neither
        tokens nor texts, or all training labels are of one class.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    labels = _classes(np.asarray(training_labels)[:_ROWS])
    if labels is None or len(np.unique(labels)) < 2:
        return None
    matrices = _tf_idf(np.asarray(training_inputs)[:_ROWS], np.asarray(held_out_inputs))
    if matrices is None:
        return None
    known, new = matrices
    solver = "liblinear" if len(np.unique(labels)) == 2 else "lbfgs"
    model = LogisticRegression(C=_STRENGTH, max_iter=300, solver=solver, random_state=0)
    with warnings.catch_warnings():
        # A reference level need not be the last digit of its optimum.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(known, labels)
    probabilities = np.zeros((new.shape[0], len(held_out.class_names)))
    probabilities[:, model.classes_] = model.predict_proba(new)
    if probabilities.shape[1] == 2:
        probabilities = probabilities[:, 1]
    return control("TF-IDF + logistic regression", probabilities, held_out)


def _classes(labels: np.ndarray) -> np.ndarray | None:
    """Return classes of shape `(M,)`, or None where the labels are none."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        return labels.argmax(1)
    labels = labels.reshape(len(labels), -1)
    if labels.shape[1] != 1 or labels.dtype.kind not in "biuf":
        return None
    flat = labels[:, 0]
    return flat.astype(np.int64) if np.array_equal(flat, np.floor(flat)) else None


def _tf_idf(training: np.ndarray, held_out: np.ndarray) -> tuple[Any, Any] | None:
    """Return sparse TF-IDF of both parts, or None where neither tokens nor texts."""
    from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer

    if training.dtype.kind in "OUST" and training.size == len(training):
        texts = [[_text(value) for value in part.ravel()] for part in (training, held_out)]
        vectorizer = TfidfVectorizer(sublinear_tf=True)
        try:
            return vectorizer.fit_transform(texts[0]), vectorizer.transform(texts[1])
        except ValueError:  # no word in any text
            return None
    if not (_are_tokens(training) and _are_tokens(held_out)):
        return None
    words = int(max(training.max(initial=0), held_out.max(initial=0))) + 1
    transformer = TfidfTransformer(sublinear_tf=True)
    known = transformer.fit_transform(_counts(training, words))
    return known, transformer.transform(_counts(held_out, words))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _are_tokens(inputs: np.ndarray) -> bool:
    """Whether inputs are whole numbers that can be ids of words, one row a text."""
    if inputs.ndim != 2 or inputs.dtype.kind not in "iuf" or not inputs.size:
        return False
    if not np.isfinite(inputs).all() or inputs.min() < 0 or inputs.max() > 2**31:
        return False
    return inputs.dtype.kind != "f" or bool((inputs == np.floor(inputs)).all())


def _counts(tokens: np.ndarray, words: int) -> Any:
    """Return the sparse table of texts by words; padding, token 0, is no word."""
    from scipy.sparse import csr_matrix

    rows, columns = np.nonzero(tokens)
    ids = tokens[rows, columns].astype(np.int64)
    return csr_matrix((np.ones(len(ids)), (rows, ids)), shape=(len(tokens), words))
