"""Slots are due when they should be: the daylight-saving table, the lateness table, walking from slot to slot."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.editions.locales import locale
from briefings.editions.timetable import (
    Verdict,
    daily,
    due,
    judge,
    local,
    next_slot,
    slot,
    slots_on,
    upcoming,
)
from briefings.errors import BadTime
from briefings.model import EVERY_DAY, Rhythm, Slot

ZONES = sorted(available_timezones())
MON_FRI = frozenset(range(5))


def hm(text: str) -> time:
    return time.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rhythm(zone: str, *hours: str, days: frozenset[int] = EVERY_DAY) -> Rhythm:
    return Rhythm(tuple(map(hm, hours)), zone, days)


# zone, wanted local date and hour, the instant (UTC), what the clocks then show
SLOTS = {
    "new-york-ordinary": ("America/New_York", "2025-12-04 07:30", "2025-12-04 12:30", "Thu 4 Dec 07:30"),
    "new-york-skipped": ("America/New_York", "2025-03-09 02:30", "2025-03-09 07:00", "Sun 9 Mar 03:00"),
    "new-york-first-of-gap": ("America/New_York", "2025-03-09 02:00", "2025-03-09 07:00", "Sun 9 Mar 03:00"),
    "new-york-minute-before-gap": ("America/New_York", "2025-03-09 01:59", "2025-03-09 06:59", "Sun 9 Mar 01:59"),
    "new-york-gap-end-itself": ("America/New_York", "2025-03-09 03:00", "2025-03-09 07:00", "Sun 9 Mar 03:00"),
    "new-york-repeated": ("America/New_York", "2025-11-02 01:30", "2025-11-02 05:30", "Sun 2 Nov 01:30"),
    "new-york-after-repeated": ("America/New_York", "2025-11-02 02:00", "2025-11-02 07:00", "Sun 2 Nov 02:00"),
    "berlin-skipped": ("Europe/Berlin", "2025-03-30 02:30", "2025-03-30 01:00", "Sun 30 Mar 03:00"),
    "berlin-repeated": ("Europe/Berlin", "2025-10-26 02:30", "2025-10-26 00:30", "Sun 26 Oct 02:30"),
    "dublin-negative-dst-skipped": ("Europe/Dublin", "2025-03-30 01:30", "2025-03-30 01:00", "Sun 30 Mar 02:00"),
    "dublin-negative-dst-repeated": ("Europe/Dublin", "2025-10-26 01:30", "2025-10-26 00:30", "Sun 26 Oct 01:30"),
    "casablanca-end-of-ramadan": ("Africa/Casablanca", "2025-04-06 02:30", "2025-04-06 02:00", "Sun 6 Apr 03:00"),
    "casablanca-start-of-ramadan": ("Africa/Casablanca", "2025-02-23 02:30", "2025-02-23 01:30", "Sun 23 Feb 02:30"),
    "lord-howe-half-hour-skipped": ("Australia/Lord_Howe", "2025-10-05 02:15", "2025-10-04 15:30", "Sun 5 Oct 02:30"),
    "lord-howe-half-hour-repeated": ("Australia/Lord_Howe", "2025-04-06 01:45", "2025-04-05 14:45", "Sun 6 Apr 01:45"),
    "troll-two-hours-skipped": ("Antarctica/Troll", "2025-03-30 01:10", "2025-03-30 01:00", "Sun 30 Mar 03:00"),
    "chatham-odd-gap": ("Pacific/Chatham", "2025-09-28 03:00", "2025-09-27 14:00", "Sun 28 Sep 03:45"),
    "chatham-summer": ("Pacific/Chatham", "2025-12-04 07:30", "2025-12-03 17:45", "Thu 4 Dec 07:30"),
    "kolkata": ("Asia/Kolkata", "2025-12-04 07:30", "2025-12-04 02:00", "Thu 4 Dec 07:30"),
    "kathmandu": ("Asia/Kathmandu", "2025-12-04 07:30", "2025-12-04 01:45", "Thu 4 Dec 07:30"),
    "tokyo-no-summer-time": ("Asia/Tokyo", "2025-07-01 07:30", "2025-06-30 22:30", "Tue 1 Jul 07:30"),
    "kiritimati-east-of-the-line": ("Pacific/Kiritimati", "2025-12-04 07:30", "2025-12-03 17:30", "Thu 4 Dec 07:30"),
    "pago-pago-west-of-the-line": ("Pacific/Pago_Pago", "2025-12-04 07:30", "2025-12-04 18:30", "Thu 4 Dec 07:30"),
    "leap-day-2024": ("Asia/Kolkata", "2024-02-29 07:30", "2024-02-29 02:00", "Thu 29 Feb 07:30"),
    "leap-day-2028": ("Europe/Berlin", "2028-02-29 07:30", "2028-02-29 06:30", "Tue 29 Feb 07:30"),
    "cairo-midnight-skipped": ("Africa/Cairo", "2025-04-25 00:00", "2025-04-24 22:00", "Fri 25 Apr 01:00"),
    "beirut-midnight-skipped": ("Asia/Beirut", "2025-03-30 00:30", "2025-03-29 22:00", "Sun 30 Mar 01:00"),
    "azores-midnight-skipped": ("Atlantic/Azores", "2025-03-30 00:30", "2025-03-30 01:00", "Sun 30 Mar 01:00"),
    "azores-midnight-repeated": ("Atlantic/Azores", "2025-10-26 00:30", "2025-10-26 00:30", "Sun 26 Oct 00:30"),
    "santiago-midnight-skipped": ("America/Santiago", "2025-09-07 00:00", "2025-09-07 04:00", "Sun 7 Sep 01:00"),
    "santiago-evening-repeated": ("America/Santiago", "2025-04-05 23:30", "2025-04-06 02:30", "Sat 5 Apr 23:30"),
    "nuuk-gap-ends-tomorrow": ("America/Nuuk", "2025-03-29 23:30", "2025-03-30 01:00", "Sun 30 Mar 00:00"),
    "apia-day-before-the-skipped": ("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59", "Thu 29 Dec 23:59"),
    "apia-day-after-the-skipped": ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00", "Sat 31 Dec 00:00"),
    "utc": ("UTC", "2025-12-04 07:30", "2025-12-04 07:30", "Thu 4 Dec 07:30"),
}


@pytest.mark.parametrize(("zone", "wanted", "at", "clocks"), SLOTS.values(), ids=SLOTS)
def test_a_local_hour_falls_on_one_instant(zone: str, wanted: str, at: str, clocks: str) -> None:
    moment = datetime.fromisoformat(wanted)
    wanted_slot = slot(rhythm(zone, wanted[-5:]), moment.date(), moment.time())
    assert wanted_slot == Slot(moment.date(), moment.time(), utc(at))
    assert wanted_slot.at.tzinfo is UTC
    assert wanted_slot.key == wanted
    assert locale("en").moment(local(wanted_slot.at, zone)) == clocks
    assert slots_on(rhythm(zone, wanted[-5:]), moment.date()) == (wanted_slot,)


@pytest.mark.parametrize(
    ("zone", "skipped"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
        ("Pacific/Fakaofo", date(2011, 12, 30)),
    ],
)
def test_a_date_the_zone_skipped_has_no_slots(zone: str, skipped: date) -> None:
    wanted = rhythm(zone, "00:00", "07:30", "23:59")
    assert slots_on(wanted, skipped) == ()
    around = islice(upcoming(wanted, slot(wanted, skipped - timedelta(days=1), hm("07:30")).at), 3)
    before, after = skipped - timedelta(days=1), skipped + timedelta(days=1)
    assert [(s.day, s.hour) for s in around] == [(before, hm("23:59")), (after, hm("00:00")), (after, hm("07:30"))]


# rhythm, after (UTC), key of the next slot
NEXT = {
    "later-today-means-today": (rhythm("Asia/Kolkata", "07:30"), "2025-12-04 01:59:59", "2025-12-04 07:30"),
    "the-current-minute-means-tomorrow": (rhythm("Asia/Kolkata", "07:30"), "2025-12-04 02:00", "2025-12-05 07:30"),
    "20-seconds-into-it-too": (rhythm("Asia/Kolkata", "07:30"), "2025-12-04 02:00:20", "2025-12-05 07:30"),
    "several-hours-a-day": (rhythm("UTC", "07:30", "12:00", "18:00"), "2025-12-04 07:30", "2025-12-04 12:00"),
    "last-hour-of-the-day-passed": (rhythm("UTC", "07:30", "18:00"), "2025-12-04 18:00", "2025-12-05 07:30"),
    "hours-in-disorder": (rhythm("UTC", "18:00", "07:30"), "2025-12-04 00:00", "2025-12-04 07:30"),
    "friday-to-monday": (rhythm("UTC", "07:30", days=MON_FRI), "2025-12-05 08:00", "2025-12-08 07:30"),
    "one-weekday-just-passed": (rhythm("UTC", "07:30", days=frozenset({3})), "2025-12-04 07:30", "2025-12-11 07:30"),
    # Sunday 18:30 UTC is Monday in Kiritimati, Monday 06:00 UTC is still Sunday in Pago Pago.
    "weekday-is-the-local-one-east": (
        rhythm("Pacific/Kiritimati", "08:30", days=frozenset({0})), "2025-12-07 12:00", "2025-12-08 08:30",
    ),
    "weekday-is-the-local-one-west": (
        rhythm("Pacific/Pago_Pago", "20:00", days=frozenset({6})), "2025-12-08 06:00", "2025-12-07 20:00",
    ),
    "leap-day": (rhythm("Asia/Kolkata", "07:30"), "2028-02-28 02:00", "2028-02-29 07:30"),
    "no-leap-day": (rhythm("Asia/Kolkata", "07:30"), "2027-02-28 02:00", "2027-03-01 07:30"),
    "new-year-across-the-line": (rhythm("Pacific/Kiritimati", "00:00"), "2025-12-31 09:59", "2026-01-01 00:00"),
    "the-only-weekday-is-skipped": (  # a Friday; the next one is seven days later
        rhythm("Pacific/Apia", "07:30", days=frozenset({4})), "2011-12-29 12:00", "2012-01-06 07:30",
    ),
    "gap-waits-for-its-end": (rhythm("Europe/Berlin", "02:30"), "2025-03-30 00:59:59", "2025-03-30 02:30"),
    "gap-end-has-begun": (rhythm("Europe/Berlin", "02:30"), "2025-03-30 01:00", "2025-03-31 02:30"),
    "second-occurrence-is-no-slot": (rhythm("Europe/Berlin", "02:30"), "2025-10-26 00:30", "2025-10-27 02:30"),
    "gap-ends-on-another-weekday": (
        rhythm("America/Nuuk", "23:30", days=frozenset({5})), "2025-03-29 23:00", "2025-03-29 23:30",
    ),
    "midnight-gap-of-one-weekday": (
        rhythm("America/Santiago", "00:00", days=frozenset({6})), "2025-09-06 12:00", "2025-09-07 00:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "after", "key"), NEXT.values(), ids=NEXT)
def test_the_next_slot_is_the_first_after_an_instant(wanted: Rhythm, after: str, key: str) -> None:
    coming = next_slot(wanted, utc(after))
    assert coming.key == key
    assert coming.at > utc(after)


def test_after_may_be_in_any_zone() -> None:
    wanted = rhythm("Asia/Kolkata", "07:30")
    after = datetime(2025, 12, 4, 7, 30, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert next_slot(wanted, after).key == "2025-12-05 07:30"


def test_a_new_zone_means_the_next_such_hour_by_the_new_clocks() -> None:
    """A reader flies from Kolkata to New York after breakfast; the same date and hour comes again there."""
    after = utc("2025-12-04 02:05")
    assert next_slot(rhythm("Asia/Kolkata", "07:30"), after).key == "2025-12-05 07:30"
    there = next_slot(rhythm("America/New_York", "07:30"), after)
    assert (there.key, there.at) == ("2025-12-04 07:30", utc("2025-12-04 12:30"))


def test_two_hours_in_one_gap_are_two_slots_at_one_instant() -> None:
    wanted = rhythm("Europe/Berlin", "02:10", "02:50", "03:00")
    slots = slots_on(wanted, date(2025, 3, 30))
    assert [s.key[-5:] for s in slots] == ["02:10", "02:50", "03:00"]
    assert {s.at for s in slots} == {utc("2025-03-30 01:00")}
    assert tuple(islice(upcoming(wanted, utc("2025-03-30 00:30")), 3)) == slots
    assert due(wanted, utc("2025-03-30 00:30"), utc("2025-03-30 01:00")) == slots
    assert next_slot(wanted, utc("2025-03-30 01:00")).key == "2025-03-31 02:10"


def test_a_gap_over_midnight_keeps_the_order_of_days() -> None:
    wanted = rhythm("America/Nuuk", "00:00", "23:30")
    keys = [s.key for s in islice(upcoming(wanted, utc("2025-03-29 12:00")), 3)]
    assert keys == ["2025-03-29 23:30", "2025-03-30 00:00", "2025-03-30 23:30"]


def test_every_hour_of_the_longest_day_comes_once() -> None:
    hourly = Rhythm(tuple(time(hour) for hour in range(24)), "Europe/Berlin")
    slots = due(hourly, utc("2025-10-25 22:00") - timedelta(seconds=1), utc("2025-10-26 22:59"))
    assert [s.hour.hour for s in slots] == list(range(24))


@pytest.mark.parametrize(
    "empty", [Rhythm((), "UTC"), Rhythm((hm("07:30"),), "UTC", frozenset())], ids=["hours", "days"]
)
def test_a_rhythm_without_hours_or_days_ends_at_once(empty: Rhythm) -> None:
    assert list(upcoming(empty, utc("2025-12-04 00:00"))) == []
    assert due(empty, utc("2025-12-01 00:00"), utc("2025-12-04 00:00")) == ()
    with pytest.raises(BadTime):
        next_slot(empty, utc("2025-12-04 00:00"))


# since, now, keys due, for 07:30 and 18:00 UTC
DUE = {
    "nothing-yet": ("2025-12-04 08:00", "2025-12-04 17:59:59", []),
    "at-the-second": ("2025-12-04 08:00", "2025-12-04 18:00", ["2025-12-04 18:00"]),
    "since-is-not-included": ("2025-12-04 07:30", "2025-12-04 18:00", ["2025-12-04 18:00"]),
    "a-night-down": ("2025-12-04 17:00", "2025-12-05 08:00", ["2025-12-04 18:00", "2025-12-05 07:30"]),
    "since-after-now": ("2025-12-05 08:00", "2025-12-04 18:00", []),
}


@pytest.mark.parametrize(("since", "now", "keys"), DUE.values(), ids=DUE)
def test_slots_are_due_after_since_and_up_to_now(since: str, now: str, keys: list[str]) -> None:
    assert [s.key for s in due(rhythm("UTC", "07:30", "18:00"), utc(since), utc(now))] == keys


def test_due_looks_back_a_fortnight_and_no_further() -> None:
    slots = due(rhythm("UTC", "07:30"), utc("1970-01-01 00:00"), utc("2025-12-04 07:30"))
    assert len(slots) == 14
    assert slots[-1].key == "2025-12-04 07:30"


# rhythm, slot, now, verdict
DAILY, TWICE, MONDAYS = (
    rhythm("UTC", "07:30"),
    rhythm("UTC", "07:30", "09:30"),
    rhythm("UTC", "07:30", days=frozenset({0})),
)
LATENESS = {
    "to-the-second": (DAILY, "2025-12-04 07:30", "2025-12-04 07:30", Verdict.ON_TIME),
    "five-minutes": (DAILY, "2025-12-04 07:30", "2025-12-04 07:35", Verdict.ON_TIME),
    "a-second-more": (DAILY, "2025-12-04 07:30", "2025-12-04 07:35:01", Verdict.LATE),
    "an-hour": (DAILY, "2025-12-04 07:30", "2025-12-04 08:30", Verdict.LATE),
    "half-way-is-not-nearer": (DAILY, "2025-12-04 07:30", "2025-12-04 19:30", Verdict.LATE),
    "past-half-way": (DAILY, "2025-12-04 07:30", "2025-12-04 19:30:01", Verdict.SKIP),
    "yesterday": (DAILY, "2025-12-04 07:30", "2025-12-05 08:00", Verdict.SKIP),
    "next-is-nearer-the-same-day": (TWICE, "2025-12-04 07:30", "2025-12-04 08:31", Verdict.SKIP),
    "next-is-not-yet-nearer": (TWICE, "2025-12-04 07:30", "2025-12-04 08:29", Verdict.LATE),
    "weekly-keeps-for-days": (MONDAYS, "2025-12-01 07:30", "2025-12-04 07:30", Verdict.LATE),
    "weekly-until-half-way": (MONDAYS, "2025-12-01 07:30", "2025-12-05 07:30", Verdict.SKIP),
}


@pytest.mark.parametrize(("wanted", "at", "now", "verdict"), LATENESS.values(), ids=LATENESS)
def test_a_late_slot_is_labelled_or_skipped(wanted: Rhythm, at: str, now: str, verdict: Verdict) -> None:
    assert judge(wanted, Slot(utc(at).date(), utc(at).time(), utc(at)), utc(now)) is verdict


def test_local_is_the_clock_of_the_zone() -> None:
    assert local(utc("2025-12-04 20:00"), "Asia/Kolkata").isoformat() == "2025-12-05T01:30:00+05:30"


RHYTHMS = st.builds(
    Rhythm,
    times=st.lists(st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=6, unique=True).map(
        tuple
    ),
    zone=st.sampled_from(ZONES),
    days=st.frozensets(st.integers(0, 6), min_size=1),
)
DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 1))
NIGHT = Rhythm(tuple(hm(h) for h in ("00:00", "00:30", "02:00", "02:15", "02:30", "23:30")), "UTC")


@settings(deadline=None, max_examples=200)
@given(RHYTHMS, DAYS, st.integers(1, 30))
@example(Rhythm(NIGHT.times, "America/Nuuk"), date(2025, 3, 20), 20)
@example(Rhythm(NIGHT.times, "Australia/Lord_Howe"), date(2025, 9, 25), 20)
@example(Rhythm(NIGHT.times, "Africa/Cairo"), date(2025, 4, 20), 10)
@example(Rhythm(NIGHT.times, "Antarctica/Troll"), date(2025, 3, 20), 20)
@example(Rhythm(NIGHT.times, "Pacific/Apia"), date(2011, 12, 25), 10)
@example(Rhythm(NIGHT.times, "America/Santiago"), date(2025, 4, 1), 10)
def test_walking_gives_every_wanted_day_and_hour_once(wanted: Rhythm, first: date, length: int) -> None:
    start, end = (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (first, first + timedelta(days=length)))
    slots = list(takewhile(lambda s: s.at <= end, upcoming(wanted, start)))

    assert [s.at for s in slots] == sorted(s.at for s in slots)
    assert all(start < s.at <= end for s in slots)
    assert slots[:1] == [s for s in [next_slot(wanted, start)] if s.at <= end]
    if length <= 14:
        assert due(wanted, start, end) == tuple(slots)
    assert [(s.day, s.hour, s.at) for s in slots] == _by_watching_the_clock(wanted, start, end)


def _by_watching_the_clock(wanted: Rhythm, start: datetime, end: datetime) -> list[tuple[date, time, datetime]]:
    """Step the clock minute by minute, without our rules. A wanted time counts when first shown or jumped over."""
    zone = ZoneInfo(wanted.zone)
    hours = sorted(wanted.times)
    reached = latest = (start - timedelta(days=2)).astimezone(zone).replace(tzinfo=None)
    dates_shown = {reached.date()}
    events: list[tuple[date, time, datetime]] = []
    instant = start - timedelta(days=2)
    step = timedelta(minutes=1)
    while instant < end:
        # Nothing odd happens far from a change of offset, so only the hours that have one are walked in minutes.
        hour_later = instant + timedelta(hours=1)
        steady = instant.astimezone(zone).utcoffset() == hour_later.astimezone(zone).utcoffset()
        instants = [hour_later] if steady else [instant + step * n for n in range(1, 61)]
        for moment in instants:
            clock = moment.astimezone(zone).replace(tzinfo=None)
            dates_shown.add(clock.date())
            if clock > reached:
                latest, reached = reached, clock
                for day in {
                    latest.date() + timedelta(days=n) for n in range((reached.date() - latest.date()).days + 1)
                }:
                    for hour in hours:
                        at = datetime.combine(day, hour)
                        if latest < at <= reached:
                            shown_at = moment - (reached - at) if steady else moment
                            events.append((day, hour, shown_at))
        instant = hour_later
    return sorted(
        (e for e in events if start < e[2] <= end and e[0] in dates_shown and e[0].weekday() in wanted.days),
        key=lambda e: (e[0], e[1]),
    )


@settings(deadline=None, max_examples=200)
@given(RHYTHMS, DAYS)
def test_clocks_show_the_hour_at_its_slot_unless_it_is_skipped(wanted: Rhythm, day: date) -> None:
    for wanted_slot in slots_on(wanted, day):
        shown = local(wanted_slot.at, wanted.zone)
        just_before = local(wanted_slot.at - timedelta(seconds=1), wanted.zone)
        if (shown.date(), shown.time()) == (wanted_slot.day, wanted_slot.hour):
            assert shown.fold == 0
        else:
            asked = datetime.combine(wanted_slot.day, wanted_slot.hour)
            assert just_before.replace(tzinfo=None) < asked < shown.replace(tzinfo=None)
            assert just_before.utcoffset() != shown.utcoffset()


# at (UTC), zone, days, mark (UTC) or none → mark, instants
DAILY = {
    "the-last-is-of-the-day-of-at": (
        "2025-12-04 07:30", "UTC", 2, None, "2025-12-02 07:30", ("2025-12-03 07:30", "2025-12-04 07:30"),
    ),
    "at-the-local-hour-when-summer-time-ends": (
        "2025-10-27 06:30", "Europe/Berlin", 2, None, "2025-10-25 05:30", ("2025-10-26 06:30", "2025-10-27 06:30"),
    ),
    "the-first-follows-a-mark-a-day-before": (
        "2025-12-04 07:30", "UTC", 2, "2025-12-03 07:30", "2025-12-03 07:30", ("2025-12-04 07:30", "2025-12-05 07:30"),
    ),
    "the-first-follows-a-mark-days-before": (
        "2025-12-04 07:30", "UTC", 2, "2025-12-01 12:00", "2025-12-01 12:00", ("2025-12-02 07:30", "2025-12-03 07:30"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("at", "zone", "days", "since", "mark", "instants"), DAILY.values(), ids=DAILY)
def test_daily_editions_lead_up_to_an_instant_or_follow_a_mark(
    at: str, zone: str, days: int, since: str | None, mark: str, instants: tuple[str, ...]
) -> None:
    told_from = utc(since) if since else None
    assert daily(utc(at), zone, days, told_from) == (utc(mark), tuple(map(utc, instants)))


@settings(deadline=None, max_examples=200)
@given(RHYTHMS, st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 hypothesis wants them so
def test_the_latest_due_slot_is_printed_unless_the_next_is_nearer(wanted: Rhythm, now: datetime) -> None:
    missed = due(wanted, now - timedelta(days=8), now)[-1]
    coming = next_slot(wanted, now)
    assert missed.at <= now < coming.at
    assert (judge(wanted, missed, now) is Verdict.SKIP) == (coming.at - now < now - missed.at)
