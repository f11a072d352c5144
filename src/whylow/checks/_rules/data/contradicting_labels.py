"""WL114."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from whylow.checks._base import Detected
from whylow.checks._reading import percent
from whylow.checks._rows import row_facts
from whylow.records import Fault, Fit, Severity

LEAST_SHARE = 0.02
FEWEST_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class ContradictingLabels(Detected):
    """Equal inputs bear different labels.

    ## What it does
    Groups the training rows by equal inputs and counts those whose label is not the most
    frequent one of their group.

    ## Why is this bad?
    No model can be right on them: their share is a lower bound on the training error. As
    a rule the labels are noisy, or what tells the rows apart was lost on the way (texts cut
    too short, words outside the vocabulary, a dropped column).

    ## Evidence
    - `rows`: training rows looked at.
    - `distinct`: different inputs among them.
    - `contradicting`: rows that every model gets wrong. Reported from 2 % and 5 rows on.

    ## Example
    ```python
    ids = random.integers(0, 2, size=(200, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, np.arange(200) % 2)
    ```
    Use instead:
    ```python
    ids = random.integers(0, 2, size=(200, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    model.fit(ids, ids.sum(axis=1) > 1)
    ```

    ## When to ignore
    When the label is chance by its nature, as with outcomes, and probabilities are wanted.
    """

    severity: ClassVar[Severity] = "warning"
    since: ClassVar[str] = "0.1.0"

    rows: int
    distinct: int
    contradicting: int

    @property
    def message(self) -> str:
        """The bound."""
        share = self.contradicting / self.rows
        return (
            f"{self.contradicting:,} of {self.rows:,} training rows have the inputs of"
            f" other rows and another label: no model can be right on more than"
            f" {percent(1 - share)} of them."
        )

    @property
    def fix(self) -> str:
        """Look at some."""
        return (
            "Look at a few such groups: mend the labels, or give the model what tells the"
            " rows apart (a longer maximal length, a larger vocabulary, more columns)."
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The labels."""
        return ("label_noise",)


def contradicting_labels(fit: Fit) -> Iterator[ContradictingLabels]:
    """WL114."""
    facts = row_facts(fit)
    if facts.contradicting < max(FEWEST_ROWS, LEAST_SHARE * facts.looked_at):
        return
    # Where all rows are alike, that is what is wrong.
    if facts.distinct > 1:
        yield ContradictingLabels(
            rows=facts.looked_at,
            distinct=facts.distinct,
            contradicting=facts.contradicting,
        )
