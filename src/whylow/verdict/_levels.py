"""When to look, and how sure each look must be so that all of them together err in 5 %."""

from __future__ import annotations

import math

ALPHA = 0.05
# Error of an interval that holds at any number of pairs. The part from the texts does not
# shrink with the pairs and is not widened for looking; 4 % for both together keeps any
# mistake at 5.2 % or less, whichever of them is the larger
# (`tests/verdict/test_verdict_levels.py`).
ANYTIME = 0.04
LOOKS = (6, 12, 24)
_BEYOND = 12  # pairs from one look to the next past the last of `LOOKS`

# Nominal p at each look for which identical fits differ at any of them in 5 % / m of
# studies: Pocock (1977), calibrated for t intervals by simulation (30 million studies;
# `tests/verdict/test_verdict_looks.py` repeats it). One row for each number of looks; m,
# the number of variants that share the error, counts from 1. The row for looks at 6 and 12
# is on the safe side for a last look between them.
_NOMINAL = {
    2: (0.028, 0.01365, 0.00898, 0.00668, 0.00531, 0.0044, 0.00376, 0.00328),
    3: (0.0199, 0.00946, 0.00619, 0.00459, 0.00364, 0.00301, 0.00257, 0.00224),
}


def level_for(looks: int, sharing: int = 1) -> float:
    """Return the level of the interval at each look.

    Args:
        looks: Number of looks that are planned, 1 to 3.
        sharing: Number of variants that share the 5 %.
    """
    if looks == 1:
        return 1 - ALPHA / sharing
    known = _NOMINAL[looks]
    # Past the table each look simply gets its own part.
    nominal = known[sharing - 1] if sharing <= len(known) else ALPHA / (looks * sharing)
    return 1 - nominal


def looks_up_to(max_pairs: int, *, keep_going: bool = False) -> tuple[int, ...]:
    """Return the looks of so many pairs: 6 and 12 on the way, then the end, at most 24.

    With fewer than 6 pairs the first look stays at 6 and is not reached. `keep_going` adds
    a look every 12 pairs past 24.
    """
    last = min(max(max_pairs, LOOKS[0]), LOOKS[-1])
    looks = [look for look in LOOKS if look < last] + [last]
    if keep_going and max_pairs > LOOKS[-1]:
        looks += [*range(LOOKS[-1] + _BEYOND, max_pairs, _BEYOND), max_pairs]
    return tuple(looks)


def anytime_reach(pairs: int, level: float) -> float:
    """Return half the width of an interval that holds at all numbers of pairs at once.

    In standard deviations of one pair's difference. The t-test martingale with a Gaussian
    mixture of Wang and Ramdas (2023, "Anytime-valid t-tests and confidence sequences for
    Gaussian means with unknown variance", arXiv:2310.03722, section 4), mixture variance 1:
    whoever looks after every pair and stops when they like is misled in at most 1 - level
    of studies. Infinite for so few pairs that nothing can be excluded.

    Args:
        pairs: Number of pairs, at least 2.
        level: Level of confidence, 0 to 1.
    """
    odds = ((1 + pairs) / (1 - level) ** 2) ** (1 / pairs)
    if odds >= 1 + pairs:
        return math.inf
    return math.sqrt((pairs - 1) * (odds - 1) / (1 - odds / (1 + pairs)) / pairs)
