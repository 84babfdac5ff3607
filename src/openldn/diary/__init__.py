"""What was observed: entries and days, and reading and writing the diary file.

Missing is missing, never zero. Corrections and late entries are kept beside what they correct.
"""

from openldn.diary._comment import first_comment
from openldn.diary._survey import RESERVED
from openldn.diary.diary import Diary
from openldn.diary.entries import DiaryDay, Entry

__all__ = ["RESERVED", "Diary", "DiaryDay", "Entry", "first_comment"]
