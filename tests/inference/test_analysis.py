"""Which days count, what is compared, what is refused, and what the answer says about itself."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from openldn.diary import Diary, Entry
from openldn.inference import AnalysisRefused, Answer, Conduct, Guess, Said, analyse
from openldn.protocol.calendar import Phase, calendar
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family, Role
from openldn.protocol.plan import Acts, Arm, Plan
from openldn.protocol.problems import InputError
from support.plans import small_plan
from support.trials import diary_of, outcome, pairs

A, P, N = Arm.ACTIVE, Arm.PLACEBO, Arm.NONE
ORDER = (A, P, P, A, A, P, P, A)


def run(
    plan: Plan,
    *,
    order: Sequence[Arm] = ORDER,
    seed: int = 1,
    effect: float = 0.0,
    shows_arm: bool = True,
    **kwargs: object,
) -> Diary:
    """A diary that follows the plan; `effect` moves the score on days at the target dose."""
    rng = np.random.default_rng(seed)
    entries = []
    for day in calendar(plan, order=order if plan.first_randomised_day else None):
        score = 5.0 + effect * (day.level == plan.design.target) + rng.normal(0.0, 1.2)
        is_sealed = day.phase is Phase.RANDOMISED and not shows_arm
        entries.append(
            Entry(
                day=day.day,
                arm=None if is_sealed else day.arm,
                dose_ug=None if is_sealed or day.dose is None else day.dose.ug,
                period=day.period,
                scores={"pain": float(np.clip(round(score), 0, 10))},
            )
        )
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def reasons(answer: Answer) -> set[str]:
    """The codes of the grade's reasons."""
    return {reason.code for reason in answer.design.grade.reasons}


