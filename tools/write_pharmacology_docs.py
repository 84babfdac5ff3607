"""Rewrite the generated parts of `docs/explanation/pharmacology.md` from the table and the model.

    python tools/write_pharmacology_docs.py

A part stands between `<!-- begin: NAME -->` and `<!-- end: NAME -->`; the rest is written by hand.
A test fails when a part and the table differ.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from openldn.pharmacology.check_points import Reached, reached
from openldn.pharmacology.intake import Intake
from openldn.pharmacology.people import typical
from openldn.pharmacology.prediction import LITTLE
from openldn.pharmacology.table import Facts, Finding, ModelParameter, Source, Standing, facts
from openldn.protocol.doses import Dose

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "pharmacology.md"
DOSES = tuple(map(Dose, (500, 1000, 1500, 2000, 3000, 4500, 50_000)))
TOPICS = {
    "occupancy": "Receptors blocked, seen in scans",
    "duration": "How long opioids were blocked",
    "low-dose": "A few milligrams against an opioid",
    "binding": "Which receptors",
    "tlr4": "The immune receptor TLR4",
    "endorphins": "The body's own opioids",
}


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def page(text: str) -> str:
    """Put every generated part in its place.

    Raises
    ------
    ValueError
        When the page lacks the place of a part.
    """
    for name, part in PARTS.items():
        place = re.compile(rf"(<!-- begin: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        content = f"\n{part(facts())}\n\n"
        text, count = place.subn(lambda m, c=content: m[1] + c + m[2], text)
        if count != 1:
            raise ValueError(f"{PAGE.name} must hold the part {name!r} once, and holds it {count}x")
    return text


def check_points(_table: Facts) -> str:
    """Every check-point beside what the model gives."""
    rows = [
        [
            one.check_point.id,
            one.check_point.what,
            target(one),
            listed(one.values),
            one.check_point.unit,
            "yes" if one.is_met else "no",
            one.check_point.role,
            links(one.check_point.sources),
        ]
        for one in reached()
    ]
    head = ["", "what", "published", "model", "unit", "met", "role", "source"]
    notes = [f"{one.check_point.id}: {one.check_point.note}" for one in reached() if noted(one)]
    return "\n\n".join([table(head, rows), *notes])


def noted(one: Reached) -> bool:
    """Tell whether a check-point needs a word."""
    return bool(one.check_point.note)


def target(one: Reached) -> str:
    """What was published, with how far off the model may be."""
    point = one.check_point
    if not point.target:
        return f"equal within {point.error:g}" if point.error else "in words"
    joined = " to " if point.is_range else "; "
    error = f" +/- {point.error:g}" if point.error else ""
    return joined.join(f"{value:g}" for value in point.target) + error


def listed(values: Iterable[float]) -> str:
    """Numbers of a cell."""
    return "; ".join(f"{value:.3g}" for value in values)


def statements(table_: Facts) -> str:
    """What is measured, derived, only thought, and not found."""
    titles = {
        Standing.MEASURED: "Measured in people or in human cells",
        Standing.DERIVED: "Worked out by us from what was measured",
        Standing.HYPOTHESIS: "Only thought",
        Standing.NOT_FOUND: "Not found in what was read",
    }
    parts = []
    for kind, title in titles.items():
        lines = [with_links(one.text, one.sources) for one in table_.statements if one.kind is kind]
        parts.append(f"**{title}**\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def predictions(_table: Facts) -> str:
    """Blockade of the typical person, in both readings."""
    person, rows = typical(), []
    for dose in DOSES:
        main, slower = person.effect_site, person.slow_release
        hours = [n / 4 for n in range(97)]
        once = main.blockade([Intake(hour=0.0, dose=dose)], hours)
        daily = main.steady(dose, hours)
        slow = slower.steady(dose, hours)
        rows.append(
            [
                dose.text,
                f"{100 * once.max():.0f}, {100 * once[-1]:.0f}",
                f"{100 * daily.max():.0f}, {100 * daily[-1]:.0f}",
                f"{100 * slow.max():.0f}, {100 * slow[-1]:.0f}",
                f"{float(main.hours_until(LITTLE, after_daily=dose)) / 24:.1f}",
                f"{float(slower.hours_until(LITTLE, after_daily=dose)) / 24:.1f}",
            ]
        )
    head = ["dose", "one dose", "daily", "daily, slower reading", "days left", "days left, slower"]
    return table(head, rows)


def parameters(table_: Facts) -> str:
    """The parameters of the model, with their spread."""
    rows = [
        [one.reading, one.name, f"{one.value:g}", one.unit, spread(one), one.basis, ids(one)]
        for one in table_.model
    ]
    return table(["part", "name", "value", "unit", "spread", "basis", "source"], rows)


def ids(row: ModelParameter) -> str:
    """The sources of a parameter, or why it has none."""
    return links(row.sources) or row.no_source


def spread(row: ModelParameter) -> str:
    """How a parameter is drawn."""
    if row.low is not None:
        return f"evenly from {row.low:g} to {row.high:g}"
    between = f"; between people {row.between_log_sd:g} (assumed)" if row.between_log_sd else ""
    return f"log sd {row.log_sd:g}{between}" if row.log_sd else "none"


def published(table_: Facts) -> str:
    """Every published number."""
    rows = []
    for one in table_.parameters:
        values = [*one.each] if one.each else [one.value] if one.value is not None else []
        said = "; ".join(f"{value:g}" for value in values)
        said += f" +/- {one.se:g}" if one.se is not None else ""
        said += f" ({one.low:g} to {one.high:g})" if one.low is not None else ""
        note = f" {one.note}" if one.note else ""
        rows.append([one.quantity, said.strip(), one.unit, f"{one.population}.{note}"])
        rows[-1] += [one.verified, links(one.sources)]
    return table(["quantity", "value", "unit", "in whom, and notes", "seen as", "source"], rows)


def findings(table_: Facts) -> str:
    """Every published result, by topic."""
    parts = []
    for topic, title in TOPICS.items():
        lines = [finding(one) for one in table_.findings if one.topic == topic]
        parts.append(f"**{title}**\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def finding(one: Finding) -> str:
    """One result, with what it was found in and whether it is confirmed."""
    doubt = "" if one.confirmed else "*Unconfirmed.* "
    return with_links(f"{doubt}{one.text} ({one.system}; {one.verified})", one.sources)


def sources(table_: Facts) -> str:
    """Every source, with its number."""
    return "\n".join(source(one) for one in table_.sources.values())


def source(one: Source) -> str:
    """One source, with how it was read."""
    numbers = {"PMID": one.pmid, "DOI": one.doi, "PMCID": one.pmcid}
    identifiers = ", ".join(f"{name} {value}" for name, value in numbers.items() if value)
    link = f" [{identifiers}]({one.url})" if one.url and identifiers else ""
    link = link or (f" <{one.url}>" if one.url else "")
    note = f" {one.note}" if one.note else ""
    return f"- `{one.id}`: {one.citation}.{link} Seen as: {one.verified}.{note}"


def with_links(text: str, ids: Sequence[str]) -> str:
    """A line of a list with its sources."""
    return f"- {text} {links(ids)}".rstrip()


def links(ids: Sequence[str]) -> str:
    """Source ids that lead to the list of sources."""
    return ", ".join(f"[{one}](#sources)" for one in ids)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


PARTS: dict[str, Callable[[Facts], str]] = {
    "statements": statements,
    "predictions": predictions,
    "check-points": check_points,
    "parameters": parameters,
    "findings": findings,
    "published": published,
    "sources": sources,
}


if __name__ == "__main__":
    main()
