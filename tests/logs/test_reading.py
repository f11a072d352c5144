"""What is said of logs: answers, assumptions, suspects, what was not checked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_renderings import RENDERINGS, keras2, trainer_table

from whylow.capture.logs import (
    Printed,
    fits_digits,
    parse,
    training_range,
    validation_sizes,
)
from whylow.exceptions import InputError
from whylow.reading import read, read_files
from whylow.records import Report
from whylow.report._read_text import read_text

SEED = Path(__file__).parents[3] / "shared" / "seed.txt"
CORPUS = Path(__file__).parent / "corpus"
CODE = """
model = Sequential()
model.add(Input(shape=(maxlen,)))
model.add(Embedding(20000, 64))
model.add({})
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X, y, validation_data=(Xv, yv), epochs=3, batch_size=64)
"""
PLAIN = CODE.format("LSTM(16)")
OVER_TIME = CODE.format("LSTM(16, return_sequences=True)")


def log(val_accuracy, accuracy=(0.7, 0.8, 0.9), val_loss=None, loss=(0.6, 0.5, 0.4)):
    val_loss = val_loss or (0.6, 0.5, 0.45)
    rows = zip(loss, accuracy, val_loss, val_accuracy, strict=True)
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return keras2([dict(zip(names, row, strict=True)) for row in rows])[0]


def pair(first, second, **texts):
    return read(f"Plain:\n{first}\nChanged:\n{second}", **texts)


def codes(report):
    return {finding.code for finding in report.findings}


@pytest.mark.skipif(not SEED.exists(), reason="the question that began it is not here")
def test_the_question_that_began_it_is_answered_on_one_screen():
    report = read_files([SEED])
    text = read_text(report)
    lines = text.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert lines[:2] == [
        "Nothing here shows that attention made the model worse.",
        "The drop is in training accuracy; on validation texts the sign turns.",
    ]
    for words in (
        "no attention  attention", "98.22 %    97.45 %      -0.77  your claim",
        "92.27 %    93.37 %      +1.10", "94.03 %    94.30 %      +0.27",
        "0.172      0.165     -0.007  lower = better", "46         64      +39 %",
        'always "sincere"                93.81 %', "Overfitting since epoch 2, both",
        "Nothing after SeqSelfAttention takes the time axis away", "2,613 or 2,614",
        "A log cannot tell whether attention helps", "whylow run",
    ):  # fmt: skip
        assert words in text
    assert report.comparisons[0].verdict is None
    assert report.comparisons[0].claim.difference == pytest.approx(-0.0077)
    assert report.fits[0].log.training_rows == (10433, 10496)
    Report.model_validate_json(report.to_json())


def test_digits_tell_sizes_as_in_the_hand_worked_case():
    """2452/2613 = 0.93839; 0.9392, 0.9403 and 0.9227 are 2454, 2457 and 2411 of 2,613."""
    shares = [Printed(share, 4) for share in (0.9392, 0.9403, 0.9227)]
    assert training_range(164, 64) == (10433, 10496)
    assert not fits_digits(2624, shares)
    assert fits_digits(2613, shares)
    assert validation_sizes((10433, 10496), shares, None) == (0.2, (2614, 2613))


def test_an_unusual_split_is_not_guessed_where_some_size_fits_by_chance():
    """6,439 rows, 30 % held out: one of 14 sizes fits; of random digits 0.3 would."""
    shares = [Printed(share, 4) for share in (0.9067, 0.9223, 0.859)]
    assert fits_digits(2766, shares)
    assert validation_sizes((6439, 6470), shares, None) is None
    assert validation_sizes((6439, 6470), shares, 0.3) == (0.3, (2766,))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 5000), st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_the_true_size_always_fits_the_digits(rows, parts):
    """In float32, as Keras adds up, and to four digits, as it prints."""
    import numpy as np

    counts = [round(part * rows) for part in parts]
    shares = [float(np.float32(count) / np.float32(rows)) for count in counts]
    assert fits_digits(rows, [Printed(float(f"{share:.4f}"), 4) for share in shares])


@pytest.mark.parametrize(
    ("train", "valid", "answer"),
    [
        (
            (0.98, 0.97),
            (0.80, 0.82),
            "Nothing here shows that Changed is worse than Plain.",
        ),
        ((0.97, 0.98), (0.82, 0.70), "better in training only: on validation texts it is"),
        ((0.98, 0.97), (0.82, 0.70), "did worse in this run, on validation texts too"),
        ((0.97, 0.98), (0.70, 0.82), "did better in this run, on validation texts too"),
        (
            (0.98, 0.97),
            (0.82, 0.82),
            "Nothing here shows that Changed is worse than Plain.",
        ),
        ((0.97, 0.98), (0.82, 0.82), "makes no difference on validation texts"),
        ((0.98, 0.97), (0.8020, 0.8000), "two runs of one model differ by as much"),
        ((0.97, 0.98), (0.8020, 0.8000), "in training only"),
    ],
)
def test_the_answer_follows_what_holds_on_validation_texts(train, valid, answer):
    texts = [
        log((0.6, 0.65, held), accuracy=(0.7, 0.8, own))
        for own, held in zip(train, valid, strict=True)
    ]
    report = pair(*texts, val_size=2000)
    said = " ".join(report.protocol["answer"])
    assert answer in said or (answer == "in training only" and "luck would" in said)
    assert report.comparisons[0].sentence == said


def test_an_epoch_that_decides_is_named():
    report = pair(log((0.70, 0.90, 0.80)), log((0.70, 0.85, 0.84)))
    assert "depends on the epoch" in report.protocol["answer"][0]
    assert "+4.00 at the last, -5.00 at the best" in report.protocol["answer"][0]


def test_quoted_validation_figures_are_the_claim():
    text = f"{log((0.6, 0.65, 0.8125))}\n{log((0.6, 0.65, 0.7917))}"
    claim = read(f"{text} It went from 81.25% to 79.17%!").comparisons[0].claim
    assert (claim.split, claim.epoch) == ("validation", 3)
    assert read(text).comparisons[0].claim.split == "train"


def test_training_numbers_alone_settle_nothing():
    epochs = [{"loss": 0.5 / n, "accuracy": 0.7 + n / 20} for n in (1, 2, 3)]
    worse = [{**epoch, "accuracy": epoch["accuracy"] - 0.05} for epoch in epochs]
    report = pair(keras2(epochs)[0], keras2(worse)[0])
    assert "cannot tell which is better" in report.protocol["answer"][0]


def test_three_fits_are_put_in_order():
    report = read("".join(log((0.6, 0.65, last)) for last in (0.70, 0.75, 0.72)))
    assert report.protocol["answer"] == [
        "Of 3 fits fit 2 has the best validation accuracy, one run each."
    ]
    assert "fit 2" in read_text(report)


def test_options_cost_only_the_findings_that_need_them():
    text = log((0.60, 0.65, 0.70))
    without = read(text)
    needs = {one.code: one.why for one in without.checks_not_run}
    assert "--majority-share" in needs["WL401"]
    given = read(text, majority_share=0.75)
    assert "WL401" in codes(given)
    assert "WL401" not in {one.code for one in given.checks_not_run}
    assert "WL401" not in codes(read(text, majority_share=0.69))


def test_a_model_over_time_neither_tells_a_size_nor_fits_one():
    """2454, 2457 and 2411 of 2,613; the other three are no fractions of 2,609 to 2,624."""
    texts = (
        PLAIN + log((0.9392, 0.9403, 0.9227)) + OVER_TIME + log((0.9418, 0.9430, 0.9337))
    )
    report = read(texts)
    assert [fit.log.validation_rows for fit in report.fits] == [(2614, 2613)] * 2
    (suspect,) = [finding for finding in report.findings if finding.code == "WL201"]
    assert "no fractions of 2,613 or 2,614 texts" in suspect.message
    assert suspect.evidence["accuracies_are_no_fractions_of"] == [2614, 2613]


def test_a_batch_size_that_nobody_gave_is_the_default_and_said():
    report = read(PLAIN.replace(", batch_size=64", "") + log((0.6, 0.65, 0.7)))
    assert report.fits[0].log.training_rows == (163 * 32 + 1, 164 * 32)
    assert report.protocol["assumptions"][0]["why"] == "Keras' default"
    assert read(log((0.6, 0.65, 0.7))).fits[0].log.training_rows is None


def test_rows_that_are_not_known_are_not_made_up():
    found = read(log((0.60, 0.65, 0.70)), majority_share=0.75).findings
    (finding,) = [finding for finding in found if finding.code == "WL401"]
    assert finding.evidence["rows"] is None
    assert finding.evidence["assumed"] is False
    assert finding.evidence["majority_share"] == pytest.approx(0.75)


def test_of_several_classes_none_is_larger_than_the_largest():
    """With 20 % in the largest class an accuracy of 25 % is better than that."""
    text = log((0.15, 0.20, 0.25))
    assert "WL401" not in codes(read(text, majority_share=0.20))
    assert "WL401" in codes(read(text, majority_share=0.30))


def test_given_rows_do_not_hide_what_was_trained_on_them():
    """The labels' shape is not in a log, whatever else is known of the rows."""
    found = read(OVER_TIME + log((0.6, 0.65, 0.7)), train_size=10_450).findings
    assert [f.severity for f in found if f.code == "WL201"] == ["warning"]
    text = "Train on 10450 samples, validate on 2613 samples\n"
    found = read(OVER_TIME + text + log((0.6, 0.65, 0.7))).findings
    assert [f.severity for f in found if f.code == "WL201"] == ["warning"]