class TestWhichDaysCount:
    """Where the plan has a randomised part, the primary answer uses that part only."""

    def test_values_before_the_randomised_part_do_not_move_the_answer(self) -> None:
        """Whatever was felt in the open weeks, the randomised answer is the same number."""
        plan = small_plan()
        diary = run(plan, effect=-1.0)
        first = plan.first_randomised_day
        assert first is not None
        hopeful = replace(
            diary,
            entries=tuple(
                replace(entry, scores={"pain": 0.0}) if entry.day < first else entry
                for entry in diary.entries
            ),
        )
        plain, other = (
            analyse(each, plan=plan).outcomes["pain"].headline for each in (diary, hopeful)
        )
        assert plain.part == other.part == "randomised"
        assert plain.effect == other.effect

    def test_doses_tried_only_openly_are_a_second_labelled_answer(self) -> None:
        """Steps of the ladder below the target were never blinded."""
        answer = analyse(run(small_plan()), plan=small_plan())
        found = [(level.part, level.dose.ug) for level in answer.outcomes["pain"].levels]
        assert found == [("randomised", 4500), ("open", 1500), ("open", 3000)]
        opened = answer.outcomes["pain"].levels[1]
        assert opened.includes == ("drug", "expectation", "time")
        assert opened.p_best is None

    def test_days_after_the_plan_are_left_out_and_said(self) -> None:
        """What comes after the last planned day belongs to no arm."""
        plan = small_plan()
        diary = run(plan)
        late = Entry(day=plan.total_days + 3, scores={"pain": 10.0})
        longer = replace(diary, entries=(*diary.entries, late))
        before, after = (analyse(each, plan=plan) for each in (diary, longer))
        assert before.outcomes["pain"].headline.effect == after.outcomes["pain"].headline.effect
        assert any("1 recorded days lie outside" in limit for limit in after.limits)

    def test_ramp_days_count_as_the_level_of_their_period(self) -> None:
        """Half-dose days at the start of a period are not a level of their own."""
        answer = analyse(run(small_plan()), plan=small_plan())
        assert {level.dose.ug for level in answer.outcomes["pain"].levels} == {1500, 3000, 4500}

    def test_an_assigned_dose_counts_even_when_it_was_skipped(self) -> None:
        """Treatment policy: skipping a blinded capsule does not change the comparison."""
        plan = small_plan()
        diary = run(plan, effect=-1.0)
        first = plan.first_randomised_day
        assert first is not None
        skipped = replace(
            diary,
            entries=tuple(
                replace(entry, dose_ug=0, taken=False)
                if entry.day % 3 == 0 and entry.day >= first
                else entry
                for entry in diary.entries
            ),
        )
        plain, other = (
            analyse(each, plan=plan).outcomes["pain"].headline.effect for each in (diary, skipped)
        )
        assert plain == other

    def test_in_an_open_diary_the_recorded_dose_counts(self) -> None:
        """Without a plan a skipped day is a day without."""
        told = diary_of(pairs("NANA", days=14), seed=2, effect=-2.0).diary
        skipped = replace(
            told,
            entries=tuple(
                replace(entry, dose_ug=0, arm=None) if entry.day % 2 else entry
                for entry in told.entries
            ),
        )
        plain, other = (
            analyse(each, outcomes=[outcome()]).outcomes["pain"].headline
            for each in (told, skipped)
        )
        assert other.days < plain.days
        assert other.effect != plain.effect

    def test_an_unrecorded_dose_is_the_last_recorded_one_and_is_counted(self) -> None:
        """Without a plan an empty dose repeats the last one; the limits say how often."""
        diary = diary_of(pairs("NANA", days=14), seed=2, effect=-2.0).diary
        holes = replace(
            diary,
            entries=tuple(
                replace(entry, dose_ug=None, arm=None) if entry.day in (16, 17, 30) else entry
                for entry in diary.entries
            ),
        )
        plain, other = (analyse(each, outcomes=[outcome()]) for each in (diary, holes))
        assert other.outcomes["pain"].headline.effect == plain.outcomes["pain"].headline.effect
        assert any("On 3 days the dose was not recorded" in limit for limit in other.limits)

    def test_next_day_action_shifts_the_comparison_by_a_day(self) -> None:
        """With a bedtime dose the score of day t goes with the capsule of day t-1."""
        arms = pairs("APPAAPPA", days=7)
        diary = diary_of(arms, seed=4, effect=-2.0, tau=0.3).diary
        delayed = replace(
            diary,
            entries=tuple(
                replace(
                    entry, arm=arms[entry.day + 1], dose_ug=4500 if arms[entry.day + 1] is A else 0
                )
                for entry in diary.entries[:-1]
            ),
        )
        trimmed = replace(diary, entries=diary.entries[:-1])
        same = analyse(trimmed, outcomes=[outcome()]).outcomes["pain"].headline
        late = (
            analyse(delayed, outcomes=[outcome()], acts=Acts.NEXT_DAY, already_on=Dose(4500))
            .outcomes["pain"]
            .headline
        )
        # Same days in the same arms; they differ only in what was taken before the first day.
        assert late.days == same.days
        assert late.effect.mean == pytest.approx(same.effect.mean, abs=0.2 * same.effect.sd)

    def test_already_on_starts_at_full_exposure(self) -> None:
        """A person who comes in on the drug is not slowly building it up in the model."""
        diary = diary_of(pairs("AANNAANN", days=7), seed=5, effect=-2.0).diary
        new, steady = (
            analyse(diary, outcomes=[outcome()], already_on=before).outcomes["pain"]
            for before in (Dose(0), Dose(4500))
        )
        assert new.headline.effect.mean != steady.headline.effect.mean


class TestContrastAndPill:
    """Placebo where placebo days are among the days used, else taking nothing."""

    def test_placebo_without_empty_days_leaves_the_pill_out(self) -> None:
        """Case b: the pill is part of the level."""
        answer = analyse(run(small_plan()), plan=small_plan()).outcomes["pain"]
        assert answer.headline.contrast is P
        assert answer.headline.includes == ("drug",)
        assert answer.pill is None

    def test_empty_days_after_the_pairs_make_the_pill_separable(self) -> None:
        """Case a: capsule-free days belong to the randomised part."""
        plan = small_plan(none_days=14)
        answer = analyse(run(plan), plan=plan).outcomes["pain"]
        assert answer.headline.contrast is P
        assert answer.pill is not None

    def test_without_placebo_expectation_is_in_the_difference(self) -> None:
        """Case c: open random order, LDN against nothing."""
        plan = small_plan(kind="open-randomised")
        order = tuple(N if arm is P else arm for arm in ORDER)
        answer = analyse(run(plan, order=order), plan=plan)
        assert answer.outcomes["pain"].headline.contrast is N
        assert answer.outcomes["pain"].headline.includes == ("drug", "expectation")
        assert answer.outcomes["pain"].pill is None
        assert any("drug and your expectations together" in limit for limit in answer.limits)


