"""Text classification with one transformer block."""

import keras
from keras import layers
from made_data import TOPICS, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(2000, tuple(TOPICS.values()), lengths=(8, 20))
x = ids(texts, maxlen=20)
inputs = keras.Input((20,), dtype="int32")
hidden = layers.Embedding(350, 16, mask_zero=True)(inputs)
attended = layers.MultiHeadAttention(num_heads=2, key_dim=8)(hidden, hidden)
hidden = layers.LayerNormalization()(layers.Add()([hidden, attended]))
forward = layers.Dense(16)(layers.Dense(32, activation="relu")(hidden))
hidden = layers.LayerNormalization()(layers.Add()([hidden, forward]))
hidden = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(hidden))
model = keras.Model(inputs, layers.Dense(4, activation="softmax")(hidden))
model.compile(
    loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"]
)
model.fit(x[:1600], y[:1600], epochs=6, validation_data=(x[1600:], y[1600:]), verbose=0)
