"""Each remedy changes what it says and nothing else, and refuses what it does not suit."""

import copy
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from whylow import engine, remedies
from whylow.causes import differences
from whylow.engine._seeds import draw_start
from whylow.exceptions import InputError
from whylow.layers import AttentionPooling, SeqSelfAttention
from whylow.live import Kept
from whylow.records import Finding
from whylow.remedies import NotApplicable

sys.path.insert(0, str(Path(__file__).parent))
from remedy_fits import TIME, WORDS, Subclassed, bilstm, dense, made_rows, recorded


def per_step(**kwargs):
    return bilstm(SeqSelfAttention(legacy=True, **kwargs), sequences=True)


def pooled():
    return bilstm(AttentionPooling(units=3), sequences=True)


def masking():
    return keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, "sigmoid"),
        ]
    )


def headed(units, activation, **kwargs):
    return lambda: keras.Sequential(
        [
            keras.Input((TIME,)),
            layers.Embedding(WORDS, 5),
            layers.GlobalAveragePooling1D(),
            layers.Dense(units, activation=activation, **kwargs),
        ]
    )


def numbers():
    return keras.Sequential(
        [keras.Input((TIME,)), layers.Dense(3, "relu"), layers.Dense(1, "sigmoid")]
    )


def leaking():
    (x, y), (x_held, y_held) = made_rows()
    return {"x": np.concatenate([x, x_held[:40]]), "y": np.concatenate([y, y_held[:40]])}


def padded():
    (x, y), (x_held, y_held) = made_rows()
    wide = [np.pad(part, ((0, 0), (9, 0))) for part in (x, x_held)]
    return {"x": wide[0], "y": y, "validation_data": (wide[1], y_held)}


