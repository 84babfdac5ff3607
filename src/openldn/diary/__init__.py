"""What was observed: entries and days, and reading and writing the diary file.

Missing is missing, never zero. Corrections and late entries are kept beside what they correct.
"""

from openldn.diary.diary import Diary
from openldn.diary.entries import DiaryDay, Entry

__all__ = ["Diary", "DiaryDay", "Entry"]
