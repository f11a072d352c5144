"""The case that started the project, on made questions."""

from whylow.demo._describe import Cue as Cue
from whylow.demo._describe import describe as describe
from whylow.demo._describe import label_cues as label_cues
from whylow.demo._questions import Questions as Questions
from whylow.demo._questions import made_questions as made_questions
from whylow.demo._questions import write_csv as write_csv

__all__ = ["Cue", "Questions", "describe", "label_cues", "made_questions", "write_csv"]
