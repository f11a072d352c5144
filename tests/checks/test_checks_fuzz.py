"""No check stumbles over a valid record, whatever a script put into it."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from whylow.checks import run_checks
from whylow.records import (
    Association,
    Broadcast,
    Claim,
    Comparison,
    Compile,
    Fit,
    InputData,
    LabelData,
    Layer,
    LayerProbe,
    Model,
    Overlap,
    Predicted,
    ProbedInput,
    ProbedLabels,
    Probes,
    RowFacts,
    Settings,
    SimpleControl,
    Split,
    TokenFacts,
    Trial,
)

LOSSES = (
    "mse",
    "hinge",
    "BinaryCrossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "mine",
)
axes = st.one_of(st.none(), st.sampled_from([0, 1, 2, 3, 30]))
shapes = st.lists(axes, max_size=4).map(tuple)
names = st.sampled_from(["accuracy", "loss", "val_accuracy", "val_loss", "val_acc", "auc"])
values = st.one_of(st.none(), st.floats(-1e6, 1e6))
activations = st.one_of(
    st.none(),
    st.integers(),
    st.sampled_from(["softmax", "sigmoid", "linear", "relu", "tanh", "mine", ""]),
    st.just({"class_name": "LeakyReLU", "config": {}}),
    st.just({"class_name": None}),
)
configs = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"activation": activations}),
    st.fixed_dictionaries({"mask_zero": st.booleans()}),
    st.fixed_dictionaries(
        {"layer": st.one_of(st.none(), st.just({"class_name": "Dense"}))}
    ),
    st.builds(
        lambda a: {"layer": {"class_name": "Dense", "config": {"activation": a}}},
        activations,
    ),
)
layers = st.builds(
    Layer,
    name=st.sampled_from(["a", "b", ""]),
    class_name=st.sampled_from(
        (
            "Dense",
            "Embedding",
            "LSTM",
            "Bidirectional",
            "Attention",
            "Softmax",
            "Dropout",
            "Activation",
            "TimeDistributed",
            "Mine",
        )
    ),
    config=configs,
    output_shape=st.one_of(st.none(), shapes),
    masked=st.one_of(st.none(), st.booleans()),
)
share = st.sampled_from([0.0, 0.004, 0.1, 0.6, 1.0])
number = st.sampled_from([-1e9, -3.0, 0.0, 0.5, 1.0, 12.0, 1e9])
positive = st.sampled_from([0.0, 0.3, 5.0, 400.0])
count = st.integers(0, 300)
tokens = st.builds(
    TokenFacts,
    distinct=count,
    leading=share,
    trailing=share,
    inside=share,
    empty_rows=share,
    full_rows=share,
    longest=count,
    most_frequent=count,
    most_frequent_share=share,
    column_spread=positive,
)
inputs = st.builds(
    InputData,
    low=number,
    high=number,
    mean=number,
    std=positive,
    whole=st.booleans(),
    columns=count,
    constant=st.booleans(),
    constant_columns=count,
    offset=positive,
    largest_column=positive,
    tokens=st.one_of(st.none(), tokens),
)
labels = st.builds(
    LabelData,
    kind=st.sampled_from(
        ["class-numbers", "one-hot", "several-of-many", "shares", "numbers"]
    ),
    low=number,
    high=number,
    mean=number,
    variance=positive,
    deviation=positive,
    distinct=count,
    whole=st.booleans(),
    constant=st.booleans(),
    zero_share=share,
    runs=st.one_of(st.none(), count),
)
facts = st.builds(
    RowFacts,
    looked_at=count,
    distinct=count,
    contradicting=count,
    label_column=st.one_of(st.none(), count),
    association=st.one_of(
        st.none(),
        st.builds(
            Association,
            rows=st.integers(1, 999),
            linear=share,
            neighbours=share,
            shift=st.sampled_from([-3, 1]),
            shifted=share,
        ),
    ),
)
overlaps = st.builds(
    Overlap, validation_rows=count, training_rows=count, shared=count, same_label=count
)
metrics = st.sampled_from(["accuracy", "f1", "mape", "AUC", "Recall", "binary_accuracy"])
splits = st.builds(
    Split,
    rows=st.integers(0, 1000),
    label_shape=shapes,
    label_dtype=st.sampled_from(["", "int64", "float32"]),
    class_counts=st.one_of(
        st.none(),
        st.dictionaries(
            st.sampled_from(["-1", "0", "1", "2", "7", "cat"]), st.integers(0, 9)
        ),
    ),
    zero_share=st.one_of(st.none(), st.floats(0, 1)),
    digest=st.sampled_from(["", "a", "b"]),
    inputs=st.lists(inputs, max_size=2).map(tuple),
    labels=st.one_of(st.none(), labels),
    facts=st.one_of(st.none(), facts),
)
sizes = st.one_of(st.none(), st.sampled_from([0.0, 1e-9, 0.05, 0.5, 1.0, 1e6]))
skills = st.one_of(st.none(), st.sampled_from([-1e6, -0.5, 0.0, 0.1, 0.45, 1.0]))
numbers = st.sampled_from([-1e6, -1.0, 0.0, 0.5, 1.0, 1e6])
traced = st.builds(
    LayerProbe,
    name=st.sampled_from(["a", "b", ""]),
    class_name=st.sampled_from(["Dense", "Embedding"]),
    activation_std_start=sizes,
    dead_end=sizes,
    saturated_end=sizes,
    gradient_start=sizes,
    gradient_end=sizes,
    weight_start=sizes,
    moved=sizes,
    trainable=st.booleans(),
    drawn=st.one_of(st.none(), st.booleans()),
    alike_start=st.booleans(),
    alike_end=st.booleans(),
)
trials = st.builds(
    Trial,
    change=st.sampled_from(["none", "learning rate", "longer", "inputs standardised"]),
    factor=st.sampled_from([None, 0.1, 10.0]),
    steps=st.integers(0, 99),
    skill=skills,
)
predicted = st.one_of(
    st.none(),
    st.builds(
        Predicted,
        rows=st.integers(0, 99),
        low=numbers,
        high=numbers,
        spread=st.sampled_from([0.0, 0.1, 1e6]),
        finite=st.booleans(),
        skill=skills,
    ),
)
probed = st.builds(
    Probes,
    labels=st.one_of(
        st.none(),
        st.builds(
            ProbedLabels,
            form=st.sampled_from(["classes", "one-hot", "multi-hot", "soft", "numbers"]),
            low=numbers,
            high=numbers,
            mean=numbers,
            std=st.sampled_from([0.0, 0.5]),
            distinct=st.integers(0, 1001),
            constant_over_time=st.one_of(st.none(), st.booleans()),
        ),
    ),
    inputs=st.lists(
        st.builds(
            ProbedInput,
            rows=st.integers(0, 99),
            shape=st.just((7,)),
            whole=st.booleans(),
            low=numbers,
            high=numbers,
            mean=numbers,
            std=numbers,
            largest_offset=st.just(0.0),
            largest_std=st.just(0.0),
            smallest_std=st.just(0.0),
            padded=st.sampled_from([None, "left", "right"]),
            padding_share=st.floats(0, 1),
        ),
        max_size=2,
    ).map(tuple),
    layers=st.lists(traced, max_size=4).map(tuple),
    training=predicted,
    validation=predicted,
    control=st.one_of(
        st.none(),
        st.builds(
            SimpleControl,
            name=st.just("a forest"),
            rows=st.integers(0, 99),
            skill=numbers,
            noise=st.just(0.1),
        ),
    ),
    single_batch=st.one_of(st.none(), trials),
    trials=st.lists(trials, max_size=4).map(tuple),
    penalty_end=sizes,
    loss_start=sizes,
    loss_constant=sizes,
    loss_training_mode=sizes,
    steps=st.one_of(st.none(), st.integers(0, 999)),
)
fits = st.builds(
    Fit,
    probes=st.one_of(st.none(), probed),
    name=st.sampled_from(["one", "two"]),
    history=st.dictionaries(names, st.lists(values, max_size=5).map(tuple)),
    failed=st.one_of(st.none(), st.just("ValueError")),
    source=st.sampled_from(["script", "log"]),
    model=st.one_of(
        st.none(),
        st.builds(
            Model,
            class_name=st.sampled_from(["Sequential", "Functional", "Mine"]),
            backend=st.just("jax"),
            layers=st.lists(layers, max_size=5).map(tuple),
            output_shape=st.one_of(st.none(), shapes),
        ),
    ),
    compile=st.one_of(
        st.none(),
        st.builds(
            Compile,
            loss=st.one_of(
                st.none(),
                st.sampled_from(LOSSES),
            ),
            from_logits=st.booleans(),
            metrics=st.lists(metrics, max_size=2).map(tuple),
            metric_kinds=st.sampled_from([(), ("function",), ("AUC", "accuracy")]),
            unequal_metrics=st.sampled_from([(), ("f1",)]),
        ),
    ),
    settings=st.one_of(
        st.none(),
        st.builds(
            Settings,
            epochs=st.integers(0, 9),
            batch_size=st.sampled_from([None, 8]),
            shuffle=st.booleans(),
            validation_split=st.sampled_from([0.0, 0.2]),
        ),
    ),
    overlap=st.one_of(st.none(), overlaps),
    training=st.one_of(st.none(), splits),
    validation=st.one_of(st.none(), splits),
    broadcast=st.one_of(
        st.none(),
        st.builds(
            Broadcast,
            output_shape=st.tuples(st.none(), axes, st.just(1)),
            label_shape=st.sampled_from([(None,), (None, 1)]),
            layer=st.sampled_from(["a", "elsewhere"]),
            emulated=st.booleans(),
        ),
    ),
)
comparisons = st.builds(
    Comparison,
    baseline=st.sampled_from(["one", "two", "three"]),
    variant=st.sampled_from(["one", "two"]),
    metric=names,
    smallest_meaningful_difference=st.just(0.01),
    claim=st.one_of(
        st.none(),
        st.builds(
            Claim,
            metric=names,
            split=st.sampled_from(["train", "validation"]),
            epoch=st.integers(-1, 6),
            difference=st.floats(-1, 1),
        ),
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(fits, max_size=2), st.lists(comparisons, max_size=2))
def test_every_record_is_judged_and_its_evidence_is_finite_json(recorded, compared):
    findings, not_run = run_checks(recorded, compared)
    assert not [refusal.why for refusal in not_run if "itself failed" in refusal.why]
    for finding in findings:
        assert finding.message
        assert finding.fix
        assert json.dumps(finding.evidence, allow_nan=False)
