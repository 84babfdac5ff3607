"""The validation study itself: what it asks, that it can go on, that its page is true."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from openldn.protocol.outcomes import Family
from validation import families, people, report, results, sources, study, work
from validation.people import Setting
from validation.study import Cell, Study

STUDY = study.read()
CELLS = {cell.id: cell for cell in STUDY.cells}


def small(**changes: object) -> Cell[Setting]:
    """A cell of six people."""
    return Cell(
        group="small",
        name="one",
        setting=Setting(**changes),  # type: ignore[arg-type]
        people=6,
        gate="fixed",
        has_rivals=True,
    )


def split(cell: Cell[Setting], size: int, *, part: str = sources.GAUSSIAN) -> list[work.Piece]:
    """The cell's people, `size` to a piece."""
    starts = range(0, cell.people, size)
    return [
        work.Piece(row=cell.id, part=part, cell=cell, first=at, last=min(at + size, cell.people))
        for at in starts
    ]


def numbers(pieces: list[work.Piece], folder: Path) -> dict[str, np.ndarray]:
    """What is saved, put together."""
    parts = [work.load(piece, folder) for piece in pieces]
    assert all(part is not None for part in parts)
    names = list(parts[0] or {})
    return {name: np.concatenate([part[name] for part in parts if part]) for name in names}


def spend(run: Iterator[str]) -> int:
    """Let a run come to its end and count the pieces that it made."""
    return sum(1 for _ in run)


@pytest.mark.parametrize("part", [sources.GAUSSIAN, sources.RIVALS])
def test_numbers_do_not_depend_on_workers_or_on_how_people_are_split(
    part: str, tmp_path: Path
) -> None:
    """One worker in one piece and two workers in three give the same bytes."""
    whole, thirds = split(small(), 6, part=part), split(small(), 2, part=part)
    spend(work.run(whole, tmp_path / "a", workers=1))
    spend(work.run(thirds, tmp_path / "b", workers=2))
    one, other = numbers(whole, tmp_path / "a"), numbers(thirds, tmp_path / "b")
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def test_an_interrupted_run_goes_on_from_what_is_written(tmp_path: Path) -> None:
    """Only the lost piece is made again, and half-written files are not taken for pieces."""
    pieces = split(small(), 2)
    spend(work.run(pieces, tmp_path, workers=1))
    whole = numbers(pieces, tmp_path)
    pieces[1].file(tmp_path).rename(pieces[1].file(tmp_path).with_suffix(".1.tmp"))
    assert spend(work.run(pieces, tmp_path, workers=1)) == 1
    for name, values in numbers(pieces, tmp_path).items():
        np.testing.assert_array_equal(values, whole[name])
    assert spend(work.run(pieces, tmp_path, workers=1)) == 0


def test_numbers_of_another_study_are_made_anew(tmp_path: Path) -> None:
    """A cell whose setting changed does not keep its old numbers."""
    spend(work.run(split(small(), 6), tmp_path, workers=1))
    changed = split(small(phi=0.2), 6)
    assert work.load(changed[0], tmp_path) is None
    assert spend(work.run(changed, tmp_path, workers=1)) == 1


def test_a_change_of_one_part_makes_only_its_own_numbers_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new engine leaves the rivals' pieces as they are, and its own are no longer taken."""
    ours, rivals = (split(small(), 6, part=part) for part in (sources.GAUSSIAN, sources.RIVALS))
    spend(work.run([*ours, *rivals], tmp_path, workers=1))
    monkeypatch.setattr(sources, "DIGESTS", {**sources.DIGESTS, sources.GAUSSIAN: "another"})
    assert work.load(ours[0], tmp_path) is None
    assert work.load(rivals[0], tmp_path) is not None


def test_each_part_watches_the_files_that_decide_its_numbers() -> None:
    """The Gaussian kernel is the Gaussian part's, the latent one the other families'."""
    watched = {part: {file.stem for file in files} for part, files in sources.FILES.items()}
    assert {"kernel", "bulk", "gaussian", "grid", "priors"} <= watched[sources.GAUSSIAN]
    assert {"latent", "latent_model", "grid", "priors"} <= watched[sources.FAMILIES]
    assert watched[sources.RIVALS] == {"people", "rivals"}


