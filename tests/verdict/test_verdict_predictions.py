"""The verdict alone, on arrays and files."""

import csv

import numpy as np
import polars
import pytest
from made_lanes import held_out, lanes

from whylow.exceptions import InputError
from whylow.verdict import compare_predictions

ROWS, SEEDS = 601, 7


def made(classes=2, share=0.3, **of_variant):
    texts = held_out(rows=ROWS, share=share, classes=classes)
    a = [x.probabilities[0] for x in lanes(texts, SEEDS, side=1, epochs=1)]
    b = [x.probabilities[0] for x in lanes(texts, SEEDS, side=2, epochs=1, **of_variant)]
    return np.stack(a).astype(float), np.stack(b).astype(float), texts.labels


def write(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_probabilities_get_a_verdict_for_new_texts_from_all_pairs_at_once():
    a, b, labels = made(gain=-0.8)
    got = compare_predictions(a, b, labels, names=("lstm", "attention"))
    assert got.verdict == "worse"
    assert got.metric == "macro_f1"
    assert "with `attention` [-" in got.sentence
    assert got.sentence.endswith("over 7 pairs.")
    assert got.difference is not None
    assert (got.difference.scope, got.difference.level) == ("new texts", 0.95)
    assert got.looks == (7,)
    assert got.ladder[0].view == "accuracy"
    assert not any("epoch" in v.view for v in got.ladder)
    assert got.controls[0].name == "majority class"


def test_fewer_than_six_trainings_are_described_only():
    a, b, labels = made(gain=-0.8)
    got = compare_predictions(a[:3], b[:5], labels)
    assert got.pairs == 3
    assert got.verdict == "cannot-tell-yet"
    assert got.sentence.endswith("over 3 pairs; a verdict takes 6.")
    one = compare_predictions(a[0], b[0], labels)
    assert one.verdict is None


def test_bare_classes_keep_their_decisions_and_get_no_ranks():
    a, b, labels = made(share=0.06)
    hard = compare_predictions((a > 0.5).astype(int), (b > 0.5).astype(int), labels)
    assert hard.metric == "macro_f1"
    assert set(hard.metrics["baseline"]) == {"accuracy", "macro_f1", "mcc"}
    right = ((a > 0.5) == labels).mean()
    assert hard.metrics["baseline"]["accuracy"] == pytest.approx(right)
    predicted = (a > 0.5).astype(int)
    from sklearn.metrics import f1_score

    expected = np.mean([f1_score(labels, row, average="macro") for row in predicted])
    assert hard.metrics["baseline"]["macro_f1"] == pytest.approx(expected)
    assert not any(v.view == "average precision" for v in hard.ladder)
    with pytest.raises(InputError, match="'roc_auc' needs probabilities"):
        compare_predictions((a > 0.5).astype(int), b, labels, metric="roc_auc")


@pytest.mark.parametrize("form", ["probabilities", "classes", "names"])
def test_many_classes(form):
    a, b, labels = made(classes=5)
    names = np.array(["ant", "bee", "cow", "dog", "elk"])
    if form == "probabilities":
        got = compare_predictions(a, b, labels)
    elif form == "classes":
        got = compare_predictions(a.argmax(2), b.argmax(2), labels)
    else:
        got = compare_predictions(names[a.argmax(2)], names[b.argmax(2)], names[labels])
    assert got.metric == "accuracy"
    right = (a.argmax(2) == labels).mean()
    assert got.metrics["baseline"]["accuracy"] == pytest.approx(right)


def test_duplicates_count_once():
    a, b, labels = made(own=1.0)
    alone = compare_predictions(a, b, labels, seed=1)
    order = np.tile(np.arange(ROWS), 2)
    twice = compare_predictions(
        a[:, order], b[:, order], labels[order], groups=order, seed=1
    )
    naive = compare_predictions(a[:, order], b[:, order], labels[order], seed=1)

    def width(comparison):
        return comparison.difference.high - comparison.difference.low

    assert width(twice) == pytest.approx(width(alone), rel=0.25)
    assert width(naive) < 0.9 * width(twice)


def test_wide_and_long_files_and_arrays_say_the_same(tmp_path):
    a, b, labels = made()
    expected = compare_predictions(a, b, labels, names=("a", "b"))
    truth = [["id", "label"], *([f"q{k}", y] for k, y in enumerate(labels))]
    files = [write(tmp_path / "labels.csv", truth)]
    order = np.random.default_rng(0).permutation(ROWS)
    wide = [["id", *(f"seed {s}" for s in range(SEEDS))]]
    wide += [[f"q{k}", *a[:, k]] for k in order]
    files.append(write(tmp_path / "wide.csv", wide))
    long = [["seed", "id", "prediction"]]
    long += [[s, f"q{k}", b[s, k]] for k in order for s in reversed(range(SEEDS))]
    files.append(write(tmp_path / "long.csv", long))
    got = compare_predictions(files[1], str(files[2]), files[0], names=("a", "b"))
    assert got == expected


def test_a_column_of_texts_says_which_are_duplicates(tmp_path):
    a, b, labels = made(own=1.0)
    order = np.tile(np.arange(ROWS), 2)
    rows = [["label", "text"], *([labels[k], f"words {k}"] for k in order)]
    truth = write(tmp_path / "y.csv", rows)
    got = compare_predictions(a[:, order], b[:, order], truth)
    expected = compare_predictions(a[:, order], b[:, order], labels[order], groups=order)
    apart = compare_predictions(a[:, order], b[:, order], labels[order])
    width = [x.difference.high - x.difference.low for x in (got, expected, apart)]
    assert width[0] == pytest.approx(width[1], rel=0.1)
    assert width[2] < 0.9 * width[0]


def test_files_in_the_order_of_the_labels_need_no_id(tmp_path):
    a, b, labels = made()
    truth = write(tmp_path / "y.csv", [["target"], *([y] for y in labels)])
    sides = [
        write(tmp_path / f"{k}.csv", [[f"s{s}" for s in range(SEEDS)], *x.T.tolist()])
        for k, x in enumerate((a, b))
    ]
    got = compare_predictions(*sides, truth)
    assert got == compare_predictions(a, b, labels)


def test_names_of_classes_in_files(tmp_path):
    a, b, labels = made()
    names = np.array(["insincere", "sincere"])
    truth = write(tmp_path / "y.csv", [["label"], *([names[y]] for y in labels)])
    sides = [
        write(tmp_path / f"{k}.csv", [["s1", "s2"], *names[(x[:2].T > 0.5).astype(int)]])
        for k, x in enumerate((a, b))
    ]
    got = compare_predictions(*sides, truth)
    assert got.pairs == 2
    right = ((a[:2] > 0.5) == labels).mean()
    assert got.metrics["baseline"]["accuracy"] == pytest.approx(right)


def test_what_is_no_parquet_is_one_sentence(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"a.parquet must be a Parquet file: \S"):
        compare_predictions(path, path, [0, 1])


def test_a_missing_cell_of_parquet_is_one_sentence(tmp_path):
    a, b, labels = made()
    holes = {"s1": [None, *a[0, 1:]], "s2": a[1]}
    polars.DataFrame(holes).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="a prediction of each training for each text"):
        compare_predictions(tmp_path / "a.parquet", b, labels)


