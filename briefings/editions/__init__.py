"""The editions: timetable, selection, composition and rendering."""
