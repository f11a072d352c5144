"""What `whylow demo` runs: the question that started the project, on made questions.

A training script like any other: it knows nothing of whylow but where the questions and
one layer come from, and `whylow run` would take it as it is. The package
keras_self_attention need not be there: `whylow run` and `whylow demo` stand in for it, and
train its model, which Keras 3 refuses, the way Keras 2 did.
"""

import os
import re

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from keras import Input, Sequential
from keras.layers import LSTM, Bidirectional, Dense, Embedding, GlobalAveragePooling1D
from keras_self_attention import SeqSelfAttention  # pyright: ignore[reportMissingImports]

import whylow.layers
from whylow.demo import describe, made_questions

# Smaller than the question in every way, so that retraining in pairs takes a minute.
TRAIN_ROWS = 4096
VALIDATION_ROWS = 4000
MAXLEN = 30
EMBED_SIZE = 64
EPOCHS = 3

questions = made_questions(TRAIN_ROWS + VALIDATION_ROWS, seed=0)
print(describe(questions), end="\n\n")

# Texts to numbers: 0 is padding, 1 a word that no training question has.
texts = [re.findall(r"\w+", text.lower()) for text in questions.texts]
number = {"": 0, "?": 1}
for text in texts[:TRAIN_ROWS]:
    for word in text:
        number.setdefault(word, len(number))
x = keras.utils.pad_sequences([[number.get(w, 1) for w in t] for t in texts], maxlen=MAXLEN)
y = np.array(questions.labels)
x_train, x_valid = x[:TRAIN_ROWS], x[TRAIN_ROWS:]
y_train, y_valid = y[:TRAIN_ROWS], y[TRAIN_ROWS:]


def train(model):
    """Compile and fit as the question does."""
    print(model.name)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(
        x_train,
        y_train,
        validation_data=(x_valid, y_valid),
        epochs=EPOCHS,
        batch_size=64,
        verbose=2,
    )


keras.utils.set_random_seed(0)

model = Sequential(name="no_attention")
model.add(Input(shape=(MAXLEN,)))
model.add(Embedding(len(number), EMBED_SIZE))
model.add(Bidirectional(LSTM(10)))
model.add(Dense(1, activation="sigmoid"))
train(model)

# One output for each time step, one label for each question: as in the question.
model = Sequential(name="attention")
model.add(Input(shape=(MAXLEN,)))
model.add(Embedding(len(number), EMBED_SIZE))
model.add(Bidirectional(LSTM(10, return_sequences=True)))
model.add(SeqSelfAttention())
model.add(Dense(1, activation="sigmoid"))
train(model)

# Padding is left out, and the time steps are averaged before the last layer.
model = Sequential(name="put_right")
model.add(Input(shape=(MAXLEN,)))
model.add(Embedding(len(number), EMBED_SIZE, mask_zero=True))
model.add(Bidirectional(LSTM(10, return_sequences=True)))
model.add(whylow.layers.SeqSelfAttention())
model.add(GlobalAveragePooling1D())
model.add(Dense(1, activation="sigmoid"))
train(model)
