"""Spells the numbers of a date in one way: "2025年12月4日" and "20251204" become "2025-12-4" and "2025-12-04".

Never decides what a number means: it only puts marks between numbers that have none, or words of their language, and
names of months for "12月" and "Tháng 12". Texts come folded (see `date_words.fold`).
"""

from __future__ import annotations

import re

from briefings.parse.calendars import with_plain_years
from briefings.text.english import MONTHS

_COMPACT_TIME = re.compile(r"(?<=\d)t(\d\d)(\d\d)(\d\d)?(?!\d)")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)(?: ?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?(?=$|z|[ +-])")
_COLONS = re.compile(r"^(\d{4}):(\d\d):(\d\d)(?= )|(\d{4}):(?=\d\d:\d\d)")  # of photographs; of web servers' logs
_DASHES = re.compile(r"(?<=\w)[‐–—](?=\w)")
_DOUBLED_SIGN = re.compile(r"(?<=\d) ?[:-](?=[+-]\d\d:?\d\d\b)")
_CHINESE_DIGITS = "〇一二三四五六七八九"
_CHINESE_NUMBER = re.compile(f"[零十{_CHINESE_DIGITS}]+(?=[年月日号號时時点點分秒])")
_EASTERN_DAY = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?")
_TIME_IN_WORDS = re.compile(
    r"(\d{1,2})\s*(?:[时時点點시]|นาฬิกา|ໂມງ|h(?=\s?\d\d\s?min))"
    r"(?:\s*(\d{1,2})\s*(?:[分분]|นาที|ນາທີ|min\b)(?:\s*(\d{1,2})\s*(?:[秒초]|วินาที|ວິນາທີ|s\b))?)?"
)
_NUMBERED_MONTH = re.compile(  # Vietnamese, programs without a table; Chinese, Japanese, Korean, Mongolian
    r"(?<!\w)(?:thang|thg|th|m(?=\d\d))\.?\s?(1[0-2]|0?[1-9])(?!\d)"
    r"|(?<!\d)(1[0-2]|0?[1-9])(?:\s?[月월](?![曜요])|-р сарын)"
)


def with_marks(text: str) -> str:
    """Return a folded text with "-" within its days, ":" within its times, and English names for numbered months."""
    text = _DOUBLED_SIGN.sub(" ", _DASHES.sub("-", text))
    text = _COMPACT_TIME.sub(lambda time: " " + ":".join(filter(None, time.groups())), text)
    text = _COMPACT.sub(r"\1-\2-\3 \4:\5:\6 ", re.sub(r"(?<=\d)t(?=\d)", " ", text))
    text = _COLONS.sub(lambda day: "-".join(filter(None, day.groups())) + " ", text)
    text = with_plain_years(_CHINESE_NUMBER.sub(lambda number: _in_digits(number[0]), text))
    text = _EASTERN_DAY.sub(r"\1-\2-\3 ", text)
    text = _TIME_IN_WORDS.sub(lambda time: f"{time[1]}:{time[2] or '00'}:{time[3] or '00'} ", text)
    return _NUMBERED_MONTH.sub(lambda month: f" {MONTHS[int(month[1] or month[2]) - 1].lower()} ", text)


def _in_digits(number: str) -> str:
    """Return a Chinese number in digits: 二〇二五 is 2025, 二十四 is 24, 十二 is 12."""
    tens, ten, ones = number.replace("零", "〇").rpartition("十")
    digits = "".join(str(_CHINESE_DIGITS.index(digit)) for digit in ones)
    if not ten:
        return digits
    return f"{_in_digits(tens) if tens else 1}{digits or 0}"
