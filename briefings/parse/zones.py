"""Reads the zone of a stated time: an abbreviation, a name of the zone database, a military letter.

Never guesses: an abbreviation with several meanings (IST is India, Israel or Ireland) has one only if the country of
the source is known. Offsets in hours are of the abbreviations in use since 2010, after the IANA zone database.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Hours east of UTC, of abbreviations that have one meaning in the news.
_HOURS: dict[str, float] = {
    **dict.fromkeys("utc gmt ut uct wet".split(), 0),
    **dict.fromkeys("cet west wat mez met".split(), 1),
    **dict.fromkeys("cest eet cat sast mesz mest".split(), 2),
    **dict.fromkeys("eest msk мск trt eat idt".split(), 3),
    **dict.fromkeys("msd samt get azt".split(), 4),
    **dict.fromkeys("pkt uzt tmt tjt yekt mvt".split(), 5),
    **dict.fromkeys("omst kgt btt".split(), 6),
    **dict.fromkeys("wib ict krat novt hovt".split(), 7),
    **dict.fromkeys("hkt sgt myt pht wita awst irkt ulat".split(), 8),
    **dict.fromkeys("jst kst wit yakt tlt".split(), 9),
    **dict.fromkeys("aest chst vlat pgt".split(), 10),
    **dict.fromkeys("aedt magt sakt".split(), 11),
    **dict.fromkeys("nzst pett fjt".split(), 12),
    "nzdt": 13, "npt": 5.75, "mmt": 6.5, "irst": 3.5, "irdt": 4.5, "aft": 4.5, "slst": 5.5, "acst": 9.5, "acdt": 10.5,
    "mdt": -6, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "nst": -3.5, "ndt": -2.5, "adt": -3, "hne": -5, "hae": -4,
    "brt": -3, "brst": -2, "art": -3, "uyt": -3, "clst": -3, "clt": -4, "bot": -4, "vet": -4, "cot": -5, "pet": -5,
}  # fmt: skip

# Abbreviations with several meanings, by country. "" is for any other country: RFC 822 gave EST, EDT, CDT and PST to
# North America, and other countries rarely write them in a date.
_AMERICA = "us ca mx cr gt hn ni sv bz".split()
_BY_COUNTRY: dict[str, dict[str, float]] = {
    "ist": {"in": 5.5, "il": 2, "ie": 1},
    "bst": {"gb": 1, "bd": 6},
    "cst": dict.fromkeys(_AMERICA, -6.0) | dict.fromkeys("cn tw hk mo".split(), 8.0) | {"cu": -5},
    "cdt": {"cu": -4, "": -5},
    "ast": dict.fromkeys("sa iq kw qa bh ye".split(), 3.0) | dict.fromkeys("ca us pr bm tt bb do jm".split(), -4.0),
    "gst": dict.fromkeys("ae om".split(), 4.0) | {"gu": 10},
    "est": {"au": 10, "": -5},
    "edt": {"au": 11, "": -4},
    "pst": {"ph": 8, "pk": 5, "": -8},
    "mst": {"mm": 6.5, "my": 8, "": -7},
    "sst": {"sg": 8, "ws": -11, "as": -11},
    "wst": {"au": 8, "ws": 13},
    "bdt": {"bd": 6, "bn": 8},
    "amt": {"am": 4, "br": -4},
    "ect": {"ec": -5},
    "lkt": {"lk": 5.5},
}
# Americans write these for summer and winter alike.
_BOTH_SEASONS = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}

# The country whose clocks a source in this language goes by, where its address and its language code name none.
_COUNTRY_OF_LANGUAGE = {
    **dict.fromkeys("hi ta te kn ml gu mr pa or as".split(), "in"),
    **{"he": "il", "iw": "il", "ga": "ie", "zh": "cn", "ar": "sa", "bn": "bd", "hy": "am", "ms": "my", "my": "mm"},
    **{"fil": "ph", "tl": "ph"},
}
_COUNTRY_OF_DOMAIN = {"uk": "gb", "gov": "us", "mil": "us", "edu": "us"}
_COUNTRIES = frozenset(country for by_country in _BY_COUNTRY.values() for country in by_country) - {""}
_NAMES = frozenset((*_HOURS, *_BY_COUNTRY, *_BOTH_SEASONS))


def country_of(language: str, host: str | None) -> str:
    """Return the country of a source in small letters (ISO 3166); empty if neither its host nor its language tells.

    The host goes first, because publishing software writes `en-US` where its user chose nothing.
    """
    domain = (host or "").lower().rstrip(".").rpartition(".")[2]
    domain = _COUNTRY_OF_DOMAIN.get(domain, domain)
    parts = re.split("[-_]", language.strip().lower())
    region = next((part for part in parts[1:] if len(part) == 2), "") or _COUNTRY_OF_LANGUAGE.get(parts[0], "")
    return domain if domain in _COUNTRIES else region


def is_zone(name: str) -> bool:
    """True for the name of a zone, also for one with several meanings. `name` is in small letters."""
    return name in _NAMES or (len(name) == 1 and "a" <= name <= "z") or _named(name) is not None


def zone_of(name: str, country: str) -> tzinfo | None:
    """Return the zone of a name in small letters; None if the name has several meanings and `country` decides none.

    A single letter is UTC, as RFC 5322 (4.3) says, because RFC 822 gave the letters of the military zones with the
    wrong sign.
    """
    if len(name) == 1:
        return UTC
    if name in _BOTH_SEASONS:
        return ZoneInfo(_BOTH_SEASONS[name])
    by_country = _BY_COUNTRY.get(name)
    hours = by_country.get(country, by_country.get("")) if by_country else _HOURS.get(name)
    return _named(name) if hours is None else timezone(timedelta(hours=hours))


def _named(name: str) -> ZoneInfo | None:
    """Return the zone that the database has under a name of any case, such as `america/los_angeles`."""
    if "/" not in name:
        return None
    spelled = re.sub(r"(?<![a-z])(?!(?:of|es)_)[a-z]", lambda letter: letter[0].upper(), name.replace("us/", "US/"))
    try:
        return ZoneInfo(spelled)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
