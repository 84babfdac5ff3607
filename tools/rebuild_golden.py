"""Rebuild the engine's reference results: `python tools/rebuild_golden.py [case ...]`.

Runs the independent NUTS samplers on the fixed cases, one after another, and writes
`tests/golden/<family>/<case>.json` as each finishes. A case of the Gaussian family is named by its
name, one of another family as `binary/pairs-84`; `binary/` names all of a family. The Gaussian
cases take about half an hour on two quiet cores, the 24 others about as long. A run that misses its
own quality limits is written nowhere and makes the command fail.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import sys
import time
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.cases import CASES, Case, golden_path
from support.family_cases import FAMILY_CASES, FamilyCase, family_golden_path
from support.nuts import Run, Sampler, summarise
from support.nuts_families import FamilySampler, summarise_family

__all__ = ["main", "rebuild", "rebuild_family"]

# At 20,000 the error of a mean is 0.007 SD and that of a probability at most 0.0035: a third of
# what the engine is allowed (docs: mean within 0.05 SD, probabilities within 0.01).
_LEAST_ESS = 20_000
_GREATEST_RHAT = 1.003
_CHAINS, _WARMUP, _DRAWS, _MOST_BATCHES = 16, 1000, 1500, 12
# Divergent draws point at a corner the sampler may have missed; at this share the corner is far
# smaller than the 0.01 that is compared. A case above it is run again with smaller steps.
_MOST_DIVERGENT = 2e-4
_TARGETS = (0.92, 0.99)

# The other families may be off by twice as much (mean 0.1 SD, probabilities 0.02), and every day's
# wandering is sampled: at 3,000 effective draws an error is 0.018 SD, or at most 0.009.
_FAMILY_LEAST_ESS = 3_000
_FAMILY_GREATEST_RHAT = 1.01  # of the effects
_FAMILY_MOST_DIVERGENT = 1e-3  # a twentieth of the 0.02 that is compared
_FAMILY_WARMUP, _FAMILY_DRAWS = 300, 250
_FAMILY_TARGETS = (0.85, 0.97)


class _PoorRunError(Exception):
    """The sampler did not reach its own limits."""


def rebuild(case: Case, *, seed: int) -> dict[str, Any]:
    """Sample one case until its effects are known well enough; return what is stored."""
    started = time.perf_counter()
    for target in _TARGETS:
        run = _sample(case, seed=seed, target_accept=target)
        complaints = _complaints(run)
        if not complaints:
            break
    else:
        raise _PoorRunError("; ".join(complaints))
    chains, draws = run.shape
    return {
        "format": 1,
        "kind": "golden-gaussian",
        "case": case.name,
        "about": case.about,
        "inputs_sha256": case.fingerprint(),
        "mcid": case.mcid,
        "made": {
            "by": "tools/rebuild_golden.py",
            "on": dt.datetime.now(dt.UTC).date().isoformat(),
            "seed": seed,
            "chains": chains,
            "warmup": _WARMUP,
            "target_accept": target,
            "draws": chains * draws,
            "least_ess_of_effects": round(_least_ess(run)),
            "greatest_rhat": round(_greatest_rhat(run), 5),
            "divergences": run.divergences,
            "seconds": round(time.perf_counter() - started, 1),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("jax", "numpyro", "numpy")},
            },
        },
        **summarise(run, case=case),
    }


def rebuild_family(case: FamilyCase, *, seed: int) -> dict[str, Any]:
    """Sample one case of another family until its effects are known; return what is stored."""
    started = time.perf_counter()
    for target in _FAMILY_TARGETS:
        run = _sample_family(case, seed=seed, target_accept=target)
        complaints = _family_complaints(run)
        if not complaints:
            break
    else:
        raise _PoorRunError("; ".join(complaints))
    chains, draws = run.shape
    return {
        "format": 1,
        "kind": f"golden-{case.family}",
        "case": case.name,
        "about": case.about,
        "inputs_sha256": case.fingerprint(),
        "mcid": case.mcid,
        "made": {
            "by": "tools/rebuild_golden.py",
            "on": dt.datetime.now(dt.UTC).date().isoformat(),
            "seed": seed,
            "chains": chains,
            "warmup": _FAMILY_WARMUP,
            "target_accept": target,
            "draws": chains * draws,
            "least_ess_of_effects": round(min(run.ess(name) for name in _told(run))),
            "greatest_rhat": round(max(run.rhat(name) for name in _told(run)), 5),
            "greatest_rhat_of_all": round(_greatest_rhat(run), 5),
            "divergences": run.divergences,
            "seconds": round(time.perf_counter() - started, 1),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("jax", "numpyro", "numpy")},
            },
        },
        **summarise_family(run, case=case),
    }


def _told(run: Run) -> list[str]:
    """Names of what is compared most closely: effects on both scales, and the pill."""
    return [name for name in run.draws if name.startswith(("beta", "effect", "pill"))]


@cache
def _sampler(family: str, steps: int, target_accept: float) -> FamilySampler:
    """One compiled sampler for all cases of the same shape."""
    return FamilySampler(
        family=family,
        steps=steps,
        draws=_FAMILY_DRAWS,
        chains=_CHAINS,
        warmup=_FAMILY_WARMUP,
        target_accept=target_accept,
    )


def _sample_family(case: FamilyCase, *, seed: int, target_accept: float) -> Run:
    sampler = _sampler(case.family, case.steps, target_accept)
    run = sampler.draw(case, seed=seed)
    for _ in range(_MOST_BATCHES - 1):
        if not _family_complaints(run) or _family_diverged(run):
            break
        run = run.then(sampler.again(case))
    return run


def _family_complaints(run: Run) -> list[str]:
    """Say why the run is not good enough to hold others against; empty when it is."""
    complaints = []
    least = min(run.ess(name) for name in _told(run))
    greatest = max(run.rhat(name) for name in _told(run))
    if least < _FAMILY_LEAST_ESS:
        complaints.append(f"effective draws {least:.0f} of {_FAMILY_LEAST_ESS}")
    if greatest > _FAMILY_GREATEST_RHAT:
        complaints.append(f"R-hat {greatest:.4f} above {_FAMILY_GREATEST_RHAT}")
    if _family_diverged(run):
        complaints.append(f"{run.divergences} divergent draws")
    return complaints


def _family_diverged(run: Run) -> bool:
    chains, draws = run.shape
    return run.divergences > _FAMILY_MOST_DIVERGENT * chains * draws


def _least_ess(run: Run) -> float:
    return min(run.ess(name) for name in run.effects)


def _greatest_rhat(run: Run) -> float:
    return max(run.rhat(name) for name in run.draws)


def _sample(case: Case, *, seed: int, target_accept: float) -> Run:
    """Draw batch after batch until there are enough effective draws, or too many divergent ones."""
    sampler = Sampler(
        case, seed=seed, draws=_DRAWS, chains=_CHAINS, warmup=_WARMUP, target_accept=target_accept
    )
    run = sampler.draw()
    for _ in range(_MOST_BATCHES - 1):
        if _least_ess(run) >= _LEAST_ESS or _diverged(run):
            break
        run = run.then(sampler.draw())
    return run


def _diverged(run: Run) -> bool:
    chains, draws = run.shape
    return run.divergences > _MOST_DIVERGENT * chains * draws


def _complaints(run: Run) -> list[str]:
    """Say why the run is not good enough to hold others against; empty when it is."""
    chains, draws = run.shape
    complaints = []
    if _least_ess(run) < _LEAST_ESS:
        complaints.append(f"effective draws {_least_ess(run):.0f} of {_LEAST_ESS}")
    if _greatest_rhat(run) > _GREATEST_RHAT:
        complaints.append(f"R-hat {_greatest_rhat(run):.4f} above {_GREATEST_RHAT}")
    if _diverged(run):
        complaints.append(f"{run.divergences} divergent of {chains * draws} draws")
    return complaints


def _write(path: Path, stored: dict[str, Any]) -> None:
    """Write whole or not at all, so that a stopped run leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def _row(stored: dict[str, Any]) -> str:
    """One line of the printed table."""
    made, beta = stored["made"], stored["parameters"]["beta_1"]
    return (
        f"{stored['case']:22}{beta['mean']['value']:9.3f}{beta['sd']['value']:8.3f}"
        f"{made['draws']:9}{made['least_ess_of_effects']:9}{made['greatest_rhat']:9.4f}"
        f"{made['divergences']:6}{made['seconds']:8.0f}"
    )


