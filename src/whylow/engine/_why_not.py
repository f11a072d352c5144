"""Which fits a compiled program can train, and why not the others."""

from __future__ import annotations

from whylow.engine._callbacks import serves
from whylow.live import LiveFit

# Callbacks that watch and do not steer: a replay does without them.
_ONLY_WATCH = frozenset(
    "History ProgbarLogger TensorBoard CSVLogger ModelCheckpoint RemoteMonitor".split()
)


def why_not_fused(live: LiveFit) -> str | None:
    """Say why a fit cannot be fused and goes through `model.fit`, or `None` if it can."""
    import keras

    settings = live.fit.settings
    if keras.backend.backend() != "jax":
        return f"the backend is {keras.backend.backend()}"
    steering = [
        name
        for name in (settings.callbacks if settings else ())
        if name not in _ONLY_WATCH and not serves(live, name)
    ]
    if live.model.run_eagerly:
        return "it runs eagerly"
    if steering:
        return f"callbacks that may act within an epoch steer it ({', '.join(steering)})"
    if getattr(live.optimizer, "use_ema", False):
        return "its optimizer averages the weights"
    return None
