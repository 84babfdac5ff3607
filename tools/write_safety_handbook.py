"""Write `docs/safety/handbook.md` from the table of safety rules and its examples.

    python tools/write_safety_handbook.py

A test fails when the page and the rules differ.
"""

import tomllib
from pathlib import Path

from openldn.evidence.safety_rules import Source, rules, sources, unconfirmed
from openldn.protocol.screening import QUESTIONS, Rule
from openldn.report.card import cards

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "safety" / "handbook.md"
CASES = ROOT / "tests" / "spec" / "safety_cases.toml"
SEVERITIES = {
    "stop": "a trial cannot begin or go on; talk with the prescriber or emergency care",
    "ask-prescriber": "the prescriber decides, and the decision is written down first",
    "caution": "go on, with the step that is named",
    "info": "good to know",
}
READ = {
    "label": "official product text",
    "full-text": "read in full",
    "abstract": "summary read",
    "secondary": "read in a text about it",
    "derived": "reasoned or worked out by this project",
    "unconfirmed": "unconfirmed",
}
INTRODUCTION = """\
# Safety handbook

Written by `tools/write_safety_handbook.py` from the table of rules and its tests. Do not edit.

Each rule below is asked of a person's answers and list of medicines. The result is never "safe". It
is "nothing in these rules was touched", with the list of the rules that were asked. Nothing here
tells anyone to start, stop or change a dose. The labels that are quoted are for 50 mg or more. No
authority has approved LDN. Where figures for low doses are missing, a rule takes the careful side.

The examples are lines of a [profile file](../reference/profile-file.md). Tests ask the rules
of each.
"""


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Put the handbook together."""
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    table = rules()
    parts = [INTRODUCTION, _severities(), _doubts(), _contents()]
    parts += [
        _section(rule, [case for case in cases if case["rule"] == rule.id])
        for rule in table.values()
    ]
    return "\n".join([*parts, _card(), _sources()])


def _severities() -> str:
    rows = "\n".join(f"| {name} | {means} |" for name, means in SEVERITIES.items())
    return f"| severity | it means |\n|---|---|\n{rows}\n"


def _doubts() -> str:
    listed = "\n".join(f"- {doubt}" for doubt in unconfirmed())
    return f"## Unconfirmed\n\nAn independent check left these in doubt:\n\n{listed}\n"


def _contents() -> str:
    rows = "\n".join(
        f"| [{rule.id}](#{rule.id}) | {rule.severity} | {rule.trigger} |"
        for rule in rules().values()
    )
    return f"## The rules\n\n| rule | severity | touched by |\n|---|---|---|\n{rows}\n"


def _section(rule: Rule, cases: list[dict[str, str]]) -> str:
    questions = [question.text for question in QUESTIONS if question.touches == rule.id]
    lines = [f"### {rule.id}", "", f"**{rule.severity}.** {rule.trigger}", ""]
    lines += [f"- Why: {rule.why}", f"- What to do: {rule.do}"]
    lines += [f"- Asked: {text}" for text in questions]
    links = ", ".join(f"[{one}](#source-{one})" for one in rule.source)
    lines += [f"- Source: {links} ({READ[rule.verified]}; basis: {', '.join(rule.basis)})"]
    if rule.parameters:
        values = "; ".join(f"{key} = {_shown(value)}" for key, value in rule.parameters.items())
        lines += [f"- Numbers: {values}"]
    lines += ["", "| example | in a profile | result |", "|---|---|---|"]
    for case in cases:
        shown = "<br>".join(f"`{line}`" for line in case["profile"].splitlines())
        lines.append(f"| {case['says']} | {shown} | {case.get('severity', 'not touched')} |")
    return "\n".join([*lines, ""])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _card() -> str:
    leading = cards()[0]
    points = "\n".join(f"- {point}" for point in leading.points)
    return (
        f"## The wallet card\n\nIts heading: {leading.heading}.\n\n{points}\n\n"
        "Source: [us-label](#source-us-label).\n"
    )


def _sources() -> str:
    listed = "\n".join(_source(source) for source in sources().values())
    return f"## Sources\n\n{listed}"


def _source(source: Source) -> str:
    ids = [
        f"PMID {source.pmid}" if source.pmid else "",
        source.pmcid,
        f"[doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else "",
    ]
    more = "".join(f" {one}." for one in ids if one)
    return (
        f"### source {source.id}\n\n{source.citation}.{more} How it was read:"
        f" {READ[source.verified]}.\n"
    )


if __name__ == "__main__":
    main()
