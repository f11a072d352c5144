"""Keras' operations, typed loosely: their published types are of one backend only."""

from __future__ import annotations

from typing import Any

from keras import ops as keras_ops

# A tensor of whichever backend Keras runs on: there is no class that they share.
Tensor = Any
ops: Any = keras_ops
