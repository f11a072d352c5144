"""Text classification from counts of words, two hidden layers."""

import keras
import numpy as np
from keras import layers
from made_data import BAD, GOOD, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(2000, (BAD, GOOD))
counts = np.zeros((len(texts), 350), dtype="float32")
for row, found in enumerate(ids(texts)):
    counts[row, found[found > 0]] = 1
model = keras.Sequential(
    [
        keras.Input((350,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(counts, y, epochs=5, batch_size=64, validation_split=0.2, verbose=0)