def test_long_parquet_and_words_say_the_same_as_csv(tmp_path):
    """One row a prediction, ids out of order, classes as words, on the command line too."""
    a, b, labels = made()
    names = np.array(["ham", "spam"])[labels]
    ids = np.arange(len(labels))
    polars.DataFrame({"qid": ids, "label": names}).write_parquet(tmp_path / "y.parquet")
    for name, x in (("a", a), ("b", b)):
        seed, row = np.divmod(np.random.default_rng(0).permutation(x.size), len(ids))
        long = {"seed": seed, "id": row, "prediction": x[seed, row]}
        polars.DataFrame(long).write_parquet(tmp_path / f"{name}.parquet")
    files = [tmp_path / f"{name}.parquet" for name in "aby"]
    got = compare_predictions(*files, positive="spam")
    expected = compare_predictions(a, b, names, positive="spam")
    assert got.difference == expected.difference
    assert got.metrics == expected.metrics


def test_parquet_says_the_same_as_csv(tmp_path):
    a, b, labels = made()
    polars.DataFrame({"label": labels}).write_parquet(tmp_path / "y.parquet")
    for name, x in (("a", a), ("b", b)):
        frame = polars.DataFrame({f"s{s}": x[s] for s in range(SEEDS)})
        frame.write_parquet(tmp_path / f"{name}.parquet")
    got = compare_predictions(*(tmp_path / f"{name}.parquet" for name in "aby"))
    assert got == compare_predictions(a, b, labels)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a[:, :-1], r"with 601 texts\. Received: \(7, 600\)"),
        (lambda a: a * 2, "must be probabilities from 0 to 1 or classes out of 0, 1"),
        (lambda a: a * np.nan, "must be probabilities from 0 to 1"),
        (lambda a: (a > 0.5) + 1, "or classes out of 0, 1"),
        (lambda a: a[:, :, None], "one number for each of 2 classes. Received: 1"),
        (lambda a: np.stack([a, a], 2), "must add up to 1"),
    ],
)
def test_predictions_that_do_not_fit(change, message):
    a, b, labels = made()
    with pytest.raises(InputError, match=message):
        compare_predictions(change(a), b, labels)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"y": "class\n1\n"}, "must have a column named label.*Its columns: class"),
        ({"y": "id,label\na,1\na,0\n"}, "names a text twice in its column 'id'"),
        ({"y": "label\n"}, "There are no labels"),
        (
            {"y": "id,label\na,1\nb,0\n", "p": "id,s\na,1\n"},
            "no prediction for 1 of 2.*'b'",
        ),
        ({"y": "label\n1\n0\n", "p": "s\n1\n\n0,5\n"}, "Row 3 of .* must have 1 cells"),
        ({"y": "label\n1\n0\n", "p": "seed,s\n1,1\n"}, "columns id and prediction too"),
        (
            {"y": "id,label\na,1\nb,0\n", "p": "seed,id,score\n1,a,1\n1,b,0\n2,a,1\n"},
            "a prediction of each training for each text",
        ),
        ({"y": "", "p": ""}, r"must be a CSV file with a header\. Received: no row"),
        ({"y": "id;label\na;1\n"}, "must be parted by commas. Received: ';'"),
        ({"y": ",label\n0,1\n"}, r"has no name\. Name it id .* index=False"),
        ({"y": "id,label\na,1\nb,\n"}, r"a label for each text\. Received: 1 empty"),
        ({"y": "label\n1\n0\n", "p": "s\n0.5\nnan\n"}, "0, 1. Received: nan, for"),
        ({"y": "label\n1\n0\n", "p": "s\n0.5\n3.5\n"}, "0, 1. Received: 3.5, for"),
        ({"y": "label\na\nb\nc\n", "p": "s\na\nb\nd\n"}, "a, b, c. Received: d, for"),
        ({"y": "id,label\na,1\nb,0\n", "p": "id\na\nb\n"}, "a column of predictions for"),
        (
            {"y": "id,label\na,1\nb,0\n", "p": "id,s\na,1\nb,0\na,0\n"},
            "names a text twice in its column 'id'",
        ),
        (
            {"y": "id,label\na,1\nb,0\n", "p": "seed,id,score\n1,a,1\n1,b,0\n1,a,0\n"},
            "two predictions of 'a' by seed 1",
        ),
        ({"y": "label\n1\n1\n", "p": "s\n1\n1\n"}, "at least two classes"),
    ],
)
def test_files_that_do_not_fit(tmp_path, files, message):
    for name in "yp":
        (tmp_path / f"{name}.csv").write_text(files.get(name, "s\n1\n0\n"))
    with pytest.raises(InputError, match=message):
        compare_predictions(tmp_path / "p.csv", tmp_path / "p.csv", tmp_path / "y.csv")


