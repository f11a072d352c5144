"""Digits through a narrow layer and back."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)
x = (load_digits().data / 16.0).astype("float32")
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(12, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(64, activation="sigmoid"),
    ]
)
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.005))
model.fit(x[:1400], x[:1400], epochs=15, validation_data=(x[1400:], x[1400:]), verbose=0)
