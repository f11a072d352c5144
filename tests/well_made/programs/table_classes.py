"""A small table of three classes."""

import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)
data = load_wine()
x_train, x_test, y_train, y_test = train_test_split(
    data.data, data.target, test_size=0.3, random_state=1, stratify=data.target
)
scaler = StandardScaler().fit(x_train)
model = keras.Sequential(
    [
        keras.Input((13,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(0.01),
    metrics=["accuracy"],
)
model.fit(
    scaler.transform(x_train),
    y_train,
    epochs=20,
    batch_size=16,
    validation_data=(scaler.transform(x_test), y_test),
    verbose=0,
)
