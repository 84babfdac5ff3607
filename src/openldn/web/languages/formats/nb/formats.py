"""Norwegian: a full stop after the day, a comma before decimals."""

__all__: list[str] = []  # Django reads the names in capitals itself

DATE_FORMAT = "j. F Y"
MONTH_DAY_FORMAT = "j. F"
DATETIME_FORMAT = "j. F Y, H:i"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"  # a space that does not break
NUMBER_GROUPING = 3
