"""Says what a word is, in every script. Pure.

A **letter** is a letter or digit of any script together with the marks that follow it (accents, vowel signs, tone
marks), so that a Hindi, Tamil or Thai letter is never torn apart. A **word** is a run of letters; hyphens, apostrophes
and invisible joiners between two letters are inside it. Thai, Lao, Burmese, Khmer, Han and kana have no blanks between
words. There two neighbouring letters are a word, and the next word begins with the second of them: this needs no
dictionary, and texts on one thing share most of these pairs. A Korean word stands between blanks, its particles
attached, so Korean is compared by pairs too, but counted by words.

Promises that all words stand in the text, and takes time linear in its length. Knows one language, Arabic, in which
article and preposition are written together with the noun: `comparable` takes them off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han, for a character class: scripts without blanks between words."""

HANGUL = "\uac00-\ud7af"
"""Korean syllables, for a character class: words stand between blanks, with particles attached."""

_JOINERS = "\u00ad\u200c\u200d\u2060"
"""Soft hyphen, zero width non-joiner and joiner, word joiner."""


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _marks() -> tuple[str, str]:
    """Return the marks of scripts with blanks, and those of scripts without, each for a character class."""
    marks = [mark for mark in map(chr, (*range(0x300, 0x3100), *range(0xA600, 0xAC00))) if _is_mark(mark)]
    unspaced = re.findall(f"[{UNSPACED}]", "".join(marks))
    return "".join(mark for mark in marks if mark not in unspaced), "".join(unspaced)


MARKS, _UNSPACED_MARKS = _marks()
"""Accents and vowel signs that belong to the letter before them, for a character class; without those of UNSPACED."""

UNSPACED_LETTER = rf"(?:(?=[{UNSPACED}])[^\W_][{_UNSPACED_MARKS}]*)"
"""A pattern of one letter of a script without blanks."""


def _run(without: str = "") -> str:
    """Return a pattern of letters with nothing between them, of a script with blanks but those of `without`."""
    return rf"[^\W_{UNSPACED}{without}]+(?:[{MARKS}{_JOINERS}]+[^\W_{UNSPACED}{without}]*)*"


RUN = _run()
"""A pattern of letters with nothing between them, of any script with blanks."""

_ARABIC_LETTERS = "\u0600-\u06ff"
_ODD = re.compile(f"[{UNSPACED}{HANGUL}{MARKS}{_JOINERS}{_ARABIC_LETTERS}\u0900-\u0dff\uff01-\uff5e]")
"""Characters without which a text needs no more than the two patterns below; the last two ranges are the scripts of
India and wide Latin letters."""

_PLAIN_RUN = re.compile(r"[^\W_]+")
_PLAIN_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LETTER = re.compile(UNSPACED_LETTER)
_SPACED_WORD = re.compile(rf"{RUN}(?:[-'’]{RUN})*")
_TAKEN_APART = rf"(?P<unspaced>{UNSPACED_LETTER}+)|(?P<hangul>[{HANGUL}]+)"
_RUN = re.compile(rf"{_TAKEN_APART}|{_run(HANGUL)}")
_WORD = re.compile(rf"{_RUN.pattern}(?:[-'’]{_run(HANGUL)})*")


def find_words(text: str, *, compounds: bool = True) -> list[str]:
    """Return the words of a text, as they are written and in order.

    Without `compounds`, a hyphen or an apostrophe parts two words.
    """
    if text.isascii() or not _ODD.search(text):
        return (_PLAIN_WORD if compounds else _PLAIN_RUN).findall(text)
    return [word for match in (_WORD if compounds else _RUN).finditer(text) for word in _words(match)]


def comparable_words(text: str, *, compounds: bool = True) -> list[str]:
    """Return the words of a text in the form of `comparable`, in order."""
    if text.isascii() or not _ODD.search(text):
        return (_PLAIN_WORD if compounds else _PLAIN_RUN).findall(text.casefold())
    return [comparable(word) for word in find_words(text, compounds=compounds)]


def _words(match: re.Match[str]) -> Sequence[str]:
    """Return the words of a run of letters. Particles follow a Korean word, so that it too is taken apart."""
    if match["unspaced"]:
        return _pairs(_LETTER.findall(match[0]))
    return _pairs(match[0]) if match["hangul"] else (match[0],)


def _pairs(letters: Sequence[str]) -> Sequence[str]:
    """Return each two neighbouring letters; a letter that stands alone is a word."""
    return [first + second for first, second in pairwise(letters)] or letters


_ARABIC = re.compile(f"[{_ARABIC_LETTERS}]")
_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=...)")
"""The Arabic article with the prepositions and conjunctions that are written together with it. At least three letters
of the word remain."""

_SPELLINGS = str.maketrans("أإآٱىیکة", "ااااييكه", "ـ")
"""Letters of Arabic that writers exchange → one of them, after Lucene's ArabicNormalizer; the stretching line goes."""

_VOWELS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
"""Arabic short vowels and signs, which are mostly left out in writing."""

_INVISIBLE = re.compile(f"[{_JOINERS}]")


def comparable(word: str) -> str:
    """Return a word of `find_words` in the form in which it equals its other spellings.

    Case, composition of accents, width, kind of digits and invisible joiners make no difference. In Arabic neither do
    short vowels, the forms of alef, and the article with what is written before it: "والاتفاق" equals "اتفاق".
    """
    if word.isascii() or not _ODD.search(word):
        return word.casefold()
    word = _INVISIBLE.sub("", unicodedata.normalize("NFKC", word).casefold())
    if any(letter.isdecimal() and not letter.isascii() for letter in word):
        word = "".join(str(unicodedata.decimal(letter, letter)) for letter in word)
    if _ARABIC.search(word):
        word = _VOWELS.sub("", word).translate(_SPELLINGS)
        word = word[match.end() :] if (match := _ARTICLE.match(word)) else word
    return word


def count_words(text: str) -> int:
    """Count words as a reader does: what stands between blanks; in scripts without blanks, two letters are a word."""
    if text.isascii() or not (letters := _LETTER.findall(text)):
        return len(text.split())
    return len(_SPACED_WORD.findall(text)) + (len(letters) + 1) // 2


_TAKEN_APART_LETTER = re.compile(f"[{UNSPACED}{HANGUL}]")


def is_spaced(text: str) -> bool:
    """True if a text has no letter of a script without blanks, nor of Korean: its words stand between blanks."""
    return not _TAKEN_APART_LETTER.search(text)


_PART = rf"(?:[^\W_{UNSPACED}{HANGUL}]|[{MARKS}{_JOINERS}])"
_INSIDE = re.compile(rf"{_PART}{_PART}|.[{_UNSPACED_MARKS}]|[{HANGUL}]{{2}}", re.DOTALL)
"""Two characters of one word, the border between them inside it."""

_KOREAN = re.compile(f"[{HANGUL}]")


def stands_apart(text: str, start: int, end: int) -> bool:
    """True if no word goes on across either end of `text[start:end]`.

    Next to a letter of a script without blanks every place is the border of a word. Particles may follow a Korean word.
    """
    if start and _INSIDE.match(text, start - 1):
        return False
    return end == 0 or not _INSIDE.match(text, end - 1) or _KOREAN.match(text, end) is not None
