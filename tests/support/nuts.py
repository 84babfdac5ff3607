"""The independent reference: a NUTS sampler of the Gaussian model.

Written from the statement of the model alone, never from the engine, so that agreement between the
two means something. The slow wandering u_t is integrated out by a scalar Kalman filter; every other
parameter, the coefficients included, is sampled in scaled units. Rebuild the stored results with
`tools/rebuild_golden.py`.

    y_t  = alpha + gamma s_t + sum_j delta_j c_tj + pill z_t + sum_k beta_k x_tk + u_t + e_t
    s_t  = (t - (a+b)/2) / (b-a+1),  a and b the first and last day with a value
    x_t  = x_{t-1} + (1 - exp(-1/tau)) (d_t - x_{t-1})
    u_t  stationary AR(1), variance (1-w) sigma^2;  e_t white, variance w sigma^2

NumPyro and JAX stand in the `dev` extra only; nothing in `src` may import this module.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import lax
from numpy.typing import NDArray
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_median
from scipy.stats import beta as beta_distribution

from support.cases import Case

__all__ = [
    "Inputs",
    "Run",
    "Sampler",
    "inputs_of",
    "parameter_summary",
    "share_best",
    "summarise",
]

numpyro.enable_x64()

Floats = NDArray[np.float64]

# Scan steps put into one loop body: the loop, not the arithmetic, is what costs on a CPU.
_UNROLL = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """One case as arrays for the model; day 1 is row 0.

    Attributes
    ----------
    y, observed
        Scores less the midpoint of the scale, divided by its width (0 where missing), and 1 or 0.
    assigned
        T x (K or K+1): the level columns, then the capsule column where the pill is in the model.
        Already shifted where the drug acts on the next day.
    start
        Exposure of each of these columns before day 1.
    trend, covariates
        s_t, and the 0/1 columns of outside events.
    """

    y: Floats
    observed: Floats
    assigned: Floats
    start: Floats
    trend: Floats
    covariates: Floats
    n_levels: int
    uses_pill: bool
    asymmetric: bool


def inputs_of(case: Case) -> Inputs:
    """Turn a case into the model's arrays."""
    low, high = case.scale
    values = (case.used - (low + high) / 2) / case.width
    observed = ~np.isnan(values)
    columns = [case.levels == k for k in range(1, case.n_levels + 1)]
    start = [case.already_on == k for k in range(1, case.n_levels + 1)]
    if case.uses_pill:
        columns.append(case.capsules > 0)
        start.append(case.already_on > 0)
    assigned = np.column_stack(columns).astype(np.float64)
    before = np.array(start, dtype=np.float64)
    if case.acts_next_day:
        assigned = np.vstack([before, assigned[:-1]])
    days = np.arange(1, case.y.size + 1)
    first, last = days[observed][[0, -1]]
    return Inputs(
        y=np.where(observed, values, 0.0),
        observed=observed.astype(np.float64),
        assigned=assigned,
        start=before,
        trend=(days - (first + last) / 2) / (last - first + 1),
        covariates=case.covariates,
        n_levels=case.n_levels,
        uses_pill=case.uses_pill,
        asymmetric=case.asymmetric,
    )


def _exposure(inputs: Inputs, tau: Any, tau_off: Any) -> Any:
    """Exposure of every column on every day."""
    towards = -jnp.expm1(-1 / tau)
    away = -jnp.expm1(-1 / tau_off)

    def day(x: Any, d: Any) -> tuple[Any, Any]:
        x = x + jnp.where(d > 0, towards, away) * (d - x)
        return x, x

    return lax.scan(day, jnp.asarray(inputs.start), jnp.asarray(inputs.assigned), unroll=_UNROLL)[1]


def _log_likelihood(inputs: Inputs, mean: Any, *, sigma: Any, phi: Any, w: Any) -> Any:
    """Density of the observed days after u_t is integrated out (scalar Kalman filter).

    Variances inside are in units of sigma^2. A day without a value only lets time pass.
    """
    residual = jnp.asarray(inputs.y) - mean
    slow = 1 - w

    def day(
        state: tuple[Any, Any], row: tuple[Any, Any]
    ) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        u, variance = state
        r, seen = row
        total = variance + w
        gain = seen * variance / total
        error = r - u
        u, variance = u + gain * error, variance * (1 - gain)
        following = (phi * u, phi**2 * variance + slow * (1 - phi**2))
        return following, (error, total)

    rows = (residual, jnp.asarray(inputs.observed))
    _, (error, total) = lax.scan(day, (jnp.zeros(()), slow), rows, unroll=_UNROLL)
    terms = jnp.log(2 * math.pi * sigma**2 * total) + error**2 / (sigma**2 * total)
    return -0.5 * jnp.sum(inputs.observed * terms)


