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
from typing import Any

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

__all__ = ["FamilySampler", "summarise_family"]

numpyro.enable_x64()

Floats = NDArray[np.float64]

# Days put into one loop body: the loop, not the arithmetic, is what costs on a CPU.
_UNROLL = 14

# model.md section 4, column by column: standard deviations, and alpha's mean.
_PRIORS: dict[str, dict[str, float]] = {
    "binary": {"at": 0.0, "alpha": 2.0, "gamma": 1.5, "delta": 1.0, "beta": 0.75, "su": 1.0},
    "ordinal": {"gamma": 0.9, "delta": 0.6, "beta": 0.45, "su": 0.6},
    "count": {"at": math.log(2), "alpha": 1.5, "gamma": 0.7, "delta": 0.5, "beta": 0.4, "su": 0.5},
}


def _columns(case: FamilyCase) -> tuple[Floats, Floats]:
    """Assigned level columns, then the capsule; with the state before day 1 as row 0."""
    on = [case.levels == k for k in range(1, case.n_levels + 1)]
    before = [float(case.already_on == k) for k in range(1, case.n_levels + 1)]
    if case.uses_pill:
        on.append(case.capsules > 0)
        before.append(float(case.already_on > 0))
    table = np.column_stack(on).astype(np.float64)
    first = np.array(before)
    if case.acts_next_day:
        table = np.vstack([first, table[:-1]])
    return table, first


def _model(case: FamilyCase) -> None:
    prior = _PRIORS[case.family]
    days = np.arange(case.y.size, dtype=np.float64)
    used = np.flatnonzero(~np.isnan(case.used))
    y = case.used[used]
    table, before = _columns(case)

    tau = numpyro.sample("tau", dist.LogNormal(math.log(7.0), 0.8))
    pace = -jnp.expm1(-1 / tau)

    phi = numpyro.sample("phi", dist.Uniform(0.0, 0.98))
    su = numpyro.sample("su", dist.HalfNormal(prior["su"]))
    fresh = numpyro.sample("fresh", dist.Normal(0, 1).expand([days.size + 1]).to_event(1))

    def day(state: tuple[Any, Any], row: tuple[Any, Any]) -> tuple[tuple[Any, Any], Any]:
        x, u = state
        assigned, new = row
        x = x + pace * (assigned - x)
        u = phi * u + jnp.sqrt(1 - phi**2) * new
        return (x, u), (x, u)

    # The state before day 1 is stationary too.
    start = (jnp.asarray(before), fresh[0])
    _, (exposure, u) = lax.scan(day, start, (jnp.asarray(table), fresh[1:]), unroll=_UNROLL)
    u = su * u

    eta = u
    if case.family != "ordinal":
        alpha = numpyro.sample("alpha", dist.Normal(prior["at"], prior["alpha"]))
        eta = eta + alpha
    first, last = used[0], used[-1]
    trend = (days - (first + last) / 2) / (last - first + 1)
    eta = eta + numpyro.sample("gamma", dist.Normal(0, prior["gamma"])) * trend
    n_events = case.covariates.shape[1]
    if n_events:
        delta = dist.Normal(0, prior["delta"]).expand([n_events]).to_event(1)
        eta = eta + case.covariates @ numpyro.sample("delta", delta)
    if case.uses_pill:
        eta = eta + numpyro.sample("pill", dist.Normal(0, prior["beta"])) * exposure[:, -1]
    gap = np.abs(np.subtract.outer(np.arange(case.n_levels), np.arange(case.n_levels)))
    joint = dist.MultivariateNormal(jnp.zeros(case.n_levels), prior["beta"] ** 2 * 0.7**gap)
    beta = numpyro.sample("beta", joint)
    base = eta[used]
    eta = base + exposure[used, : case.n_levels] @ beta

    if case.family == "binary":
        numpyro.sample("y", dist.Bernoulli(logits=eta), obs=y)
        expected = jax.nn.sigmoid
    elif case.family == "count":
        log_r = numpyro.sample("log_r", dist.Normal(math.log(5), 1.0))
        numpyro.sample("y", dist.NegativeBinomial2(jnp.exp(eta), jnp.exp(log_r)), obs=y)
        expected = jnp.exp
    else:
        shares = numpyro.sample("shares", dist.Dirichlet(jnp.ones(case.steps)))
        cut = ndtri(jnp.clip(jnp.cumsum(shares)[:-1], 1e-12, 1 - 1e-12))
        numpyro.factor("y", jnp.sum(_log_share(cut, eta, y.astype(int))))

        def expected(at: Any) -> Any:
            return jnp.sum(ndtr(at[:, None] - cut), axis=1)

    without = expected(base)
    numpyro.deterministic("without", jnp.mean(without))
    made = [jnp.mean(expected(base + beta[k]) - without) for k in range(case.n_levels)]
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
    """A warmed-up sampler of one case; each `draw` goes on where the last one stopped."""

    def __init__(
        self,
        case: FamilyCase,
        *,
        seed: int,
        draws: int,
        chains: int,
        warmup: int,
        target_accept: float,
    ) -> None:
        self._names = ["tau", "phi", "su", "gamma", "beta", "without", "effect"]
        self._names += ["alpha"] if case.family != "ordinal" else []
        self._names += ["log_r"] if case.family == "count" else []
        self._names += ["delta"] if case.covariates.shape[1] else []
        self._names += ["pill"] if case.uses_pill else []
        low = ["tau", "phi", "su", "gamma", "beta"]
        low += [name for name in ("alpha", "log_r", "pill") if name in self._names]
        kernel = NUTS(
            lambda: _model(case),
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
        )
        self._mcmc.warmup(jax.random.key(seed), extra_fields=("diverging",))

    def draw(self) -> Run:
        """Draw once more from each chain; the first call also compiles."""
        mcmc = self._mcmc
        started = time.perf_counter()
        mcmc.run(mcmc.post_warmup_state.rng_key, extra_fields=("diverging",))
        samples = jax.block_until_ready(mcmc.get_samples(group_by_chain=True))
        seconds = time.perf_counter() - started
        mcmc.post_warmup_state = mcmc.last_state
        diverging = np.asarray(mcmc.get_extra_fields(group_by_chain=True)["diverging"])
        draws = {name: np.asarray(samples[name]) for name in self._names}
        return Run(draws=_spread(draws), divergences=int(diverging.sum()), seconds=seconds)


def _spread(samples: dict[str, Floats]) -> dict[str, Floats]:
    """Spread vectors over names: `beta_1`, `effect_1`, `delta_1`."""
    draws: dict[str, Floats] = {}
    for name, values in samples.items():
        if values.ndim == 2:
            draws[name] = values
        else:
            for k in range(values.shape[2]):
                draws[f"{name}_{k + 1}"] = values[:, :, k]
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
