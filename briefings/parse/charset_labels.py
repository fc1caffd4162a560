"""Turns the name of a character set, as a document or an HTTP header states it, into the codec that reads it.

Promises only codecs that turn bytes into letters. Python registers others under names that anybody could state (`idna`,
`unicode_escape`, `zip`), so a name from outside is looked up here and never handed to Python. The names mean what
browsers take them for (WHATWG Encoding Standard, 4.2): `iso-8859-1` is windows-1252, `gb2312` is GB 18030.
"""

from __future__ import annotations

import re

LONGEST_LABEL = 60  # characters; a longer name is none

# Codec of Python → names without case and punctuation. Names of the standard first, then those of older feeds.
_NAMES = {
    "utf-8": "utf8 unicode11utf8 unicode20utf8 utf8mb4",
    "cp1252": "iso88591 latin1 l1 isolatin1 cp819 ibm819 isoir100 ascii usascii ansix341968 ansix34 646 ansi",
    "cp1254": "iso88599 latin5 l5 isolatin5 isoir148",
    "cp874": "iso885911 tis620 dos874 874",
    "iso8859_2": "latin2 l2 isolatin2 isoir101",
    "iso8859_3": "latin3 l3 isolatin3 isoir109",
    "iso8859_4": "latin4 l4 isolatin4 isoir110",
    "iso8859_5": "cyrillic isolatincyrillic isoir144",
    "iso8859_6": "arabic asmo708 ecma114 isolatinarabic isoir127 iso88596e iso88596i",
    "iso8859_7": "greek greek8 ecma118 elot928 isolatingreek isoir126 suneugreek",
    "iso8859_8": "hebrew isolatinhebrew isoir138 visual logical iso88598e iso88598i",
    "iso8859_10": "latin6 l6 isolatin6 isoir157",
    "iso8859_13": "latin7 l7",
    "iso8859_14": "latin8 l8",
    "iso8859_15": "latin9 l9 isolatin9",
    "iso8859_16": "latin10 l10",
    "koi8_r": "koi8r koi8 koi",
    "koi8_u": "koi8u koi8ru",
    "gb18030": "gb2312 gbk cp936 ms936 windows936 936 chinese euccn gb231280 iso58gb231280 isoir58",
    "hz": "hzgb2312 hz",
    "big5hkscs": "big5 cnbig5 xbig5 cp950 ms950 windows950 950 big5tw",
    "cp932": "shiftjis sjis mskanji ms932 windows31j windows932 932",
    "euc_jp": "eucjp eucpkdfmtjapanese ujis",
    "iso2022_jp_ext": "iso2022jp iso2022jp1",
    "iso2022_jp_2": "iso2022jp2",
    "cp949": "euckr korean ksc56011987 ksc56011989 ksc5601 isoir149 uhc ms949 windows949 949",
    "iso2022_kr": "iso2022kr",
    "mac_roman": "macintosh mac macroman",
    "mac_cyrillic": "maccyrillic macukrainian",
    "mac_latin2": "maccentraleurope macce",
    "mac_greek": "macgreek",
    "mac_turkish": "macturkish",
    "utf-16-le": "utf16 utf16le ucs2 iso10646ucs2 unicode unicodefeff",
    "utf-16-be": "utf16be unicodefffe",
    "utf-32": "utf32 ucs4 iso10646ucs4",
    "utf-32-le": "utf32le",
    "utf-32-be": "utf32be",
    "utf-7": "utf7 unicode11utf7",
}
_NAMES |= {
    f"iso8859_{part}": f"iso8859{part} {_NAMES[f'iso8859_{part}']}" for part in (*range(2, 9), 10, 13, 14, 15, 16)
}
# Code pages of Windows and DOS under the names that IBM, Microsoft and IANA gave to the same number.
_PAGES = (*range(1250, 1259), 437, 720, 737, 775, 850, 852, 855, 857, 858, *range(860, 867), 869, 874, 932, 949)
_NAMES |= {
    f"cp{page}": f"cp{page} ibm{page} windows{page} win{page} dos{page} {page} {_NAMES.get(f'cp{page}', '')}"
    for page in _PAGES
}
_CODECS = {name: codec for codec, names in _NAMES.items() for name in (codec, *names.split())}
"""Name without case and punctuation → codec."""

WIDE = frozenset(("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"))
"""Codecs of two or four bytes a letter, in which ASCII letters have a zero byte."""

SEVEN_BITS = {"iso2022_jp_ext": b"\x1b", "iso2022_jp_2": b"\x1b", "iso2022_kr": b"\x1b", "hz": b"~{", "utf-7": b"+"}
"""Codecs that spell every letter in ASCII bytes, so that they pass for UTF-8, and a byte that such a text has."""


def codec_of(label: str | None) -> str | None:
    """Return Python's codec for the stated name of a character set; None for a name that means none.

    Takes any spelling: `ISO_8859-1:1987`, `x-sjis`, `csKOI8R`, `win-1251`. Never raises.
    """
    if not label or len(label) > LONGEST_LABEL or not label.isascii():
        return None
    name = re.sub(r"[\s_.()\"'-]", "", label.lower().partition(":")[0])
    for prefix in ("", "x", "cs"):
        if name.startswith(prefix) and (codec := _CODECS.get(name.removeprefix(prefix))):
            return codec
    return None
