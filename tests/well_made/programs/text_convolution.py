"""Text classification with convolutions and max pooling."""

import keras
from keras import layers
from made_data import TOPICS, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(2000, tuple(TOPICS.values()))
x = ids(texts)
model = keras.Sequential(
    [
        keras.Input((30,), dtype="int32"),
        layers.Embedding(350, 16),
        layers.Dropout(0.2),
        layers.Conv1D(32, 3, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(4),
    ]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer="adam",
    metrics=["accuracy"],
)
model.fit(x[:1600], y[:1600], epochs=8, validation_data=(x[1600:], y[1600:]), verbose=0)
