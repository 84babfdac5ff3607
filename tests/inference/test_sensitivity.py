"""The fixed rows beside an answer: which ones there are, and that each is what its name says."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from openldn.diary import Diary, Entry
from openldn.inference import Answer, Conduct, Guess, analyse, gaussian, sensitivity
from openldn.inference.course import course_of
from openldn.inference.filter import exposure
from openldn.inference.priors import beta_prior
from openldn.protocol.calendar import Phase, calendar
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better, Family
from openldn.protocol.plan import Acts, Arm, Plan
from support.plans import PAIN, small_plan
from support.trials import diary_of, outcome, pairs

A, P = Arm.ACTIVE, Arm.PLACEBO
ORDER = (A, P, P, A, A, P, P, A)
# Section 8 of the statistical contract, in its order.
NAMES = [
    "prior:sceptical",
    "prior:wide",
    "drop-days:3",
    "drop-days:7",
    "drop-days:10",
    "as-taken",
    "all-days",
    "no-events",
    "flares-adjusted",
    "asymmetric",
    "missing:+1",
    "missing:+2",
    "guesses-removed",
    "hope",
    "tau-30",
]


def written(plan: Plan, *, seed: int = 1, missing: float = 0.15) -> Diary:
    """A diary in which every row of a blinded trial applies."""
    rng = np.random.default_rng(seed)
    first = plan.first_randomised_day
    assert first is not None
    entries = []
    for day in calendar(plan, order=ORDER):
        score = 5.0 - 1.0 * (day.level == plan.design.target) + rng.normal(0.0, 1.2)
        events = ["flare"] * (first + 30 <= day.day < first + 34)
        events += ["infection"] * (first + 50 <= day.day < first + 55)
        is_skipped = day.day in {first + 16, first + 17, first + 18, first + 47}
        entries.append(
            Entry(
                day=day.day,
                arm=day.arm,
                dose_ug=0 if is_skipped else day.dose.ug if day.dose else None,
                taken=False if is_skipped else None,
                period=day.period,
                scores={"pain": None if rng.random() < missing else float(np.clip(score, 0, 10))},
                events=tuple(events),
            )
        )
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def without_scores(diary: Diary, is_gone: Callable[[Entry], bool]) -> Diary:
    """The diary with the scores of some days taken out."""
    entries = (replace(one, scores={}) if is_gone(one) else one for one in diary.entries)
    return replace(diary, entries=tuple(entries))


def rows(answer: Answer) -> dict[str, sensitivity.Row]:
    """The rows about the dose that carries the verdict."""
    told = answer.outcomes["pain"]
    return {row.name: row for row in told.sensitivity if row.dose == told.headline.dose}


CONDUCT = Conduct(
    guesses=(
        Guess(period=1, arm=A, confidence=5, is_from_feeling=True),
        Guess(period=2, arm=A, confidence=5, is_from_feeling=True),
    )
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Four blinded pairs of two weeks."""
    return small_plan(period_days=14)


@pytest.fixture(scope="module")
def answer(plan: Plan) -> Answer:
    """The answer to a diary in which every row of a blinded trial applies."""
    return analyse(written(plan), plan=plan, conduct=CONDUCT)


