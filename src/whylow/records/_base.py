"""What every record is: frozen, plain, and strict about its keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value; unknown keys are an error, so that a typo is not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")
