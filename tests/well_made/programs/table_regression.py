"""Numbers from a table: inputs and targets scaled, mean absolute error."""

import keras
from keras import layers
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)
x, y = make_regression(1200, 12, n_informative=8, noise=10.0, random_state=1)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=1)
scaler = StandardScaler().fit(y_train[:, None])
model = keras.Sequential(
    [
        keras.Input((12,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(loss="mse", optimizer="adam", metrics=["mae"])
model.fit(
    x_train,
    scaler.transform(y_train[:, None]),
    epochs=12,
    validation_data=(x_test, scaler.transform(y_test[:, None])),
    verbose=0,
)