class TestWhichRows:
    """The names are fixed, in a fixed order; a row that does not apply is left out."""

    def test_every_row_of_a_blinded_trial_is_there_in_order(self, answer: Answer) -> None:
        """All but `hope`, which is for open diaries."""
        assert list(rows(answer)) == [name for name in NAMES if name != "hope"]

    def test_an_open_diary_allows_for_hope_and_has_no_periods(self) -> None:
        """No random order, no periods, no gaps, no events: what is left can be asked of anyone."""
        told = diary_of(pairs("NANA", days=14), seed=2, effect=-2.0).diary
        found = rows(analyse(told, outcomes=[outcome()]))
        assert list(found) == ["prior:sceptical", "prior:wide", "asymmetric", "hope", "tau-30"]

    def test_a_prior_that_is_the_answer_s_own_is_no_second_row(self, plan: Plan) -> None:
        """`prior:wide` beside an answer from the wide prior would only repeat it."""
        found = rows(analyse(written(plan), plan=plan, prior="wide"))
        assert "prior:wide" not in found
        assert "prior:sceptical" in found

    def test_a_row_left_with_too_little_is_left_out(self, plan: Plan) -> None:
        """Where nothing was recorded after the first week of any period, dropping it drops all."""
        told = without_scores(
            written(plan), lambda one: one.period is None or (one.day - 35) % 14 >= 7
        )
        found = rows(analyse(told, plan=plan))
        assert "drop-days:3" in found
        assert "drop-days:7" not in found

    def test_every_dose_of_the_part_has_its_rows(self) -> None:
        """The dose that carries the verdict first, the others after it, in each row."""
        told = diary_of(pairs("NANANA", days=12), seed=3).diary
        halved = replace(
            told,
            entries=tuple(
                replace(one, dose_ug=1500) if 36 <= one.day < 48 else one for one in told.entries
            ),
        )
        found = analyse(halved, outcomes=[outcome()]).outcomes["pain"]
        doses = [row.dose.ug for row in found.sensitivity if row.name == "prior:wide"]
        assert doses == [4500, 1500]

    def test_an_answer_alone_has_none_and_is_the_same_answer(
        self, plan: Plan, answer: Answer
    ) -> None:
        """`sensitivity=False` leaves the checks out and changes no number."""
        alone = analyse(written(plan), plan=plan, conduct=CONDUCT, sensitivity=False)
        assert alone.outcomes["pain"].sensitivity == ()
        assert alone.outcomes["pain"].randomisation_test is None
        assert alone.outcomes["pain"].levels == answer.outcomes["pain"].levels

    def test_the_same_diary_gives_the_same_bytes(self, plan: Plan, answer: Answer) -> None:
        """Rows are fitted side by side and drawn from a stated seed: nothing depends on timing."""
        again = analyse(written(plan), plan=plan, conduct=CONDUCT)
        assert json.dumps(again.to_json()) == json.dumps(answer.to_json())
        assert answer.to_json()["model"]["checks"] == {
            "imputations": 50,
            "seed": sensitivity.SEED,
        }


