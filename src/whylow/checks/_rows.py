"""What checks ask of the rows of a fit, and whether a model learnt from them."""

from __future__ import annotations

import math

from whylow.checks._base import CouldNotRun
from whylow.checks._curves import curve, finite
from whylow.checks._probed import mends, trials_of
from whylow.checks._reading import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    KNOWN_LOSSES,
    SPARSE_LOSSES,
    absent,
    compile_of,
    loss_name,
    series,
    training_of,
)
from whylow.records import Fit, InputData, LabelData, Layer, Model, RowFacts, Split

# Layers that hand numbers on as they are, and so what comes before the first weights.
_PLAIN = frozenset(
    {
        "Dropout",
        "ExpandDims",
        "Flatten",
        "Identity",
        "InputLayer",
        "Masking",
        "Permute",
        "RepeatVector",
        "Reshape",
        "SpatialDropout1D",
        "Squeeze",
        "ZeroPadding2D",
    }
)
# Layers that weigh the numbers that they are given.
_WEIGHING = frozenset(
    {
        "Bidirectional",
        "Conv1D",
        "Conv2D",
        "Dense",
        "EinsumDense",
        "GRU",
        "LSTM",
        "RNN",
        "SimpleRNN",
        "TimeDistributed",
    }
)
# A model that explains less than this of what a constant answer leaves has learnt nothing.
LEAST_GAIN = 0.05
# Of what simple models explain of rows that they did not see; it saw its rows.
_LEAST_PART = 0.8


def whole_part(fit: Fit) -> Split:
    """Return the training part with what was measured of its rows."""
    split = training_of(fit)
    if split.facts is None and split.labels is None and not split.inputs:
        raise CouldNotRun("what the training rows hold was not measured")
    return split


def single_input(fit: Fit) -> InputData:
    """Return the facts of the one input array."""
    inputs = whole_part(fit).inputs
    if len(inputs) != 1:
        raise CouldNotRun("the model has several inputs")
    return inputs[0]


def label_data(fit: Fit) -> LabelData:
    """Return the facts of the labels."""
    labels = whole_part(fit).labels
    if labels is None:
        raise CouldNotRun("the labels are not one array")
    return labels


def row_facts(fit: Fit) -> RowFacts:
    """Return the facts of inputs and labels together."""
    facts = whole_part(fit).facts
    if facts is None or not facts.looked_at:
        raise CouldNotRun("the rows were not looked at")
    return facts


def held_out_of(fit: Fit) -> Split:
    """Return the validation part."""
    if fit.validation is None:
        raise absent(fit, "validation data")
    return fit.validation


def known_loss(fit: Fit) -> str:
    """Return the loss, one of Keras' that compares output and label."""
    name = loss_name(compile_of(fit))
    if name not in KNOWN_LOSSES:
        raise CouldNotRun("what the loss compares is not known")
    return name


def reads_numbers(model: Model) -> Layer | None:
    """Return the layer that weighs the inputs as they come; None where one stands before.

    An embedding, a normalization or a layer that is not known changes what is read.
    """
    for layer in model.layers:
        if layer.class_name in _WEIGHING:
            return layer
        if layer.class_name not in _PLAIN:
            return None
    return None


def class_share(counts: dict[str, int] | None) -> dict[str, float]:
    """Return the share of each class that occurs; empty where labels are no classes."""
    total = sum((counts or {}).values())
    return {name: count / total for name, count in (counts or {}).items() if count}


def constant_loss(name: str, split: Split) -> float | None:
    """Return the loss of the best constant answer; None where it is not known.

    Args:
        name: The loss under its full name.
        split: The rows.
    """
    labels = split.labels
    if labels is not None and name == "mean_squared_error":
        return labels.variance
    if labels is not None and name == "mean_absolute_error":
        return labels.deviation
    shares = class_share(split.class_counts)
    binary = name in BINARY_LOSSES and set(shares) <= {"0", "1"}
    single = len(split.label_shape) == 1 or split.label_shape[-1:] == (1,)
    one_hot = labels is not None and labels.kind == "one-hot"
    fits = (
        (binary and single and name == "binary_crossentropy")
        or (name in SPARSE_LOSSES and single)
        or (name in CATEGORICAL_LOSSES and one_hot and "focal" not in name)
    )
    if not fits or len(shares) < 2:
        return None
    return -sum(share * math.log(share) for share in shares.values())


def penalised(fit: Fit) -> bool:
    """Whether the loss holds more than the comparison with the labels."""
    settings = fit.settings
    if settings is not None and (settings.class_weight or settings.sample_weight):
        return True
    layers = fit.model.layers if fit.model else ()
    return any(
        value is not None
        for layer in layers
        for key, value in layer.config.items()
        if key.endswith("_regularizer")
    )


def gain(fit: Fit, name: str) -> float | None:
    """Return the share of the constant answer's loss that training took away, at best.

    Args:
        fit: The fit.
        name: `loss` or `val_loss`.
    """
    split = fit.validation if name.startswith("val_") else fit.training
    loss = loss_name(fit.compile) if fit.compile else None
    if split is None or loss is None or penalised(fit):
        return None
    constant = constant_loss(loss, split)
    values = [value for _, value in finite(series(fit, name))]
    if not constant or not values:
        return None
    return 1 - min(values) / constant


def fell_short(fit: Fit) -> bool:
    """Whether the model learnt nothing of its training rows, or less than simple models.

    Raises:
        CouldNotRun: The fit was not trained, or its record does not tell.
    """
    measured = fit.probes.training if fit.probes else None
    if measured is not None and not measured.finite:
        return True
    if fit.probes and measured is not None and measured.skill is not None:
        control = fit.probes.control
        if control is not None and control.skill > control.noise:
            return measured.skill < _LEAST_PART * control.skill
        return measured.skill < LEAST_GAIN
    curve(fit, "loss", "the training loss")
    if not finite(series(fit, "loss")):
        return True
    share = gain(fit, "loss")
    if share is None:
        raise CouldNotRun("whether the model learnt is not known")
    return share < LEAST_GAIN


def tried(fit: Fit, change: str) -> tuple[float | None, float] | None:
    """Return the skill without and with a change, if it is what mends the fit.

    Raises:
        NotTried: No short training with that change was done.

    """
    trials = fit.probes.trials if fit.probes else ()
    if all(trial.change != change for trial in trials):
        raise NotTried
    first = next(iter(mends(fit)), None)
    if first is None or first.change != change or first.skill is None:
        return None
    own, _ = trials_of(fit)
    return own.skill, first.skill


class NotTried(Exception):  # noqa: N818 - an answer, not a mistake
    """No short training with that change was done, so that rules alone have to tell."""
