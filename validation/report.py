"""`docs/validation.md` and its pictures, from the saved numbers alone.

    python -m validation --report

The prose is `page.txt`; here are its tables and pictures. A test fails when the page and the
numbers differ.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from validation import families, pictures, sbc, sources
from validation.people import Setting
from validation.study import Study

__all__ = ["PAGE", "contents", "write"]

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
PROSE = Path(__file__).with_name("page.txt")

Results = Mapping[str, Any]
Row = Mapping[str, Any]

NAMES = {
    "openldn": "OpenLDN",
    "welch": "Welch t",
    "paired-t": "paired t",
    "randomisation": "randomisation",
    "regression": "regression",
    "gls-ar1": "GLS AR(1)",
}
TAUS = (1, 3, 7, 15, 28)
PHIS = (0, 0.3, 0.6, 0.8, 0.9)
COMPARED = (
    ("95% interval covers", "cover95"),
    ("Width of the 95% interval, points", "width95"),
    ("Bias, points; below 0 the effect is told too small", "bias"),
    ("Clear benefit", "clear_benefit"),
    ("Misled", "misled"),
)


def write(found: Results, study: Study) -> None:
    """Write the page and its pictures."""
    for name, text in contents(found, study).items():
        file = PAGE.parent / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def contents(found: Results, study: Study) -> dict[str, str]:
    """Every file by its path below `docs`."""
    tables = _Tables(found, study)
    base = tables.setting(found["cells"][0])
    routes = found["routes"]
    page = Template(PROSE.read_text(encoding="utf-8")).substitute(
        title=study.title,
        people=f"{sum(cell['people'] for cell in tables.every_row()):,}",
        cells=len(tables.every_row()),
        fits=f"{sum(model['people'] for model in found['calibration']):,}",
        refused=sum(row["refused"] for row in [*found["cells"], *found["calibration"]]),
        sources=_sources(found),
        failed=tables.failed(),
        prior=tables.prior(),
        nothing_rivals=tables.nothing_rivals(),
        nothing=tables.nothing(),
        coverage=tables.coverage(),
        families=tables.families(),
        least=f"{int(study.gate.prior['least_people']):,}",
        methods=_bullets({NAMES[name]: about for name, about in study.methods.items()}),
        transition=base.transition_days,
        rivals=tables.rivals(),
        order=tables.order(),
        phi_prior=tables.phi_prior(),
        raised=f"{found['looks'][0]['raised']:.3f}",
        decision=f"{study.decision:g}",
        looks=tables.looks(),
        gated=sum(model["checks"] for model in found["calibration"]),
        calibration=tables.calibration(),
        calibration_pictures="\n\n".join(
            f"![Distribution of places, {model['model']}](validation/{model['model']}.svg)"
            for model in found["calibration"]
        ),
        aims="\n".join(f"- {aim}" for aim in study.aims),
        groups=_bullets({f"`{name}`": about for name, about in study.groups.items()}),
        measures="\n".join(f"- {measure}" for measure in study.measures),
        finished=_percent(routes["finished_alone"]),
        both=f"{routes['people']:,}",
        apart_rms=f"{routes['estimate_rms']:.4f}",
        apart_most=f"{routes['estimate_most']:.3f}",
        chance_rms=f"{routes['chance_rms']:.4f}",
        chance_most=f"{routes['chance_most']:.3f}",
        every=tables.every(),
    )
    return {PAGE.name: page, **_pictures(found)}


class _Tables:
    """The tables of the page, one method each."""

    def __init__(self, found: Results, study: Study) -> None:
        self.found, self.study = found, study
        self.cells = {cell.id: cell for cell in study.cells}
        self.others = {cell.id: cell for cell in study.families}

    def every_row(self) -> list[Row]:
        """All cells, of all families."""
        return [*self.found["cells"], *self.found["families"]]

    def setting(self, row: Row) -> Setting:
        """What the people of a row were drawn from."""
        return self.cells[row["id"]].setting

    def failed(self) -> str:
        """Every check that does not hold."""
        lines = [
            f"- `{row['id']}`: {_told(check)}"
            for row in self.every_row()
            for check in row["checks"]
            if not check["holds"]
        ]
        lines += [
            f"- `{model['model']}`: the places of {name} stray out of the joint band"
            for model in self.found["calibration"]
            for name, one in model["quantities"].items()
            if model["is_gated"] and not one["holds"]
        ]
        checks = self.found["checks"]
        if not lines:
            return f"Nothing. All {checks} checks of the gate hold."
        return f"Of the {checks} checks of the gate, {len(lines)} do not hold:\n\n" + "\n".join(
            lines
        )

    def prior(self) -> str:
        """Coverage where truths come from the prior."""
        rows = [
            [
                f"{self.setting(row).days}",
                f"{row['people']:,}",
                *_errors(row, "cover90", "cover95"),
                _holds(row),
            ]
            for row in _group(self.found, "prior")
        ]
        return _table(["days", "people", "90% interval", "95% interval", "gate"], rows)

    def nothing_rivals(self) -> str:
        """Every method's claims of a benefit that is not there."""
        rows = [
            [
                f"{self.setting(row).phi:g}",
                *[_with_error(row["methods"][name]["clear_benefit"]) for name in NAMES],
            ]
            for row in _group(self.found, "nothing")
        ]
        return _table(["phi", *NAMES.values()], rows)

    def nothing(self) -> str:
        """Our claims in every cell without an effect."""
        rows = [
            [
                f"`{row['id']}`",
                f"{row['people']:,}",
                *_errors(row, "clear_benefit", "clear_harm", "misled", "could_not_tell"),
                _holds(row, of="claims"),
            ]
            for row in self.found["cells"]
            if self.setting(row).effect == 0
        ]
        head = ["cell", "people", "clear benefit", "clear harm", "either", "could not tell", "gate"]
        return _table(head, rows)

    def coverage(self) -> str:
        """Both intervals over memory and onset."""
        parts = []
        for effect in (1, 2):
            rows = [[f"{phi:g}", *[self._covers(effect, phi, tau) for tau in TAUS]] for phi in PHIS]
            table = _table(["phi", *[f"tau {tau}" for tau in TAUS]], rows)
            parts.append(f"Effect of {effect}:\n\n{table}")
        return "\n\n".join(parts)

    def _covers(self, effect: int, phi: float, tau: int) -> str:
        row = _core(self.found, effect, phi, tau)
        ours = row["methods"]["openldn"]
        told = f"{_percent(ours['cover95'][0])}, {_percent(ours['cover90'][0])}"
        return told if self.study.gate.asks(self.cells[row["id"]]) else f"*{told}*"

    def families(self) -> str:
        """The other families: coverage on the link scale and in points, and what was told."""
        rows = [
            [
                self.others[row["id"]].setting.family,
                _told_truth(self.others[row["id"]].setting),
                f"{row['people']:,}",
                f"{row['refused']:,}",
                *_errors(row, "cover90", "cover95", "points95"),
                "{:+.2f} ({:.2f})".format(*row["methods"]["openldn"]["bias"]),
                *_errors(row, "clear_benefit", "clear_harm", "misled"),
                _holds(row),
            ]
            for row in self.found["families"]
        ]
        head = ["family", "truth", "people", "no answer", "90% interval", "95% interval"]
        head += ["95%, in points", "bias", "clear benefit", "clear harm", "misled", "gate"]
        return _table(head, rows)

    def rivals(self) -> str:
        """Each measure, methods side by side."""
        rows = [row for row in self.found["cells"] if self._is_compared(row)]
        return "\n\n".join(
            f"{title}:\n\n" + _table(
                ["cell", *NAMES.values()],
                [[f"`{row['id']}`", *[_told_of(row, name, key) for name in NAMES]] for row in rows],
            )
            for title, key in COMPARED
        )  # fmt: skip

    def _is_compared(self, row: Row) -> bool:
        """Nothing at every memory; one point at some onsets, and in each other form."""
        if "welch" not in row["methods"]:
            return False
        setting = self.setting(row)
        if row["group"] == "core":
            return (
                setting.effect == 1 and setting.phi in (0, 0.6, 0.8) and setting.tau in (1, 7, 15)
            )
        return row["group"] == "nothing" or (row["group"] != "half" and setting.effect == 1)

    def order(self) -> str:
        """One order against a drawn one."""
        words = {"fixed": "the same for all", "paired": "drawn"}
        rows = [
            [
                f"{self.setting(row).effect:g}",
                words[self.setting(row).order],
                f"{row['people']:,}",
                *_errors(row, "cover95", "cover90", "misled"),
            ]
            for row in _group(self.found, "one-order")
        ]
        return _table(["effect", "order", "people", "95% interval", "90% interval", "misled"], rows)

    def phi_prior(self) -> str:
        """The even prior against one that leans upward."""
        rows = [
            [
                f"{self.setting(row).effect:g}",
                {"uniform": "even"}.get(self.setting(row).phi_prior, "leans upward"),
                f"{row['people']:,}",
                *_errors(row, "clear_benefit", "clear_harm", "cover95"),
                _told_of(row, "openldn", "width95"),
            ]
            for row in _group(self.found, "phi-prior")
        ]
        head = ["effect", "prior of phi", "people", "clear benefit", "clear harm", "95% interval"]
        return _table([*head, "width"], rows)

    def looks(self) -> str:
        """Claims at the end, at any look, and with a raised threshold."""
        keys = ("at_the_end", "any_look", "any_look_raised")
        rows = [
            [f"{row['effect']:g}", f"{row['phi']:g}", *[_with_error(row[key]) for key in keys]]
            for row in self.found["looks"]
        ]
        head = ["effect", "phi", "at the end only", "at any of three looks", "at any, raised"]
        return _table(head, rows)

    def calibration(self) -> str:
        """How many quantities of each model stray."""
        rows = []
        for model in self.found["calibration"]:
            quantities = model["quantities"].values()
            gate = "holds" if model["holds"] else "**fails**"
            rows.append(
                [
                    f"`{model['model']}`",
                    model["about"],
                    f"{model['people']:,}",
                    f"{len(quantities)}",
                    f"{sum(not one['inside_95'] for one in quantities)}",
                    f"{sum(not one['holds'] for one in quantities)}",
                    gate if model["is_gated"] else "as found",
                ]
            )
        head = ["model", "design", "fits", "quantities", "outside their 95% band"]
        return _table([*head, "outside the joint band", "gate"], rows)

    def every(self) -> str:
        """All of our numbers."""
        rows = [
            [
                f"`{row['id']}`",
                f"{row['people']:,}",
                "{:+.2f} ({:.2f})".format(*row["methods"]["openldn"]["bias"]),
                *_errors(row, "cover90", "cover95"),
                _told_of(row, "openldn", "width95"),
                *_errors(row, "clear_benefit", "clear_harm", "could_not_tell", "misled"),
                _holds(row),
            ]
            for row in self.found["cells"]
        ]
        head = ["cell", "people", "bias", "90% interval", "95% interval", "width", "clear benefit"]
        return _table([*head, "clear harm", "could not tell", "misled", "gate"], rows)


