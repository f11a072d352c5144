"""Digits with dense layers, one-hot labels, and batch normalization."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)
digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.data / 16.0,
    keras.utils.to_categorical(digits.target, 10),
    test_size=0.2,
    random_state=1,
)
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(64),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    loss="categorical_crossentropy", optimizer="adam", metrics=["categorical_accuracy"]
)
model.fit(x_train, y_train, epochs=10, validation_data=(x_test, y_test), verbose=0)