def wide_lstm():
    return keras.Sequential(
        [
            keras.Input((TIME + 9,)),
            layers.Embedding(WORDS, 5),
            layers.LSTM(3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


# Remedy → a fit that it suits, and all in which the changed fit then differs.
SUITED = {
    "mask-padding": (bilstm, {}, {"`mask_zero` of `embedding`"}),
    "pool-mean": (per_step, {}, {"`whylow_mean_pooling` added"}),
    "pool-max": (per_step, {}, {"`whylow_max_pooling` added"}),
    "pool-attention": (per_step, {}, {"`whylow_attention_pooling` added"}),
    "correct-attention": (per_step, {}, {"`legacy` of `seq_self_attention`"}),
    "remove-attention-sigmoid": (
        lambda: per_step(attention_activation="sigmoid"),
        {},
        {"`attention_activation` of `seq_self_attention`"},
    ),
    "freeze-embedding": (bilstm, {}, {"`trainable` of `embedding`"}),
    "uniform-attention": (
        per_step,
        {},
        {
            "`kernel_initializer` of `seq_self_attention`",
            "`trainable` of `seq_self_attention`",
        },
    ),
    "keep-last-state": (
        per_step,
        {},
        {"`whylow_beside` in place of `seq_self_attention`"},
    ),
    "max-instead-of-attention": (
        pooled,
        {},
        {"`attention_pooling` in place of `attention_pooling`"},
    ),
    "right-head": (
        headed(1, "relu"),
        {"loss": "mean_squared_error"},
        {"`activation` of `dense`", "loss"},
    ),
    "initializer": (
        headed(1, "sigmoid", kernel_initializer="ones"),
        {},
        {"`kernel_initializer` of `dense`"},
    ),
    "adam": (dense, {"optimizer": keras.optimizers.RMSprop}, {"optimizer"}),
    "shuffle": (dense, {"shuffle": False}, {"shuffle"}),
    "lower-learning-rate": (dense, {}, {"learning rate"}),
    "higher-learning-rate": (dense, {}, {"learning rate"}),
    "clip-gradients": (dense, {}, {"global clipnorm"}),
    "class-weights": (dense, {}, {"training rows"}),
    "smaller-batches": (dense, {}, {"batch size"}),
    "more-epochs": (dense, {}, {"epochs"}),
    "fewer-epochs": (dense, {}, {"epochs"}),
    "dropout": (dense, {}, {"`whylow_dropout` added"}),
    "weight-decay": (dense, {}, {"weight decay"}),
    "deduplicate": (dense, leaking, {"training rows"}),
    "scale-inputs": (numbers, {}, {"training rows"}),
    "trim": (wide_lstm, padded, {"training rows"}),
}

# Remedy → fits that it does not suit, and a part of the reason.
REFUSED = {
    "mask-padding": [
        (masking, {}, "masks padding already"),
        (dense, {}, "knows no masks"),
        (numbers, {}, "no embeddings"),
    ],
    "pool-mean": [(dense, {}, "no time axis")],
    "pool-max": [(dense, {}, "no time axis")],
    "pool-attention": [(dense, {}, "no time axis")],
    "correct-attention": [(pooled, {}, "keras-self-attention")],
    "remove-attention-sigmoid": [(per_step, {}, "attention_activation")],
    "freeze-embedding": [(numbers, {}, "no embeddings")],
    "uniform-attention": [
        (dense, {}, "no attention layers"),
        (
            lambda: bilstm(AttentionPooling(units=3, heads=2), sequences=True),
            {},
            "cannot be switched off",
        ),
    ],
    "keep-last-state": [(dense, {}, "no attention layers")],
    "max-instead-of-attention": [(dense, {}, "no attention layers")],
    "right-head": [(dense, {}, "fit the labels already")],
    "initializer": [(dense, {}, "suit its width")],
    "adam": [(dense, {}, "is Adam already")],
    "shuffle": [(dense, {}, "shuffled already")],
    "lower-learning-rate": [
        (
            dense,
            {"optimizer": lambda: keras.optimizers.Adam(
                keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9))},
            "follows a schedule",
        )
    ],
    "clip-gradients": [
        (dense, {"optimizer": lambda: keras.optimizers.Adam(clipnorm=1.0)}, "clips already")
    ],
    "class-weights": [(dense, {"class_weight": {0: 1.0, 1: 2.0}}, "weighed already")],
    "smaller-batches": [(dense, {"batch_size": 1, "epochs": 1}, "one at a time")],
    "more-epochs": [
        (
            dense,
            {"callbacks": lambda: [keras.callbacks.EarlyStopping()]},
            "decides when training ends",
        )
    ],
    "fewer-epochs": [(dense, {"epochs": 1}, "one epoch only")],
    "dropout": [(lambda: dense(layers.Dropout(0.6)), {}, "drops out 0.6 already")],
    "weight-decay": [(dense, {"optimizer": keras.optimizers.AdamW}, "decays weights")],
    "deduplicate": [(wide_lstm, padded, "no held-out row")],
    "scale-inputs": [(dense, {}, "token ids")],
    "trim": [
        (dense, {}, "hardly any padding"),
        (
            lambda: keras.Sequential(
                [
                    keras.Input((TIME + 9,)),
                    layers.Embedding(WORDS, 5),
                    layers.Flatten(),
                    layers.Dense(1, "sigmoid"),
                ]
            ),
            padded,
            "depend on the length",
        ),
    ],
}  # fmt: skip


_MADE = {}


def made(build, kwargs):
    """Record a fit, or return the one that was recorded before: remedies change none."""
    key = (build, repr(kwargs))
    if key not in _MADE:
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        given = kwargs() if callable(kwargs) else {
            name: value() if callable(value) else value for name, value in kwargs.items()
        }  # fmt: skip
        _MADE[key] = recorded(build, **{"epochs": 2, **given})
    return _MADE[key]


def test_every_remedy_has_a_case_it_suits_and_one_it_refuses():
    names = [remedy.name for remedy in remedies.table()]

    assert sorted(names) == sorted(SUITED)
    assert set(names) - set(REFUSED) == {"higher-learning-rate"}  # shares its rule
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", SUITED)
def test_it_changes_what_it_says_and_nothing_else(name):
    build, kwargs, expected = SUITED[name]
    live = made(build, kwargs)
    weights = live.model.get_weights()
    record = copy.deepcopy(live.fit)
    changed = remedies.named(name).apply(live)

    found = {one.what for one in differences(live.fit, changed.fit)}
    assert found == expected
    assert changed.fit.name == f"{live.fit.name} + {name}"
    assert live.fit == record
    for before, after in zip(weights, live.model.get_weights(), strict=True):
        assert np.array_equal(before, after)
    assert engine.held_out_of(replace(changed, fit=changed.fit)).labels.shape == (101,)
    assert_common_weights_start_equal(name, live, changed)
    assert_every_start_is_known(changed)


def assert_common_weights_start_equal(name, live, changed):
    before, after = (starts(one) for one in (live, changed))
    moved = {
        # What these change is how some weights start.
        "initializer": {"dense/kernel"},
        "uniform-attention": {"Add_Wt", "Add_Wx", "Add_Wa"},
        "correct-attention": {"Add_Wx"},
    }.get(name, set())

    assert before.keys() & after.keys()
    for place in before.keys() & after.keys():
        if not any(place.partition("(")[0].endswith(part) for part in moved):
            assert np.array_equal(before[place], after[place]), place


def assert_every_start_is_known(changed):
    """No replay could begin without it."""
    variables = (*changed.model.variables, *changed.optimizer.variables)
    assert {id(variable) for variable in variables} <= changed.start.keys()


def starts(live, seed=5):
    from whylow.capture._variables import places

    drawn = draw_start(live.model.variables, live.start, seed)
    return dict(zip(places(live.model.variables), drawn, strict=True))


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, cases in REFUSED.items() for number in range(len(cases))],
)
def test_a_fit_that_it_does_not_suit_is_refused_with_the_reason(name, number):
    build, kwargs, reason = REFUSED[name][number]
    live = made(build, kwargs)

    with pytest.raises(NotApplicable, match=reason):
        remedies.named(name).apply(live)


