"""The words for dates, hours, counts and lists that readers see, by language.

`locale("en")` gives a language. Another language is one more module beside `english.py` and one more entry in
`_LOCALES`. Other words that readers see are not here: those around the news are in the templates, and the sentence
about a dispute is in `stories/disputes.py`. Nothing in here depends on the locale of the machine.
"""

from __future__ import annotations

from briefings.editions.locales.english import ENGLISH
from briefings.editions.locales.locale import Locale

__all__ = ["DEFAULT_LANGUAGE", "Locale", "locale"]

DEFAULT_LANGUAGE = "en"
_LOCALES = {"en": ENGLISH}


def locale(language: str = DEFAULT_LANGUAGE) -> Locale:
    """Return the locale of a language (ISO 639-1: `en`). Raises KeyError for a language that has none."""
    return _LOCALES[language]
