"""How many texts: what steps, batch sizes and printed digits give away."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_USUAL = 0.2
_OTHERS = (0.1, 0.25, 0.3, 0.33)
_MOST_CHANCE = 0.05
_MOST_SIZES = 20
_FLOAT32 = 1.2e-7


@dataclass(frozen=True)
class Printed:
    """A share of right answers, and the digits it was printed with."""

    share: float
    decimals: int


def training_range(steps: int, batch_size: int) -> tuple[int, int]:
    """Return the lowest and highest number of rows that take `steps` steps an epoch.

    The last batch may be partial: 164 steps of 64 are 10,433 to 10,496 rows.
    """
    return (steps - 1) * batch_size + 1, steps * batch_size


def fits_digits(rows: int, shares: Iterable[Printed]) -> bool:
    """Whether each share can be a number of right answers out of `rows`.

    0.9392, 0.9403 and 0.9227 cannot all be fractions of 2,624, but of 2,613 they can.
    """
    return all(_is_fraction(rows, printed) for printed in shares)


def validation_sizes(
    training: tuple[int, int], shares: Sequence[Printed], share_held_out: float | None
) -> tuple[float, tuple[int, ...]] | None:
    """Return how much was held out and the sizes that fit the printed digits, best first.

    Args:
        training: Lowest and highest number of training rows.
        shares: The validation accuracies that were printed.
        share_held_out: The held-out part of all rows where the code tells; else the usual
            ones are tried: 20 %, then others where a fit by chance is unlikely.

    Returns:
        `None` where no size of a usual split fits, or the range is too wide to say.
    """
    low, high = training
    if high > 5_000_000 or high - low > 20_000:
        return None
    splits = (share_held_out,) if share_held_out else (_USUAL, *_OTHERS)
    for place, part in enumerate(splits):
        sizes = range(held_out(low, part), held_out(high, part) + 1)
        fitting = [size for size in sizes if fits_digits(size, shares)]
        if place and _chance(sizes, shares) > _MOST_CHANCE:
            continue
        if fitting:
            # A full last batch is as likely as any other: the middle is the best guess.
            middle = (sizes.start + sizes.stop - 1) / 2
            fitting.sort(key=lambda size: abs(size - middle))
            return part, tuple(fitting[:_MOST_SIZES])
    return None


def held_out(training: int, part: float) -> int:
    """Return the rows held out where `part` of all rows was and `training` were left."""
    return round(training * part / (1 - part))


def _chance(sizes: Iterable[int], shares: Sequence[Printed]) -> float:
    """Return how many of the sizes would fit digits that were drawn at random."""
    return sum(
        math.prod(min(1.0, size * 10.0**-one.decimals) for one in shares) for size in sizes
    )


def _is_fraction(rows: int, printed: Printed) -> bool:
    slack = 0.5 * 10.0**-printed.decimals + _FLOAT32
    right = printed.share * rows
    return any(
        0 <= count <= rows and abs(count / rows - printed.share) <= slack
        for count in (math.floor(right), math.ceil(right))
    )
