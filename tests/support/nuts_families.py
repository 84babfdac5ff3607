"""The independent reference for binary, ordinal and count: NUTS over everything at once.

Written from the statement of the model alone, never from the engine. Nothing is integrated out: the
wandering of every day is sampled too. Rebuild the stored results with `tools/rebuild_golden.py`.

    eta_t = alpha + gamma s_t + sum_j delta_j c_tj + pill z_t + sum_k beta_k x_tk + u_t
    binary   yes with probability 1 / (1 + exp(-eta_t))
    ordinal  P(y_t <= j) = Phi(c_j - eta_t), no alpha, shares at eta = 0 Dirichlet(1, .., 1)
    count    mean exp(eta_t), variance mean + mean^2 / r

Each draw also gives what the effects mean in steps of the scale: the average over the days used of
E[y | x_k = 1, the other levels 0] - E[y | all levels 0], other terms and u_t as drawn.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import lax
from jax.scipy.special import log_ndtr, ndtr, ndtri
from numpy.typing import NDArray
from numpyro.infer import MCMC, NUTS, init_to_median

from support.family_cases import FamilyCase
from support.nuts import Run, parameter_summary, share_best

__all__ = ["FamilySampler", "Inputs", "inputs_of", "summarise_family"]

numpyro.enable_x64()

Floats = NDArray[np.float64]

# Days put into one loop body: the loop, not the arithmetic, is what costs on a CPU.
_UNROLL = 6

# model.md section 4, column by column: standard deviations, and alpha's mean.
_PRIORS: dict[str, dict[str, float]] = {
    "binary": {"at": 0.0, "alpha": 2.0, "gamma": 1.5, "delta": 1.0, "beta": 0.75, "su": 1.0},
    "ordinal": {"gamma": 0.9, "delta": 0.6, "beta": 0.45, "su": 0.6},
    "count": {"at": math.log(2), "alpha": 1.5, "gamma": 0.7, "delta": 0.5, "beta": 0.4, "su": 0.5},
}


# Every case is padded to these sizes, so that the cases of a family share one compiled sampler. A
# padded day carries no likelihood; a padded effect has nothing to act on, keeps its prior, and is
# left out of what is stored.
_DAYS, _LEVELS, _EVENTS = 90, 2, 2


class Inputs(NamedTuple):
    """One case as arrays: day by day the answers, the assigned columns, trend and events.

    `assigned` holds the levels and then the capsule, already shifted where the drug acts on the
    next day; `before` is what held before day 1. `used` is 1 on days with likelihood.
    """

    y: Any
    used: Any
    assigned: Any
    before: Any
    trend: Any
    covariates: Any


def inputs_of(case: FamilyCase) -> Inputs:
    """Turn a case into the model's arrays."""
    on = [case.levels == k for k in range(1, _LEVELS + 1)]
    before = [float(case.already_on == k) for k in range(1, _LEVELS + 1)]
    # Without the pill in the model its column is empty.
    on.append((case.capsules > 0) & case.uses_pill)
    before.append(float(case.already_on > 0 and case.uses_pill))
    table, first = np.column_stack(on).astype(np.float64), np.array(before)
    if case.acts_next_day:
        table = np.vstack([first, table[:-1]])
    used = ~np.isnan(case.used)
    days = np.arange(case.y.size, dtype=np.float64)
    a, b = days[used][[0, -1]]
    events = np.zeros((case.y.size, _EVENTS))
    events[:, : case.covariates.shape[1]] = case.covariates

    def padded(rows: Floats) -> Any:
        return jnp.asarray(np.concatenate([rows, np.zeros((_DAYS - len(rows), *rows.shape[1:]))]))

    return Inputs(
        y=padded(np.where(used, case.used, 0.0)),
        used=padded(used.astype(np.float64)),
        assigned=padded(table),
        before=jnp.asarray(first),
        trend=padded((days - (a + b) / 2) / (b - a + 1)),
        covariates=padded(events),
    )


