"""Whether a change is worse, better or neither, and how sure one can be of it.

Takes per-text predictions of matched lanes (`whylow.lanes`) and returns records. Knows
nothing of models, training or reports.
"""

from whylow.verdict._claim import claim as claim
from whylow.verdict._compare import compare as compare
from whylow.verdict._compare import running_difference as running_difference
from whylow.verdict._controls import control as control
from whylow.verdict._controls import majority_class as majority_class
from whylow.verdict._crossed import Crossed as Crossed
from whylow.verdict._crossed import crossed as crossed
from whylow.verdict._declaration import declaration as declaration
from whylow.verdict._holm import compare_all as compare_all
from whylow.verdict._plan import METRICS as METRICS
from whylow.verdict._plan import Metric as Metric
from whylow.verdict._plan import Plan as Plan
from whylow.verdict._plan import declare as declare
from whylow.verdict._plan import known_metric as known_metric
from whylow.verdict._predictions import compare_predictions as compare_predictions
from whylow.verdict._rerun import chance_worse as chance_worse
from whylow.verdict._rerun import luck_of_one_run as luck_of_one_run
from whylow.verdict._rerun import outliers as outliers
from whylow.verdict._rerun import smallest_visible as smallest_visible
from whylow.verdict._self_test import same_seed_twice as same_seed_twice
from whylow.verdict._self_test import self_tested as self_tested
from whylow.verdict._settle import next_look as next_look
from whylow.verdict._texts import scored_part as scored_part
from whylow.verdict._values import text_values as text_values

__all__ = [
    "METRICS",
    "Crossed",
    "Metric",
    "Plan",
    "chance_worse",
    "claim",
    "compare",
    "compare_all",
    "compare_predictions",
    "control",
    "crossed",
    "declaration",
    "declare",
    "known_metric",
    "luck_of_one_run",
    "majority_class",
    "next_look",
    "outliers",
    "running_difference",
    "same_seed_twice",
    "scored_part",
    "self_tested",
    "smallest_visible",
    "text_values",
]