class TestSeal:
    """Nothing is answered about a hidden part before its seal is open."""

    def test_a_sealed_part_is_refused_in_words(self) -> None:
        """A diary without arms cannot be compared."""
        plan = small_plan()
        with pytest.raises(AnalysisRefused, match="pharmacist opens the seal"):
            analyse(run(plan, shows_arm=False), plan=plan)

    def test_the_opened_order_does_as_well_as_the_arm_column(self) -> None:
        """The order from the seal and the arms in the file are the same thing."""
        plan = small_plan()
        told = analyse(run(plan), plan=plan).outcomes["pain"].headline
        given = analyse(run(plan, shows_arm=False), plan=plan, order=ORDER)
        assert given.outcomes["pain"].headline.effect == told.effect

    def test_two_arms_in_one_period_are_an_error(self) -> None:
        """A slip in the arm column is not averaged away."""
        plan = small_plan()
        diary = run(plan)
        first = plan.first_randomised_day
        slipped = replace(
            diary,
            entries=tuple(
                replace(entry, arm=P) if entry.day == first else entry for entry in diary.entries
            ),
        )
        with pytest.raises(InputError, match="period 1"):
            analyse(slipped, plan=plan)


class TestRefusals:
    """Too little to go by is said, outcome by outcome."""

    def test_an_ordinal_scale_with_one_answer_only_is_refused_with_its_reason(self) -> None:
        """A 1 to 5 scale that never moved has nothing to compare; another outcome is answered."""
        diary = diary_of(pairs("NANA", days=14), seed=1).diary
        two = replace(
            diary,
            entries=tuple(
                replace(entry, scores={**entry.scores, "rested": 3.0}) for entry in diary.entries
            ),
            outcome_ids=("pain", "rested"),
        )
        rested = outcome(id="rested", family=Family.ORDINAL, role=Role.SECONDARY)
        answer = analyse(two, outcomes=[outcome(), rested])
        assert set(answer.outcomes) == {"pain"}
        assert answer.refused["rested"] == (
            "Every recorded value is 3, so there is nothing to compare."
        )

    @pytest.mark.parametrize(
        ("letters", "days", "scores", "words"),
        [
            ("NA", 2, [1.0, 2.0, 3.0, None], "3 recorded values"),
            ("NA", 4, [6.0] * 8, "Every recorded value is 6"),
            ("A", 8, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], "days on 4.5 mg"),
            ("N", 8, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], "days without the drug"),
        ],
    )
    def test_what_cannot_be_compared_is_refused(
        self, letters: str, days: int, scores: list[float | None], words: str
    ) -> None:
        """Few values, one value, one exposure: each with its reason."""
        entries = [
            Entry(day=t, arm=arm, dose_ug=4500 if arm is A else 0, scores={"pain": score})
            for t, (arm, score) in enumerate(zip(pairs(letters, days=days), scores, strict=True))
        ]
        with pytest.raises(AnalysisRefused, match=words):
            analyse(Diary.from_entries(entries), outcomes=[outcome()])

    def test_thirteen_doses_are_too_many(self) -> None:
        """More than twelve levels is a file problem."""
        entries = [
            Entry(day=t, dose_ug=100 * (t % 14), scores={"pain": float(t % 9)}) for t in range(60)
        ]
        with pytest.raises(InputError, match="13 different doses"):
            analyse(Diary.from_entries(entries), outcomes=[outcome()])

    def test_no_scale_is_refused_before_anything_is_computed(self) -> None:
        """Without plan and outcomes nobody knows what a 5 means."""
        diary = diary_of(pairs("NA", days=7), seed=1).diary
        with pytest.raises(InputError, match="no scale"):
            analyse(diary)

    def test_the_evidence_prior_needs_evidence(self) -> None:
        """Lupus has no pooled estimate; fibromyalgia pain has one."""
        lupus = small_plan()
        with pytest.raises(AnalysisRefused, match="evidence, for pain and lupus") as refused:
            analyse(run(lupus), plan=lupus, prior="evidence")
        (problem,) = refused.value.problems
        assert problem.code == "LDN-A015"
        assert "diary" not in str(problem)  # which is not at fault
        fibromyalgia = small_plan(condition="fibromyalgia")
        answer = analyse(run(fibromyalgia), plan=fibromyalgia, prior="evidence")
        # model.md section 2: mean -0.25, s = sqrt(0.35^2 + 0.75^2), in widths of a scale of 10.
        assert answer.model["priors"]["beta"]["normal"] == pytest.approx([-0.025, 0.0828], abs=1e-4)

    def test_the_evidence_prior_says_what_it_rests_on_and_what_it_moved(self) -> None:
        """Its studies, and the same diary from the default prior and from two other spreads."""
        plan = small_plan(condition="fibromyalgia")
        diary = run(plan)
        answer = analyse(diary, plan=plan, prior="evidence")
        pain = answer.outcomes["pain"]
        told = pain.to_json()["prior_influence"]
        plainly = analyse(diary, plan=plan).outcomes["pain"]
        assert told["effect_from_default"]["mean"] == plainly.headline.effect.mean
        assert told["moved_by"] == pain.headline.effect.mean - plainly.headline.effect.mean
        assert {"bruun-final-2024", "innova-2026"} <= set(told["studies"])
        sds = {row["spread_between_people"]: row["effect"]["sd"] for row in told["by_spread"]}
        assert sds[0.5] < pain.headline.effect.sd < sds[1.0]  # a wider prior, a wider answer
        assert any("the starting assumption comes from 4 trials" in one for one in answer.limits)
        assert any("INNOVA" in one for one in answer.citations)
        assert plainly.to_json()["prior_influence"] is None


