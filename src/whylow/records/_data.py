"""What was measured of the rows of a fit, once, while it was recorded."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whylow.records._base import Record

LabelKind = Literal["class-numbers", "one-hot", "several-of-many", "shares", "numbers"]


class TokenFacts(Record):
    """An input of whole numbers read as token ids, 0 as padding."""

    distinct: int = Field(description="Different ids other than 0, in the rows looked at.")
    leading: float = Field(description="Share of cells that are zeros before a text.")
    trailing: float = Field(description="Share of cells that are zeros behind a text.")
    inside: float = Field(description="Share of cells that are zeros within a text.")
    empty_rows: float = Field(description="Share of rows that hold zeros alone.")
    full_rows: float = Field(description="Share of rows without a zero at either end.")
    longest: int = Field(description="Cells from the first to the last id, at most.")
    most_frequent: int = Field(description="The id that occurs most often.")
    most_frequent_share: float = Field(description="Its share of all ids.")
    column_spread: float = Field(
        description="Standard deviation of the columns' means over that of the cells: near"
        " 0 where every column holds the same kind of thing."
    )


class InputData(Record):
    """One input array; `low` and `high` of all rows, the rest of the rows looked at."""

    low: float
    high: float
    mean: float
    std: float
    whole: bool = Field(description="Whether every value is a whole number.")
    columns: int = Field(default=1, description="Numbers a row.")
    constant: bool = Field(default=False, description="Whether every row is the same.")
    constant_columns: int = Field(
        default=0, description="Columns of one value, which is not 0."
    )
    offset: float = Field(
        default=0.0,
        description="Median over columns of |mean| / standard deviation.",
    )
    largest_column: float = Field(
        default=0.0, description="Largest |mean| + standard deviation of a column."
    )
    tokens: TokenFacts | None = Field(
        default=None, description="Only of whole numbers in two axes."
    )


class LabelData(Record):
    """The labels; of all rows where that is cheap, else of the rows looked at."""

    kind: LabelKind
    low: float
    high: float
    mean: float
    variance: float = Field(description="Mean over columns of the variance.")
    deviation: float = Field(
        description="Mean over columns of the mean absolute deviation from the median."
    )
    distinct: int = Field(description="Different values, counted up to 1,000.")
    whole: bool
    constant: bool = Field(default=False, description="Whether all rows have one label.")
    zero_share: float = Field(default=0.0, description="Share of numbers that are 0.")
    runs: int | None = Field(
        default=None,
        description="Runs of equal labels in the order of the rows; null of numbers.",
    )


class Association(Record):
    """How well labels can be told from inputs by simple means, on rows left out.

    Each value is a correlation between label and prediction, the best over the classes.
    """

    rows: int = Field(description="Rows left out.")
    linear: float = Field(description="Of a ridge regression on the inputs.")
    neighbours: float = Field(description="Of the mean of the ten nearest rows.")
    shift: int = Field(
        description="The shift of the labels against the inputs, -3 to 3 without 0, whose"
        " regression is best."
    )
    shifted: float = Field(description="Of the ridge regression with that shift.")


class RowFacts(Record):
    """Rows as a whole: inputs and label together."""

    looked_at: int = Field(description="Rows looked at, drawn where there are many.")
    distinct: int = Field(description="Different inputs among them.")
    contradicting: int = Field(
        default=0,
        description="Rows whose label is not the most frequent one of equal inputs: errors"
        " that no model can avoid.",
    )
    label_column: int | None = Field(
        default=None,
        description="The input column that equals the label on every row, if one does.",
    )
    association: Association | None = None


class Overlap(Record):
    """Rows that training and validation share."""

    validation_rows: int = Field(description="Validation rows looked at.")
    training_rows: int = Field(description="Training rows that they were looked up in.")
    shared: int = Field(description="Validation rows whose inputs are training rows too.")
    same_label: int = Field(description="Those of them with a label it has there.")
