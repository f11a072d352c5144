"""Changes to a recorded fit that can be trained again, so that their effect is measured.

Each remedy is a file with a page. It changes what it says and nothing else: every weight
that the changed fit has in common with the original starts equal within a pair. A fit that
it does not suit is refused with the reason (`NotApplicable`).
"""

from whylow.remedies._own import own as own
from whylow.remedies._pages import page_of as page_of
from whylow.remedies._put_back import layer_again as layer_again
from whylow.remedies._put_back import layer_argument as layer_argument
from whylow.remedies._put_back import layer_of as layer_of
from whylow.remedies._put_back import loss_of as loss_of
from whylow.remedies._put_back import optimizer_of as optimizer_of
from whylow.remedies._put_back import rows_of as rows_of
from whylow.remedies._put_back import setting_of as setting_of
from whylow.remedies._put_back import without_layer as without_layer
from whylow.remedies._remedy import NotApplicable as NotApplicable
from whylow.remedies._remedy import Remedy as Remedy
from whylow.remedies._size import PARAMETERS_ALIKE as PARAMETERS_ALIKE
from whylow.remedies._size import match_parameters as match_parameters
from whylow.remedies._table import find as find
from whylow.remedies._table import for_code as for_code
from whylow.remedies._table import for_finding as for_finding
from whylow.remedies._table import named as named
from whylow.remedies._table import table as table

__all__ = [
    "PARAMETERS_ALIKE",
    "NotApplicable",
    "Remedy",
    "find",
    "for_code",
    "for_finding",
    "layer_again",
    "layer_argument",
    "layer_of",
    "loss_of",
    "match_parameters",
    "named",
    "optimizer_of",
    "own",
    "page_of",
    "rows_of",
    "setting_of",
    "table",
    "without_layer",
]