class TestVerdict:
    """The decision rule: clear at the plan's threshold, else could not tell."""

    @pytest.mark.parametrize(("effect", "verdict"), [(-3.0, "clear-benefit"), (3.0, "clear-harm")])
    def test_a_large_effect_is_clear_in_its_direction(self, effect: float, verdict: str) -> None:
        """Three points in four pairs cannot be missed."""
        answer = analyse(run(small_plan(), effect=effect), plan=small_plan()).outcomes["pain"]
        assert answer.verdict == verdict
        assert answer.is_worthwhile is (verdict == "clear-benefit")

    def test_the_threshold_is_the_plan_s(self) -> None:
        """A chance just below the threshold is not clear."""
        diary = run(small_plan(), seed=3, effect=-0.6)
        chance = analyse(diary, plan=small_plan()).outcomes["pain"].headline.p_benefit
        assert 0.6 < chance < 1.0
        plan = small_plan()
        for decision, verdict in (
            (chance - 1e-6, "clear-benefit"),
            (chance + 1e-6, "could-not-tell"),
        ):
            ruled = replace(plan, analysis=replace(plan.analysis, decision=decision))
            assert analyse(diary, plan=ruled).outcomes["pain"].verdict == verdict

    def test_a_clear_but_small_effect_is_not_called_worthwhile(self) -> None:
        """Clear and worthwhile are two things."""
        large = replace(outcome(), mcid=4.0)
        diary = diary_of(pairs("APPAAPPA", days=14), seed=1, effect=-2.0).diary
        answer = analyse(diary, outcomes=[large]).outcomes["pain"]
        assert answer.verdict == "clear-benefit"
        assert not answer.is_worthwhile

    def test_six_values_cannot_tell(self) -> None:
        """Six values with a large difference are still six values."""
        entries = [
            Entry(day=14 * t, arm=arm, dose_ug=4500 if arm is A else 0, scores={"pain": score})
            for t, (arm, score) in enumerate(
                zip((P, P, P, A, A, A), (6.0, 5.0, 7.0, 4.0, 5.0, 4.0), strict=True)
            )
        ]
        answer = analyse(Diary.from_entries(entries), outcomes=[outcome()])
        pain = answer.outcomes["pain"]
        assert pain.verdict == "could-not-tell"
        assert pain.headline.effect.q975 - pain.headline.effect.q025 > 2.0
        assert any("fewer than 7 values" in limit for limit in answer.limits)