def _told_truth(setting: families.Setting) -> str:
    if setting.effect is None:
        return "from the prior"
    return f"effect {setting.effect:g}, phi {setting.phi:g}"


def _sources(found: Results) -> str:
    """Each part's fingerprint, and which parts kept the numbers of an earlier run."""
    lines = [f"- {words}: {found['sources'][part]}" for part, words in sources.PARTS.items()]
    kept = [sources.PARTS[part] for part in sources.PARTS if part in found["kept"]]
    if kept:
        lines += ["", f"The last run left the numbers of {' and of '.join(kept)} as they were."]
    return "\n".join(lines)


def _pictures(found: Results) -> dict[str, str]:
    memory = "phi, the day-to-day memory of the noise"
    nothing = {
        NAMES[name]: [
            (float(row["id"].rpartition("=")[2]), *row["methods"][name]["clear_benefit"])
            for row in _group(found, "nothing")
        ]
        for name in NAMES
    }
    power = {
        NAMES[name]: [
            (phi, *_core(found, 1, phi, 3)["methods"][name]["clear_benefit"]) for phi in PHIS
        ]
        for name in NAMES
    }
    coverage = {
        f"effect {effect}, phi {phi}": [
            (tau, *_core(found, effect, phi, tau)["methods"]["openldn"]["cover95"]) for tau in TAUS
        ]
        for effect in (1, 2)
        for phi in (0, 0.6, 0.9)
    }
    pages = {
        "nothing": pictures.lines(
            "Told a clear benefit though the drug does nothing",
            series=nothing,
            x=memory,
            span=(0.0, 0.25),
            marks={0.05: "5%"},
        ),
        "power": pictures.lines(
            "Told a clear benefit when the drug takes a point off (tau 3)",
            series=power,
            x=memory,
            span=(0.0, 1.0),
        ),
        "coverage": pictures.lines(
            "95% intervals that hold the truth",
            series=coverage,
            x="tau, days until 63% of the effect is there",
            span=(0.5, 1.0),
            marks={0.92: "92%"},
        ),
    }
    pages |= {model["model"]: _panels(model) for model in found["calibration"]}
    return {f"validation/{name}.svg": text for name, text in pages.items()}


