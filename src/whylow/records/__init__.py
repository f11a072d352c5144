"""The frozen values that pass between the stages, and the JSON report they add up to.

A stage knows these values and not the stages around it. Everything here is plain data
that survives a round trip through JSON; what needs arrays or a live model travels in
`whylow.lanes` and `whylow.live`. The keys of `Report` are a contract (`SCHEMA`):
keys may be added under one schema number, never renamed.
"""

from whylow.records._base import Record as Record
from whylow.records._causes import Cause as Cause
from whylow.records._causes import Changed as Changed
from whylow.records._causes import Interaction as Interaction
from whylow.records._comparisons import Claim as Claim
from whylow.records._comparisons import Comparison as Comparison
from whylow.records._comparisons import Control as Control
from whylow.records._comparisons import Noise as Noise
from whylow.records._comparisons import Run as Run
from whylow.records._comparisons import Verdict as Verdict
from whylow.records._comparisons import View as View
from whylow.records._data import Association as Association
from whylow.records._data import InputData as InputData
from whylow.records._data import LabelData as LabelData
from whylow.records._data import LabelKind as LabelKind
from whylow.records._data import Overlap as Overlap
from whylow.records._data import RowFacts as RowFacts
from whylow.records._data import TokenFacts as TokenFacts
from whylow.records._findings import CheckNotRun as CheckNotRun
from whylow.records._findings import Confirmed as Confirmed
from whylow.records._findings import Fault as Fault
from whylow.records._findings import Finding as Finding
from whylow.records._findings import Severity as Severity
from whylow.records._fits import Broadcast as Broadcast
from whylow.records._fits import Compile as Compile
from whylow.records._fits import Fit as Fit
from whylow.records._fits import Layer as Layer
from whylow.records._fits import LogFacts as LogFacts
from whylow.records._fits import Model as Model
from whylow.records._fits import Role as Role
from whylow.records._fits import Settings as Settings
from whylow.records._fits import Split as Split
from whylow.records._intervals import Difference as Difference
from whylow.records._intervals import DifferenceTheseTexts as DifferenceTheseTexts
from whylow.records._intervals import Interval as Interval
from whylow.records._probes import AttentionProbe as AttentionProbe
from whylow.records._probes import LayerProbe as LayerProbe
from whylow.records._probes import Predicted as Predicted
from whylow.records._probes import ProbedInput as ProbedInput
from whylow.records._probes import ProbedLabels as ProbedLabels
from whylow.records._probes import Probes as Probes
from whylow.records._probes import SimpleControl as SimpleControl
from whylow.records._probes import Trial as Trial
from whylow.records._report import SCHEMA as SCHEMA
from whylow.records._report import Report as Report
from whylow.records._report import Script as Script

__all__ = [
    "SCHEMA",
    "Association",
    "AttentionProbe",
    "Broadcast",
    "Cause",
    "Changed",
    "CheckNotRun",
    "Claim",
    "Comparison",
    "Compile",
    "Confirmed",
    "Control",
    "Difference",
    "DifferenceTheseTexts",
    "Fault",
    "Finding",
    "Fit",
    "InputData",
    "Interaction",
    "Interval",
    "LabelData",
    "LabelKind",
    "Layer",
    "LayerProbe",
    "LogFacts",
    "Model",
    "Noise",
    "Overlap",
    "Predicted",
    "ProbedInput",
    "ProbedLabels",
    "Probes",
    "Record",
    "Report",
    "Role",
    "RowFacts",
    "Run",
    "Script",
    "Settings",
    "Severity",
    "SimpleControl",
    "Split",
    "TokenFacts",
    "Trial",
    "Verdict",
    "View",
]