class TestGrade:
    """Section 10 of the statistical contract."""

    KNOWN = Conduct(is_plan_unchanged=True, is_code_kept=True, guesses=())

    def test_a_flawless_trial_is_an_a(self) -> None:
        """Randomised, blinded, kept and recorded."""
        answer = analyse(run(small_plan()), plan=small_plan(), conduct=self.KNOWN)
        assert answer.design.grade.letter == "A"
        assert reasons(answer) == {"randomised-blinded"}

    @pytest.mark.parametrize(
        ("conduct", "code"),
        [
            (Conduct(is_plan_unchanged=False, is_code_kept=True, guesses=()), "plan-changed"),
            (Conduct(is_plan_unchanged=True, is_code_kept=False, guesses=()), "code-broken"),
            (Conduct(is_plan_unchanged=None, is_code_kept=True, guesses=()), "plan-change-unknown"),
            (Conduct(is_plan_unchanged=True, is_code_kept=True), "guesses-unknown"),
            (
                Conduct(
                    is_plan_unchanged=True,
                    is_code_kept=True,
                    guesses=tuple(
                        Guess(period=n, arm=arm, confidence=8, is_from_feeling=False)
                        for n, arm in enumerate(ORDER, start=1)
                    ),
                ),
                "blinding-lost",
            ),
        ],
    )
    def test_one_breach_is_a_b(self, conduct: Conduct, code: str) -> None:
        """What is not known counts as a breach and is named."""
        answer = analyse(run(small_plan()), plan=small_plan(), conduct=conduct)
        assert answer.design.grade.letter == "B"
        assert code in reasons(answer)

    def test_guessing_right_because_of_feeling_better_is_no_breach(self) -> None:
        """A drug that helps gives itself away; that is not broken blinding."""
        felt = Conduct(
            is_plan_unchanged=True,
            is_code_kept=True,
            guesses=tuple(
                Guess(period=n, arm=arm, confidence=9, is_from_feeling=True)
                for n, arm in enumerate(ORDER, start=1)
            ),
        )
        answer = analyse(run(small_plan()), plan=small_plan(), conduct=felt)
        assert answer.design.grade.letter == "A"

    def test_guesses_are_told_beside_what_was_held_and_change_no_number(self) -> None:
        """The answer with them differs from the one without in their own block alone."""
        said = tuple(
            Said(period=n, arm=None if n == 2 else arm, confidence=6, reason="no-reason")
            for n, arm in enumerate(ORDER, start=1)
        )
        without = analyse(run(small_plan()), plan=small_plan(), conduct=self.KNOWN).to_json()
        told = analyse(
            run(small_plan()), plan=small_plan(), conduct=replace(self.KNOWN, said=said)
        ).to_json()
        block = told.pop("blinding")
        assert told == without
        assert [one["arm"] for one in block["guesses"]] == [str(arm) for arm in ORDER]
        assert sum(arm["unknown"] for arm in block["arms"].values()) == 1
        assert sum(arm["wrong"] for arm in block["arms"].values()) == 0

    def test_unknown_conduct_is_two_breaches_and_more(self) -> None:
        """A diary file alone says nothing about how the blind was kept."""
        answer = analyse(run(small_plan()), plan=small_plan())
        assert answer.design.grade.letter == "C"

    def test_one_pair_drops_to_d(self) -> None:
        """Under two complete pairs nothing is left of the random order."""
        plan = small_plan(pairs=1)
        answer = analyse(run(plan, order=(A, P)), plan=plan)
        assert answer.design.grade.letter == "D"
        assert {"few-pairs", "too-little-for-c"} <= reasons(answer)

    def test_few_recorded_days_are_a_breach(self) -> None:
        """Under four fifths of the days is one step down."""
        plan = small_plan()
        diary = run(plan)
        thin = replace(
            diary,
            entries=tuple(entry for entry in diary.entries if entry.day % 10 not in (1, 4, 7)),
        )
        answer = analyse(thin, plan=plan, conduct=self.KNOWN)
        assert answer.design.grade.letter == "B"
        assert "few-days" in reasons(answer)

    def test_an_open_random_order_is_a_c(self) -> None:
        """Random but known."""
        plan = small_plan(kind="open-randomised")
        order = tuple(N if arm is P else arm for arm in ORDER)
        assert analyse(run(plan, order=order), plan=plan).design.grade.letter == "C"

    @pytest.mark.parametrize(
        ("letters", "days", "letter"),
        [("NA", 14, "E"), ("NAN", 14, "D"), ("AN", 14, "D"), ("NAN", 6, "E"), ("ANA", 14, "D")],
    )
    def test_a_diary_without_a_plan_is_d_or_e(self, letters: str, days: int, letter: str) -> None:
        """D needs a way back after the first start, with a week recorded on each side."""
        diary = diary_of(pairs(letters, days=days), seed=1).diary
        answer = analyse(diary, outcomes=[outcome()])
        assert answer.design.grade.letter == letter
        includes = answer.outcomes["pain"].headline.includes
        assert ("time" in includes) is (letter == "E")


