"""What the person tells that a log does not hold."""

from __future__ import annotations

from dataclasses import dataclass

from whylow.exceptions import InputError


@dataclass(frozen=True)
class Options:
    """Checked options; `None` where nothing was said.

    Args:
        train_size: Training rows.
        val_size: Validation rows.
        majority_share: Share of the most frequent class among the validation rows, 0 to 1.
        batch_size: Rows a step.
    """

    train_size: int | None = None
    val_size: int | None = None
    majority_share: float | None = None
    batch_size: int | None = None

    def __post_init__(self) -> None:
        for name in ("train_size", "val_size", "batch_size"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 1):
                raise InputError(
                    f"`{name}` is a number of rows and must be a whole number from 1 on."
                    f" Received: {value!r}."
                )
        share = self.majority_share
        if share is not None and not 0 < share < 1:
            hint = (
                f" (94 % is 0.94: did you mean {share / 100:g}?)" if 1 < share < 100 else ""
            )
            raise InputError(
                "`majority_share` is the share of the most frequent class and must lie"
                f" between 0 and 1{hint}. Received: {share!r}."
            )
