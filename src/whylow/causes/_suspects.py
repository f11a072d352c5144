"""Who is suspected: the remedies of findings, and what the two fits differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from whylow import remedies
from whylow.causes._configurations import flat, said
from whylow.causes._differences import Difference, differences
from whylow.live import LiveFit
from whylow.records import Finding, Model
from whylow.remedies import NotApplicable, Remedy

MOST = 8
_RANK = {"error": 0.0, "warning": 2.0, "info": 4.0}
# Settings that may be either way wait for what was done and for what is at fault.
_LATER = 4.0


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A remedy that fits the variant, ready to be trained.

    Args:
        remedy: What undoes it.
        code: The check that proposed it, if one did.
        variant: The variant with it undone.
        baseline: The baseline with it undone, where it has the same fault.
        planted: The baseline with the same difference put into it, and nothing else;
            `None` where it is no difference, or cannot be put there alone.
    """

    remedy: Remedy
    code: str | None
    variant: LiveFit
    baseline: LiveFit | None = None
    planted: LiveFit | None = None


@dataclass(frozen=True)
class _Proposal:
    remedy: Remedy
    code: str | None
    rank: float
    plant: Remedy | None = None


def suspects(
    baseline: LiveFit | None,
    variant: LiveFit,
    findings: Sequence[Finding],
    own: Sequence[Remedy] = (),
) -> tuple[list[Suspect], list[str]]:
    """Return the suspects, the likeliest first, and what cannot be examined and why.

    The person's own remedies first; then those of errors, what differs in arguments and
    settings, those of warnings, added layers and the controls of attention, those of
    remarks; last, settings that may be tried either way. What the baseline shares is undone
    there too.

    Args:
        baseline: The fit before the change; `None` to study one fit alone.
        variant: The fit after it.
        findings: Of all fits.
        own: The person's own remedies.
    """
    found: list[Suspect] = []
    refused: list[str] = []
    known = {as_trained(variant): ""}
    proposals = _ranked(baseline, variant, findings, own)
    changed = {one.remedy.name: _tried(one.remedy, variant) for one in proposals}
    for proposal in proposals:
        remedy, undone = proposal.remedy, changed[proposal.remedy.name]
        if isinstance(undone, str):
            refused.append(f"{remedy.name}: {undone}")
            continue
        restored = _restored_by(remedy, undone, proposals, changed)
        trained = as_trained(undone)
        if restored:
            refused.append(f"{remedy.name}: {restored} sets the same thing")
        elif trained in known:
            same = known[trained]
            why = f"it is the same as {same}" if same else "it changes nothing here"
            refused.append(f"{remedy.name}: {why}")
        elif len(found) == MOST:
            refused.append(f"{remedy.name}: {MOST} suspects are screened at most")
        else:
            known[trained] = remedy.name
            found.append(
                Suspect(
                    remedy=remedy,
                    code=proposal.code,
                    variant=undone,
                    baseline=_shared(remedy, baseline),
                    planted=_applied(proposal.plant, baseline),
                )
            )
    return found, refused


def _tried(remedy: Remedy, live: LiveFit) -> LiveFit | str:
    """Return the changed fit, or why it cannot be had."""
    try:
        return remedy.apply(live)
    except NotApplicable as why:
        return str(why)
    except Exception as error:  # noqa: BLE001  a mistake in one costs no report
        return f"it failed ({type(error).__name__}: {error})"


def _restored_by(
    remedy: Remedy,
    undone: LiveFit,
    proposals: Sequence[_Proposal],
    changed: Mapping[str, LiveFit | str],
) -> str:
    """Return the difference that sets the same thing, and so says what it carries."""
    if remedy.kind != "try":
        return ""
    for other in proposals:
        alone = changed[other.remedy.name]
        if other.plant is not None and not isinstance(alone, str):
            again = _applied(other.remedy, undone)
            if again is not None and as_trained(again) == as_trained(alone):
                return other.remedy.name
    return ""


