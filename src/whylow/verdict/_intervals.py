"""Intervals for a mean over pairs."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

_PATTERNS = 9999  # sign patterns; all of them up to 13 pairs, drawn beyond


def t_interval(
    values: np.ndarray, level: float
) -> tuple[float | None, float, float | None]:
    """Return low end, mean and high end of Student's t interval; no ends below two values.

    Args:
        values: One difference a pair, shape `(n,)`.
        level: Level of confidence, 0 to 1.
    """
    mean = float(values.mean())
    if len(values) < 2:
        return None, mean, None
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2)) * error
    return mean - reach, mean, mean + reach


def sign_flip_p(values: np.ndarray, *, seed: int = 0) -> float | None:
    """Return the two-sided p of the sign-flip test that the differences centre on 0.

    Exact up to 13 pairs; with n pairs it cannot fall below 2 / 2**n. Every sign is as
    likely to be turned when the two fits are exchangeable within a pair.

    Args:
        values: One difference a pair, shape `(n,)`.
        seed: Draws the patterns where there are too many to list.
    """
    from scipy.stats import permutation_test

    if len(values) < 2:
        return None
    return float(
        permutation_test(
            (values,),
            lambda sample, axis: sample.mean(axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=_PATTERNS,
            rng=np.random.default_rng(seed),
        ).pvalue
    )
