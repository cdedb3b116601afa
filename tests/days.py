"""The day on which the tests ask."""

from datetime import date

TODAY = date(2026, 11, 23)
