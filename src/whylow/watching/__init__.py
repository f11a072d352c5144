"""Findings without a script to run: of a model at hand, of one call of `fit`.

Importing it imports Keras, on JAX unless the environment names another backend.
"""

import os
import sys

if "keras" not in sys.modules:
    os.environ.setdefault("KERAS_BACKEND", "jax")

from whylow.watching._check import check as check
from whylow.watching._findings import Findings as Findings
from whylow.watching._watch import Watch as Watch

__all__ = ["Findings", "Watch", "check"]
