"""Tests run on the backend that whylow runs on, unless one is chosen."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
# Compilation is most of what tests of small models do; level 1 halves it.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=1")
