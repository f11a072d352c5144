"""What whylow raises.

WhylowError
├── InputError        what the person gave cannot be used
├── ScriptError       the training script ended before there was anything to study
└── ReplayError       a fit cannot be trained again
"""


class WhylowError(Exception):
    """whylow could not do its job: one sentence that says what, and how to mend it.

    The command line prints it after `whylow: ` and exits with 2.
    """


class InputError(WhylowError):
    """What the person gave (a file, an option, the data of a fit) cannot be used."""


class ScriptError(WhylowError):
    """The training script ended before there was anything to study."""


class ReplayError(WhylowError):
    """A recorded fit cannot be trained again; the message is its `replay_note`."""
