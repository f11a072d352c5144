"""Measure how near the made questions come to real ones.

    python benchmarks/made_questions.py [REAL.csv.gz]

Prints, for 47,598 made questions and for the real ones where a file is given (columns
`question_text` and `target`): lengths in words, growth of the vocabulary, majority share,
and what TF-IDF + logistic regression makes of them when it learns from 10,496 questions
drawn at random, scored on 20,000 others.
"""

import csv
import gzip
import re
import sys
import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score

from whylow.demo import describe, made_questions

ROWS, TRAIN_ROWS, TEST_ROWS = 47_598, 10_496, 20_000
TOKENS = (1_000, 10_000, 100_000, 400_000)


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(
        path, "rt", encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    return [row["question_text"] for row in rows], [int(row["target"]) for row in rows]


def vocabulary_growth(texts):
    seen, read_so_far, growth = set(), 0, []
    for text in texts:
        for word in re.findall(r"[\w']+", text.lower()):
            seen.add(word)
            read_so_far += 1
            if read_so_far in TOKENS:
                growth.append(len(seen))
    return growth


def measure(name, texts, labels):
    order = np.random.default_rng(0).permutation(len(texts))
    texts, labels = [texts[i] for i in order], np.array(labels)[order]
    lengths = np.array([len(text.split()) for text in texts])
    train, test = slice(TRAIN_ROWS), slice(TRAIN_ROWS, TRAIN_ROWS + TEST_ROWS)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=500)
    model.fit(vectorizer.fit_transform(texts[train]), labels[train])
    scores = model.predict_proba(vectorizer.transform(texts[test]))[:, 1]
    truth = labels[test]
    print(f"\n{name}: {len(texts):,} questions")
    print(f"  words: mean {lengths.mean():.1f}, median {np.median(lengths):.0f}, ", end="")
    print(f"95th percentile {np.percentile(lengths, 95):.0f}, most {lengths.max()}")
    growth = zip(TOKENS, vocabulary_growth(texts), strict=False)
    print("  vocabulary:", ", ".join(f"{n:,} in {tokens:,} words" for tokens, n in growth))
    print(
        f"  majority share {1 - labels.mean():.4f}, of the test part {1 - truth.mean():.4f}"
    )
    print(
        f"  logistic regression: accuracy {accuracy_score(truth, scores > 0.5):.4f}, ",
        end="",
    )
    print(f"ROC-AUC {roc_auc_score(truth, scores):.3f}, ", end="")
    print(f"average precision {average_precision_score(truth, scores):.3f}")


def main():
    start = time.perf_counter()
    questions = made_questions(ROWS, seed=0)
    print(f"{ROWS:,} questions made in {time.perf_counter() - start:.2f} s")
    measure("made", *questions)
    for path in sys.argv[1:]:
        measure("real", *read(path))
    print("\n" + describe(questions))


if __name__ == "__main__":
    main()
