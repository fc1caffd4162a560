"""The words for dates, hours, counts and lists that readers see, by language.

`locale("en")` gives a language. Another language is one more module beside `english.py` and one more entry in
`_LOCALES`; no rule changes for it. The words around the news are in the templates. Nothing in here depends on the
locale of the machine.
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
