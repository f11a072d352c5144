"""Code around a log: layers in order, shapes as far as they are sure."""

import pytest

from whylow.capture.logs._code import read_code


def models(text):
    return [code.model() for code in read_code({0: text})]


def shapes(text):
    (model,) = models(text)
    return [layer.output_shape for layer in model.layers]


@pytest.mark.parametrize(
    ("layers", "last"),
    [
        ("LSTM(7)", (None, 7)),
        ("Bidirectional(LSTM(7))", (None, 14)),
        ("Bidirectional(LSTM(7), merge_mode='sum')", (None, 7)),
        ("Bidirectional(GRU(7, return_sequences=True))", (None, 11, 14)),
        ("LSTM(7, return_sequences=True), GlobalMaxPooling1D()", (None, 7)),
        ("LSTM(7, return_sequences=True), SeqSelfAttention()", (None, 11, 7)),
        ("LSTM(7, return_sequences=True), SeqWeightedAttention()", (None, 7)),
        ("LSTM(7, return_sequences=True, return_state=True)", None),
        ("LSTM(7, return_sequences=True), MyAttention()", None),
        ("Conv1D(5, 3), MaxPooling1D(2)", (None, None, 5)),
        ("TimeDistributed(Dense(3))", (None, 11, 3)),
        ("Flatten()", (None, None)),
        ("Lambda(lambda t: t)", None),
    ],
)
def test_shapes_follow_from_the_layers_or_are_unknown(layers, last):
    text = f"m = Sequential([Input((11,)), Embedding(100, 5), {layers}])"
    assert shapes(text)[:2] == [(None, 11), (None, 11, 5)]
    assert shapes(text)[-1] == last


def test_numbers_in_variables_are_looked_up_and_two_values_are_none():
    text = "maxlen = 11 units = 7 rows = 3 rows = 4 m = Sequential() "
    text += "m.add(Embedding(100, 5, input_length=maxlen)) m.add(LSTM(units)) "
    text += "m.add(Dense(rows))"
    assert shapes(text) == [(None, 11, 5), (None, 7), (None, None)]


def test_branches_have_no_shape():
    text = (
        "a = Input((3,)) b = Dense(4)(a) c = Dense(5)(a) d = concatenate([b, c])"
        " e = Dense(1)(d) m = Model(a, e)"
    )
    (model,) = models(text)
    assert model.class_name == "Functional"
    assert model.output_shape is None


def test_a_loss_object_and_the_settings_of_fit_are_read():
    text = (
        "m = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(4,))])\n"
        "m.compile(loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),\n"
        "  optimizer=tf.keras.optimizers.Adam(1e-3), metrics=['acc', 'AUC'])\n"
        "m.fit(x, y, epochs=3, batch_size=8, validation_split=0.25, shuffle=False,\n"
        "  callbacks=[EarlyStopping(patience=2)])"
    )
    (code,) = read_code({0: text})
    assert (code.compile.loss, code.compile.from_logits) == ("BinaryCrossentropy", True)
    assert (code.compile.optimizer, code.compile.metrics) == ("Adam", ("acc", "AUC"))
    assert code.settings.batch_size == 8
    assert code.settings.validation_split == code.validation_split == 0.25
    assert code.settings.shuffle is False
    assert code.settings.callbacks == ("EarlyStopping",)


def test_a_second_fit_of_one_model_is_a_second_training():
    text = "m = Sequential([Dense(1)]) m.fit(x, y, epochs=1) m.fit(x, y, epochs=2)"
    assert [code.settings.epochs for code in read_code({0: text})] == [1, 2]


def test_other_things_with_fit_and_add_are_no_models():
    text = "scaler.fit(x) tokenizer.fit(texts) words.add('a') done = set() done.add(3)"
    assert read_code({0: text}) == []


def test_brackets_in_strings_and_comments_do_not_count():
    text = (
        "m = Sequential([Dense(1, name='a(\\'b'), # ((\n Dense(2)]) m.fit(x, y, epochs=1)"
    )
    (model,) = models(text)
    assert [layer.class_name for layer in model.layers] == ["Dense", "Dense"]


def test_numbers_that_python_would_refuse_are_no_trouble():
    text = "units = 007 rate = -0.5 size = \u06f03 m = Sequential([Dense(units)])"
    assert shapes(text) == [None]
    (model,) = models(text)
    assert model.layers[0].config == {"units": 7}


@pytest.mark.parametrize(("owner", "found"), [("model", 1), ("my_net", 1), ("scaler", 0)])
def test_a_model_built_in_a_function_is_the_one_that_is_fitted(owner, found):
    text = f"def build(): m = Sequential() m.add(Dense(1)) return m {owner} = build() "
    text += f"{owner}.fit(x, y, epochs=2, batch_size=8)"
    codes = read_code({0: text})
    (code,) = codes
    assert (code.variable == owner and bool(code.layers)) == bool(found)
