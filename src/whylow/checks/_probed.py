"""Reading what probes measured: what several checks ask of it."""

from __future__ import annotations

from collections.abc import Sequence

from whylow.checks._base import CouldNotRun
from whylow.checks._reading import absent
from whylow.records import Fit, Layer, LayerProbe, Predicted, Probes, Trial

# Skill is 0 for the best constant answer and 1 for all right. Below this a fit has learnt
# next to nothing: three standard errors of chance on some hundred rows reach it.
NOTHING = 0.2
# What a change has to gain over the script's own training, and to reach, before it counts
# as what was wrong: far beyond what another draw of the same training differs by.
GAIN, REACHED = 0.3, 0.4
# The same where a fit did learn a part.
LARGE_GAIN, MOST_KNOWN = 0.4, 0.6
# A simple model that is this much better shows that there was something to learn.
LEAD = 0.3


def probes_of(fit: Fit) -> Probes:
    """Return what was measured."""
    if fit.probes is None:
        raise absent(fit, "what probes measure")
    return fit.probes


def layers_of(fit: Fit) -> tuple[LayerProbe, ...]:
    """Return the layers that were traced."""
    probes = probes_of(fit)
    for name in ("layers", "tracing", "all"):
        if name in probes.failed:
            raise CouldNotRun(f"the layers were not measured: {probes.failed[name]}")
    if not probes.layers:
        raise CouldNotRun("the layers were not measured")
    return probes.layers


def answers_of(fit: Fit) -> Predicted:
    """Return what the model answers on training rows."""
    probes = probes_of(fit)
    if probes.training is None:
        why = probes.failed.get("training", "nothing was predicted")
        raise CouldNotRun(f"the answers were not measured: {why}")
    return probes.training


def learnt_nothing(fit: Fit) -> bool:
    """Whether the answers on training rows are no better than a constant, or not finite.

    False where nothing was measured: the doubt is for the program.
    """
    answers = fit.probes.training if fit.probes else None
    if answers is None:
        return False
    return not answers.finite or (answers.skill is not None and answers.skill < NOTHING)


def falls_short(fit: Fit) -> bool:
    """Whether it learnt nothing, or far less than a simple model out of fold."""
    if learnt_nothing(fit):
        return True
    probes = fit.probes
    if probes is None or probes.training is None or probes.control is None:
        return False
    skill, simple = probes.training.skill, probes.control.skill
    return skill is not None and simple - skill > LEAD and simple > probes.control.noise


def trials_of(fit: Fit) -> tuple[Trial, Sequence[Trial]]:
    """Return the trial without a change, and those with one."""
    probes = probes_of(fit)
    own = next((trial for trial in probes.trials if trial.change == "none"), None)
    if own is not None:
        return own, [trial for trial in probes.trials if trial is not own]
    answers = answers_of(fit)
    if answers.finite and answers.skill is not None and answers.skill >= NOTHING:
        # Learnt: there is nothing that a trial would have to explain.
        return Trial(change="none", steps=0, skill=answers.skill), ()
    why = probes.failed.get("trials") or probes.failed.get("layers")
    raise CouldNotRun(f"no other settings were tried: {why or 'nothing to try them on'}")


def mends(fit: Fit) -> tuple[Trial, ...]:
    """Return the changes under which a fit that learnt nothing does learn.

    One that learnt a part counts too where a lower rate or an ordinary start is far ahead:
    neither makes a sound training better by so much.

    The likeliest fault comes first: a rate far above its optimizer's usual one, then
    numbers of the wrong size, then the rate, then how long it was trained, and another
    optimizer where nothing else is enough.
    """
    own, others = trials_of(fit)
    nothing = learnt_nothing(fit)
    answers = fit.probes.training if fit.probes else None
    # The fit itself, or the same training tried again: whichever did better.
    before = max(own.skill or 0.0, (answers.skill if answers else None) or 0.0, 0.0)
    if before >= (GAIN if nothing else MOST_KNOWN):
        return ()
    steps = (fit.probes.steps if fit.probes else None) or 0
    good = [
        trial
        for trial in others
        if trial.skill is not None
        and trial.skill >= REACHED
        and trial.skill - before >= (GAIN if nothing else LARGE_GAIN)
        # A faster or longer training is told from a slow start by the whole way alone, and
        # a start that is merely slow is no fault.
        and (not _further(trial) or (nothing and trial.steps >= 0.9 * steps))
    ]
    return tuple(sorted(good, key=lambda trial: _place(fit, trial)))


def _further(trial: Trial) -> bool:
    longer = trial.change in ("longer", "optimizer")
    return longer or (trial.factor is not None and trial.factor > 1)


# The rate that Keras gives each optimizer, which is what is usual.
_USUAL = {"SGD": 0.01, "Adagrad": 0.001, "Adadelta": 0.001}
_FAR = 3.0


def usual_rate(fit: Fit) -> float:
    """Return the learning rate that the optimizer has by default."""
    name = fit.compile.optimizer if fit.compile else None
    return _USUAL.get(name or "", 0.001)


def rate_of(fit: Fit) -> float | None:
    """Return the learning rate that was set; None for a schedule."""
    config = fit.compile.optimizer_config if fit.compile else {}
    rate = config.get("learning_rate")
    return float(rate) if isinstance(rate, (int, float)) else None


def _place(fit: Fit, trial: Trial) -> tuple[float, float]:
    rate = rate_of(fit)
    high = rate is not None and rate > _FAR * usual_rate(fit)
    order = {
        "inputs standardised": 1.0,
        "ordinary start": 2.0,
        "targets standardised": 3.0,
        "longer": 6.0,
        "optimizer": 7.0,
    }
    if trial.factor is None:
        return order[trial.change], 0.0
    if trial.factor < 1:
        return (0.0 if high else 4.0), -trial.factor
    return 5.0, trial.factor


def between(layers: Sequence[Layer], classes: frozenset[str]) -> list[Layer]:
    """Return the layers of these classes, in order."""
    return [layer for layer in layers if layer.class_name in classes]