class TestEvents:
    """Only what comes from outside is adjusted for."""

    def test_an_infection_has_its_own_effect(self) -> None:
        """Two points during an infection are not the drug's."""
        diary = diary_of(
            pairs("APPAAPPA", days=14), seed=1, infection_days=range(30, 40), sigma=0.8
        ).diary
        answer = analyse(diary, outcomes=[outcome()]).outcomes["pain"]
        assert [event for event, _ in answer.events] == ["infection"]
        assert answer.events[0][1].mean > 0.0

    def test_a_flare_is_part_of_the_outcome(self) -> None:
        """Adjusting for a flare would take away what the drug may change."""
        diary = diary_of(pairs("APPAAPPA", days=14), seed=1).diary
        flaring = replace(
            diary,
            entries=tuple(
                replace(entry, events=("flare",)) if entry.day in range(20, 30) else entry
                for entry in diary.entries
            ),
        )
        plain, other = (analyse(each, outcomes=[outcome()]) for each in (diary, flaring))
        assert other.outcomes["pain"].events == ()
        assert other.outcomes["pain"].headline.effect == plain.outcomes["pain"].headline.effect
        assert any("Flares are part" in limit for limit in other.limits)


class TestTheFile:
    """The answer file of the contract."""

    def test_it_is_plain_json_with_every_key(self) -> None:
        """Outsiders read these names."""
        answer = analyse(run(small_plan()), plan=small_plan()).to_json()
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer
        assert set(answer) == {
            "format", "kind", "openldn", "design", "outcomes", "refused", "model", "limits",
            "citations", "harms",
        }  # fmt: skip
        (pain,) = answer["outcomes"]
        assert {
            "id", "role", "better", "scale", "mcid", "family", "days_recorded", "verdict",
            "worthwhile", "levels", "p_best_none", "pill", "onset_days", "noise_sd", "phi",
            "white_share", "trend", "events", "randomisation_test", "sensitivity", "diagnostics",
        } <= set(pain)  # fmt: skip
        assert set(pain["levels"][0]) == {
            "part", "arm", "dose_mg", "days", "contrast", "includes", "effect", "link_effect",
            "p_benefit", "p_meaningful_benefit", "p_about_same", "p_meaningful_harm", "p_best",
        }  # fmt: skip
        assert set(pain["levels"][0]["effect"]) == {
            "mean", "sd", "q025", "q05", "q50", "q95", "q975",
        }  # fmt: skip

    def test_it_is_the_same_in_every_run(self) -> None:
        """No chance enters the answer."""
        plan = small_plan()
        first, second = (analyse(run(plan), plan=plan).to_json() for _ in range(2))
        assert first == second

    def test_it_becomes_a_frame_draws_and_a_chart(self) -> None:
        """The three ways out for Python users."""
        answer = analyse(run(small_plan()), plan=small_plan())
        frame = answer.to_frame()
        assert len(frame) == 3
        draws = answer.to_arviz(draws=2_000).posterior["pain: randomised 4.5 mg"].to_numpy()
        effect = answer.outcomes["pain"].headline.effect
        # Five Monte Carlo errors of the mean of 2,000 independent draws.
        assert abs(draws.mean() - effect.mean) < 5.0 * effect.sd / np.sqrt(2_000)
        assert "rule" in answer.chart().to_json()


