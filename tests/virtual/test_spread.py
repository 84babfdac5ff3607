"""Where virtual trials run changes no number, and nothing that is finished is lost."""

from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from time import perf_counter

import pytest
from distributed import LocalCluster

from openldn.protocol.problems import InputError
from openldn.virtual import spread
from openldn.virtual.assumptions import Assumptions
from openldn.virtual.spread import run_all
from openldn.virtual.trials import Block, Tally
from support.plans import small_plan

PLAN = small_plan()
BLOCKS = [
    Block(
        plan=PLAN,
        effect=effect,
        assumptions=Assumptions.believable(PLAN.primary),
        seed=1,
        number=number,
        count=4,
        points=256,
    )
    for effect in (0.0, -1.0)
    for number in range(3)
]


@pytest.fixture(scope="module")
def alone() -> list[Tally]:
    """What one process finds."""
    return run_all(BLOCKS)


@pytest.mark.parametrize("workers", [2, 4])
def test_processes_change_no_number(workers: int, alone: list[Tally]) -> None:
    """1, 2 and 4 workers give identical tallies, to the last bit."""
    assert run_all(BLOCKS, workers=workers) == alone


def test_dask_changes_no_number(alone: list[Tally]) -> None:
    """A scheduler at an address gives what one process gives, to the last bit."""
    # Threads, and the loopback address named: else it asks the network for one of its own.
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        assert run_all(BLOCKS, scheduler=cluster.scheduler_address) == alone


def test_a_scheduler_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is named, and what to start."""
    monkeypatch.setattr(spread, "TIME_TO_CONNECT", "500ms")
    with pytest.raises(InputError) as refusal:
        run_all(BLOCKS, scheduler="tcp://127.0.0.1:9")
    assert [problem.code for problem in refusal.value.problems] == ["LDN-V006"]


def test_an_interrupted_run_goes_on_from_what_is_written(
    tmp_path: Path, alone: list[Tally], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that were finished are read, not run; a damaged file is run again."""
    run_all(BLOCKS[:4], folder=tmp_path / "kept")
    (tmp_path / "kept" / f"{BLOCKS[0].key}.json").write_text('{"trials": ')
    ran: list[Block] = []
    run_block = spread.run_block

    def watching(block: Block) -> Tally:
        ran.append(block)
        return run_block(block)

    monkeypatch.setattr(spread, "run_block", watching)
    steps: list[tuple[int, int]] = []
    found = run_all(
        BLOCKS, folder=tmp_path / "kept", progress=lambda done, total: steps.append((done, total))
    )
    assert found == alone
    assert ran == [BLOCKS[0], BLOCKS[4], BLOCKS[5]]
    assert steps == [(4, 6), (5, 6), (6, 6)]


@pytest.mark.parametrize(
    "text",
    [
        '{"trials": 2, "benefit": 9}',
        '{"trials": 4, "benefit": 9}',
        '{"trials": "x", "benefit": []}',
        '{"trials": NaN, "benefit": NaN}',
        '{"trials": 4, "sum_sd": NaN}',
        "[" * 200_000,
    ],
)
def test_a_file_that_cannot_be_of_the_block_is_run_again(
    text: str, tmp_path: Path, alone: list[Tally]
) -> None:
    """What is no tally of this block is never counted, and never a traceback."""
    (tmp_path / f"{BLOCKS[0].key}.json").write_text(text)
    assert run_all(BLOCKS[:1], folder=tmp_path) == alone[:1]


def test_whoever_stops_does_not_wait_for_the_rest() -> None:
    """Stopped after the first block, the processes leave at once what they have not begun."""
    many = [replace(BLOCKS[0], number=number, count=64) for number in range(300)]
    running = spread._in_processes(many, 2)
    next(running)
    waited = perf_counter()
    running.close()
    # 300 blocks take over half a minute; those in hand well under a second each.
    assert perf_counter() - waited < 15


def test_a_killed_worker_loses_nothing(tmp_path: Path, alone: list[Tally]) -> None:
    """A worker killed in the middle: the blocks it held are run again by others."""
    killed: list[int | None] = []

    def kill_one(done: int, total: int) -> None:
        if not killed:
            worker = active_children()[0]
            killed.append(worker.pid)
            worker.kill()

    assert run_all(BLOCKS, workers=2, folder=tmp_path, progress=kill_one) == alone
    assert killed