def test_bytes_that_are_no_text_are_one_sentence(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match=r"a CSV file, text in UTF-8\. Received: other"):
        compare_predictions(path, path, [0, 1])


def test_what_one_may_not_have_meant_is_said():
    """Files with unequal numbers of trainings, and one file given twice."""
    a, b, labels = made()
    remark = "`baseline` has 7 trainings and `variant` 6: the first 6 of each are compared"
    assert any(
        said.startswith(remark) for said in compare_predictions(a, b[:6], labels).remarks
    )
    same = compare_predictions(a, a.copy(), labels)
    assert (
        same.remarks[-1] == "`baseline` and `variant` hold the same predictions, every one."
    )
    assert not any(
        "same predictions" in said for said in compare_predictions(a, b, labels).remarks
    )


def test_a_point_written_as_one_is_refused():
    a, b, labels = made()
    with pytest.raises(InputError, match=r"macro-F1 must be below 1: 0\.01 is one point"):
        compare_predictions(a, b, labels, smallest=1.0)
    numbers = labels + 0.5 * a[0]
    assert compare_predictions(a, b, numbers, smallest=1.0).pairs == SEEDS


def test_a_missing_file_and_groups_of_another_length():
    a, b, labels = made()
    with pytest.raises(InputError, match=r"There is no file nowhere\.csv"):
        compare_predictions(a, b, "nowhere.csv")
    with pytest.raises(InputError, match=r"601 texts\. Received: 3"):
        compare_predictions(a, b, labels, groups=np.arange(3))
    with pytest.raises(InputError, match=r"shape \(N,\), or .* Received: \(601, 1\)"):
        compare_predictions(a, b, labels[:, None])