class TestContradictions:
    """Diary, plan and seal must tell one story; what is hidden is never guessed."""

    @pytest.mark.parametrize("known_periods", [{1}, {1, 2}, {2, 3, 4}, set(range(1, 8))])
    def test_partly_known_arms_are_still_sealed(self, known_periods: set[int]) -> None:
        """A period with scores and no arm is sealed, not placebo."""
        plan = small_plan()
        diary = run(plan, effect=-2.0)
        partly = replace(
            diary,
            entries=tuple(
                replace(entry, arm=None, dose_ug=None)
                if entry.period and entry.period not in known_periods
                else entry
                for entry in diary.entries
            ),
        )
        with pytest.raises(AnalysisRefused, match="pharmacist opens the seal"):
            analyse(partly, plan=plan)

    def test_one_cell_in_a_period_tells_its_arm(self) -> None:
        """The arm belongs to the period, so one day of it is enough."""
        plan = small_plan()
        diary = run(plan)
        firsts = {period.first_day for period in plan.periods}
        sparse = replace(
            diary,
            entries=tuple(
                replace(entry, arm=None, dose_ug=None)
                if entry.period and entry.day not in firsts
                else entry
                for entry in diary.entries
            ),
        )
        assert (
            analyse(sparse, plan=plan).outcomes["pain"].headline.effect
            == analyse(diary, plan=plan).outcomes["pain"].headline.effect
        )

    def test_a_period_without_any_entry_is_the_other_arm_of_its_pair(self) -> None:
        """A lost period leaves its pair's arm known."""
        plan = small_plan()
        diary = run(plan)
        lost = replace(diary, entries=tuple(e for e in diary.entries if e.period != 3))
        told, given = (analyse(lost, plan=plan, order=order) for order in (None, ORDER))
        assert told.outcomes["pain"].headline.effect == given.outcomes["pain"].headline.effect

    def test_a_seal_that_the_diary_contradicts_is_an_error(self) -> None:
        """One of the two belongs to another trial."""
        turned = tuple(P if arm is A else A for arm in ORDER)
        with pytest.raises(InputError, match="in the opened seal"):
            analyse(run(small_plan()), plan=small_plan(), order=turned)

    def test_periods_on_other_days_than_planned_are_an_error(self) -> None:
        """A diary that began ten days late is not analysed ten days off."""
        diary = run(small_plan(), shows_arm=False)
        late = replace(
            diary, entries=tuple(replace(entry, day=entry.day + 10) for entry in diary.entries)
        )
        with pytest.raises(InputError, match="Check the start of the plan"):
            analyse(late, plan=small_plan(), order=ORDER)

    def test_doses_against_the_assignment_are_counted_in_the_limits(self) -> None:
        """What was assigned is compared; that something else was taken is said."""
        plan = small_plan()
        diary = run(plan)
        mixed = replace(
            diary,
            entries=tuple(
                replace(entry, dose_ug=4500) if entry.period == 2 else entry
                for entry in diary.entries
            ),
        )
        answer = analyse(mixed, plan=plan)
        assert any("On 14 days the recorded dose does not fit" in limit for limit in answer.limits)

    def test_a_sealed_diary_without_its_plan_is_not_read_as_one_long_dose(self) -> None:
        """Blinded days hold an unknown capsule, not the last open dose."""
        with pytest.raises(AnalysisRefused, match="pharmacist opens the seal"):
            analyse(run(small_plan(), shows_arm=False), outcomes=[outcome()])

    def test_values_outside_the_plan_are_named_when_nothing_else_is_left(self) -> None:
        """The reason for having no values is the dates."""
        plan = small_plan()
        entries = [
            Entry(day=plan.total_days + n, arm=A, dose_ug=4500, scores={"pain": float(n % 7)})
            for n in range(20)
        ]
        with pytest.raises(AnalysisRefused, match="20 recorded days lie outside the plan"):
            analyse(Diary.from_entries(entries), plan=plan, order=ORDER)


