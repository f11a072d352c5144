"""Who is suspected: the remedies of findings, and what the two fits differ in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whylow import remedies
from whylow.causes._differences import Difference, differences, flat
from whylow.live import LiveFit
from whylow.records import Finding, Model
from whylow.remedies import NotApplicable, Remedy

MOST = 8
_RANK = {"error": 0.0, "warning": 2.0, "info": 4.0}


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A remedy that fits the variant, ready to be trained.

    Args:
        remedy: What undoes it.
        code: The check that proposed it, if one did.
        variant: The variant with it undone.
        baseline: The baseline with it undone, where it has the same fault.
    """

    remedy: Remedy
    code: str | None
    variant: LiveFit
    baseline: LiveFit | None


@dataclass(frozen=True)
class _Proposal:
    remedy: Remedy
    code: str | None
    rank: float


def suspects(
    baseline: LiveFit | None,
    variant: LiveFit,
    findings: Sequence[Finding],
    own: Sequence[Remedy] = (),
) -> tuple[list[Suspect], list[str]]:
    """Return the suspects, the likeliest first, and what cannot be examined and why.

    The person's own remedies first; then those of errors, what differs in arguments and
    settings, those of warnings, added layers and the controls of attention, those of
    remarks. What the baseline shares is undone there too.

    Args:
        baseline: The fit before the change; `None` to study one fit alone.
        variant: The fit after it.
        findings: Of all fits.
        own: The person's own remedies.
    """
    found: list[Suspect] = []
    refused: list[str] = []
    known = {_as_trained(variant)}
    for proposal in _ranked(baseline, variant, findings, own):
        remedy = proposal.remedy
        if len(found) == MOST:
            refused.append(f"{remedy.name}: {MOST} suspects are screened at most")
            continue
        try:
            undone = remedy.apply(variant)
        except NotApplicable as why:
            refused.append(f"{remedy.name}: {why}")
            continue
        except Exception as error:  # noqa: BLE001  a mistake in one costs no report
            refused.append(f"{remedy.name}: it failed ({type(error).__name__}: {error})")
            continue
        trained = _as_trained(undone)
        if trained in known:
            continue  # another name for what is examined already, or no change at all
        known.add(trained)
        found.append(
            Suspect(
                remedy=remedy,
                code=proposal.code,
                variant=undone,
                baseline=_shared(remedy, baseline),
            )
        )
    return found, refused


def _as_trained(live: LiveFit) -> str:
    """Return all that tells what is trained apart, names left out."""
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
    if baseline is None or remedy.kind not in ("fix", "try"):
        return None
    try:
        return remedy.apply(baseline)
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
            proposals.append(_Proposal(remedy, finding.code, rank))
    if baseline is not None:
        for one in differences(baseline.fit, variant.fit):
            for remedy in _put_back(baseline, one):
                added = not one.argument
                proposals.append(_Proposal(remedy, None, 3.0 if added else 1.0))
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


def _put_back(baseline: LiveFit, one: Difference) -> Iterator[Remedy]:
    if one.part == "layers" and one.argument:
        yield remedies.layer_argument(one.layer, one.argument, one.baseline)
    elif one.part == "layers" and one.variant is not None:
        yield remedies.without_layer(one.layer)
    elif one.part == "layers" and one.behind:
        yield remedies.layer_again(baseline, one.layer, one.behind)
    elif one.part == "compile" and one.argument == "loss":
        yield remedies.loss_of(baseline)
    elif one.part == "compile":
        yield remedies.optimizer_of(baseline, one.argument)
    elif one.part == "settings":
        yield remedies.setting_of(baseline, one.argument)
    elif one.part == "data":
        yield remedies.rows_of(baseline)