def test_probabilities_of_a_class_that_nobody_named_are_refused():
    """Words have no order: read as those of the other class, all would be wrong."""
    a, b, labels = made(gain=-0.8)
    words = np.array(["sincere", "insincere"])[labels]
    with pytest.raises(InputError, match=r"of which class, 'insincere' or 'sincere'"):
        compare_predictions(a, b, words)
    got = compare_predictions(a, b, words, positive="insincere")
    assert got.metrics == compare_predictions(a, b, labels).metrics
    with pytest.raises(InputError, match=r"one of two classes\. Received: 'spam', and"):
        compare_predictions(a, b, words, positive="spam")
    hard = np.array(["sincere", "insincere"])[(a > 0.5).astype(int)]
    assert compare_predictions(hard, hard, words).verdict == "no-meaningful-difference"
    both = np.stack([1 - a, a], axis=2)
    ordered = np.array(["a", "b"])[labels]
    assert compare_predictions(both, both, ordered).pairs == SEEDS


def test_two_sides_that_rank_the_wrong_way_round_are_no_result():
    a, b, labels = made()
    got = compare_predictions(1 - a, 1 - b, labels)
    assert got.next_step.startswith("Take nothing from this: both sides rank the texts")
    assert not compare_predictions(a, b, labels).next_step.startswith("Take nothing")


def test_nobody_is_sent_to_options_that_train():
    """What was trained elsewhere cannot be trained further here."""
    a, b, labels = made(gain=-0.8)
    few = compare_predictions(a[:2], b[:2], labels)
    assert few.next_step == (
        "2 pairs are too few for a verdict. Train both 4 more times, with other seeds."
    )
    assert compare_predictions(a, b, labels).next_step == "Keep `baseline` for now."
    open_ = compare_predictions(*made()[:2], labels, smallest=0.0001)
    assert "--" not in open_.next_step
