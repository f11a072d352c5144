"""Error findings put to the test: confirmed, refuted, or left as they are."""

import textwrap

import pytest

from whylow import engine
from whylow.capture._groups import Groups
from whylow.probes._skill import Scored
from whylow.records import Finding
from whylow.study import Options, run
from whylow.study._confirm import HARMLESS, KNOWS, LEAST_GAIN, confirmed, judged

SCRIPT = """
import keras
import numpy as np

generator = np.random.default_rng(2)
x = generator.normal(size=(300, 4)).astype("float32")
y = (x[:, :1] + x[:, 1:2] > 0).astype("float32")
model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02))
model.fit(x, y, validation_split=0.3, epochs=8, verbose=0)
"""


def finding(code="WL203", severity="error", **more):
    return Finding(
        code=code, name="fault", severity=severity, fit="fit", message="It is so.", fix="",
        **more,
    )  # fmt: skip


def scored(skill, accuracy=None):
    return Scored(accuracy, 0.5, skill)


def test_a_gain_confirms():
    found = judged(finding(), scored(0.0, 0.5), scored(LEAST_GAIN, 0.55))
    assert found.finding.confirmed == "confirmed"
    assert found.finding.severity == "error"
    assert found.gain == pytest.approx(LEAST_GAIN)
    assert "accuracy 0.500, accuracy 0.550 with the fault undone" in found.finding.message


def test_a_model_that_does_well_with_it_refutes():
    found = judged(finding(), scored(KNOWS, 0.947), scored(KNOWS + HARMLESS / 2, 0.947))
    assert found.finding.confirmed == "refuted"
    assert found.finding.severity == "info"
    assert "harmless here: accuracy 0.947 with it, accuracy 0.947" in found.finding.message


@pytest.mark.parametrize(
    ("before", "after"),
    [(0.0, LEAST_GAIN - 0.01), (KNOWS - 0.01, KNOWS - 0.01), (0.6, 0.6 + HARMLESS + 0.01)],
)
def test_what_lies_between_stays_as_the_check_had_it(before, after):
    given = finding()
    assert judged(given, scored(before), scored(after)).finding is given


def test_what_a_trial_has_shown_is_confirmed_and_stands_by_its_gain():
    """A rule that nobody tried keeps its place: it may be right all the same."""
    groups = Groups((), None, (), ())
    given = (
        finding("WL204"),
        finding("WL310", evidence={"skill": None, "skill_lower": 0.5}),
        finding("WL203"),
        finding("WL105", evidence={"skill": 0.2, "skill_scaled": 0.9}),
        finding("WL106", allowed="known"),
        finding("WL302", "info"),
    )
    found = confirmed(groups, given, Options(), engine.Clock(60.0))
    codes = [one.code for one in found]
    assert codes == ["WL204", "WL105", "WL203", "WL310", "WL106", "WL302"]
    tried = {one.code for one in found if one.confirmed == "confirmed"}
    assert tried == {"WL105", "WL310"}


def test_nothing_is_confirmed_where_nobody_asks():
    groups = Groups((), None, (), ())
    given = (finding("WL204"), finding("WL310", evidence={"skill_lower": 0.5}))
    assert confirmed(groups, given, Options(confirm=False), engine.Clock(60.0)) == given


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy")  # the fault itself
def test_a_loss_that_is_always_zero_is_undone_and_confirmed(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(SCRIPT))
    report = run(script, options=Options(replay=False))
    first = report.findings[0]
    assert (first.code, first.confirmed) == ("WL203", "confirmed")
    assert "with the fault undone" in first.message
