"""Tells the language of a text by its script and, where many languages share one, by a model (py3langid).

Promises a language that newspapers are written in, or `und` for a text too short to tell. Never raises.
"""

from __future__ import annotations

import re

# Script → the languages of py3langid that newspapers write in it. A single one is certain by its letters. Left out are
# languages of few newspapers, which short texts in a large one are taken for: Ligurian for Italian, Wu for Chinese. So
# is Malay, which the model prefers to Indonesian: the two share nearly all words of news.
_SCRIPTS = (
    ("\uac00-\ud7af\u1100-\u11ff\u3130-\u318f", "ko"),
    ("\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f", "ja"),
    ("\u3400-\u9fff\uf900-\ufaff", "zh"),
    (
        "A-Za-z\u00aa-\u024f\u1e00-\u1eff",
        "en de fr es it pt nl pl tr vi id ro hu cs sv da no fi hr sk sl lt lv et sq ca eu is af sw ha yo so tl az uz",
    ),
    ("\u0400-\u052f", "ru uk bg sr mk be kk ky mn tg"),
    ("\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff", "ar fa ur ps sd ug"),
    ("\u0900-\u097f", "hi mr ne"),
    ("\u0980-\u09ff", "bn as"),
    ("\u0370-\u03ff\u1f00-\u1fff", "el"),
    ("\u0590-\u05ff", "he"),
    ("\u0e00-\u0e7f", "th"),
    ("\u0a00-\u0a7f", "pa"),
    ("\u0a80-\u0aff", "gu"),
    ("\u0b00-\u0b7f", "or"),
    ("\u0b80-\u0bff", "ta"),
    ("\u0c00-\u0c7f", "te"),
    ("\u0c80-\u0cff", "kn"),
    ("\u0d00-\u0d7f", "ml"),
    ("\u0d80-\u0dff", "si"),
    ("\u0e80-\u0eff", "lo"),
    ("\u1000-\u109f", "my"),
    ("\u1200-\u139f", "am"),
    ("\u1780-\u17ff", "km"),
    ("\u10a0-\u10ff", "ka"),
    ("\u0530-\u058f", "hy"),
)
_LETTERS = tuple((re.compile(f"[{letters}]"), tuple(codes.split())) for letters, codes in _SCRIPTS)
_LATIN = _LETTERS[3]
_SAMPLE = 1_000  # characters, about 150 words, which the model tells as surely as more
_FEWEST_LETTERS = 14  # of a script of several languages: a name or two tell none of them
_FEWEST_CERTAIN = 4  # letters of a script of one language
_KANA = 0.08  # share of kana from which on a text in Chinese characters is Japanese; Chinese quotes a brand in kana


def language(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`, `und` if it has too few letters to tell.

    The script decides where only one language has it, else py3langid among the languages of the script.
    """
    sample = text[:_SAMPLE]
    searched = (_LATIN,) if sample.isascii() else _LETTERS
    counts = [len(script[0].findall(sample)) if script in searched else 0 for script in _LETTERS]
    kana, han = counts[1:3]
    if kana > _KANA * han:
        counts[1:3] = [kana + han, 0]
    for place in range(3):
        counts[place] *= 2  # a syllable or a word, where other scripts spell sounds
    most = max(counts)
    codes = _LETTERS[counts.index(most)][1]
    if most < (_FEWEST_CERTAIN if len(codes) == 1 else _FEWEST_LETTERS):
        return "und"
    if len(codes) == 1:
        return codes[0]
    import py3langid  # loads numpy and a model: 0.3 s that only this function should cost

    return next((code for code, _ in py3langid.rank(sample) if code in codes), "und")