def test_saved_numbers_stay_where_a_part_is_kept(tmp_path: Path) -> None:
    """With every part kept nothing has to be there, and the saved study comes out again."""
    saved = results.read()
    found = results.collect(STUDY, tmp_path, kept=list(sources.PARTS))
    assert found["missing"] == []
    for key in ("cells", "families", "calibration", "routes", "looks", "checks", "holds"):
        assert found[key] == saved[key], key


def test_saved_numbers_of_another_cell_are_not_kept(tmp_path: Path) -> None:
    """A cell that asks something else than when it was saved is told as missing."""
    first = STUDY.families[0]
    other = replace(first, setting=replace(first.setting, tau=3.0))
    changed = replace(STUDY, families=[other, *STUDY.families[1:]])
    found = results.collect(changed, tmp_path, kept=list(sources.PARTS))
    assert found["missing"] == [
        f"{first.id}, the engine of the other families: 0 of {first.people}"
    ]


def test_people_of_other_families_are_told_in_prior_standard_deviations() -> None:
    """The truth is the effect that was asked for, toward fewer, and no posterior is wider."""
    setting = families.Setting(family="ordinal", effect=2.0)
    told = families.answers(setting, seed=3, people=range(3))
    assert told["truth"].tolist() == [-2.0] * 3
    assert (told["alone.lower"] < told["alone.estimate"]).all()
    assert ((told["alone.sd"] > 0.1) & (told["alone.sd"] < 1.05)).all()


