"""What every check is made of: a frozen finding, and the way to say "could not run"."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from whylow.records import Fault, Finding, Severity

Status = Literal["preview", "stable"]
Confidence = Literal[0, 1, 2]
"""How sure a finding of one severity is of its cause: 2 where shapes or values cannot work
together, or a change was tried; 1 for a rule; 0 for a symptom of something else."""


class CouldNotRun(Exception):  # noqa: N818 - an outcome of a check, not a mistake
    """Raised by a check that lacks what it reads; the message ends "could not run:"."""


@dataclass(frozen=True, kw_only=True)
class Detected(ABC):
    """What a check found: a subclass has its evidence as fields, its page as docstring.

    The class name states the fault (`SingleRun` → `single-run`), so that allowing it reads
    as English. Evidence is kept whatever the threshold, so that a new threshold can judge
    old runs again.
    """

    severity: ClassVar[Severity]
    status: ClassVar[Status] = "preview"
    confidence: ClassVar[Confidence] = 1
    since: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """Return the check's name: the class name in lower case with hyphens."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @property
    @abstractmethod
    def message(self) -> str:
        """The fact and its numbers, without advice."""

    @property
    @abstractmethod
    def fix(self) -> str:
        """What to do about it."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """At most two words for the kind of fault, the surest first."""
        return ()

    def weight(self) -> Severity:
        """Return the severity of this finding, where it depends on what it found."""
        return self.severity

    def evidence(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    def record(self, code: str, fit: str | None) -> Finding:
        """Return the plain record under `code`; `fit` names the fit it belongs to."""
        return Finding(
            code=code,
            name=self.name(),
            severity=self.weight(),
            fit=fit,
            faults=self.faults,
            message=self.message,
            evidence=self.evidence(),
            fix=self.fix,
        )