def _model(inputs: Inputs) -> None:
    """Gaussian model in scale widths (R = 1, midpoint 0)."""
    n_events, n_levels = inputs.covariates.shape[1], inputs.n_levels
    gap = np.abs(np.subtract.outer(np.arange(n_levels), np.arange(n_levels)))
    alpha = numpyro.sample("alpha", dist.Normal(0.0, 1.0))
    gamma = numpyro.sample("gamma", dist.Normal(0.0, 0.3))
    prior = dist.MultivariateNormal(jnp.zeros(n_levels), 0.15**2 * 0.7**gap)
    effects = numpyro.sample("beta", prior)
    sigma = numpyro.sample("sigma", dist.LogNormal(math.log(0.15), 0.6))
    phi = numpyro.sample("phi", dist.Uniform(0.0, 0.98))
    w = numpyro.sample("w", dist.Uniform(0.01, 0.99))
    tau = numpyro.sample("tau", dist.LogNormal(math.log(7.0), 0.8))
    tau_off = tau
    if inputs.asymmetric:
        tau_off = numpyro.sample("tau_off", dist.LogNormal(math.log(7.0), 0.8))
    mean = alpha + gamma * inputs.trend
    if n_events:
        delta = numpyro.sample("delta", dist.Normal(0.0, 0.2).expand([n_events]).to_event(1))
        mean = mean + inputs.covariates @ delta
    if inputs.uses_pill:
        pill = numpyro.sample("pill", dist.Normal(0.0, 0.15))
        effects = jnp.append(effects, pill)
    mean = mean + _exposure(inputs, tau, tau_off) @ effects
    likelihood = _log_likelihood(inputs, mean, sigma=sigma, phi=phi, w=w)
    numpyro.factor("likelihood", likelihood)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Draws of one run, each parameter as chains x draws, in the outcome's own points.

    Vectors are spread over names: `beta_1`, `beta_2`, `delta_1`. `tau` is onset where onset and
    washout differ, `tau_off` washout.
    """

    draws: dict[str, Floats]
    divergences: int
    seconds: float

    @property
    def shape(self) -> tuple[int, int]:
        """Number of chains, draws of each."""
        n_chains, n_draws = self.draws["phi"].shape
        return n_chains, n_draws

    def ess(self, name: str) -> float:
        """Effective sample size of the mean of a parameter."""
        return float(effective_sample_size(self.draws[name]))

    def rhat(self, name: str) -> float:
        """Split R-hat of a parameter."""
        return float(split_gelman_rubin(self.draws[name]))

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the treatment effects: the levels and the pill."""
        return tuple(name for name in self.draws if name.startswith(("beta", "pill")))

    def then(self, other: Run) -> Run:
        """Join a run that went on where this one stopped."""
        return Run(
            draws={k: np.concatenate([v, other.draws[k]], axis=1) for k, v in self.draws.items()},
            divergences=self.divergences + other.divergences,
            seconds=self.seconds + other.seconds,
        )