def test_losses_are_better_when_they_are_lower():
    rows = [{"loss": 0.5 / n, "val_loss": 0.6 / n} for n in (1, 2, 3)]
    worse = [{"loss": row["loss"] + 0.1, "val_loss": row["val_loss"] - 0.1} for row in rows]
    report = pair(keras2(rows)[0], keras2(worse)[0])
    assert report.comparisons[0].claim.metric == "loss"
    assert report.protocol["answer"][0].startswith("Nothing here shows")
    best = [view for view in report.comparisons[0].ladder if "best" in view.view]
    assert (best[0].baseline, best[0].variant) == (0.2, 0.1)


def test_an_option_that_contradicts_the_log_is_said():
    """0.9392 is no fraction of 2,624; 164 steps of 64 are no 12,000 rows."""
    text = PLAIN + log((0.9392, 0.9403, 0.9227))
    notes = " ".join(read(text, val_size=2624, train_size=12_000).notes)
    assert "is no fraction of 2,624 validation rows" in notes
    assert "12,000 training rows do not take 164 steps of 64; 10,433 to 10,496" in notes
    assert not read(text, val_size=2613, train_size=10_450).notes


def test_the_split_in_the_code_beats_the_usual_one():
    held_out = [round(right / 1160, 4) for right in (1040, 1051, 1063)]
    text = f"a, b = train_test_split(x, y, test_size=0.1)\n{PLAIN}{log(held_out)}"
    (assumed,) = read(text).protocol["assumptions"]
    assert assumed["sure"] == "likely"
    assert "10 % held out" in assumed["why"]
    assert "1,160" in assumed["value"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"majority_share": 94}, "did you mean 0.94"),
        ({"majority_share": 0}, "between 0 and 1"),
        ({"val_size": 0}, "`val_size`.*from 1 on"),
        ({"batch_size": -3}, "`batch_size`"),
        ({"train_size": 2.5}, "`train_size`.*whole number"),
    ],
)
def test_an_impossible_option_is_one_sentence(options, words):
    with pytest.raises(InputError, match=words):
        read(log((0.6, 0.65, 0.7)), **options)


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("I use the quora insincere questions", 0.9381),
        ("quora question pairs, is_duplicate", 0.6308),
        ("the IMDB reviews", 0.5),
        ("SMS messages, spam or not", 0.8659),
        ("IMDB and then MNIST", None),
        ("my own emails", None),
    ],
)
def test_known_shares_are_assumed_only_where_one_data_set_is_named(words, share):
    majority = read(f"{words}\n{log((0.6, 0.65, 0.7))}").protocol["majority"]
    assert (majority and majority["share"]) == share
    if share:
        assert majority["assumed"]


