"""Numbers and a category, each with its own input."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
numbers = random.normal(size=(2000, 5)).astype("float32")
category = random.integers(0, 12, size=(2000, 1))
y = (numbers[:, 0] + np.where(category[:, 0] < 6, 1.0, -1.0) > 0).astype("int32")
number, kind = keras.Input((5,), name="number"), keras.Input((1,), name="kind")
embedded = layers.Flatten()(layers.Embedding(12, 4)(kind))
hidden = layers.Concatenate()([number, embedded])
hidden = layers.Dense(16, activation="relu")(hidden)
model = keras.Model([number, kind], layers.Dense(1, activation="sigmoid")(hidden))
model.compile(
    loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"]
)
model.fit(
    [numbers[:1600], category[:1600]],
    y[:1600],
    epochs=6,
    validation_data=([numbers[1600:], category[1600:]], y[1600:]),
    verbose=0,
)
