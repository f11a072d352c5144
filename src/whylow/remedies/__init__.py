"""Changes to a recorded fit that can be trained again, so that their effect is measured.

Each remedy is a file with a page. It changes what it says and nothing else: every weight
that the changed fit has in common with the original starts equal within a pair. A fit that
it does not suit is refused with the reason (`NotApplicable`).
"""

from whylow.remedies._remedy import NotApplicable as NotApplicable
from whylow.remedies._remedy import Remedy as Remedy
from whylow.remedies._table import for_code as for_code
from whylow.remedies._table import table as table

__all__ = ["NotApplicable", "Remedy", "for_code", "table"]
