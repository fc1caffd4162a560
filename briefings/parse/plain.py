"""Turns any text from outside into plain text: one spelling of letters, no invisible marks, tidy blanks.

Promises that a `clean` text has no control character but the newline, nothing invisible that could hide or reorder
words, and no lone surrogate, which a database would refuse. Never changes a visible letter, never guesses.
"""

from __future__ import annotations

import re
import unicodedata

from briefings.parse.charset_labels import SEVEN_BITS, WIDE, codec_of
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


_TAG = re.compile(r"</?(?:a|b|i|u|em|strong|span|small|sup|sub|font|p|br|div|h[1-6]|ul|ol|li|img|figure|blockquote)"
                  r"(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)  # fmt: skip
_BREAKS = re.compile(r"</?(?:p|br|div|h[1-6]|li|blockquote|figure)\b", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Return HTML without its tags, and any text without its entities. Text that only speaks of tags keeps them."""
    if re.search(r"</(?:a|b|i|em|strong|span|p|div|h[1-6]|ul|li)>|<(?:p|br|img)\b[^<>]{0,2000}>", text, re.IGNORECASE):
        text = _TAG.sub(lambda tag: "\n\n" if _BREAKS.match(tag[0]) else "", text)
    return read_entities(text)


def one_line(text: str) -> str:
    """Return the `clean` text with blanks for line ends. For titles, names and messages."""
    return " ".join(clean(text).split())


_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"))
_MARKS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# The places in which HTML and XML name their own encoding; a `charset` elsewhere names that of another file.
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?\b(?:charset|encoding)\s*=\s*["']?([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE
)

_HARDLY_BROKEN = 5  # letters beyond ASCII for each broken one: no other encoding resembles UTF-8 so much by chance


def decode(data: bytes, charset: str | None = None) -> str:
    """Decode bytes by their byte-order mark, else as UTF-8, else by a name: their own, else `charset`, else as cp1252.

    Their own name stands in a `meta` or an XML declaration in their first 2,048 bytes; `charset` is that of the HTTP
    header. A name is not believed if it makes more letters unreadable than readable. Bytes without a meaning in the
    encoding become U+FFFD. Never raises.
    """
    for mark, name in (*_MARKS, *_MARKS_16):
        if data.startswith(mark):
            return data.decode(name, errors="replace").removeprefix("\ufeff")
    declaration = _DECLARED.search(data[:2048])
    codecs = [codec for label in (declaration and declaration[1].decode(), charset) if (codec := codec_of(label))]
    for codec in codecs:
        if (codec in WIDE and b"\0" in data[:64]) or (codec in SEVEN_BITS and SEVEN_BITS[codec] in data):
            return data.decode(codec, errors="replace")
    for codec, least in (("utf-8", _HARDLY_BROKEN), *((codec, 1) for codec in codecs if codec not in WIDE)):
        text = data.decode(codec, errors="replace")
        broken = text.count("\ufffd")
        if broken == 0 or len(text) - len(text.encode("ascii", "ignore")) - broken > least * broken:
            return text
    return data.decode("cp1252", errors="replace")
