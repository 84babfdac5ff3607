"""Reading a plan: values, defaults and what follows from them."""

import hashlib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from openldn.files import Plan as FilePlan
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family, Role
from openldn.protocol.plan import Acts, Arm, Kind, Plan
from protocol.plans import edited, plan

TOP_4 = (("dose_mg = 4.5", "dose_mg = 4"), ("target_mg = 4.5", "target_mg = 4"))
KIND = 'kind = "blinded-withdrawal"'


def test_a_plan_holds_what_the_file_says() -> None:
    """Dates, exact doses, fractions and words arrive as values."""
    read = plan()
    assert read.design.start == date(2026, 2, 1)
    assert [step.dose for step in read.ladder] == [Dose(1500), Dose(3000), Dose(4500)]
    assert read.design.ramp[0].fraction == Fraction(1, 2)
    assert read.drug.acts is Acts.NEXT_DAY
    assert read.primary.id == "pain"
    assert read.stop_rules[0].at_least == 9


def test_doses_are_exact_whatever_a_float_would_make_of_them() -> None:
    """1.1 mg is 1,100 micrograms."""
    read = plan(("dose_mg = 1.5", "dose_mg = 1.1"), ("dose_mg = 3", "dose_mg = 2.6"), *TOP_4)
    assert [step.dose.mg for step in read.ladder][:2] == [Decimal("1.1"), Decimal("2.6")]


def test_the_hash_is_that_of_the_bytes() -> None:
    """A space more in the file is another file, though the same plan."""
    data = edited()
    spaced = data + b"\n"
    assert Plan.from_toml(data).sha256 == hashlib.sha256(data).hexdigest()
    assert Plan.from_toml(data).sha256 != Plan.from_toml(spaced).sha256
    assert Plan.from_toml(data) == Plan.from_toml(spaced)


def test_what_an_outcome_leaves_unsaid_follows_from_its_scale() -> None:
    """Step 1, a tenth of the scale, gaussian, secondary."""
    energy = plan().outcomes[1]
    assert (energy.step, energy.mcid, energy.family) == (1, 1, Family.GAUSSIAN)
    assert (energy.role, energy.label) == (Role.SECONDARY, "energy")


@pytest.mark.parametrize(("time", "acts"), [("bedtime", Acts.NEXT_DAY), ("morning", Acts.SAME_DAY)])
def test_a_bedtime_dose_acts_the_next_day_unless_said_otherwise(time: str, acts: Acts) -> None:
    """What is taken at bedtime cannot show in that day's scores."""
    read = plan(('acts = "next-day"\n', ""), ('time = "bedtime"', f'time = "{time}"'))
    assert read.drug.acts is acts


@pytest.mark.parametrize(
    ("kind", "pairs", "open_days"),
    [
        ("open-titration", 0, 28),
        ("open-reversal", 1, 56),
        ("blinded-withdrawal", 4, 28),
        ("blinded-crossover", 4, 0),
        ("open-randomised", 4, 28),
    ],
)
def test_the_kinds_differ_in_their_defaults(kind: str, pairs: int, open_days: int) -> None:
    """Pairs and open days left out are those of the kind."""
    read = plan((KIND, f'kind = "{kind}"'), ("pairs = 4\n", ""), ("open_days = 28\n", ""))
    assert (read.design.pairs, read.design.open_days) == (pairs, open_days)


@pytest.mark.parametrize(
    ("kind", "arm"), [(Kind.BLINDED_CROSSOVER, Arm.PLACEBO), (Kind.OPEN_RANDOMISED, Arm.NONE)]
)
def test_a_blinded_plan_is_held_against_placebo_and_an_open_one_against_nothing(
    kind: Kind, arm: Arm
) -> None:
    """No open plan claims a placebo."""
    assert plan((KIND, f'kind = "{kind}"')).contrast_arm is arm


def test_the_periods_follow_each_other_after_baseline_climb_and_open_days() -> None:
    """14 days of scores, two rungs of 14, 28 open days, then eight periods of 21."""
    read = plan()
    assert read.first_randomised_day == 14 + 14 + 14 + 28
    assert [period.first_day for period in read.periods] == [70 + 21 * i for i in range(8)]
    assert [period.pair for period in read.periods] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert read.total_days == read.periods[-1].last_day + 1 == 238


def test_an_open_plan_has_no_randomised_day() -> None:
    """A reversal is planned, not drawn."""
    assert plan((KIND, 'kind = "open-reversal"')).first_randomised_day is None


def test_a_rung_at_or_below_the_dose_already_taken_is_not_climbed_again() -> None:
    """Who comes with 3 mg goes on from 3 mg."""
    read = plan(("already_on = 0", "already_on = 3"))
    assert read.titration == ()
    assert read.first_randomised_day == 14 + 28


def test_a_commented_plan_reads_back_as_the_same_plan() -> None:
    """Comments beside the lines change nothing."""
    read = plan()
    text = read.to_toml(is_commented=True)
    assert "#" in text
    assert Plan.from_toml(text.encode()) == read


def test_a_plan_is_read_from_its_path(tmp_path: Path) -> None:
    """`Plan.read` gives a plan equal to the one from the bytes, hash included."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited())
    read = FilePlan.read(path)
    assert isinstance(read, Plan)
    assert read.sha256 == plan().sha256
    assert read.design == plan().design


def test_a_byte_order_mark_of_an_old_editor_does_no_harm() -> None:
    """Windows editors put one in front."""
    assert Plan.from_toml(b"\xef\xbb\xbf" + edited()) == plan()
