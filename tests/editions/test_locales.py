"""Dates, hours, counts and lists are written in the words of the language, and in nothing of the machine's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from briefings import editions
from briefings.editions.locales import locale
from briefings.model import EVERY_DAY, Rhythm

ENGLISH = locale("en")
MON_FRI = frozenset(range(5))
THIRD = datetime(2025, 12, 3, 7, 5, tzinfo=UTC)


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(KeyError):
        locale("xx")


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_ends_with_and(words: list[str], expected: str) -> None:
    assert ENGLISH.listed(words) == expected


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (0, "outlet", "0 outlets"),
        (1, "outlet", "1 outlet"),
        (2, "outlet", "2 outlets"),
        (1, "story", "1 story"),
        (41, "story", "41 stories"),
        (1, "article", "1 article"),
        (3, "article", "3 articles"),
        (2, "report", "2 reports"),
        (1, "topic", "1 topic"),
        (1200, "topic", "1200 topics"),
    ],
)
def test_a_count_takes_its_noun_in_the_right_form(count: int, noun: str, expected: str) -> None:
    assert ENGLISH.counted(count, noun) == expected


def test_dates_and_hours_are_written_day_first_and_in_24_hours() -> None:
    assert ENGLISH.hour(time(19, 30)) == "19:30"
    assert ENGLISH.hour(THIRD) == "07:05"
    assert ENGLISH.day(THIRD) == "3 Dec"
    assert ENGLISH.date(THIRD) == "3 Dec 2025"
    assert ENGLISH.weekday(THIRD) == "Wed 3 Dec 2025"
    assert ENGLISH.moment(THIRD) == "Wed 3 Dec 07:05"
    assert ENGLISH.moment(THIRD, 2025) == "Wed 3 Dec 07:05"
    assert ENGLISH.moment(THIRD, 2026) == "Wed 3 Dec 2025 07:05"


@pytest.mark.parametrize(
    ("hours", "days", "words"),
    [
        (["07:30"], MON_FRI, "07:30, Monday to Friday"),
        (["07:30", "12:00"], EVERY_DAY, "07:30 and 12:00, every day"),
        (["07:30", "12:00", "18:00"], EVERY_DAY, "07:30, 12:00 and 18:00, every day"),
        (["08:00"], {0, 2, 4}, "08:00, Monday, Wednesday and Friday"),
        (["08:00"], {5, 6}, "08:00, Saturday and Sunday"),
        (["08:00"], {6, 0}, "08:00, Sunday and Monday"),
        (["08:00"], {5, 6, 0}, "08:00, Saturday to Monday"),
        (["08:00"], {3}, "08:00, Thursday"),
        (["08:00"], {0, 1, 3, 4}, "08:00, Monday, Tuesday, Thursday and Friday"),
        (["08:00"], EVERY_DAY - {2}, "08:00, Thursday to Tuesday"),
    ],
)
def test_a_rhythm_is_written_with_its_hours_and_days(hours: list[str], days: set[int], words: str) -> None:
    rhythm = Rhythm(tuple(map(time.fromisoformat, hours)), "UTC", frozenset(days))
    assert ENGLISH.rhythm(rhythm) == words


@pytest.mark.parametrize(
    ("zone", "at", "words"),
    [
        ("Asia/Kolkata", "2025-12-04 02:00", "UTC+05:30"),
        ("America/St_Johns", "2025-12-04 02:00", "UTC-03:30"),
        ("America/St_Johns", "2025-07-04 02:00", "UTC-02:30"),
        ("Asia/Kathmandu", "2025-12-04 02:00", "UTC+05:45"),
        ("Pacific/Chatham", "2025-12-04 02:00", "UTC+13:45"),
        ("Pacific/Kiritimati", "2025-12-04 02:00", "UTC+14:00"),
        ("UTC", "2025-12-04 02:00", "UTC+00:00"),
        ("Africa/Monrovia", "1960-01-01 00:00", "UTC-00:44"),
    ],
)
def test_an_offset_is_how_far_the_clocks_are_ahead_of_utc(zone: str, at: str, words: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert ENGLISH.offset(instant.astimezone(ZoneInfo(zone))) == words


def test_all_months_and_weekdays_have_their_names() -> None:
    noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    words = [ENGLISH.moment(noon) for noon in noons]
    assert words[:2] == ["Thu 1 Jan 12:00", "Fri 2 Jan 12:00"]
    assert " ".join(dict.fromkeys(w.split()[0] for w in words)) == "Thu Fri Sat Sun Mon Tue Wed"
    assert " ".join(dict.fromkeys(w.split()[2] for w in words)) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def test_no_rule_or_template_asks_the_locale_of_the_machine() -> None:
    """`%b` and the like print what the machine is set to."""
    folder = Path(editions.__file__).parent
    asking = [
        f"{path.relative_to(folder)}: {directive}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".j2"}
        for directive in re.findall(r"%[aAbBcpxX]\b|strftime", path.read_text())
    ]
    assert asking == []
