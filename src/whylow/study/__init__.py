"""The path of a study, from a script to its report.

The one place that knows all stages; it neither prints nor exits.
"""

from whylow.study._options import Options as Options
from whylow.study._options import Progress as Progress
from whylow.study._options import Watcher as Watcher
from whylow.study._run import run as run

__all__ = ["Options", "Progress", "Watcher", "run"]