def test_a_diary_of_nothing_but_no_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `openldn analyse` would refuse it."""
    monkeypatch.setitem(families.ALPHA, Family.BINARY, -60.0)
    told = families.answers(families.Setting(family="binary", effect=0), seed=3, people=range(2))
    assert told["truth"].tolist() == [0.0, 0.0]
    assert np.isnan(told["alone.estimate"]).all()


@pytest.mark.parametrize(
    ("name", "is_asked"),
    [
        ("core/effect=2,phi=0.9,tau=7", True),
        ("core/effect=1,phi=0.8,tau=15", True),
        ("core/effect=1,phi=0.9,tau=15", False),
        ("core/effect=2,phi=0,tau=15", False),
        ("core/effect=1,phi=0,tau=28", False),
        ("floor/effect=1", True),
        ("floor/effect=2", False),
        ("rounded/effect=2,phi=0.8", True),
        ("heavy-tails/effect=2", True),
        ("missing/effect=1,missing_by=severity", True),
        ("one-order/effect=1,order=fixed", False),
    ],
)
def test_the_gate_asks_about_coverage_where_the_contract_does(name: str, is_asked: bool) -> None:
    """Tau up to 7 but effect 2 at a floor; tau 15 up to effect 1 and phi 0.8."""
    assert STUDY.gate.asks(CELLS[name]) == is_asked


@pytest.mark.parametrize("phi", ["0", "0.3", "0.6", "0.8"])
def test_the_gate_asks_about_false_claims_up_to_phi_eight_tenths(phi: str) -> None:
    """Claims of a drug that does nothing are held to 5%; at phi 0.9 they are printed."""
    assert STUDY.gate.asks_about_claims(CELLS[f"nothing/phi={phi}"])
    assert not STUDY.gate.asks_about_claims(CELLS["nothing/phi=0.9"])


def test_the_prior_cells_are_as_long_and_as_many_as_the_contract_asks() -> None:
    """84 and 168 days, at least 2,000 people each."""
    cells = [cell for cell in STUDY.cells if cell.gate == "prior"]
    assert [cell.setting.days for cell in cells] == [84, 168]
    assert min(cell.people for cell in cells) >= STUDY.gate.prior["least_people"] == 2_000


def test_a_cell_that_covers_too_little_fails_the_gate() -> None:
    """90 of 100 people where 92% are asked for is chance; 80 are not."""
    cell = replace(CELLS["core/effect=1,phi=0,tau=7"], people=100)

    def holds(covered: int) -> bool:
        inside = np.arange(100) < covered
        ours = {
            "estimate": np.full(100, -1.0),
            "lower": np.full(100, -2.0),
            "upper": np.zeros(100),
            "below_truth": np.where(inside, 0.5, 0.999),
            "p_benefit": np.full(100, 0.9),
        }
        kept = {f"alone.{name}": values for name, values in ours.items()}
        told = results.cell(cell, kept | {"truth": np.full(100, -1.0)}, STUDY)
        assert told["methods"]["openldn"]["cover95"][0] == covered / 100
        return all(check["holds"] for check in told["checks"])

    assert holds(90)
    assert not holds(80)


def test_misled_is_wrong_direction_or_any_claim_about_nothing() -> None:
    """Contract: misleading is clear in the wrong direction; with no effect, clear in either."""
    chance = np.array([0.99, 0.5, 0.01, 0.96])
    kept = {
        f"openldn.{name}": values
        for name, values in {
            "estimate": np.zeros(4),
            "lower": -np.ones(4),
            "upper": np.ones(4),
            "below_truth": np.full(4, 0.5),
            "p_benefit": chance,
        }.items()
    }
    for truth, misled in ((-1.0, 0.25), (1.0, 0.5), (0.0, 0.75)):
        told = results.method(kept | {"truth": np.full(4, truth)}, "openldn", STUDY.decision)
        assert told["misled"][0] == misled
        assert told["could_not_tell"][0] == 0.25


@pytest.mark.parametrize("tails", ["normal", "t3"])
def test_noise_has_the_spread_and_the_memory_of_its_cell(tails: str) -> None:
    """Variance sigma^2, and (1 - w) phi of it shared by neighbouring days."""
    setting = Setting(effect=0.0, phi=0.8, sigma=1.5, white=0.5, missing=0.0, tails=tails)
    score = people.draw(setting, seed=1, people=range(800)).score - 5.0
    # 800 people of 84 days at phi 0.8 hold about 800 x 84 / 9 independent days; tails of t3 make
    # single squares wild, so its spread is only known to a tenth.
    slack = 0.04 if tails == "normal" else 0.1
    assert score.var() == pytest.approx(2.25, rel=slack)
    assert np.mean(score[:, 1:] * score[:, :-1]) == pytest.approx(0.5 * 0.8 * 2.25, rel=0.06)


@pytest.mark.parametrize("by", ["chance", "severity"])
def test_as_many_days_are_missing_as_the_cell_says(by: str) -> None:
    """About 30%; by severity, the days that are left are the better ones."""
    setting = Setting(effect=0.0, missing=0.3, missing_by=by)
    score = people.draw(setting, seed=2, people=range(400)).score
    assert np.isnan(score).mean() == pytest.approx(0.3, abs=0.02)
    # Half of what decides is severity: the mean of the kept days falls by about half a point.
    expected = 5.0 if by == "chance" else 4.5
    assert np.nanmean(score) == pytest.approx(expected, abs=0.12)


def test_the_page_is_what_the_saved_numbers_say() -> None:
    """`python -m validation --report` was run after the last study, and nobody edited the page."""
    told = report.contents(results.read(), STUDY)
    there = {name: (report.PAGE.parent / name).read_text(encoding="utf-8") for name in told}
    assert there == told


def test_every_cell_of_the_study_has_its_numbers() -> None:
    """Nothing was left out of the results, and no number belongs to a cell that is gone."""
    found = results.read()
    assert found["missing"] == []
    people_of = {cell["id"]: cell["people"] for cell in found["cells"]}
    assert people_of == {name: cell.people for name, cell in CELLS.items()}
    others = {cell["id"]: cell["people"] for cell in found["families"]}
    assert others == {cell.id: cell.people for cell in STUDY.families}


def test_the_study_file_is_complete() -> None:
    """All five letters of ADEMP, and every group explained."""
    assert isinstance(STUDY, Study)
    assert STUDY.aims
    assert STUDY.methods
    assert STUDY.measures
    assert all(about for about in STUDY.groups.values())
