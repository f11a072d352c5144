"""Digits with a residual block; pixels are scaled in the model."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)
digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    digits.images[..., None], digits.target, test_size=0.2, random_state=1
)
inputs = keras.Input((8, 8, 1))
hidden = layers.Rescaling(1 / 16)(inputs)
hidden = layers.Conv2D(16, 3, padding="same", activation="relu")(hidden)
skipped = hidden
hidden = layers.Conv2D(16, 3, padding="same", use_bias=False)(hidden)
hidden = layers.Activation("relu")(layers.BatchNormalization()(hidden))
hidden = layers.Add()([hidden, skipped])
hidden = layers.GlobalAveragePooling2D()(hidden)
hidden = layers.Dense(32, activation="relu")(hidden)
model = keras.Model(inputs, layers.Dense(10)(hidden))
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.005),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=10, validation_data=(x_test, y_test), verbose=0)
