"""A tag for each word: the mask goes through to the loss."""

import keras
import numpy as np
from keras import layers
from made_data import BAD, GOOD, TOPICS, ids, sentences

keras.utils.set_random_seed(1)
lists = (BAD, GOOD, TOPICS["sport"])
texts, _ = sentences(1200, lists, lengths=(6, 14))
x = ids(texts, maxlen=14)
tag = {
    **dict.fromkeys(BAD, 1),
    **dict.fromkeys(GOOD, 2),
    **dict.fromkeys(TOPICS["sport"], 3),
}
y = np.zeros_like(x)
for row, text in enumerate(texts):
    tags = [tag.get(word, 0) for word in text.split()][:14]
    y[row, : len(tags)] = tags
model = keras.Sequential(
    [
        keras.Input((14,), dtype="int32"),
        layers.Embedding(350, 16, mask_zero=True),
        layers.Bidirectional(layers.GRU(12, return_sequences=True)),
        layers.Dense(4, activation="softmax"),
    ]
)
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(0.01),
    weighted_metrics=["accuracy"],
)
model.fit(x[:1000], y[:1000], epochs=4, validation_data=(x[1000:], y[1000:]), verbose=0)
