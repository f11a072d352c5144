"""Text classification with an embedding and masked pooling."""

import keras
from keras import layers
from made_data import BAD, GOOD, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(2400, (BAD, GOOD))
x = ids(texts)
model = keras.Sequential(
    [
        keras.Input((30,), dtype="int32"),
        layers.Embedding(350, 16, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x[:2000], y[:2000], epochs=12, validation_data=(x[2000:], y[2000:]), verbose=0)
