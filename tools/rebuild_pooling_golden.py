"""Rebuild the reference results of pooling: `python tools/rebuild_pooling_golden.py [case ...]`.

Runs NUTS on the whole model of the fixed cases (`tests/support/pooling_cases.py`) and writes
`tests/golden/pooling/<case>.json`: five minutes on two cores. The model is written here from its
statement alone and shares no code with `openldn`. A run that misses its own quality limits is
written nowhere and makes the command fail.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import jax
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS

from support.pooling_cases import DIARIES, TABLES, Diaries, Table, golden_path

__all__ = ["main", "rebuild"]

numpyro.enable_x64()

_LEAST_ESS, _GREATEST_RHAT, _MOST_DIVERGENT = 10_000, 1.004, 2e-4
_CHAINS, _WARMUP, _DRAWS, _TARGET_ACCEPT = 16, 1500, 5000, 0.99


def _spread(name: str, case: Table) -> Any:
    kinds = {"half-normal": dist.HalfNormal, "half-cauchy": dist.HalfCauchy}
    return numpyro.sample(name, kinds[case.spread](case.spread_scale))


def _design(case: Table) -> tuple[Any, Any]:
    """Which of the normal unknowns is in whose estimate, and which unknowns kappa scales.

    The unknowns are mu, the deviation of each condition (with two or more), b_D and b_E.
    """
    names = list(dict.fromkeys(case.condition))
    columns = [np.ones(len(case.condition))]
    if len(names) > 1:
        columns += [np.array([c == name for c in case.condition], dtype=float) for name in names]
    scaled = np.array([False] + [True] * (len(columns) - 1) + [False, False])
    columns += [np.array([g == letter for g in case.grade], dtype=float) for letter in "DE"]
    return np.column_stack(columns), scaled


def _prior_sd(case: Table, scaled: Any, kappa: Any) -> Any:
    sd = jax.numpy.where(scaled, kappa, 1.0)
    return sd.at[0].set(case.mu_sd)


def _table_model(case: Table) -> None:
    """All that is normal is integrated out; the two spreads are sampled."""
    columns, scaled = _design(case)
    omega = _spread("omega", case)
    kappa = _spread("kappa", case) if scaled.any() else 0.0
    root = columns * _prior_sd(case, scaled, kappa)
    cov = root @ root.T + jax.numpy.diag(omega**2 + case.se**2)
    numpyro.sample("y", dist.MultivariateNormal(0.0, cov), obs=case.estimate)


def _unknowns(case: Table, draws: dict[str, Any], *, seed: int) -> dict[str, Any]:
    """One draw of the normal unknowns for each draw of the spreads."""
    columns, scaled = _design(case)
    kappa = draws.get("kappa", np.zeros_like(draws["omega"]))

    def one(key: Any, omega: Any, kappa: Any) -> Any:
        sd = _prior_sd(case, scaled, kappa)
        precision = 1.0 / (omega**2 + case.se**2)
        root = columns * sd
        inner = jax.numpy.eye(len(scaled)) + root.T @ (precision[:, None] * root)
        factor = jax.numpy.linalg.cholesky(inner)
        mean = jax.scipy.linalg.cho_solve((factor, True), root.T @ (precision * case.estimate))
        noise = jax.random.normal(key, (len(scaled),))
        return sd * (mean + jax.scipy.linalg.solve_triangular(factor.T, noise, lower=False))

    shape = draws["omega"].shape
    keys = jax.random.split(jax.random.key(1000 + seed), draws["omega"].size)
    found = jax.vmap(one)(keys, draws["omega"].ravel(), kappa.ravel())
    found = np.asarray(found).reshape(*shape, -1)
    told = {"mu": found[:, :, 0]}
    if scaled.any():
        told["mu_c"] = found[:, :, :1] + found[:, :, scaled]
    told |= {f"b_{g}": found[:, :, -2 + i] for i, g in enumerate("DE") if g in case.grade}
    return told


def _diaries_model(case: Diaries) -> None:
    """Days, people and population at once; effects in tenths of the scale, the rest in widths."""
    people = len(case.y)
    mu = numpyro.sample("mu", dist.Normal(0.0, 2.0))
    omega = numpyro.sample("omega", dist.HalfNormal(2.0))
    with numpyro.plate("people", people):
        raw = numpyro.sample("raw", dist.Normal(0.0, 1.0))
        alpha = numpyro.sample("alpha", dist.Normal(0.0, 1.0))
        gamma = numpyro.sample("gamma", dist.Normal(0.0, 0.3))
        sigma = numpyro.sample("sigma", dist.LogNormal(math.log(0.15), 0.6))
    beta = numpyro.deterministic("beta", mu + omega * raw)
    x = case.x
    mean = alpha[:, None] * x[:, :, 0] + gamma[:, None] * x[:, :, 1]
    mean = mean + 0.1 * beta[:, None] * x[:, :, 2]
    numpyro.sample("y", dist.Normal(mean, sigma[:, None]).to_event(2), obs=case.y)


def rebuild(case: Table | Diaries, *, seed: int) -> dict[str, Any]:
    """Sample one case and return what is stored.

    Raises
    ------
    RuntimeError
        When the run is not good enough to hold others against.
    """
    started = time.perf_counter()
    model = _table_model if isinstance(case, Table) else _diaries_model
    kernel = NUTS(lambda: model(case), target_accept_prob=_TARGET_ACCEPT)  # type: ignore[arg-type]
    mcmc = MCMC(
        kernel,
        num_warmup=_WARMUP,
        num_samples=_DRAWS,
        num_chains=_CHAINS,
        chain_method="vectorized",
        progress_bar=False,
    )
    mcmc.run(jax.random.key(seed), extra_fields=("diverging",))
    draws = {k: np.asarray(v) for k, v in mcmc.get_samples(group_by_chain=True).items()}
    if isinstance(case, Table):
        draws |= _unknowns(case, draws, seed=seed)
    names = ("mu", "omega", "kappa", "b_D", "b_E")
    told = {name: draws[name] for name in names if name in draws}
    for name in ("mu_c", "beta"):
        if name in draws:
            told |= {f"{name}_{k}": draws[name][:, :, k] for k in range(draws[name].shape[2])}
    centre = draws.get("mu_c", draws["mu"][:, :, None])[:, :, 0]
    told["new_below_minus_1"] = np.asarray(
        dist.Normal(centre, draws["omega"]).cdf(-1.0), dtype=np.float64
    )
    divergent = int(np.asarray(mcmc.get_extra_fields()["diverging"]).sum())
    least = min(float(effective_sample_size(values)) for values in told.values())
    greatest = max(float(split_gelman_rubin(values)) for values in told.values())
    made = f"ESS {least:.0f}, R-hat {greatest:.4f}, {divergent} divergent"
    if (
        least < _LEAST_ESS
        or greatest > _GREATEST_RHAT
        or divergent > _MOST_DIVERGENT * _CHAINS * _DRAWS
    ):
        raise RuntimeError(made)
    return {
        "format": 1,
        "kind": "golden-pooling",
        "case": case.name,
        "inputs_sha256": case.fingerprint(),
        "made": {
            "by": "tools/rebuild_pooling_golden.py",
            "on": dt.datetime.now(dt.UTC).date().isoformat(),
            "seed": seed,
            "draws": _CHAINS * _DRAWS,
            "quality": made,
            "seconds": round(time.perf_counter() - started, 1),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("jax", "numpyro", "numpy")},
            },
        },
        "parameters": {name: _summary(values) for name, values in told.items()},
    }


def _summary(values: Any) -> dict[str, float]:
    """Mean, spread and median, and the Monte Carlo errors of the first two."""
    sd = float(values.std())
    squares = (values - values.mean()) ** 2
    of_sd = float(squares.std()) / math.sqrt(float(effective_sample_size(squares))) / (2 * sd)
    numbers = {
        "mean": float(values.mean()),
        "mean_mcse": sd / math.sqrt(float(effective_sample_size(values))),
        "sd": sd,
        "sd_mcse": of_sd,
        "q50": float(np.median(values)),
        "q025": float(np.quantile(values, 0.025)),
        "q975": float(np.quantile(values, 0.975)),
    }
    return {name: float(f"{number:.6g}") for name, number in numbers.items()}


def main(names: list[str]) -> int:
    """Rebuild the cases named, or all; 0 when every run was good enough."""
    failed = 0
    for seed, case in enumerate((*TABLES, DIARIES), 1):
        if names and case.name not in names:
            continue
        try:
            stored = rebuild(case, seed=seed)
        except RuntimeError as poor:
            failed += 1
            print(f"{case.name}: not written: {poor}", flush=True)
            continue
        golden_path(case.name).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(
            f"{case.name}: {stored['made']['quality']}, {stored['made']['seconds']} s", flush=True
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
