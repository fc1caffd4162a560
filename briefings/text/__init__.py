"""Reads one text: its sentences, words, numbers, dates, names, acronyms, boilerplate and summary."""