def test_a_subclassed_model_is_refused_where_a_layer_would_change():
    live = made(Subclassed, {})

    with pytest.raises(NotApplicable, match="subclassed"):
        remedies.named("mask-padding").apply(live)
    assert remedies.named("fewer-epochs").apply(live).fit.settings.epochs == 1


def test_the_old_projections_start_equal_and_the_corrected_ones_do_not():
    live = made(per_step, {})
    corrected = remedies.named("correct-attention").apply(live)

    for one, equal in ((live, True), (corrected, False)):
        drawn = {key.partition("(")[0][-2:]: value for key, value in starts(one).items()}
        assert np.array_equal(drawn["Wt"], drawn["Wx"]) is equal


def test_a_pretrained_embedding_stays_pretrained():
    table = np.random.default_rng(1).normal(size=(WORDS, 5)).astype("float32")

    def build():
        model = bilstm()
        model.layers[0].set_weights([table])
        return model

    changed = remedies.named("mask-padding").apply(made(build, {}))
    start = changed.start[id(changed.model.layers[0].embeddings)]

    assert isinstance(start, Kept)
    assert np.array_equal(start.value, table)


def test_a_functional_model_with_two_inputs_and_a_lambda_keeps_its_graph():
    def build():
        words = keras.Input((TIME,))
        table = layers.Embedding(WORDS, 5)(words)
        states = layers.LSTM(3, return_sequences=True)(table)
        scaled = layers.Lambda(lambda part: 2 * part)(states)
        both = layers.Concatenate()([scaled, states])
        return keras.Model(words, layers.Dense(1, activation="sigmoid")(both))

    live = made(build, {"loss": "mean_squared_error"})
    changed = remedies.named("pool-mean").apply(live)

    assert changed.fit.model.output_shape == (None, 1)
    assert changed.fit.broadcast is None
    assert live.fit.broadcast is not None
    assert changed.model.count_params() == live.model.count_params()


