"""Text classification with a masked bidirectional LSTM."""

import keras
from keras import layers
from made_data import BAD, GOOD, ids, sentences

keras.utils.set_random_seed(1)
texts, y = sentences(1800, (BAD, GOOD), lengths=(6, 16))
x = ids(texts, maxlen=16)
inputs = keras.Input((None,), dtype="int32")
hidden = layers.Embedding(350, 16, mask_zero=True)(inputs)
hidden = layers.Bidirectional(layers.LSTM(16))(hidden)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.005))
model.fit(x[:1500], y[:1500], epochs=4, validation_data=(x[1500:], y[1500:]), verbose=0)
