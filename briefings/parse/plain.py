"""Turns any text from outside into plain text: one spelling of letters, no invisible marks, tidy blanks.

Promises that a `clean` text has no control character but the newline, nothing invisible that could hide or reorder
words, and no lone surrogate, which a database would refuse. Never changes a visible letter, never guesses.
"""

from __future__ import annotations

import re
import unicodedata

from briefings.parse.entities import read_entities

# Soft hyphen, zero-width space, word joiners, byte-order mark; bidirectional marks, overrides and
# isolates (UAX 9); annotation anchors and tag characters; surrogates. The joiners U+200C/D stay: Persian,
# Hindi and many emoji are spelled with them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029\u000c]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile("\n ?(?:\n ?)+")


def clean(text: str) -> str:
    """Return `text` in NFC with LF line ends, single blanks and at most one blank line between paragraphs.

    Idempotent; never raises.
    """
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", _CONTROLS.sub(" ", text))
    text = _BLANK_LINES.sub("\n\n", _BLANKS.sub(" ", text))
    return text.replace(" \n", "\n").replace("\n ", "\n").strip()


LONGEST_NAME = 200
"""Characters of all authors of an article."""

_TAG = re.compile(r"</?(?:a|b|i|u|em|strong|span|small|sup|sub|font|p|br|div|h[1-6]|ul|ol|li|img|figure|blockquote)"
                  r"(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)  # fmt: skip
_BREAKS = re.compile(r"</?(?:p|br|div|h[1-6]|li|blockquote|figure)\b", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Return HTML without its tags, and any text without its entities. Text that only speaks of tags keeps them."""
    if re.search(r"</(?:a|b|i|em|strong|span|p|div|h[1-6]|ul|li)>|<(?:p|br|img)\b[^<>]{0,2000}>", text, re.IGNORECASE):
        text = _TAG.sub(lambda tag: "\n\n" if _BREAKS.match(tag[0]) else "", text)
    return read_entities(text)


def name(text: str) -> str:
    """Return the authors in one line without "By"; empty for an address or for text too long to be names."""
    named = re.sub(r"(?i)^(?:by|von|par|por)\s+", "", one_line(text))
    return named if len(named) <= LONGEST_NAME and "://" not in named and "@" not in named else ""


def one_line(text: str) -> str:
    """Return the `clean` text with blanks for line ends. For titles, names and messages."""
    return " ".join(clean(text).split())


_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"))
_MARKS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
# Only character sets: Python also registers codecs such as `idna` and `unicode_escape` that do other work.
_CHARSET = re.compile(
    r"(?:iso-?8859|latin|windows|cp|koi8|gb|big5|euc|shift|sjis|iso-?2022|mac|tis|utf-?(?:8|16|32)|us-?ascii)",
    re.IGNORECASE,
)


def decode(data: bytes) -> str:
    """Decode bytes by their byte-order mark, else as UTF-8, else as their first 2,048 bytes declare, else as cp1252.

    Bytes without a meaning in the encoding become U+FFFD. Never raises.
    """
    for mark, name in (*_MARKS, *_MARKS_16):
        if data.startswith(mark):
            return data.decode(name, errors="replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declaration = _DECLARED.search(data[:2048])
    name = declaration[1].decode("ascii") if declaration else ""
    if _CHARSET.match(name):
        try:
            return data.decode(name, errors="replace")
        except (LookupError, UnicodeError):
            pass
    return data.decode("cp1252", errors="replace")


def language(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text` (py3langid: .96 right on 50 characters).

    `und` for fewer than 20 letters.
    """
    sample = text[:2000]
    if sum(map(str.isalpha, sample)) < 20:
        return "und"
    import py3langid  # loads numpy and a model: 0.3 s that only this function should cost

    return str(py3langid.classify(sample)[0])
