"""Whatever prints a history, it is read back exactly, to the printed digits."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_renderings import RENDERINGS

from whylow.capture.logs import parse_streams

METRICS = ("accuracy", "acc", "auc", "f1", "mae", "lr", "precision")
numbers = st.one_of(
    st.floats(0, 1),
    st.floats(1e-9, 1e-3),
    st.floats(0, 1e5),
    st.sampled_from([0.0, 1.0, 0.5, 1e-4, float("nan"), float("inf")]),
)


@st.composite
def histories(draw):
    """One to six epochs of a loss, one to three other metrics, and all on validation."""
    count = draw(st.integers(1, 6))
    names = [
        "loss",
        *draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True)),
    ]
    names += [f"val_{name}" for name in names if name != "lr"]
    return [{name: draw(numbers) for name in names} for _ in range(count)]


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return parse_streams([io.BytesIO(data)])


@pytest.mark.parametrize("form", RENDERINGS)
@settings(max_examples=60, deadline=None)
@given(epochs=histories())
def test_any_history_in_any_form_is_read_back(form, epochs):
    text, expected = RENDERINGS[form](epochs)
    (fit,) = read(text).fits
    assert fit.history == expected
    assert fit.epochs == len(epochs)
    assert not any(fit.log.missing.values())


@pytest.mark.parametrize("form", RENDERINGS)
@settings(max_examples=15, deadline=None)
@given(first=histories(), second=histories())
def test_two_logs_in_a_row_are_two_fits(form, first, second):
    one, expected_one = RENDERINGS[form](first)
    two, expected_two = RENDERINGS[form](second)
    if isinstance(one, bytes):
        two = two.removeprefix(b"\xff\xfe")
        found = read(one + two).fits
    else:
        found = read(f"{one}\nAnd now with attention:\n{two}").fits
    assert [fit.history for fit in found] == [expected_one, expected_two]


@pytest.mark.parametrize("form", RENDERINGS)
def test_seconds_and_steps_where_a_form_has_them(form):
    epochs = [
        {"loss": 1 / n, "acc": 0.5, "val_loss": 1.0, "val_acc": 0.5} for n in (1, 2, 3)
    ]
    text, _ = RENDERINGS[form](epochs)
    (fit,) = read(text).fits
    timed = form.startswith(("keras", "lightning", "wrapped", "one", "utf"))
    if timed and form != "lightning_csv":
        assert fit.seconds_per_epoch == pytest.approx(49, abs=0.01)
    if form == "keras1":
        assert (fit.training.rows, fit.validation.rows) == (10496, 2624)
        assert fit.log.steps_per_epoch is None
    elif form.startswith("keras3"):
        assert fit.log.steps_per_epoch == 164