def test_remedies_follow_one_another():
    live = made(per_step, {})
    for name in ("mask-padding", "correct-attention", "pool-mean"):
        live = remedies.named(name).apply(live)

    assert live.fit.name == "bilstm + mask-padding + correct-attention + pool-mean"
    assert [layer.masked for layer in live.fit.model.layers] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_the_changed_learning_rate_is_the_one_that_training_began_with():
    live = made(dense, {})
    live.optimizer.learning_rate.assign(0.5)  # as a callback may have left it
    changed = remedies.named("lower-learning-rate").apply(live)

    assert float(changed.optimizer.learning_rate) == pytest.approx(0.001 / 3)


@pytest.mark.slow
def test_changed_fits_can_be_trained_in_pairs():
    live = made(per_step, {})
    fits = [live] + [
        remedies.named(name).apply(live)
        for name in ("pool-mean", "uniform-attention", "class-weights")
    ]
    replayed = engine.replay(
        fits,
        classes=2,
        seed=0,
        clock=engine.Clock(None),
        pairs_to_reach=lambda lanes: 1 if not lanes["bilstm"] else None,
    )

    assert not replayed.notes
    losses = [lanes[0].history["loss"] for lanes in replayed.lanes.values()]
    assert np.isfinite(losses).all()
    # The attention of this model is nearly even: what changed shows in the last digits.
    answers = {lanes[0].probabilities.tobytes() for lanes in replayed.lanes.values()}
    assert len(answers) == len(fits)


# Put back, and the person's own -------------------------------------------------------


def test_one_argument_is_put_back_and_what_cannot_be_says_why():
    live = made(per_step, {})
    back = remedies.layer_argument("bidirectional", "layer.config.units", 2).apply(live)
    inner = "layer.config.return_sequences"
    alone = remedies.layer_argument("bidirectional", inner, False)

    assert {one.what for one in differences(live.fit, back.fit)} >= {
        "`units` of `bidirectional`"
    }
    assert back.fit.model.layers[1].output_shape == (None, TIME, 4)
    with pytest.raises(NotApplicable, match="does not hold together"):
        alone.apply(live)


def test_a_layer_is_taken_out_or_put_back():
    live = made(per_step, {})
    other = made(lambda: dense(layers.Dropout(0.25)), {})
    out = remedies.without_layer("seq_self_attention").apply(live)
    again = remedies.layer_again(other, "dropout", "embedding").apply(live)

    assert [layer.class_name for layer in out.fit.model.layers][2] == "Identity"
    assert [layer.class_name for layer in again.fit.model.layers][1] == "Dropout"


def test_the_last_state_stands_beside_attention():
    live = made(per_step, {})
    kept = remedies.named("keep-last-state").apply(live)
    again = remedies.named("mask-padding").apply(kept)

    assert kept.fit.model.layers[2].output_shape == (None, TIME, 12)
    assert [layer.masked for layer in again.fit.model.layers[:3]] == [True] * 3
    x = made_rows()[0][0][:2]
    states = keras.Sequential(kept.model.layers[:2])(x)
    beside = np.asarray(kept.model.layers[2](states))[:, 0, 6:]
    last = np.concatenate([states[:, -1, :3], states[:, 0, 3:]], axis=-1)
    assert np.allclose(beside, last)


def test_parameters_are_matched_by_width():
    live = made(per_step, {})
    smaller = remedies.match_parameters(450).apply(live)

    assert abs(smaller.model.count_params() - 450) <= 9
    assert smaller.model.count_params() != live.model.count_params()
    with pytest.raises(NotApplicable, match="no layer but the last"):
        remedies.match_parameters(40).apply(made(dense, {}))


