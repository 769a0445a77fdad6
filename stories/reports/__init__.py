"""Reported concerns: taken in, decided by a day, looked at again."""
