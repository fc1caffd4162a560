"""Editions: timetable, selection, composition, rendering, and the words for dates and counts."""
