"""The metrics of a fit: what checks ask of them."""

from __future__ import annotations

from whylow.checks._reading import absent, compile_of
from whylow.records import Fit

_ACCURACIES = frozenset({"acc", "accuracy", "Accuracy"})
_KINDS = {
    "BinaryAccuracy": "binary_accuracy",
    "CategoricalAccuracy": "categorical_accuracy",
    "SparseCategoricalAccuracy": "sparse_categorical_accuracy",
}
# Metrics that a rare class moves.
_SEE_RARE_CLASSES = (
    "auc",
    "average_precision",
    "balanced",
    "f1",
    "fbeta",
    "mcc",
    "precision",
    "recall",
    "sensitivity",
    "falsepositives",
    "falsenegatives",
    "truepositives",
    "kappa",
)


def metrics_of(fit: Fit) -> tuple[tuple[str, str], ...]:
    """Return name and kind of each metric; the kind is the name where nothing tells more.

    Raises:
        CouldNotRun: There is no record of `compile`.

    """
    compiled = compile_of(fit)
    kinds = compiled.metric_kinds or compiled.metrics
    if len(kinds) != len(compiled.metrics):
        raise absent(fit, "what each metric is")
    return tuple(zip(compiled.metrics, kinds, strict=True))


def accuracies_of(fit: Fit) -> tuple[tuple[str, str], ...]:
    """Return name and meaning of each accuracy: `accuracy` where Keras is to guess."""
    found = []
    for name, kind in metrics_of(fit):
        if kind in _ACCURACIES:
            found.append((name, "accuracy"))
        elif kind in _KINDS:
            found.append((name, _KINDS[kind]))
        elif kind.endswith("_accuracy"):
            found.append((name, kind))
    return tuple(found)


def sees_rare_classes(fit: Fit) -> bool:
    """Whether a metric of the fit moves with a rare class."""
    words = " ".join(f"{name} {kind}" for name, kind in metrics_of(fit)).lower()
    return any(word in words.replace(" ", "") for word in _SEE_RARE_CLASSES)
