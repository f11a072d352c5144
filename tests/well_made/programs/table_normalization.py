"""A table of two classes; columns are scaled by a layer that is adapted to them."""

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)
data = load_breast_cancer()
x_train, x_test, y_train, y_test = train_test_split(
    data.data.astype("float32"), data.target, test_size=0.3, random_state=1
)
scale = layers.Normalization()
scale.adapt(x_train)
model = keras.Sequential(
    [
        keras.Input((30,)),
        scale,
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(0.003),
    metrics=["accuracy", keras.metrics.AUC()],
)
model.fit(x_train, y_train, epochs=10, validation_data=(x_test, y_test), verbose=0)
