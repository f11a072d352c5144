"""Tests run on the backend that whylow runs on, unless one is chosen."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