def _all() -> dict[str, Any]:
    """Every case as what to do and where to write, by the name that the command takes."""
    jobs: dict[str, Any] = {
        case.name: (partial(rebuild, case, seed=seed), golden_path(case.name))
        for seed, case in enumerate(CASES, 1)
    }
    for seed, case in enumerate(FAMILY_CASES, 1):
        job = (partial(rebuild_family, case, seed=seed), family_golden_path(case))
        jobs[f"{case.family}/{case.name}"] = job
    return jobs


def main(arguments: list[str] | None = None) -> int:
    """Rebuild the cases named, or all; 0 when every run was good enough."""
    parser = argparse.ArgumentParser(description="Rebuild the reference results of the engine.")
    parser.add_argument("case", nargs="*", help="names of cases (default: all)")
    asked, jobs = parser.parse_args(arguments).case, _all()
    chosen = [
        name for name in jobs if not asked or name in asked or f"{name.split('/')[0]}/" in asked
    ]
    unknown = sorted(set(asked) - set(jobs) - {"binary/", "ordinal/", "count/"})
    if unknown:
        sys.exit(f"no case {', '.join(unknown)}; the cases are {', '.join(sorted(jobs))}")
    print(
        f"{'case':22}{'beta_1':>9}{'sd':>8}{'draws':>9}{'ESS':>9}{'R-hat':>9}{'div':>6}{'s':>8}",
        flush=True,
    )
    failed = 0
    for name in chosen:
        make, path = jobs[name]
        try:
            stored = make()
        except _PoorRunError as poor:
            failed += 1
            print(f"{name:22}not written: {poor}", flush=True)
            continue
        _write(path, stored)
        print(_row(stored), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