def test_optimizer_loss_settings_and_rows_are_put_back():
    baseline = made(
        dense, {"optimizer": lambda: keras.optimizers.SGD(0.25), "batch_size": 16}
    )
    variant = made(dense, {"loss": "mean_squared_error", "epochs": 3})
    sgd = remedies.optimizer_of(baseline, "optimizer").apply(variant)
    rate = remedies.optimizer_of(baseline, "learning_rate").apply(variant)

    assert sgd.fit.compile.optimizer == "SGD"
    assert_every_start_is_known(sgd)
    assert float(rate.optimizer.learning_rate) == 0.25
    assert (
        remedies.loss_of(baseline).apply(variant).fit.compile.loss == "binary_crossentropy"
    )
    batch = remedies.setting_of(baseline, "batch_size").apply(variant)
    assert (batch.training.batch_size, batch.fit.settings.batch_size) == (16, 16)
    rows = remedies.rows_of(baseline).apply(variant)
    assert rows.training.x is baseline.training.x
    with pytest.raises(NotApplicable, match="callbacks"):
        remedies.setting_of(baseline, "callbacks").apply(variant)


def test_a_remedy_of_ones_own_from_a_configuration_or_a_function():
    live = made(dense, {})

    def wider(config):
        config["layers"][-1]["config"]["activation"] = "tanh"
        return config

    by_configuration = remedies.own("tanh", wider).apply(live)
    by_function = remedies.own("bilstm", variant=bilstm).apply(live)

    assert by_configuration.fit.model.layers[-1].config["activation"] == "tanh"
    assert by_function.fit.model.layers[1].class_name == "Bidirectional"
    assert by_function.fit.compile.loss == "binary_crossentropy"
    with pytest.raises(NotApplicable, match="ZeroDivisionError"):
        remedies.own("broken", lambda config: 1 / 0).apply(live)
    for neither_or_both in ({}, {"configuration": wider, "variant": bilstm}):
        with pytest.raises(InputError, match="needs either `configuration`"):
            remedies.own("x", **neither_or_both)


def test_a_name_that_is_no_remedy_is_answered_with_those_that_are():
    with pytest.raises(InputError, match=r"no remedy 'mask'. There are: .*mask-padding"):
        remedies.named("mask")


@pytest.mark.parametrize("remedy", remedies.table(), ids=lambda one: one.name)
def test_every_page_has_a_summary_when_not_to_use_it_and_the_code(remedy):
    page = remedy.page_text()

    assert page.startswith(f"# {remedy.name}\n")
    assert remedy.summary.endswith((".", "?"))
    assert "## When it does not fit" in page
    assert page.rstrip().endswith(remedy.code)
    assert remedy.does[0].islower()


def found_by(code, *faults):
    given = Finding(
        code=code, name="", severity="warning", fit="a", message="", fix="", faults=faults
    )
    return {remedy.name for remedy in remedies.for_finding(given)}


@pytest.mark.parametrize(
    ("code", "faults", "never"),
    [
        ("WL311", ("learning_rate", "epochs"), {"lower-learning-rate"}),
        ("WL323", ("epochs", "overfitting"), {"more-epochs"}),
        ("WL221", ("regularization",), {"dropout", "weight-decay"}),
        ("WL317", ("regularization",), {"dropout", "weight-decay"}),
    ],
)
def test_too_much_of_a_thing_does_not_propose_more_of_it(code, faults, never):
    assert not found_by(code, *faults) & never


def test_every_remedy_but_a_control_is_proposed_by_some_finding():
    unproposed = {
        remedy.name
        for remedy in remedies.table()
        if not remedy.codes and not remedy.faults and remedy.kind != "control"
    }

    assert unproposed == {"keep-last-state"}  # stands beside the controls of attention


@pytest.mark.parametrize(
    "name",
    [
        "learning-rate-as-before", "without-dropout", "with-dropout", "match-parameters",
        "best-epoch", "units-of-dense", "GlobalAveragePooling1D-for-pool",
    ],
)  # fmt: skip
def test_whatever_name_a_report_has_there_is_a_page_for_it(name):
    page = remedies.page_of(name)

    assert page.startswith(f"# {name}\n")
    assert len(page) > 200


def test_for_any_other_name_there_is_none():
    assert remedies.page_of("nonsense") is None
