import os

# Before Keras is imported: its default backend is TensorFlow, which is not installed.
os.environ.setdefault("KERAS_BACKEND", "jax")
