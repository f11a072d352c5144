"""A person's own remedies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whylow.exceptions import InputError
from whylow.live import LiveFit
from whylow.remedies._changed import rebuilding, with_model
from whylow.remedies._remedy import NotApplicable, Remedy

PAGE = """A remedy of the person's own.

A function that takes the model's configuration (`model.get_config()`) and returns another
one, or one that builds the changed model. It is compiled, fed and trained as the variant.
"""


def own(
    name: str,
    configuration: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    *,
    variant: Callable[[], Any] | None = None,
) -> Remedy:
    """Return a remedy of the person's own, for `Options(remedies=[...])`.

    Args:
        name: Its name in the report.
        configuration: From model configuration to model configuration.
        variant: Builds the changed model instead, without arguments.

    Raises:
        InputError: Neither or both are given.

    Example:
        >>> remedy = own("wider", lambda config: config)
        >>> remedy.name
        'wider'
    """
    if (configuration is None) == (variant is None):
        raise InputError(
            "A remedy of your own needs either `configuration`, a function from model "
            "configuration to model configuration, or `variant`, a function that builds "
            f"the changed model. Received for {name!r}: "
            f"{'neither' if variant is None else 'both'}."
        )

    def change(live: LiveFit) -> LiveFit:
        with rebuilding():
            try:
                if variant is not None:
                    model = variant()
                else:
                    assert configuration is not None  # noqa: S101  one of them is given
                    changed = configuration(live.model.get_config())
                    model = type(live.model).from_config(changed)
            except Exception as error:
                first = next(iter(str(error).strip().splitlines()), "")
                raise NotApplicable(f"it raised {type(error).__name__}: {first}") from error
            return with_model(live, name, model)

    return Remedy(
        name=name, kind="difference", does=name, page=PAGE, code=name, change=change
    )