def _panels(model: Row) -> str:
    band = sbc.band(model["people"] - model["refused"], 0.95)
    return pictures.calibration(
        f"{model['model']}: {model['people']:,} fits",
        panels={n: (one["ecdf"], one["inside_95"]) for n, one in model["quantities"].items()},
        low=band.low.tolist(),
        high=band.high.tolist(),
    )


def _group(found: Results, name: str) -> list[Row]:
    return [row for row in found["cells"] if row["group"] == name]


def _core(found: Results, effect: int, phi: float, tau: int) -> Row:
    name = f"core/effect={effect},phi={phi},tau={tau}"
    return next(row for row in found["cells"] if row["id"] == name)


def _holds(row: Row, *, of: str = "") -> str:
    checks = [check for check in row["checks"] if not of or check["of"] == of]
    if not checks:
        return "as found"
    return "holds" if all(check["holds"] for check in checks) else "**fails**"


def _told(check: Row) -> str:
    side = {"least": "at least", "most": "at most", "both": "near"}[check["side"]]
    return (
        f"{check['what']} {_percent(check['found'])}, asked for {side} {_percent(check['needed'])},"
        f" {_percent(check['slack'])} allowed for chance"
    )


def _errors(row: Row, *keys: str) -> list[str]:
    return [_with_error(row["methods"]["openldn"][key]) for key in keys]


def _told_of(row: Row, method: str, key: str) -> str:
    told = row["methods"][method].get(key)
    if told is None:
        return ""
    in_points = key in ("width95", "bias")
    return f"{told[0]:.2f} ({told[1]:.2f})" if in_points else _with_error(told)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _with_error(told: Sequence[float]) -> str:
    return f"{100 * told[0]:.1f}% ({100 * told[1]:.1f})"


def _bullets(named: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {about}" for name, about in named.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
