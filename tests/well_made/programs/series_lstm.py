"""The next value of a series from the last 24, with an LSTM."""

import keras
from keras import layers
from made_data import wave, windows

keras.utils.set_random_seed(1)
x, y = windows(wave(1500), 24)
model = keras.Sequential([keras.Input((24, 1)), layers.LSTM(16), layers.Dense(1)])
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01), metrics=["mae"])
model.fit(
    x[:1100],
    y[:1100],
    epochs=6,
    validation_data=(x[1130:], y[1130:]),
    callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)],
    verbose=0,
)