class TestWhatRowsAre:
    """A row is the answer that one would get from the changed diary or the changed assumption."""

    @pytest.mark.parametrize("name", ["sceptical", "wide"])
    def test_another_prior(self, plan: Plan, answer: Answer, name: str) -> None:
        """The row is the headline of the same analysis from that prior."""
        other = analyse(written(plan), plan=plan, prior=name).outcomes["pain"].headline
        assert rows(answer)[f"prior:{name}"].effect == other.effect
        assert rows(answer)[f"prior:{name}"].p_benefit == other.p_benefit

    @pytest.mark.parametrize("days", [3, 7, 10])
    def test_the_first_days_of_each_period_left_out(
        self, plan: Plan, answer: Answer, days: int
    ) -> None:
        """Their scores are taken as missing; the exposure stays."""
        dropped = {period.first_day + at for period in plan.periods for at in range(days)}
        told = without_scores(written(plan), lambda one: one.day in dropped)
        other = analyse(told, plan=plan).outcomes["pain"].headline
        assert rows(answer)[f"drop-days:{days}"].effect == other.effect

    def test_periods_guessed_right_left_out(self, plan: Plan, answer: Answer) -> None:
        """Period 1 was guessed right, period 2 was not."""
        told = without_scores(written(plan), lambda one: one.period == 1)
        other = analyse(told, plan=plan).outcomes["pain"].headline
        assert rows(answer)["guesses-removed"].effect == other.effect

    def test_events_left_out_of_the_model(self, plan: Plan, answer: Answer) -> None:
        """The row is the analysis of a diary that names no infection."""
        told = written(plan)
        silent = replace(told, entries=tuple(replace(one, events=()) for one in told.entries))
        other = analyse(silent, plan=plan).outcomes["pain"].headline
        assert rows(answer)["no-events"].effect == other.effect

    def test_flares_as_an_event(self, plan: Plan, answer: Answer) -> None:
        """The row is the analysis of a diary in which the flare is an event from outside."""
        told = written(plan)
        renamed = replace(
            told,
            entries=tuple(
                replace(one, events=tuple(e.replace("flare", "vaccination") for e in one.events))
                for one in told.entries
            ),
        )
        other = analyse(renamed, plan=plan).outcomes["pain"].headline
        # Two event columns change places: only rounding differs, far below what is printed.
        assert rows(answer)["flares-adjusted"].effect.mean == pytest.approx(
            other.effect.mean, abs=1e-9
        )

    def test_what_was_taken(self, plan: Plan, answer: Answer) -> None:
        """The row is the analysis of a trial in which the skipped days were never assigned."""
        told = written(plan)
        course = analyse(told, plan=plan).outcomes["pain"]
        assert course.headline.effect != rows(answer)["as-taken"].effect
        obeyed = replace(
            told,
            entries=tuple(
                replace(one, dose_ug=4500, taken=None)
                if one.taken is False and one.arm is A
                else replace(one, taken=None)
                for one in told.entries
            ),
        )
        assert "as-taken" not in rows(analyse(obeyed, plan=plan))

    def test_all_days_hold_the_hope_of_the_open_weeks(self, plan: Plan) -> None:
        """Scores of the open weeks move this row and no other."""
        told = written(plan)
        hopeful = replace(
            told,
            entries=tuple(
                replace(one, scores={"pain": 1.0}) if one.period is None else one
                for one in told.entries
            ),
        )
        before, after = (analyse(each, plan=plan) for each in (told, hopeful))
        for name in rows(before):
            moved = rows(before)[name].effect.mean != rows(after)[name].effect.mean
            assert moved == (name == "all-days"), name

    def test_a_time_constant_of_30_days_is_fixed(self, plan: Plan) -> None:
        """Tau is 30 whatever the diary says: the effect is that of a plain sum over phi and w."""
        series = gaussian.Series(
            score=np.random.default_rng(1).normal(5.0, 1.0, 60),
            minimum=0.0,
            maximum=10.0,
            level=(np.arange(60) // 15) % 2,
            n_levels=1,
            capsule=None,
            events=np.empty((60, 0)),
            tau_days=30.0,
        )
        fit = gaussian.fit(series, prior=beta_prior("default"))
        assert fit.onset_days.q025 == fit.onset_days.q975 == 30.0
        middles = (np.arange(60) + 0.5) / 60
        phi, w = np.meshgrid(0.98 * middles, 0.01 + 0.98 * middles)
        points = np.column_stack([phi.ravel(), w.ravel(), *np.full((2, phi.size), 30.0)])
        mean, variance = gaussian.moments_at(
            series, prior=beta_prior("default"), points=points, log_weight=np.zeros(phi.size)
        )
        effect = fit.levels[0].summary()
        # The engine's own target: the mean within 0.05 posterior SD, the SD within 5%.
        assert abs(effect.mean - mean[0]) < 0.05 * effect.sd
        assert effect.sd == pytest.approx(variance[0] ** 0.5, rel=0.05)


class TestMissingDays:
    """Missing days on the drug, drawn from the fitted model and made worse."""

    @pytest.mark.parametrize(("better", "sign"), [(Better.LOWER, 1.0), (Better.HIGHER, -1.0)])
    def test_worse_is_away_from_better(self, better: Better, sign: float) -> None:
        """The effect moves in the worse direction, further with 2 points than with 1."""
        text = PAIN.replace('"lower"', f'"{better}"')
        plan = small_plan(outcomes=text)
        told = analyse(written(plan, missing=0.3), plan=plan)
        effect = told.outcomes["pain"].headline.effect.mean
        one, two = (rows(told)[f"missing:+{k}"].effect.mean for k in (1, 2))
        assert 0.0 < sign * (one - effect) < sign * (two - effect)

    def test_the_days_are_drawn_as_the_model_says(self) -> None:
        """At one set of parameters: mean and spread of the filled days against dense matrices."""
        asked, phi, w, tau, sigma = one_point()
        gaps = np.isnan(asked.series.score)
        draws = 4_000
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sensitivity, "IMPUTATIONS", draws)
            filled = sensitivity._filled(asked, asked.fit, gaps, np.random.default_rng(9))[:, gaps]
        days = len(gaps)
        at = np.array([tau])
        moving = exposure(*asked.series.switches(), at, at)[:, 0]
        X = np.column_stack([asked.series.given(), moving])
        prior_cov = np.diag(np.square([1.0, 0.3, 0.15]))
        apart = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
        noise = sigma**2 * ((1 - w) * phi**apart + w * np.eye(days))
        cov = X @ prior_cov @ X.T + noise
        y = asked.series.standardised()
        seen = ~gaps
        gain = cov[np.ix_(gaps, seen)] @ np.linalg.inv(cov[np.ix_(seen, seen)])
        mean = 5.0 + 10.0 * gain @ y[seen]
        spread = 10.0 * np.sqrt(np.diag(cov[np.ix_(gaps, gaps)] - gain @ cov[np.ix_(seen, gaps)]))
        # Four standard errors of a mean and of a standard deviation of 4,000 draws.
        off = (filled.mean(axis=0) - mean) / spread
        assert np.abs(off).max() < 4 / np.sqrt(draws)
        assert np.abs(filled.std(axis=0) / spread - 1).max() < 4 / np.sqrt(2 * draws)

    def test_points_of_the_main_fit_do_for_full_fits(self, plan: Plan) -> None:
        """Means and spreads at the reused points against a whole fit of each filled diary."""
        asked, *_ = one_point(missing=0.25, is_posterior=True)
        gaps = np.isnan(asked.series.score)
        rng = np.random.default_rng(3)
        filled = sensitivity._filled(asked, asked.fit, gaps, rng)[:12] + 2.0 * gaps
        points = sensitivity._drawn(asked.fit, sensitivity.REUSED_POINTS, rng)[:, :4]
        log_weight = -gaussian.log_likelihood_at(asked.series, prior=asked.prior, points=points)
        ours, full = [], []
        for score in filled:
            series = replace(asked.series, score=score)
            mean, variance = gaussian.moments_at(
                series, prior=asked.prior, points=points, log_weight=log_weight
            )
            ours.append([mean[0], np.sqrt(variance[0])])
            effect = gaussian.fit(series, prior=asked.prior).levels[0].summary()
            full.append([effect.mean, effect.sd])
        found, exact = np.array(ours), np.array(full)
        # 128 points are some 60 effective ones after reweighting: 0.1 SD each, 0.05 over twelve.
        off = (found[:, 0] - exact[:, 0]) / exact[:, 1]
        assert abs(off.mean()) < 0.05
        assert np.abs(off).max() < 0.25
        assert abs((found[:, 1] / exact[:, 1]).mean() - 1) < 0.05

    def test_nothing_missing_on_the_drug_has_no_such_row(self, plan: Plan) -> None:
        """With gaps on placebo alone there is nothing to make worse."""
        told = without_scores(written(plan, missing=0.0), lambda one: one.arm is P)
        half = replace(
            told,
            entries=tuple(
                new if old.arm is P and old.day % 2 else old
                for new, old in zip(told.entries, written(plan, missing=0.0).entries, strict=True)
            ),
        )
        assert not [name for name in rows(analyse(half, plan=plan)) if name.startswith("missing")]