def test_suspects_in_the_code_are_seen_and_not_measured():
    (finding,) = [f for f in read(OVER_TIME + log((0.6, 0.65, 0.7))).findings
                  if f.code == "WL201"]  # fmt: skip
    assert "seen in the code, not measured" in finding.message
    assert finding.evidence["measured"] is False
    assert finding.confirmed == "not-tried"
    assert finding.severity != "error"


@pytest.mark.parametrize(
    "code",
    [
        PLAIN,
        OVER_TIME.replace(
            "model.add(Dense", "model.add(GlobalMaxPooling1D())\nmodel.add(Dense"
        ),
        OVER_TIME.replace("model.add(Dense", "model.add(Flatten())\nmodel.add(Dense"),
        OVER_TIME.replace("model.add(Dense", "model.add(MyPooling())\nmodel.add(Dense"),
        OVER_TIME.replace("Dense(1", "TimeDistributed(Dense(1").replace("'))", "')))"),
        "An NER tagger\n" + OVER_TIME,
    ],
    ids=["last state", "pooling", "flatten", "unknown layer", "for words", "tagging"],
)
def test_no_suspicion_where_time_is_taken_away_or_wanted(code):
    assert "WL201" not in codes(read(code + log((0.6, 0.65, 0.7))))


def test_masks_are_suspected_only_where_there_is_padding():
    text = log((0.6, 0.65, 0.7))
    assert "WL202" in codes(read(PLAIN + text))
    assert "WL202" not in codes(read(PLAIN.replace("64))", "64, mask_zero=True))") + text))
    assert "WL202" not in codes(read(PLAIN.replace("(maxlen,)", "(None,)") + text))