class TestFinerReadings:
    """Sentences of the statistical contract that are easily read wrong."""

    def test_one_lagged_day_does_not_open_the_pill_term(self) -> None:
        """Without an open day on the drug, the first blinded day follows a day without."""
        plan = small_plan(acts="next-day", open_days=1)
        first = plan.first_randomised_day
        assert first is not None
        diary = run(plan)
        skipped = replace(
            diary,
            entries=tuple(
                replace(entry, arm=N, dose_ug=0) if entry.day == first - 1 else entry
                for entry in diary.entries
            ),
        )
        pain = analyse(skipped, plan=plan).outcomes["pain"]
        assert pain.pill is None
        assert pain.headline.contrast is P

    def test_ramp_days_of_an_open_reversal_are_no_level_of_their_own(self) -> None:
        """Half doses at the start of a period count as the period's level."""
        plan = small_plan(kind="open-reversal")
        answer = analyse(run(plan), plan=plan)
        doses = {level.dose.ug for level in answer.outcomes["pain"].levels}
        assert doses == {1500, 3000, 4500}

    def test_days_to_come_are_neither_missing_nor_filled(self) -> None:
        """A trial half done counts only the days so far."""
        plan = small_plan(kind="open-reversal")
        diary = run(plan)
        half = replace(diary, entries=tuple(e for e in diary.entries if e.day < 80))
        answer = analyse(half, plan=plan)
        assert answer.design.days == 80
        assert not any("have no value" in limit for limit in answer.limits)
        assert not any("was not recorded" in limit for limit in answer.limits)

    def test_a_pair_needs_values_after_its_transition_days(self) -> None:
        """Eleven first days of fourteen leave six of nine; the first seven leave two."""
        plan = small_plan()
        diary = run(plan)
        firsts = {period.number: period.first_day for period in plan.periods}

        def kept(days: int) -> Diary:
            return replace(
                diary,
                entries=tuple(
                    entry
                    for entry in diary.entries
                    if entry.period is None or entry.day - firsts[entry.period] < days
                ),
            )

        assert "few-pairs" not in reasons(analyse(kept(11), plan=plan))
        assert "few-pairs" in reasons(analyse(kept(7), plan=plan))

    def test_a_forgotten_capsule_is_no_stop(self) -> None:
        """Seventeen of twenty days on and then two weeks off is a reversal."""
        arms = list(pairs("NAN", days=20))
        for skipped in (25, 30, 36):
            arms[skipped] = N
        diary = diary_of(tuple(arms), seed=1).diary
        assert analyse(diary, outcomes=[outcome()]).design.grade.letter == "D"

    def test_dose_changes_alone_say_what_the_comparison_rests_on(self) -> None:
        """Two doses and never a day without: the contrast with nothing was not seen."""
        entries = [
            Entry(day=t, dose_ug=1500 if (t // 10) % 2 else 3000, scores={"pain": float(t % 6)})
            for t in range(60)
        ]
        answer = analyse(Diary.from_entries(entries), outcomes=[outcome()])
        assert any("No day without the drug" in limit for limit in answer.limits)

    def test_a_period_that_tells_its_arm_once_is_not_sealed(self) -> None:
        """Without a plan, an empty row takes the arm of its period, not of the day before."""
        diary = run(small_plan())
        first_rows = {period.first_day for period in small_plan().periods}
        holes = replace(
            diary,
            entries=tuple(
                replace(entry, arm=None, dose_ug=None) if entry.day in first_rows else entry
                for entry in diary.entries
            ),
        )
        plain, other = (analyse(each, outcomes=[outcome()]) for each in (diary, holes))
        assert other.outcomes["pain"].headline.days == plain.outcomes["pain"].headline.days

    def test_a_trial_before_its_random_part_has_no_answer_yet(self) -> None:
        """Open weeks are not the answer to a plan that has a random part."""
        plan = small_plan()
        diary = run(plan)
        early = replace(diary, entries=tuple(e for e in diary.entries if e.period is None))
        with pytest.raises(AnalysisRefused, match="have not begun"):
            analyse(early, plan=plan)
