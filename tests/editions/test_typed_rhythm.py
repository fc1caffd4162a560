"""Hours, weekdays and zones are read in every usual spelling, and anything else is refused in few characters."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.editions import typed_rhythm
from briefings.editions.locales import locale
from briefings.editions.typed_rhythm import parse_rhythm, parse_zone
from briefings.errors import BadInput, BadTime, BadZone
from briefings.model import EVERY_DAY, Rhythm

ZONES = sorted(available_timezones())
MON_FRI = frozenset(range(5))


def hm(text: str) -> time:
    return time.fromisoformat(text)


# typed, hours, days
AT = {
    "one-hour": ("07:30", ["07:30"], EVERY_DAY),
    "the-example": ("07:30 12:00 mon-fri", ["07:30", "12:00"], MON_FRI),
    "one-digit": ("7:30", ["07:30"], EVERY_DAY),
    "bare": ("7", ["07:00"], EVERY_DAY),
    "dot": ("07.30", ["07:30"], EVERY_DAY),
    "military": ("0730", ["07:30"], EVERY_DAY),
    "three-digits": ("730", ["07:30"], EVERY_DAY),
    "pm": ("7:30pm", ["19:30"], EVERY_DAY),
    "pm-bare-and-spaced": ("7 PM", ["19:00"], EVERY_DAY),
    "pm-dotted": ("7:30 p.m.", ["19:30"], EVERY_DAY),
    "noon": ("12pm", ["12:00"], EVERY_DAY),
    "midnight": ("12am", ["00:00"], EVERY_DAY),
    "first-and-last-minute": ("00:00 23:59", ["00:00", "23:59"], EVERY_DAY),
    "twice-and-unsorted": ("12:00 7:30 07:30, 0730", ["07:30", "12:00"], EVERY_DAY),
    "commas": ("07:30,12:00,18:00", ["07:30", "12:00", "18:00"], EVERY_DAY),
    "six": ("1 2 3 4 5 6", ["01:00", "02:00", "03:00", "04:00", "05:00", "06:00"], EVERY_DAY),
    "days-first": ("mon-fri 07:30", ["07:30"], MON_FRI),
    "any-case": ("MON-Fri 07:30", ["07:30"], MON_FRI),
    "wrapping": ("7 sat-mon", ["07:00"], {5, 6, 0}),
    "range-of-one": ("7 mon-mon", ["07:00"], {0}),
    "whole-week-wrapping": ("7 wed-tue", ["07:00"], EVERY_DAY),
    "list": ("7 mon,wed,fri", ["07:00"], {0, 2, 4}),
    "words": ("7 mon wed fri", ["07:00"], {0, 2, 4}),
    "full-names": ("7 Monday to Wednesday", ["07:00"], {0, 1, 2}),
    "plurals": ("at 7 on Tuesdays and Thursdays", ["07:00"], {1, 3}),
    "odd-abbreviations": ("7 tues thurs weds.", ["07:00"], {1, 2, 3}),
    "spaced-en-dash": ("7 mon – fri", ["07:00"], MON_FRI),
    "range-and-day": ("7 mon-wed,sat", ["07:00"], {0, 1, 2, 5}),
    "daily": ("daily 7", ["07:00"], EVERY_DAY),
    "every-day": ("7:30 every day", ["07:30"], EVERY_DAY),
    "weekdays": ("7 weekdays", ["07:00"], MON_FRI),
    "weekends": ("9 weekends", ["09:00"], {5, 6}),
    "weekend-and-monday": ("9 weekend mon", ["09:00"], {0, 5, 6}),
    "bidi-mark": ("\u200e07:30\u202c", ["07:30"], EVERY_DAY),
    "devanagari-digits": ("०७:३०", ["07:30"], EVERY_DAY),
    "full-width": ("０７：３０", ["07:30"], EVERY_DAY),
    "odd-spaces": ("\u00a007:30\n\tmon", ["07:30"], {0}),
}


@pytest.mark.parametrize(("typed", "hours", "days"), AT.values(), ids=AT)
def test_hours_and_weekdays_are_read_as_a_rhythm(typed: str, hours: list[str], days: set[int]) -> None:
    assert parse_rhythm(typed, "Asia/Kolkata") == Rhythm(tuple(map(hm, hours)), "Asia/Kolkata", frozenset(days))


NOT_AN_HOUR = "not-hour (word={})"
NEITHER = "not-hour-nor-weekday (word={})"
BAD_AT = {
    "the-example": ("25:99", NOT_AN_HOUR.format("25:99")),
    "24": ("24:00", NOT_AN_HOUR.format("24:00")),
    "minute-60": ("07:60", NOT_AN_HOUR.format("07:60")),
    "one-minute-digit": ("7:5", NOT_AN_HOUR.format("7:5")),
    "13pm": ("13pm", NOT_AN_HOUR.format("13pm")),
    "0am": ("0am", NOT_AN_HOUR.format("0am")),
    "seconds": ("07:30:00", NOT_AN_HOUR.format("07:30:00")),
    "negative": ("-7", NOT_AN_HOUR.format("-7")),
    "range-of-hours": ("07:00 - 09:00", NOT_AN_HOUR.format("07:00-09:00")),
    "one-bad-of-two": ("07:30 25:00", NOT_AN_HOUR.format("25:00")),
    "huge": ("9" * 5000, NOT_AN_HOUR.format("9" * 20)),
    "superscript": ("7²²²", NOT_AN_HOUR.format("7²²²")),
    "circled": ("⑦⑦⑦", NOT_AN_HOUR.format("⑦⑦⑦")),
    "a-word": ("Soon", NEITHER.format("Soon")),
    "a-long-word": ("x" * 50, NEITHER.format("x" * 20)),
    "two-letters": ("7 mo", NEITHER.format("mo")),
    "long-range": ("7 mon-wed-fri", NEITHER.format("mon-wed-fri")),
    "open-range": ("7 mon-", NEITHER.format("mon-")),
    "dash-alone": ("7:30 — ", NOT_AN_HOUR.format("7:30-")),
    "turned-round": ("\u202esoon\u202c", NEITHER.format("soon")),
    "half-a-character": ("so\ud800on", NEITHER.format("soon")),
    "days-only": ("mon-fri", "no-hour (text=mon-fri)"),
    "dots": ("...", "no-hour (text=...)"),
    "empty": ("", "which-hour"),
    "blank": (" \n\u200b", "which-hour"),
    "seven": ("1 2 3 4 5 6 7", "too-many-hours (hours=7, most=6)"),
}


@pytest.mark.parametrize(("typed", "problem"), BAD_AT.values(), ids=BAD_AT)
def test_unreadable_hours_are_refused_with_the_reason(typed: str, problem: str) -> None:
    with pytest.raises(BadTime) as caught:
        parse_rhythm(typed, "UTC")
    assert str(caught.value) == problem


ZONE = {
    "iana": ("Asia/Kolkata", "Asia/Kolkata"),
    "any-case": ("asia/KOLKATA", "Asia/Kolkata"),
    "old-name-as-given": ("asia/calcutta", "Asia/Calcutta"),
    "city": ("Kolkata", "Asia/Kolkata"),
    "two-words": ("new york", "America/New_York"),
    "iana-with-a-space": ("America/New York", "America/New_York"),
    "accent": ("São Paulo", "America/Sao_Paulo"),
    "no-accent": ("sao paulo", "America/Sao_Paulo"),
    "today-not-the-old-link": ("Buenos Aires", "America/Argentina/Buenos_Aires"),
    "istanbul": ("İstanbul", "Europe/Istanbul"),
    "indianapolis": ("indianapolis", "America/Indiana/Indianapolis"),
    "three-parts": ("america/argentina/ushuaia", "America/Argentina/Ushuaia"),
    "hyphens": ("port au prince", "America/Port-au-Prince"),
    "dot-and-apostrophe": ("St. John’s", "America/St_Johns"),
    "utc": ("utc", "UTC"),
    "gmt": ("GMT", "GMT"),
    "the-sign-matters": ("etc/gmt-5", "Etc/GMT-5"),
    "old-city-name": ("Saigon", "Asia/Saigon"),
    "kyiv": ("Kyiv", "Europe/Kyiv"),
    "kiev": ("kiev", "Europe/Kyiv"),
    "mumbai": ("Mumbai", "Asia/Kolkata"),
    "new-delhi": ("New Delhi", "Asia/Kolkata"),
    "bangalore": ("Bangalore", "Asia/Kolkata"),
    "beijing": ("Beijing", "Asia/Shanghai"),
    "washington": ("Washington, DC", "America/New_York"),
    "boston": ("boston", "America/New_York"),
    "san-francisco": ("San Francisco", "America/Los_Angeles"),
    "st-petersburg": ("St. Petersburg", "Europe/Moscow"),
    "geneva": ("Geneva", "Europe/Zurich"),
    "munich": ("munich", "Europe/Berlin"),
    "islamabad": ("Islamabad", "Asia/Karachi"),
    "samoa-the-country": ("samoa", "Pacific/Apia"),
    "bidi-mark": ("\u200fKolkata\u200e", "Asia/Kolkata"),
    "blanks": ("  new \n york ", "America/New_York"),
}


@pytest.mark.parametrize(("typed", "zone"), ZONE.values(), ids=ZONE)
def test_a_city_or_zone_is_read_as_its_iana_name(typed: str, zone: str) -> None:
    assert parse_zone(typed) == zone


def test_every_iana_name_is_accepted_in_any_case_and_loads() -> None:
    for name in set(ZONES) - {"localtime"}:
        assert {parse_zone(name), parse_zone(name.lower()), parse_zone(name.upper())} == {name}
        ZoneInfo(name)


def test_every_city_of_ours_is_a_zone() -> None:
    assert set(typed_rhythm._zones().values()) <= set(ZONES)


UNKNOWN = "unknown-zone (text={})"
AN_OFFSET = "zone-is-offset (text={})"
BAD_ZONE = {
    "the-example": ("Mars", UNKNOWN.format("Mars")),
    "empty": ("", "which-zone"),
    "invisible": ("\u200b\x00", "which-zone"),
    "utc-offset": ("UTC+5:30", AN_OFFSET.format("UTC+5:30")),
    "bare-offset": ("+05:30", AN_OFFSET.format("+05:30")),
    "gmt-offset": ("gmt -3", AN_OFFSET.format("gmt -3")),
    "real-minus": ("UTC−3", AN_OFFSET.format("UTC−3")),
    "number": ("530", AN_OFFSET.format("530")),
    "us-zones-are-no-cities": ("central", UNKNOWN.format("central")),
    "a-compass-point": ("west", UNKNOWN.format("west")),
    "region-only": ("Europe", UNKNOWN.format("Europe")),
    "directory": ("Europe/", UNKNOWN.format("Europe/")),
    "dots": ("../../etc/passwd", UNKNOWN.format("../../etc/passwd")),
    "dots-to-a-zone": ("Asia/../Asia/Kolkata", UNKNOWN.format("Asia/../Asia/Kolkata")),
    "absolute": ("/usr/share/zoneinfo/UTC", UNKNOWN.format("/usr/share/zoneinfo/")),
    "absolute-passwd": ("/etc/passwd", UNKNOWN.format("/etc/passwd")),
    "localtime": ("localtime", UNKNOWN.format("localtime")),
    "posixrules": ("posixrules", UNKNOWN.format("posixrules")),
    "posix-tree": ("posix/UTC", UNKNOWN.format("posix/UTC")),
    "table-file": ("zone.tab", UNKNOWN.format("zone.tab")),
    "nul": ("Asia/Kolkata\x00", UNKNOWN.format("Asia/Kolkata")),
    "long": ("x" * 10_000, UNKNOWN.format("x" * 20)),
    "digits": ("9" * 10_000, UNKNOWN.format("9" * 20)),
    "half-a-character": ("Ma\udfffrs", UNKNOWN.format("Mars")),
}


@pytest.mark.parametrize(("typed", "problem"), BAD_ZONE.values(), ids=BAD_ZONE)
def test_an_unknown_zone_is_refused_with_the_reason(typed: str, problem: str) -> None:
    with pytest.raises(BadZone) as caught:
        parse_zone(typed)
    assert str(caught.value) == problem


AT_BITS = [
    "07:30",
    "7",
    "25",
    "pm",
    "a.m.",
    "mon",
    "-",
    "–",
    "fri,",
    "daily",
    "every",
    "²",
    "٣",
    "\u202e",
    "\x00",
    "+",
    ":",
    "/",
    "..",
    "99999999999",
]
ZONE_BITS = ["UTC", "Asia", "/", "Kolkata", "+", "-", "5:30", "..", "etc", "new", " ", "york", "İ", "ß", "\x00"]
TYPED = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cf", "Nd", "No", "Zs", "Pd"])),
    st.lists(st.sampled_from(AT_BITS)).map(" ".join),
    st.lists(st.sampled_from(ZONE_BITS)).map("".join),
)


@settings(deadline=None, max_examples=300)
@given(TYPED)
def test_any_text_is_a_rhythm_or_an_error_that_quotes_it_short(typed: str) -> None:
    try:
        rhythm = parse_rhythm(typed, "UTC")
    except BadTime as error:
        _is_short_and_printable(error)
    else:
        assert 1 <= len(rhythm.times) <= 6
        assert list(rhythm.times) == sorted(set(rhythm.times))
        assert rhythm.days <= EVERY_DAY
        assert parse_rhythm(locale("en").rhythm(rhythm), "UTC") == rhythm


@settings(deadline=None, max_examples=300)
@given(TYPED)
def test_any_text_is_a_zone_or_an_error_that_quotes_it_short(typed: str) -> None:
    try:
        assert parse_zone(typed) in ZONES
    except BadZone as error:
        _is_short_and_printable(error)


def _is_short_and_printable(error: BadInput) -> None:
    quoted = "".join(str(value) for value in error.arguments.values())
    assert quoted.isprintable()
    assert len(quoted) <= 20
