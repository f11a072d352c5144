"""`whylow read`: what a pasted log can and cannot say.

Text → fits (`whylow.capture.logs`) → what is known and assumed → findings and comparisons
→ report. Imports neither Keras nor JAX nor NumPy, and trains nothing.
"""

from whylow.reading._read import read as read
from whylow.reading._read import read_files as read_files

__all__ = ["read", "read_files"]