def one_point(
    *, missing: float = 0.2, is_posterior: bool = False
) -> tuple[sensitivity.Asked, float, float, float, float]:
    """A small trial whose posterior is one set of parameters, or its own."""
    plan = small_plan()
    first = plan.first_randomised_day
    assert first is not None
    told = written(plan, missing=0.0)
    days = calendar(plan, order=ORDER)
    on = np.array([day.arm is A and day.phase is Phase.RANDOMISED for day in days[first:]])
    score = np.array([one.scores["pain"] for one in told.entries[first:]], dtype=float)
    score[np.random.default_rng(4).random(len(score)) < missing * on] = np.nan
    series = gaussian.Series(
        score=score,
        minimum=0.0,
        maximum=10.0,
        level=on.astype(np.int64),
        n_levels=1,
        capsule=None,
        events=np.empty((len(score), 0)),
    )
    prior = beta_prior("default")
    fit = gaussian.fit(series, prior=prior)
    phi, w, tau, sigma = 0.8, 0.3, 4.0, 0.15
    if not is_posterior:
        at = np.array([[phi, w, tau, tau, 10.0 * sigma]])
        fit = replace(fit, weight=np.ones(1), parameters=at)
    course = course_of(told, plan=plan, order=ORDER, acts=Acts.SAME_DAY, already_on=Dose(0))
    asked = sensitivity.Asked(
        series=series,
        fit=fit,
        prior=prior,
        refit=lambda days, given: gaussian.fit(days, prior=given),
        family=Family.GAUSSIAN,
        course=course,
        plan=plan,
        counts=np.ones(len(score), dtype=bool),
        doses=(plan.design.target,),
        contrast=P,
        sign=-1.0,
        guesses=None,
        whole=None,
        is_empty=np.isnan(score),
        flares=None,
    )
    return asked, phi, w, tau, sigma
