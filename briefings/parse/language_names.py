"""Finds the code of a language by its name, in English or in the language itself.

Promises an ISO 639-1 code where there is one, and None for a word that names no language. Never guesses from a text;
`language.py` does.
"""

from __future__ import annotations

import re
from functools import cache

_LONGEST = 200  # characters; the longest names of languages have 60 with what stands in brackets
_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_.@][A-Za-z0-9_.@-]{1,20})?")


def language_code(stated: str) -> str | None:
    """Return the code of a language stated as a code (`en-GB`, `eng`) or as a name (`English`, `Deutsch`)."""
    if len(stated) > _LONGEST:
        return None
    if code := _CODE.fullmatch(stated):
        short = code[1].lower()
        return _short_code(short) if len(short) == 3 else short
    name = " ".join(re.sub(r"\(.*?\)|,.*", " ", stated).casefold().split())
    return _english_names().get(name) or _own_names().get(name)


def _short_code(code: str) -> str:
    """Return the code of two letters of a language whose code of three letters is given, if it has one."""
    from babel.core import get_global  # 0.05 s to load, and few files state names or long codes

    alias = str(get_global("language_aliases").get(code, code))
    return alias if re.fullmatch("[a-z]{2,3}", alias) else code


@cache
def _english_names() -> dict[str, str]:
    from babel import Locale

    return {name.casefold(): code for code, name in Locale("en").languages.items() if code.isalpha()}


@cache
def _own_names() -> dict[str, str]:
    """Return the names of languages in the languages themselves; 0.7 s the first time."""
    from babel import Locale, localedata

    codes = [code for code in map(str, Locale("en").languages) if len(code) == 2 and localedata.exists(code)]
    return {str(Locale(code).languages.get(code)).casefold(): code for code in codes}