def test_functional_code_on_one_line_is_read():
    code = (
        "inp = Input(shape=(50,)) x = Embedding(100, 8)(inp) x = Bidirectional(LSTM(10,"
        " return_sequences=True))(x) out = Dense(1, activation='softmax')(x) m = Model(inp,"
        " out) m.compile('adam', 'binary_crossentropy') m.fit(x, y, epochs=3) "
    )
    (fit,) = parse(code + log((0.6, 0.65, 0.7))).fits
    classes = [layer.class_name for layer in fit.model.layers]
    assert classes == ["Input", "Embedding", "Bidirectional", "Dense"]
    assert fit.model.layers[2].output_shape == (None, 50, 20)
    assert fit.compile.loss == "binary_crossentropy"
    found = read(code + log((0.6, 0.65, 0.7)))
    assert any(f.code == "WL203" and "not measured" in f.message for f in found.findings)


@pytest.mark.parametrize("form", sorted(RENDERINGS))
def test_the_same_history_gets_the_same_findings_in_every_form(form):
    """Constant on validation, so that a finding is due; the Trainer shows no accuracy."""
    epochs = [
        {"loss": 0.9 / n, "accuracy": 0.5, "val_loss": 0.7 + n / 10, "val_accuracy": 0.5}
        for n in (1, 2, 3)
    ]
    text, _ = RENDERINGS[form](epochs)
    data = text if isinstance(text, bytes) else text.encode()
    found = codes(read_files(["-"], stdin=__import__("io").BytesIO(data)))
    assert {"WL307", "WL301"} <= found


def test_a_table_without_training_accuracy_is_judged_all_the_same():
    text, _ = trainer_table([{"loss": 0.5, "val_loss": 0.5, "val_accuracy": 0.5}] * 3)
    assert "WL307" in codes(read(text))


def test_no_log_is_one_sentence():
    with pytest.raises(InputError, match="No training log was found"):
        read("Why is my accuracy low?")
    with pytest.raises(InputError, match=r"Cannot read 'nowhere\.log'"):
        read_files(["nowhere.log"])
    with pytest.raises(InputError, match="Cannot read"):
        read_files([CORPUS])


def test_files_give_their_names_and_their_order(tmp_path):
    for name, last in (("before", 0.8), ("after", 0.7)):
        (tmp_path / f"{name}.log").write_text(log((0.6, 0.65, last)))
    report = read_files([tmp_path / "before.log", tmp_path / "after.log"])
    assert [(fit.name, fit.role) for fit in report.fits] == [
        ("before", "baseline"),
        ("after", "variant"),
    ]


def test_the_report_is_json_by_its_schema():
    import jsonschema

    for path in (CORPUS / "post_attention.txt", CORPUS / "keras2_nan.log"):
        document = json.loads(read_files([path]).to_json())
        jsonschema.validate(document, Report.model_json_schema(by_alias=True))


def test_reading_imports_no_backend_and_no_arrays():
    code = (
        "import sys\n"
        "from whylow.reading import read_files\n"
        "from whylow.report._read_text import read_text\n"
        f"read_text(read_files([{str(CORPUS / 'post_attention.txt')!r}]))\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"keras", "jax", "numpy", "scipy", "sklearn", "matplotlib", "jinja2", "polars"}
    assert not heavy & set(ran.stdout.split())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            sorted(p.name for p in CORPUS.iterdir() if p.suffix != ".expected")
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_files_together_fit_the_screen(names):
    try:
        report = read_files([CORPUS / name for name in names])
    except InputError:
        return
    lines = read_text(report).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    failed = [one for one in report.checks_not_run if "itself failed" in one.why]
    assert not failed
