"""Decodes a text file whose encoding nothing states.

Promises what `plain.decode` promises. Beyond it, bytes in which most letters are not ASCII are no Western text, so
cp1252 would turn them into rubbish: their encoding is estimated from their letters.
"""

from __future__ import annotations

import re

from briefings.parse.plain import decode

_SAMPLE = 20_000  # bytes that are enough to tell an encoding; more take longer
_STATED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?[a-zA-Z0-9]""", re.IGNORECASE)
# Encodings that news in other scripts comes in; the library's other guesses are for rarer machines.
_GUESSED = "cp1251 koi8_r iso8859_5 cp866 cp1253 cp1255 cp1256 big5 gb18030 shift_jis euc_jp euc_kr tis_620".split()


def decode_text(data: bytes) -> str:
    """Return the text of the bytes. Never raises."""
    text = decode(data)
    sample = data[:_SAMPLE]
    if text.startswith("\ufeff") or _STATED.search(sample[:2048]) or _is_utf8(data):
        return text
    letters = sum(byte >= 0x80 for byte in sample)
    if 2 * letters < sum(byte >= 0x80 or chr(byte).isalpha() for byte in sample):
        return text
    from charset_normalizer import from_bytes  # 0.05 s to load, and few files get here

    best = from_bytes(sample, cp_isolation=_GUESSED).best()
    return data.decode(best.encoding, "replace") if best else text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
