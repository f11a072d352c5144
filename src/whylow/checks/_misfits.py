"""The combinations of last layer, loss and labels that cannot work, in words."""

from __future__ import annotations

from dataclasses import dataclass

from whylow.records import Fault


@dataclass(frozen=True)
class Misfit:
    """A combination in words; braces are filled with the evidence of the finding."""

    message: str
    fix: str
    faults: tuple[Fault, ...]


MISFITS = {
    "softmax-on-one-unit": Misfit(
        "`{layer}` takes a softmax over 1 unit: the output is 1 whatever goes in.",
        "Use `sigmoid` with `binary_crossentropy` for two classes, as many units as classes"
        " for more, no activation for regression.",
        ("last_activation",),
    ),
    "one-unit-for-many-classes": Misfit(
        "`{layer}` has 1 unit ({activation}) and the labels hold {classes} classes"
        " ({lowest_label} to {highest_label}) under {loss}.",
        "Use {classes} units with `softmax` and `sparse_categorical_crossentropy`.",
        ("output_units", "loss"),
    ),
    "fewer-units-than-classes": Misfit(
        "`{layer}` has {unit} and the labels hold {classes} classes"
        " ({lowest_label} to {highest_label}): some have no unit.",
        "Give the last layer as many units as there are classes.",
        ("output_units",),
    ),
    "labels-beyond-units": Misfit(
        "The labels run from {lowest_label} to {highest_label}, but {loss} on {unit} knows"
        " the classes 0 to {last_unit}.",
        "Number the {classes} classes from 0.",
        ("label_encoding", "output_units"),
    ),
    "categorical-loss-on-one-unit": Misfit(
        "{loss} on 1 unit of `{layer}` divides the output by itself: it is constant and"
        " nothing is learnt.",
        "Use `sigmoid` and `binary_crossentropy` on one unit for two classes, or one unit"
        " for each class.",
        ("loss",),
    ),
    "sparse-loss-on-one-unit": Misfit(
        "{loss} on 1 unit of `{layer}` knows class 0 alone.",
        "Use `sigmoid` and `binary_crossentropy` on one unit, or two units with `softmax`.",
        ("loss", "output_units"),
    ),
    "class-numbers-for-categorical-loss": Misfit(
        "{loss} on {unit} expects one-hot labels, but each label is one number.",
        "Use `sparse_categorical_crossentropy`, or make the labels one-hot"
        " (`keras.utils.to_categorical`).",
        ("loss", "label_encoding"),
    ),
    "one-hot-for-sparse-loss": Misfit(
        "{loss} on {unit} expects class numbers, but each label has {label_width} numbers.",
        "Use `categorical_crossentropy`, or `argmax` over the last axis of the labels.",
        ("loss", "label_encoding"),
    ),
    "single-labels-for-several-units": Misfit(
        "`{layer}` has {unit} and each label is one number: {loss} holds it against every"
        " unit, or Keras refuses.",
        "For classes use `sparse_categorical_crossentropy` with `softmax`; for one number"
        " to predict use one unit.",
        ("label_encoding", "output_units"),
    ),
    "label-width-differs": Misfit(
        "`{layer}` has {unit}, but each label has {label_width} numbers under {loss}.",
        "Give the last layer {label_width} units.",
        ("output_units",),
    ),
    "several-labels-under-softmax": Misfit(
        "The label vectors do not hold exactly one 1 each, but {loss} with {activation} on"
        " {unit} expects one class for each row.",
        "Where several labels may be true at once use `sigmoid` and `binary_crossentropy`.",
        ("label_encoding", "last_activation"),
    ),
    "softmax-over-several": Misfit(
        "Several labels may be 1 in one row, but the softmax of `{layer}` shares out 1"
        " among its {units} units.",
        "Use `sigmoid` with `binary_crossentropy`.",
        ("last_activation", "loss"),
    ),
    "categorical-loss-over-several": Misfit(
        "Several labels may be 1 in one row, but {loss} on {unit} expects exactly one.",
        "Use `binary_crossentropy` with `sigmoid`.",
        ("loss",),
    ),
    "numbers-for-binary-loss": Misfit(
        "{loss} expects labels 0 and 1, but they are amounts from {lowest:g} to"
        " {highest:g}: for amounts beyond 1 it has no lower end.",
        "Use `mean_squared_error` and no last activation, and scale the targets.",
        ("loss", "target_scaling"),
    ),
    "raw-output-for-classes": Misfit(
        "`{layer}` ends in {activation}, and {loss} holds its outputs against classes; the"
        " fit learnt too little.",
        'Use `activation="softmax"` (`sigmoid` for one unit) and a cross-entropy.',
        ("last_activation", "loss"),
    ),
    "output-stuck-at-zero": Misfit(
        "`{layer}` ends in {activation} and gives 0 for every training row: there it has no"
        " gradient and cannot come back.",
        "Leave the last activation out, or use `softplus` for positive numbers.",
        ("last_activation", "dead_units"),
    ),
    "labels-not-zero-and-one": Misfit(
        "{loss} expects labels 0 and 1, but they run from {lowest_label} to"
        " {highest_label}.",
        "Write the two classes as 0 and 1; for numbers to predict use `mean_squared_error`"
        " and no last activation.",
        ("label_encoding", "loss"),
    ),
    "labels-out-of-reach": Misfit(
        "The labels run from {lowest:g} to {highest:g}, which {activation} in `{layer}`"
        " cannot give.",
        "Leave the last activation out, or scale the labels into its range.",
        ("last_activation", "target_scaling"),
    ),
    "squashed-twice": Misfit(
        "`{layer}` ends in {activation}, and {loss} with `from_logits=True` takes its"
        " probabilities for logits.",
        "Set `from_logits=False`, or leave the last activation out.",
        ("loss", "last_activation"),
    ),
    "bounded-logits": Misfit(
        "`{layer}` ends in {activation}, and {loss} with `from_logits=True` needs logits"
        " that can be any number.",
        "Leave the last activation out.",
        ("last_activation",),
    ),
    "raw-output-with-binary-loss": Misfit(
        "`{layer}` has no activation, and {loss} takes its outputs for probabilities: those"
        " outside 0 to 1 are clipped and get no gradient.",
        'Use `activation="sigmoid"`, or `from_logits=True` in the loss.',
        ("last_activation",),
    ),
    "activation-with-binary-loss": Misfit(
        "`{layer}` ends in {activation}, whose outputs {loss} takes for probabilities:"
        " those outside 0 to 1 are clipped and get no gradient.",
        'Use `activation="sigmoid"`.',
        ("last_activation",),
    ),
    "raw-output-with-categorical-loss": Misfit(
        "`{layer}` has no activation, and {loss} takes its {units} outputs for"
        " probabilities.",
        'Use `activation="softmax"`, or `from_logits=True` in the loss.',
        ("last_activation",),
    ),
    "activation-with-categorical-loss": Misfit(
        "`{layer}` ends in {activation}, whose {units} outputs {loss} takes for"
        " probabilities.",
        'Use `activation="softmax"`.',
        ("last_activation",),
    ),
    "sigmoid-with-categorical-loss": Misfit(
        "`{layer}` ends in {activation}: its {units} outputs do not add up to 1, and {loss}"
        " divides them by their sum.",
        'Use `activation="softmax"`; where several labels may be true at once keep it and'
        " use `binary_crossentropy`.",
        ("last_activation", "loss"),
    ),
    "activation-with-hinge-loss": Misfit(
        "`{layer}` ends in {activation}, but {loss} expects outputs on both sides of 0, at"
        " least from -1 to 1.",
        "Use `tanh` or no activation in the last layer, or `binary_crossentropy` with"
        " `sigmoid`.",
        ("last_activation", "loss"),
    ),
}
