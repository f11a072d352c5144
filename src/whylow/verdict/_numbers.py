"""Errors of predicted numbers, and how much each text carries of them."""

from __future__ import annotations

import numpy as np


def of_numbers(
    metric: str, target: np.ndarray, predicted: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return a metric of predicted numbers and its influence values, mean 0, `(N,)`.

    With e the errors and V the variance of the targets, the derivatives by the weight of
    one text are: |e| - MAE; (e² - MSE) / (2 RMSE); and for R² = 1 - MSE / V, whose V has
    its own share of luck, (MSE (y - mean)² / V - e²) / V.

    Args:
        metric: `"r2"`, `"mae"` or `"rmse"`.
        target: True numbers, shape `(N,)`.
        predicted: Predicted numbers, shape `(N,)`.
    """
    target = target.astype(float)
    errors = predicted.astype(float) - target
    squares = errors**2
    mean_square = float(squares.mean())
    match metric:
        case "mae":
            value = float(np.abs(errors).mean())
            return value, np.abs(errors) - value
        case "rmse":
            value = float(np.sqrt(mean_square))
            return value, (squares - mean_square) / max(2 * value, 1e-300)
        case "r2":
            away = (target - target.mean()) ** 2
            variance = float(away.mean())
            value = 1 - mean_square / variance
            return value, (mean_square * away / variance - squares) / variance
    raise KeyError(metric)
