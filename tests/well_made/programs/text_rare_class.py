"""A rare class: class weights, and a metric that sees it."""

import keras
import numpy as np
from keras import layers
from made_data import BAD, GOOD, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(6000, (BAD, GOOD), lengths=(8, 20))
kept = (y == 0) | (np.arange(6000) % 12 == 0)
x, y = ids(texts[kept], maxlen=20), y[kept]
model = keras.Sequential(
    [
        keras.Input((20,), dtype="int32"),
        layers.Embedding(350, 16, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(0.01),
    metrics=["accuracy", keras.metrics.AUC(curve="PR", name="average_precision")],
)
weights = {0: 1.0, 1: float((y == 0).sum() / (y == 1).sum())}
model.fit(
    x[:2600],
    y[:2600],
    epochs=6,
    class_weight=weights,
    validation_data=(x[2600:], y[2600:]),
    verbose=0,
)
