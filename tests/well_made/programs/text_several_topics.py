"""Several topics a text: one sigmoid each."""

import keras
import numpy as np
from keras import layers
from made_data import TOPICS, ids, sentences

keras.utils.set_random_seed(1)
lists = tuple(TOPICS.values())
first, one = sentences(2000, lists, seed=1, lengths=(5, 12))
second, other = sentences(2000, lists, seed=2, lengths=(5, 12))
x = ids([f"{a} {b}" for a, b in zip(first, second, strict=True)], maxlen=24)
y = np.maximum(np.eye(4)[one], np.eye(4)[other]).astype("float32")
model = keras.Sequential(
    [
        keras.Input((24,), dtype="int32"),
        layers.Embedding(350, 16, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(4, activation="sigmoid"),
    ]
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(0.005),
    metrics=["binary_accuracy", keras.metrics.AUC(multi_label=True)],
)
model.fit(x[:1600], y[:1600], epochs=10, validation_data=(x[1600:], y[1600:]), verbose=0)
