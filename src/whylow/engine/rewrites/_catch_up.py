"""What an optimizer does to a row whose gradient is zero, many steps at once.

An embedding's rows get a gradient in the few batches that hold their word. In between
Adam goes on moving them, by ever less, as its moments fade; momentum does too. Instead of
touching all rows in every step, a row is brought up to date when it is next read, to
float32 rounding.

Adam (Kingma & Ba 2015, algorithm 1), in Keras' form: a row last touched in step s, with
moments m and v, moves in step s + j by

    rate[s + j] b1^j m / (sqrt(b2^j v) + eps) = rate[s + j] f^j m / (sqrt(v) + eps g^j)

where the rate holds the bias corrections, f = b1 / sqrt(b2) and g = 1 / sqrt(b2). The sum
over j has no closed form because of eps, but g^j hardly leaves its mean G before f^j has
vanished. With q = eps / (sqrt(v) + eps G) and d[j] = g^j - G each term is a short series in
q, whose coefficients are the row's alone:

    m / (sqrt(v) + eps G) * sum over n of (-q)^n * sum over j of rate[s + j] f^j d[j]^n
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# Of a row's first step: what comes later is below float32 rounding of the row itself.
_VANISHED = 1e-8
_LONGEST_MEMORY = 512
_MOST_TERMS = 8

Slots = dict[str, Any]


@dataclass(frozen=True)
class CatchUp:
    """How to bring rows up to date.

    Args:
        memory: For how many past steps `rate` must be known.
        rate: The optimizer, its learning rate and the number of finished steps (traced) →
            the number of the next step to remember.
        apply: `(rows, slots, gap, rates)` → rows and slots. `rows` and each slot `(N, D)`;
            `gap` `(N, 1)`, steps without a gradient; `rates` `(N, memory)`, what `rate`
            gave for each of them, oldest first and zero beyond the gap.
    """

    memory: int
    rate: Callable[[Any, Any], Any]
    apply: Callable[[Any, Slots, Any, Any], tuple[Any, Slots]]


def catch_up_of(optimizer: Any) -> CatchUp | str:
    """Return how rows of this optimizer catch up, or say why they cannot."""
    from keras import optimizers

    name = type(optimizer).__name__
    makers = {
        optimizers.SGD: _momentum,
        optimizers.RMSprop: _rmsprop,
        optimizers.Adagrad: _still,
        optimizers.Adam: _adam,
    }
    maker = makers.get(type(optimizer))
    if maker is None:
        return f"{name} moves rows without a gradient in a way that has no short form"
    if getattr(optimizer, "weight_decay", None):
        return "weight decay moves every row in every step"
    if getattr(optimizer, "gradient_accumulation_steps", None):
        return "gradients are collected over several steps"
    if getattr(optimizer, "amsgrad", False) or getattr(optimizer, "centered", False):
        return f"this variant of {name} keeps more than moments that fade"
    return maker(optimizer)


def _no_rate(learning_rate: Any, steps: Any) -> Any:
    del steps
    return learning_rate


def _still(optimizer: Any) -> CatchUp:
    del optimizer
    return CatchUp(0, _no_rate, lambda rows, slots, gap, rates: (rows, slots))


def _momentum(optimizer: Any) -> CatchUp:
    keep = float(np.float32(optimizer.momentum))
    if not keep:
        return _still(optimizer)

    def apply(rows: Any, slots: Slots, gap: Any, rates: Any) -> tuple[Any, Slots]:
        del rates
        moment = slots["momentums"]
        faded = keep**gap
        moved = moment * (keep * (1 - faded) / (1 - keep))
        rows = rows + (moved * keep if optimizer.nesterov else moved)
        return rows, {"momentums": moment * faded}

    return CatchUp(0, _no_rate, apply) if keep < 1 else _still(optimizer)


def _rmsprop(optimizer: Any) -> CatchUp:
    rho, keep = float(np.float32(optimizer.rho)), float(np.float32(optimizer.momentum))

    def apply(rows: Any, slots: Slots, gap: Any, rates: Any) -> tuple[Any, Slots]:
        del rates
        slots = slots | {"_velocities": slots["_velocities"] * rho**gap}
        if keep:
            moment, faded = slots["_momentums"], keep**gap
            rows = rows - moment * (keep * (1 - faded) / (1 - keep))
            slots["_momentums"] = moment * faded
        return rows, slots

    return CatchUp(0, _no_rate, apply)


def _adam(optimizer: Any) -> CatchUp | str:
    import jax.numpy as jnp

    # As float32 sees them: v + (0 - v)(1 - β₂).
    beta_1 = 1 - float(np.float32(1 - optimizer.beta_1))
    beta_2 = 1 - float(np.float32(1 - optimizer.beta_2))
    epsilon = float(optimizer.epsilon)
    series = _series(beta_1, beta_2)
    if series is None:
        return "Adam's moments fade too slowly for a short form"
    mean, coefficients = series

    def rate(learning_rate: Any, steps: Any) -> Any:
        step = jnp.asarray(steps + 1, "float32")
        corrections = jnp.sqrt(1 - jnp.power(optimizer.beta_2, step)) / (
            1 - jnp.power(optimizer.beta_1, step)
        )
        return learning_rate * corrections

    def apply(rows: Any, slots: Slots, gap: Any, rates: Any) -> tuple[Any, Slots]:
        m, v = slots["_momentums"], slots["_velocities"]
        sums = rates @ jnp.asarray(coefficients)
        base = jnp.sqrt(v) + epsilon * mean
        q = epsilon / base
        total = sums[:, -1:]
        for order in range(coefficients.shape[1] - 2, -1, -1):
            total = total * q + sums[:, order : order + 1]
        faded = {"_momentums": m * beta_1**gap, "_velocities": v * beta_2**gap}
        return rows - m / base * total, slots | faded

    return CatchUp(len(coefficients), rate, apply)


def _series(beta_1: float, beta_2: float) -> tuple[float, np.ndarray] | None:
    """Return G and the coefficients f^j (-d[j])^n, float32 `(memory, terms)`.

    Returns:
        `None` where Adam forgets too slowly or the series would be long.
    """
    fading = beta_1 / np.sqrt(beta_2)
    if not 0 < fading < 1:
        return None
    memory = int(np.ceil(np.log(_VANISHED) / np.log(fading)))
    if memory > _LONGEST_MEMORY:
        return None
    j = np.arange(1, memory + 1)
    weight, rho = fading**j, beta_2 ** (-j / 2)
    mean = float((weight * rho).sum() / weight.sum())
    q = np.linspace(0, 1 / mean, 101)
    exact = (weight / (1 + q[:, None] * (rho - mean))).sum(1)
    total = np.zeros_like(q)
    for terms in range(1, _MOST_TERMS + 1):
        total += (weight * (-q[:, None] * (rho - mean)) ** (terms - 1)).sum(1)
        if np.abs(total / exact - 1).max() < _VANISHED:
            orders = np.arange(terms)
            table = weight[:, None] * (-(rho - mean)[:, None]) ** orders
            return mean, table.astype("float32")
    return None
