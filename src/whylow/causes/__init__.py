"""What carries a difference: suspects, their effects, and controls beside them.

Suspects are the remedies of findings and what two fits differ in. Each is undone, trained
again and measured; nothing is blamed that fresh seeds have not confirmed.
"""

from whylow.causes._attribution import Attributed as Attributed
from whylow.causes._attribution import attribute as attribute
from whylow.causes._attribution import best_epoch as best_epoch
from whylow.causes._attribution import gap_cells as gap_cells
from whylow.causes._controls import linear_control as linear_control
from whylow.causes._controls import majority_class as majority_class
from whylow.causes._differences import differences as differences
from whylow.causes._strongest import Screened as Screened
from whylow.causes._strongest import strongest as strongest
from whylow.causes._suspects import Suspect as Suspect
from whylow.causes._suspects import as_trained as as_trained
from whylow.causes._suspects import suspects as suspects

__all__ = [
    "Attributed",
    "Screened",
    "Suspect",
    "as_trained",
    "attribute",
    "best_epoch",
    "differences",
    "gap_cells",
    "linear_control",
    "majority_class",
    "strongest",
    "suspects",
]