def as_trained(live: LiveFit) -> str:
    """Return all that tells what is trained apart, names of layers left out.

    Two fits of which it is equal are one fit under two names.
    """
    fit = live.fit
    layers = fit.model.layers if fit.model is not None else ()
    described = [(layer.class_name, flat(layer.config)) for layer in layers]
    parts = (
        described,
        fit.compile and fit.compile.model_dump(),
        fit.settings and fit.settings.model_dump(),
        fit.training and fit.training.digest,
    )
    return repr(parts)


def _shared(remedy: Remedy, baseline: LiveFit | None) -> LiveFit | None:
    return _applied(remedy, baseline) if remedy.kind in ("fix", "try") else None


def _applied(remedy: Remedy | None, live: LiveFit | None) -> LiveFit | None:
    if remedy is None or live is None:
        return None
    try:
        return remedy.apply(live)
    except Exception:  # noqa: BLE001  where it failed for the variant it was said
        return None


def _ranked(
    baseline: LiveFit | None,
    variant: LiveFit,
    findings: Sequence[Finding],
    own: Sequence[Remedy],
) -> list[_Proposal]:
    proposals = [_Proposal(remedy, None, -1.0) for remedy in own]
    for finding in findings:
        if finding.fit != variant.fit.name:
            continue
        for place, remedy in enumerate(remedies.for_finding(finding)):
            # The second remedy of an error is no likelier than the first of a warning.
            rank = _RANK[finding.severity] + 3.0 * place
            if remedy.kind == "try" and finding.severity != "error":
                rank += _LATER
            proposals.append(_Proposal(remedy, finding.code, rank))
    if baseline is not None:
        for one in differences(baseline.fit, variant.fit):
            rank = 1.0 if one.argument else 3.0  # whole layers later
            plant = _set_as_in(variant, one, plant=True)
            proposals.append(_Proposal(_set_as_in(baseline, one), None, rank, plant))
        before, after = (one.fit.model for one in (baseline, variant))
        if before is not None and after is not None and _size_differs(before, after):
            matched = remedies.match_parameters(before.parameters)
            proposals.append(_Proposal(matched, None, 2.5))
    if _attends(variant) and (baseline is None or not _attends(baseline)):
        proposals += [_Proposal(control, None, 3.5) for control in _controls()]
    best: dict[str, _Proposal] = {}
    for proposal in sorted(proposals, key=lambda one: one.rank):
        best.setdefault(proposal.remedy.name, proposal)
    return list(best.values())


def _size_differs(before: Model, after: Model) -> bool:
    difference = abs(after.parameters - before.parameters)
    return difference > remedies.PARAMETERS_ALIKE * before.parameters


def _attends(live: LiveFit) -> bool:
    layers = live.fit.model.layers if live.fit.model is not None else ()
    return any("Attention" in layer.class_name for layer in layers)


def _controls() -> Iterator[Remedy]:
    yield remedies.named("uniform-attention")
    yield remedies.named("max-instead-of-attention")
    yield remedies.named("keep-last-state")


def _set_as_in(other: LiveFit, one: Difference, *, plant: bool = False) -> Remedy:
    """Return the remedy that makes one difference as it is in another fit.

    Args:
        other: The baseline, for the variant; to plant it, the variant, for the baseline.
        one: The difference.
        plant: Whether the baseline is to be changed.
    """
    if one.part == "layers" and one.argument:
        layer, value = (one.there, one.variant) if plant else (one.layer, one.baseline)
        return remedies.layer_argument(layer, one.argument, value, said(value))
    if one.part == "layers" and None not in (one.baseline, one.variant):
        old, new = (one.layer, one.there) if plant else (one.there, one.layer)
        return remedies.layer_of(other, old, new)
    if one.part == "layers" and (one.variant is not None) != plant:
        return remedies.without_layer(one.layer)
    if one.part == "layers":
        return remedies.layer_again(other, one.layer, one.there)
    if one.part == "compile" and one.argument == "loss":
        return remedies.loss_of(other)
    if one.part == "compile":
        return remedies.optimizer_of(other, one.argument)
    if one.part == "settings":
        return remedies.setting_of(other, one.argument)
    return remedies.rows_of(other)
