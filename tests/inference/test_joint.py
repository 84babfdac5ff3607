"""Several outcomes: the shrunken secondaries against another computation, and what they promise."""

import numpy as np
import pytest
from scipy.stats import halfnorm, multivariate_normal, norm

from openldn.diary import Diary, Entry
from openldn.inference import analyse, gaussian
from openldn.inference.joint import joint_answers, residual_correlation, shrunken
from openldn.inference.priors import beta_prior
from openldn.protocol.outcomes import Better, Role
from openldn.protocol.plan import Arm
from openldn.report import AnswerPage, summary_text
from support.trials import noise, outcome, pairs

NAMES = ("pain", "fatigue", "sleep", "nausea")


def by_quadrature(estimate: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of each theta by a dense grid over m and t, nothing in closed form over m."""
    n = len(estimate)
    ms, ts = np.linspace(-6, 6, 241), np.linspace(0.002, 3.0, 400)
    inverse = np.linalg.inv(error)
    log_w, means, variances = [], [], []
    for t in ts:
        post = np.linalg.inv(inverse + np.eye(n) / t**2)
        spread = multivariate_normal(np.zeros(n), error + t**2 * np.eye(n))
        along = spread.logpdf(estimate - ms[:, None]) + norm.logpdf(ms)
        log_w.append(along + halfnorm(0, 0.5).logpdf(t))
        means.append((post @ (inverse @ estimate)) + np.outer(ms, post.sum(axis=1)) / t**2)
        variances.append(np.broadcast_to(np.diag(post), (len(ms), n)))
    w = np.exp(np.concatenate(log_w) - np.max(log_w))
    w /= w.sum()
    at = np.concatenate(means)
    mean = w @ at
    return mean, np.sqrt(w @ (np.concatenate(variances) + (at - mean) ** 2))


@pytest.mark.parametrize(
    ("estimate", "sds", "rho"),
    [
        ([1.5, 0.2, -0.3], [0.5, 0.5, 0.5], 0.4),
        ([2.5, 0.1], [0.3, 1.2], -0.2),
        ([0.8], [0.6], 0.0),
    ],
)
def test_closed_form_given_t_is_a_dense_grid_over_m_and_t(
    estimate: list[float], sds: list[float], rho: float
) -> None:
    """Section 9 computed another way."""
    n = len(estimate)
    correlation = np.where(np.eye(n, dtype=bool), 1.0, rho)
    error = np.outer(sds, sds) * correlation
    mean, sd = by_quadrature(np.array(estimate), error)
    found = [one.summary() for one in shrunken(np.array(estimate), error)]
    # The coarser of the two grids: 64 shares of t, good to a few thousandths of an MCID.
    assert [one.mean for one in found] == pytest.approx(mean, abs=0.004)
    assert [one.sd for one in found] == pytest.approx(sd, abs=0.004)


def test_under_its_own_prior_intervals_hold_what_they_say() -> None:
    """Truths drawn from section 9: 95% and 90% intervals cover 95% and 90% of the thetas."""
    rng = np.random.default_rng(12)
    sds = np.array([0.4, 0.7, 0.5])
    correlation = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.1], [0.2, -0.1, 1.0]])
    error = np.outer(sds, sds) * correlation
    trials, inside = 1_000, []
    for _ in range(trials):
        m, t = rng.normal(), abs(rng.normal(0.0, 0.5))
        theta = rng.normal(m, t, 3)
        estimate = rng.multivariate_normal(theta, error)
        for one, truth in zip(shrunken(estimate, error), theta, strict=True):
            share = float(one.below(float(truth)))
            inside.append((0.025 < share < 0.975, 0.05 < share < 0.95))
    cover = np.array(inside).reshape(trials, 3, 2).mean(axis=(0, 1))
    for found, name in zip(cover, (0.95, 0.90), strict=True):
        # The three thetas of a trial go together: the error is that of as many trials, not thetas.
        assert abs(found - name) < 3 * np.sqrt(name * (1 - name) / trials)


def series_with(score: np.ndarray, level: np.ndarray) -> gaussian.Series:
    """One outcome without events."""
    return gaussian.Series(
        score=score,
        minimum=0.0,
        maximum=10.0,
        level=level,
        n_levels=1,
        capsule=None,
        events=np.empty((len(score), 0)),
    )


def test_errors_go_together_as_the_noise_does() -> None:
    """Two scores with noise correlated at 0.6: whitened residuals find it, effects do not add."""
    found = []
    days, level = 120, (np.arange(120) // 12) % 2
    for seed in range(12):
        rng = np.random.default_rng(seed)
        shared, one, other = (noise(rng, days, phi=0.6, w=0.5, sigma=1.0) for _ in range(3))
        scores = [
            5.0 + effect * level + 0.6**0.5 * shared + 0.4**0.5 * own
            for effect, own in ((2.0, one), (-2.0, other))
        ]
        fits = [(series_with(score, level), None) for score in scores]
        fitted = [(s, gaussian.fit(s, prior=beta_prior("default"))) for s, _ in fits]
        found.append(residual_correlation(fitted)[0, 1])
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - 0.6) < 3 * error + 0.02  # fitting takes a little: 1 in 60 days


def test_pairs_without_days_in_common_count_as_independent() -> None:
    """Seven shared days tell nothing."""
    rng = np.random.default_rng(1)
    level = (np.arange(60) // 10) % 2
    scores = rng.normal(5.0, 1.0, (2, 60))
    scores[0, 33:], scores[1, :26] = np.nan, np.nan
    fits = [
        (series, gaussian.fit(series, prior=beta_prior("default")))
        for series in (series_with(score, level) for score in scores)
    ]
    assert residual_correlation(fits)[0, 1] == pytest.approx(0.0, abs=1e-12)


def test_a_score_written_twice_counts_about_once() -> None:
    """Two copies are pulled in as one is, and are no narrower than one with all in common."""
    one = shrunken(np.array([1.0]), np.array([[0.25]]))[0].summary()
    copies = 0.25 * np.array([[1.0, 0.999], [0.999, 1.0]])
    two = shrunken(np.array([1.0, 1.0]), copies)[0].summary()
    # With t = 0 one estimate of variance 0.25 under Normal(0, 1): mean 0.8, variance 0.2.
    assert 0.8 < two.mean < one.mean
    assert 0.2**0.5 < two.sd < one.sd


def diary(seed: int = 5) -> Diary:
    """Three scores and one harm, from a person on whom the drug does something to fatigue."""
    rng = np.random.default_rng(seed)
    arms = pairs("APPAAP", days=12)
    values = {name: 5.0 + noise(rng, len(arms), phi=0.4, w=0.5, sigma=1.2) for name in NAMES}
    on = np.array([arm is Arm.ACTIVE for arm in arms])
    values["fatigue"] = values["fatigue"] - 2.0 * on
    entries = [
        Entry(
            day=t,
            arm=arm,
            dose_ug=4500 if arm is Arm.ACTIVE else 0,
            scores={name: float(np.clip(values[name][t], 0, 10)) for name in NAMES},
        )
        for t, arm in enumerate(arms)
    ]
    return Diary.from_entries(entries, outcome_ids=NAMES)


ROLES = (Role.PRIMARY, Role.SECONDARY, Role.SECONDARY, Role.HARM)


class TestTheAnswer:
    """Secondaries lean on each other; the primary and the harms stand alone."""

    def test_only_secondary_outcomes_have_it(self) -> None:
        """`joint` is null for the primary and for a harm, and no verdict changes."""
        outcomes = [outcome(id=name, role=role) for name, role in zip(NAMES, ROLES, strict=True)]
        with_it = analyse(diary(), outcomes=outcomes)
        alone = analyse(diary(), outcomes=outcomes, sensitivity=False)
        told = {one["id"]: one["joint"] for one in with_it.to_json()["outcomes"]}
        assert told["pain"] is None
        assert told["nausea"] is None
        assert told["fatigue"]["with"] == ["sleep"]
        for name in NAMES:
            assert with_it.outcomes[name].verdict == alone.outcomes[name].verdict
            assert with_it.outcomes[name].headline == alone.outcomes[name].headline

    def test_the_one_that_stands_out_is_pulled_in(self) -> None:
        """Fatigue is pulled toward sleep, which did not change, and stays narrower than apart."""
        outcomes = [outcome(id=name, role=role) for name, role in zip(NAMES, ROLES, strict=True)]
        found = analyse(diary(), outcomes=outcomes).outcomes["fatigue"]
        assert found.joint is not None
        assert found.headline.effect.mean < found.joint.effect.mean < 0.0
        assert found.joint.p_benefit > 0.5

    def test_turning_a_scale_round_turns_its_estimate(self) -> None:
        """Theta is turned to better: ten minus the score, with higher as better, is the same."""
        outcomes = [outcome(id=name, role=role) for name, role in zip(NAMES, ROLES, strict=True)]
        told = diary()
        turned = Diary.from_entries(
            [
                Entry(
                    day=one.day,
                    arm=one.arm,
                    dose_ug=one.dose_ug,
                    scores={**one.scores, "sleep": 10.0 - float(one.scores["sleep"] or 0.0)},
                )
                for one in told.entries
            ],
            outcome_ids=NAMES,
        )
        other = [
            outcome(
                id=name,
                role=role,
                better=Better.HIGHER if name == "sleep" else Better.LOWER,
            )
            for name, role in zip(NAMES, ROLES, strict=True)
        ]
        plain = analyse(told, outcomes=outcomes).outcomes
        mirror = analyse(turned, outcomes=other).outcomes
        one, two = plain["sleep"].joint, mirror["sleep"].joint
        assert one is not None
        assert two is not None
        # Turned scores are the same to rounding; so are the estimates.
        assert two.effect.mean == pytest.approx(-one.effect.mean, abs=1e-6)
        assert two.p_benefit == pytest.approx(one.p_benefit, abs=1e-6)

    def test_page_and_terminal_say_it_in_one_sentence(self) -> None:
        """With whom it was seen, the range, and that it concludes nothing."""
        outcomes = [outcome(id=name, role=role) for name, role in zip(NAMES, ROLES, strict=True)]
        saved = analyse(diary(), outcomes=outcomes).to_json()
        sentence = "Seen together with all secondary scores, your fatigue was about"
        assert sentence in summary_text(saved, width=400)
        assert AnswerPage.build(saved).other_outcomes.count("Seen together") == 2


def test_no_secondary_outcomes_are_no_joint_answer() -> None:
    """One outcome has nothing to lean on."""
    assert joint_answers([]) == {}
