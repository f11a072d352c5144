"""The made questions: the same everywhere, English-like in shape, labelled by context."""

import csv
import hashlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from whylow.demo import describe, label_cues, made_questions, write_csv
from whylow.demo._grammar import LOADED, LOOK_ALIKE, OPENERS, PHRASES, PLAIN, TAILS
from whylow.demo._lists import GROUP
from whylow.demo._questions import _SLOT, Questions
from whylow.demo._words import Words, lexicon


@pytest.fixture(scope="module")
def questions():
    return made_questions(10_000, seed=0)


def digest(questions):
    rows = "\n".join(f"{label} {text}" for text, label in zip(*questions, strict=True))
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def test_a_seed_gives_the_same_questions_everywhere():
    """A changed digest means other demo results: say so in the changelog."""
    assert digest(made_questions(300, seed=7)) == "562e36ff5684b332"


def test_hash_order_and_the_global_generator_do_not_matter():
    code = (
        "import random; random.seed(3); from whylow.demo import made_questions as m;"
        "print(m(50, seed=7))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert outputs == {f"{made_questions(50, seed=7)}\n"}


def test_another_seed_gives_other_questions_and_more_rows_keep_the_first():
    assert made_questions(20, seed=1) != made_questions(20, seed=2)
    assert made_questions(40, seed=1).texts[:20] == made_questions(20, seed=1).texts


def test_importing_the_demo_imports_neither_keras_nor_jax():
    code = "import sys, whylow.demo; print({'keras', 'jax', 'numpy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "set()\n"


def test_lengths_and_share_are_like_the_real_ones(questions):
    lengths = np.array([len(text.split()) for text in questions.texts])
    assert lengths.mean() == pytest.approx(12.8, abs=0.3)
    assert np.median(lengths) == 11
    assert np.percentile(lengths, 95) == pytest.approx(27, abs=1)
    assert np.mean(questions.labels) == pytest.approx(0.062, abs=0.006)


def test_the_vocabulary_has_a_long_tail(questions):
    counts = Counter(word for text in questions.texts for word in text.lower().split())
    frequencies = np.array(sorted(counts.values(), reverse=True))
    assert len(counts) > 8_000
    assert (frequencies == 1).mean() > 0.4
    # Zipf: between ranks 10 and 1,000 the frequency falls about as 1 / rank.
    slope = np.log(frequencies[999] / frequencies[9]) / np.log(100)
    assert -1.5 < slope < -0.8


def test_texts_are_tidy(questions):
    for text in questions.texts:
        assert text.endswith("?")
        assert text[0].isupper()
        assert "  " not in text
        assert "{" not in text
        assert " a a" not in text
    assert any(" an o" in text for text in questions.texts)
    assert any(" a uni" in text for text in made_questions(40_000, seed=0).texts)
    assert not any(" an uni" in text for text in made_questions(40_000, seed=0).texts)


def test_labels_follow_the_company_of_a_word_not_the_word(questions):
    """The same words, loaded in one place and harmless in another."""
    share = {cue.name: cue.share for cue in label_cues(questions)}
    assert share["why are … so lazy/rude/…"] > 0.45
    assert share["everyone say that … so lazy/…"] < 0.25
    assert share["stop being so lazy/…"] < 0.15
    assert share["finally admit"] > 0.55
    assert share["admit to my …"] < 0.15
    assert share["refuse to"] > 0.2 > 0.1 > share["to refuse"]
    assert share["why do all/most/so many …"] > 0.4
    assert share["… say that all/most/so many …"] < 0.2
    assert all(0.0 <= cue.share < 0.9 for cue in label_cues(questions))


def test_cues_are_counted_by_hand():
    """Two questions with `all`, one of them loaded; `recall` is another word."""
    small = Questions(
        ["Why do all poets sing?", "Do all boats sail?", "How do I recall it?"], [1, 0, 0]
    )
    cues = {cue.name: cue for cue in label_cues(small)}
    assert cues['"all"'][1:] == (2, 0.5)
    assert cues["why do all/most/so many …"][1:] == (1, 1.0)
    assert np.isnan(cues['"blame"'].share)
    text = describe(small)
    assert text.startswith("3 made questions, 33.3% of them loaded (label 1);\n4.7 words")
    assert "blame" not in text


def test_a_linear_model_learns_them_about_as_well_as_real_ones(questions):
    """Real ones give ROC-AUC 0.90 and an accuracy one point above the majority."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    texts, labels = questions.texts, np.array(questions.labels)
    vectorizer = TfidfVectorizer(sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=300)
    model.fit(vectorizer.fit_transform(texts[:7000]), labels[:7000])
    scores = model.predict_proba(vectorizer.transform(texts[7000:]))[:, 1]
    truth = labels[7000:]
    assert 0.87 < roc_auc_score(truth, scores) < 0.96
    assert abs(np.mean((scores > 0.5) == truth) - (1 - truth.mean())) < 0.03


def test_every_slot_of_the_grammar_is_filled_and_every_phrase_used():
    patterns = [frame.text for frame in LOADED + LOOK_ALIKE + PLAIN]
    patterns += [*OPENERS, *TAILS, *(text for texts in PHRASES.values() for text in texts)]
    used = {slot for pattern in patterns for slot in _SLOT.findall(pattern)}
    assert used == set(PHRASES) | set(lexicon())


def test_lists_have_no_word_twice():
    for kind, words in lexicon().items():
        assert len(set(words.words)) == len(words.words), kind
    assert "tea drinkers" in GROUP


def test_words_are_drawn_by_rank():
    """`flat=1` gives weights 1, 2**-1.25 and 3**-1.25: the first has 0.60 of the sum."""
    words = Words(("common", "rare", "rarest"), 1)
    drawn = [words.pick(draw) for draw in (0.0, 0.59, 0.61, 0.84, 0.86, 0.999)]
    assert drawn == ["common", "common", "rare", "rare", "rarest", "rarest"]


def test_no_questions_are_refused():
    with pytest.raises(ValueError, match=r"`n` is the number of questions.*n=0"):
        made_questions(0, seed=0)


def test_csv_round_trip_and_an_existing_file_is_kept(tmp_path):
    made = made_questions(30, seed=5)
    write_csv(made, tmp_path / "made.csv")
    with (tmp_path / "made.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["question_text"] for row in rows] == made.texts
    assert [int(row["target"]) for row in rows] == made.labels
    with pytest.raises(FileExistsError):
        write_csv(made, tmp_path / "made.csv")


def command(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "whylow.demo", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def test_the_command_writes_a_file_and_says_what_is_in_it(tmp_path):
    ran = command("25", "made.csv", "--seed", "3", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr.startswith("25 made questions")
    assert ran.stderr.endswith("Written to made.csv.\n")
    write_csv(made_questions(25, seed=3), tmp_path / "same.csv")
    assert (tmp_path / "made.csv").read_bytes() == (tmp_path / "same.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("0", "made.csv"), "N is the number of questions, at least 1. Received: 0."),
        (("many", "made.csv"), "invalid int value: 'many'"),
        (("5", "there.csv"), "there.csv exists and is left as it is."),
        (("5", "no/such/made.csv"), "no/such/made.csv cannot be written: No such file"),
    ],
)
def test_the_command_ends_with_one_sentence(arguments, message, tmp_path):
    (tmp_path / "there.csv").write_text("mine")
    ran = command(*arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "there.csv").read_text() == "mine"