class Sampler:
    """A warmed-up sampler of one case; each `draw` goes on where the last one stopped.

    `target_accept` above the usual 0.8 keeps the leapfrog honest where phi nears 0.98 and w nears
    0.01; a posterior with sharper corners needs more.
    """

    def __init__(
        self,
        case: Case,
        *,
        seed: int,
        draws: int,
        chains: int = 16,
        warmup: int = 1000,
        target_accept: float = 0.92,
    ) -> None:
        self._case = case
        inputs = inputs_of(case)
        kernel = NUTS(
            lambda: _model(inputs),
            dense_mass=True,
            target_accept_prob=target_accept,
            init_strategy=init_to_median,
        )
        self._mcmc = MCMC(
            kernel,
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            # One core steps many chains together for little more than the price of one.
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
        return Run(
            draws=_in_points({k: np.asarray(v) for k, v in samples.items()}, case=self._case),
            divergences=int(diverging.sum()),
            seconds=seconds,
        )


def _in_points(samples: dict[str, Floats], *, case: Case) -> dict[str, Floats]:
    """Undo the scaling by the width of the scale and spread vectors over names."""
    low, high = case.scale
    draws: dict[str, Floats] = {}
    for name, values in samples.items():
        if name in {"phi", "w", "tau", "tau_off"}:
            draws[name] = values
        elif values.ndim == 2:
            draws[name] = values * case.width + ((low + high) / 2 if name == "alpha" else 0.0)
        else:
            for k in range(values.shape[2]):
                draws[f"{name}_{k + 1}"] = values[:, :, k] * case.width
    return draws


_QUANTILES = {"q025": 0.025, "q05": 0.05, "q50": 0.50, "q95": 0.95, "q975": 0.975}


def summarise(run: Run, *, case: Case) -> dict[str, Any]:
    """Every number of the golden file that comes from draws, each with its Monte Carlo error."""
    return {
        "parameters": {
            name: parameter_summary(values, mcid=case.mcid if name in run.effects else None)
            for name, values in sorted(run.draws.items())
        },
        "p_best": share_best(run, n_levels=case.n_levels),
    }


def parameter_summary(values: Floats, *, mcid: float | None) -> dict[str, Any]:
    """Summary of one parameter; tail probabilities for effects only."""
    out: dict[str, Any] = {
        "mean": _with_error(values),
        "sd": _sd(values),
        **{name: _quantile(values, q) for name, q in _QUANTILES.items()},
    }
    out["ess"] = round(float(effective_sample_size(values)))
    out["rhat"] = round(float(split_gelman_rubin(values)), 5)
    out["mean_mcse_in_sd"] = _rounded(out["mean"]["mcse"] / out["sd"]["value"])
    if mcid is not None:
        out["p_below_0"] = _with_error((values < 0).astype(np.float64))
        out["p_at_most_minus_mcid"] = _with_error((values <= -mcid).astype(np.float64))
        out["p_at_least_mcid"] = _with_error((values >= mcid).astype(np.float64))
    return out


def _with_error(values: Floats) -> dict[str, float]:
    """Mean and its Monte Carlo standard error."""
    sd = float(values.std())
    # An event that no draw, or every draw, showed: the rule of three bounds what was not seen.
    error = sd / math.sqrt(float(effective_sample_size(values))) if sd > 0 else 3 / values.size
    return {"value": _rounded(float(values.mean())), "mcse": _rounded(error)}


def _sd(values: Floats) -> dict[str, float]:
    """Give the standard deviation and its error (delta method on the squared deviations)."""
    squares = (values - values.mean()) ** 2
    sd = math.sqrt(float(squares.mean()))
    error = float(squares.std()) / math.sqrt(float(effective_sample_size(squares))) / (2 * sd)
    return {"value": _rounded(sd), "mcse": _rounded(error)}


def _quantile(values: Floats, q: float) -> dict[str, float]:
    """Give a quantile and its error: how far one error of the share below would move it."""
    value = float(np.quantile(values, q))
    ess = float(effective_sample_size((values <= value).astype(np.float64)))
    # 0.1587 and 0.8413 are the normal's minus and plus one standard deviation.
    shares = beta_distribution.ppf([0.1587, 0.8413], ess * q + 1, ess * (1 - q) + 1)
    low, high = np.quantile(values, shares)
    return {"value": _rounded(value), "mcse": _rounded((high - low) / 2)}


def share_best(run: Run, *, n_levels: int) -> list[dict[str, float]]:
    """Share of draws in which each level is lowest; entry 0 is the contrast, effect 0."""
    beta = [run.draws[f"beta_{k}"] for k in range(1, n_levels + 1)]
    best = np.argmin(np.stack([np.zeros_like(beta[0]), *beta]), axis=0)
    return [_with_error((best == k).astype(np.float64)) for k in range(n_levels + 1)]


def _rounded(value: float) -> float:
    """Six significant digits: far below the Monte Carlo error, and files that read well."""
    return float(f"{value:.6g}")
