"""What is written reads back the same, for any diary."""

import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diary.builders import PAIN
from openldn.diary import Diary, Entry
from openldn.protocol.plan import Arm

ids = st.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True)
# Text of any kind, without what no text file can hold.
notes = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001  # the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)
scores = st.none() | st.floats(min_value=0, max_value=10)


@st.composite
def entries(draw: st.DrawFn, day: int) -> Entry:
    """Make one entry of a day."""
    is_too_ill = draw(st.booleans())
    return Entry(
        day=day,
        entered_at=draw(moments),
        arm=draw(st.none() | st.sampled_from(Arm)),
        dose_ug=draw(st.none() | st.integers(0, 100_000_000)),
        taken=draw(st.none() | st.booleans()),
        period=draw(st.none() | st.just(day // 4 + 1)),
        is_too_ill=is_too_ill,
        scores={"pain": None if is_too_ill else draw(scores)},
        side_effects={"nausea": draw(st.none() | st.integers(0, 3))},
        events=tuple(draw(st.lists(ids, max_size=3, unique=True))),
        note=draw(notes),
    )


@st.composite
def diaries(draw: st.DrawFn) -> Diary:
    """Make a diary with several entries on some days, in any order."""
    days = draw(st.lists(st.integers(0, 30), min_size=1, max_size=8))
    made = [draw(entries(day)) for day in days]
    unlike = {(entry.day, entry.entered_at): entry for entry in made}
    first_date = draw(st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    return Diary.from_entries(unlike.values(), first_date=first_date)


class TestRoundTrip:
    """`for_date` and `entered_at` are both kept, and the earlier value is never lost."""

    @given(diary=diaries())
    def test_csv_keeps_everything(self, diary: Diary) -> None:
        """Every value of every entry comes back, order included."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "diary.csv"
            diary.write(path)
            assert Diary.read(path, outcomes=[PAIN]) == diary

    @given(diary=diaries())
    def test_writing_again_gives_the_same_bytes(self, diary: Diary) -> None:
        """A diary that was read and written is the same file."""
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder) / "first.csv", Path(folder) / "second.csv"
            diary.write(first)
            Diary.read(first, outcomes=[PAIN]).write(second)
            assert first.read_bytes() == second.read_bytes()
