"""Logs of training, pasted or from files, and the code around them → fit records.

Pure Python on purpose: the answer to a pasted log takes less than half a second, and
neither Keras nor NumPy is needed for it. The code is parsed, never run.
"""

from whylow.capture.logs._code import CodeFit as CodeFit
from whylow.capture.logs._names import is_accuracy as is_accuracy
from whylow.capture.logs._names import is_learning_rate as is_learning_rate
from whylow.capture.logs._names import same_metric as same_metric
from whylow.capture.logs._read import parse as parse
from whylow.capture.logs._read import parse_streams as parse_streams
from whylow.capture.logs._records import Logs as Logs
from whylow.capture.logs._sizes import Printed as Printed
from whylow.capture.logs._sizes import fits_digits as fits_digits
from whylow.capture.logs._sizes import training_range as training_range
from whylow.capture.logs._sizes import validation_sizes as validation_sizes

__all__ = [
    "CodeFit",
    "Logs",
    "Printed",
    "fits_digits",
    "is_accuracy",
    "is_learning_rate",
    "parse",
    "parse_streams",
    "same_metric",
    "training_range",
    "validation_sizes",
]