def _model(inputs: Inputs, *, family: str, steps: int) -> None:
    prior = _PRIORS[family]
    tau = numpyro.sample("tau", dist.LogNormal(math.log(7.0), 0.8))
    pace = -jnp.expm1(-1 / tau)
    phi = numpyro.sample("phi", dist.Uniform(0.0, 0.98))
    su = numpyro.sample("su", dist.HalfNormal(prior["su"]))
    fresh = numpyro.sample("fresh", dist.Normal(0, 1).expand([_DAYS + 1]).to_event(1))

    def day(state: tuple[Any, Any], row: tuple[Any, Any]) -> tuple[tuple[Any, Any], Any]:
        x, u = state
        assigned, new = row
        x = x + pace * (assigned - x)
        u = phi * u + jnp.sqrt(1 - phi**2) * new
        return (x, u), (x, u)

    # The state before day 1 is stationary too.
    rows = (inputs.assigned, fresh[1:])
    _, (exposure, u) = lax.scan(day, (inputs.before, fresh[0]), rows, unroll=_UNROLL)

    base = su * u + numpyro.sample("gamma", dist.Normal(0, prior["gamma"])) * inputs.trend
    if family != "ordinal":
        base = base + numpyro.sample("alpha", dist.Normal(prior["at"], prior["alpha"]))
    delta = dist.Normal(0, prior["delta"]).expand([_EVENTS]).to_event(1)
    base = base + inputs.covariates @ numpyro.sample("delta", delta)
    base = base + numpyro.sample("pill", dist.Normal(0, prior["beta"])) * exposure[:, -1]
    gap = np.abs(np.subtract.outer(np.arange(_LEVELS), np.arange(_LEVELS)))
    joint = dist.MultivariateNormal(jnp.zeros(_LEVELS), prior["beta"] ** 2 * 0.7**gap)
    beta = numpyro.sample("beta", joint)
    eta = base + exposure[:, :_LEVELS] @ beta

    if family == "binary":
        log_density = dist.Bernoulli(logits=eta).log_prob(inputs.y)
        expected = jax.nn.sigmoid
    elif family == "count":
        log_r = numpyro.sample("log_r", dist.Normal(math.log(5), 1.0))
        log_density = dist.NegativeBinomial2(jnp.exp(eta), jnp.exp(log_r)).log_prob(inputs.y)
        expected = jnp.exp
    else:
        shares = numpyro.sample("shares", dist.Dirichlet(jnp.ones(steps)))
        cut = ndtri(jnp.clip(jnp.cumsum(shares)[:-1], 1e-12, 1 - 1e-12))
        log_density = _log_share(cut, eta, inputs.y.astype(int))

        def expected(at: Any) -> Any:
            return jnp.sum(ndtr(at[:, None] - cut), axis=1)

    numpyro.factor("answers", jnp.sum(inputs.used * log_density))
    without = expected(base)

    def mean(values: Any) -> Any:
        return jnp.sum(inputs.used * values) / jnp.sum(inputs.used)

    numpyro.deterministic("without", mean(without))
    made = [mean(expected(base + beta[k]) - without) for k in range(_LEVELS)]
    numpyro.deterministic("effect", jnp.stack(made))


def _log_share(cut: Any, eta: Any, y: NDArray[np.int64]) -> Any:
    """Log probability of each answer, computed in the tail where it is small."""
    far = jnp.full(1, 50.0)
    ends = jnp.concatenate([-far, cut, far])
    low, high = ends[y] - eta, ends[y + 1] - eta
    is_upper = low + high > 0
    low, high = jnp.where(is_upper, -high, low), jnp.where(is_upper, -low, high)
    upper = log_ndtr(high)
    return upper + jnp.log(-jnp.expm1(jnp.minimum(log_ndtr(low) - upper, -1e-15)))


class FamilySampler:
    """A sampler for all cases of one family with one number of answers."""

    def __init__(
        self, *, family: str, steps: int, draws: int, chains: int, warmup: int, target_accept: float
    ) -> None:
        low = ["tau", "phi", "su", "gamma", "beta", "pill", "delta"]
        low += {"binary": ["alpha"], "ordinal": [], "count": ["alpha", "log_r"]}[family]
        self._names = [*low, "without", "effect"]
        kernel = NUTS(
            partial(_model, family=family, steps=steps),
            dense_mass=[tuple(low)],
            target_accept_prob=target_accept,
            init_strategy=init_to_median,
        )
        self._mcmc = MCMC(
            kernel,
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="vectorized",
            progress_bar=False,
            jit_model_args=True,
        )

    def draw(self, case: FamilyCase, *, seed: int) -> Run:
        """Warm up on a case and draw from each chain; the first call also compiles."""
        self._mcmc.post_warmup_state = None
        return self._run(case, jax.random.key(seed))

    def again(self, case: FamilyCase) -> Run:
        """Draw on from where the last draw stopped."""
        self._mcmc.post_warmup_state = self._mcmc.last_state
        return self._run(case, self._mcmc.last_state.rng_key)

    def _run(self, case: FamilyCase, key: Any) -> Run:
        started = time.perf_counter()
        self._mcmc.run(key, inputs_of(case), extra_fields=("diverging",))
        samples = jax.block_until_ready(self._mcmc.get_samples(group_by_chain=True))
        diverging = np.asarray(self._mcmc.get_extra_fields(group_by_chain=True)["diverging"])
        return Run(
            draws=_spread({name: np.asarray(samples[name]) for name in self._names}, case),
            divergences=int(diverging.sum()),
            seconds=time.perf_counter() - started,
        )


def _spread(samples: dict[str, Floats], case: FamilyCase) -> dict[str, Floats]:
    """Spread vectors over names (`beta_1`, `effect_1`, `delta_1`) and leave out what was padded."""
    sizes = {
        "beta": case.n_levels,
        "effect": case.n_levels,
        "delta": case.covariates.shape[1],
        "pill": int(case.uses_pill),
    }
    draws: dict[str, Floats] = {}
    for name, values in samples.items():
        if values.ndim == 2:
            draws |= {name: values} if sizes.get(name, 1) else {}
        else:
            draws |= {f"{name}_{k + 1}": values[:, :, k] for k in range(sizes[name])}
    return draws


def summarise_family(run: Run, *, case: FamilyCase) -> dict[str, Any]:
    """Every number of the golden file that comes from draws, each with its Monte Carlo error.

    `effect_k` and `without` are in steps of the scale, everything else on the link scale.
    """
    return {
        "parameters": {
            name: parameter_summary(values, mcid=_tail_at(name, case))
            for name, values in sorted(run.draws.items())
        },
        "p_best": share_best(run, n_levels=case.n_levels),
    }


def _tail_at(name: str, case: FamilyCase) -> float | None:
    """Where tail probabilities are asked: the MCID for effects, half a prior SD for betas."""
    if name.startswith("effect"):
        return case.mcid
    if name.startswith(("beta", "pill")):
        return 0.5 * _PRIORS[case.family]["beta"]
    return None
