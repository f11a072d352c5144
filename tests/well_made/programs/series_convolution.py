"""Which of two shapes a series has, with convolutions."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
y = random.integers(0, 2, 1200)
phase = random.uniform(0, 6, size=(1200, 1))
time = np.arange(48) / 4
shape = np.where(y[:, None] == 1, np.sin(time + phase), np.sign(np.sin(time + phase)))
x = (shape + random.normal(0, 0.3, shape.shape)).astype("float32")[..., None]
model = keras.Sequential(
    [
        keras.Input((48, 1)),
        layers.Conv1D(16, 5, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv1D(16, 5, padding="same", activation="relu"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2, activation="softmax"),
    ]
)
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(0.01),
    metrics=["sparse_categorical_accuracy"],
)
model.fit(x[:900], y[:900], epochs=10, validation_data=(x[900:], y[900:]), verbose=0)
