"""The fact check, case by case: a summary may state the facts of its article in other words, and no other facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.text.fact_check import supported, unsupported

SUPPORTED = {
    # dates
    "day-and-month-turned": ("It sails on 4 December.", "It sails on Dec. 4, officials said."),
    "month-in-full": ("It sails on December 4.", "It sails on Dec 4."),
    "ordinal-day": ("It sails on December 4th.", "It sails on 4 December."),
    "day-of-month": ("It sails on the 4th of December.", "It sails on December 4."),
    "iso-told-in-words": ("It sails on December 4, 2025.", "Published 2025-12-04. It sails."),
    "words-told-as-iso": ("It sails on 2025-12-04.", "It sails on 4 December 2025."),
    "year-left-out": ("It sails on December 4.", "It sails on December 4, 2025."),
    "year-stated-elsewhere": ("It sails on December 4, 2025.", "In 2025 it sails. It leaves on Dec. 4."),
    "year-of-another-date": ("It sails on December 4, 2025.", "Built by 3 May 2025, it leaves on Dec. 4."),
    "weekday-stated": ("It sails on Thursday.", "It sails on Thursday."),
    "weekday-follows-from-the-date": ("It sails on Thursday.", "Published 2025-12-04. It sails today."),
    "weekday-abbreviated": ("It sails on Thursday, December 4.", "It sails on Thur, Dec. 4."),
    "weekday-with-its-date": ("It sails on Thursday, December 4.", "It sails on December 4, 2025."),
    "one-day-of-a-range": ("It sails on December 5.", "It sails on December 4–5."),
    "a-range-in-words": ("It sails on December 4 and 5.", "It sails on December 4-5."),
    "month-of-a-date": ("It sails in December.", "It sails on 2025-12-04."),
    "month-and-year": ("It sails in December 2025.", "It sails on 4 December 2025."),
    "a-slashed-date-either-way": ("It sails on 4 December 2025.", "It sails on 12/04/2025."),
    "letters-that-resemble-i-and-s": ("It sails on Aprıl 5 with ſix ships.", "Six ships sail on April 5."),
    "a-call-that-ends-like-a-weekday": ("The pilot sent a Mayday.", "The pilot sent a Mayday on Monday."),
    "a-month-that-is-a-verb": ("It may take 4 ships.", "It may take 4 ships."),
    "german": ("Abfahrt am 4. Dezember 2025.", "Die Abfahrt ist am 4. Dezember 2025."),
    "russian": ("Отплытие 4 декабря.", "Отплытие назначено на 4 декабря 2025 года."),
    "chinese": ("船于2025年12月4日启航。", "据报道，船于2025年12月4日启航。"),
    # numbers and what they count
    "range": ("It holds 10-12 ships.", "It holds 10–12 ships."),
    "range-in-words": ("It holds from 10 to 12 ships.", "It holds 10–12 ships."),
    "range-of-millions": ("It costs 10 million to 12 million.", "It costs 10-12 million."),
    "percent-in-words": ("It grew by five percent.", "It grew by 5 %."),
    "dollars": ("It costs $2 billion.", "It costs 2 billion dollars."),
    "us-dollars": ("It costs $5.", "It costs US$5."),
    "rupees": ("It costs ₹500 crore.", "It costs Rs. 500 crore."),
    "pounds": ("It costs £5m.", "It costs 5 million pounds."),
    "metres-or-millions": ("It is 100 metres long.", "It is 100m long."),
    "kilometres": ("It is 5 kilometres away.", "It is 5km away."),
    "a-bare-count-of-units": ("Captain Ilva, 39, sails.", "The 39-year-old captain, Ilva, sails."),
    "ordinal": ("It is the 3rd ship.", "It is the third ship."),
    "arabic-digits": ("وصلت ٥ سفن.", "وصلت 5 سفن إلى الميناء."),
    "hindi": ("5 जहाज आए।", "बंदरगाह पर 5 जहाज आए।"),
    # names
    "particle": ("Mohammed bin Salman came.", "Crown Prince Mohammed bin Salman came."),
    "two-particles": ("Ursula von der Leyen came.", "Ms Ursula von der Leyen came."),
    "family-name-with-particle": ("Von der Leyen came.", "Ursula von der Leyen came."),
    "al-name": ("Then Bashar al-Assad came.", "Then Bashar al-Assad came."),
    "no-middle-initial": ("Donald Trump came.", "Donald J. Trump came."),
    "korean": ("Then Kim Jong-un came.", "Kim Jong-un came."),
    "a-place-and-an-ending": ("The New York-based navy came.", "The navy, based in New York, came."),
    "land-of-its-people": ("Russia agreed.", "The Russian side agreed."),
    "people-of-a-land": ("Russians agreed.", "Russia agreed."),
    "acronym-of-a-name": ("The EU agreed.", "The European Union agreed."),
    "cyrillic": ("Путин прибыл.", "Президент Путин прибыл в Дели."),
    "greek": ("Ο Μητσοτάκης ήρθε.", "Ο Κυριάκος Μητσοτάκης ήρθε στην Αθήνα. Ο ίδιος."),
}
UNSUPPORTED = {
    # dates
    "other-day-whose-number-stands-elsewhere": ("It sails on December 5.", "On December 4 it took 5 ships."),
    "other-month": ("It sails on November 4.", "It sails on December 4. November was wet."),
    "other-year": ("It sails on December 4, 2026.", "It sails on December 4, 2025. In 2026 it rests."),
    "year-nobody-states": ("It sails on December 4, 2025.", "It sails on December 4."),
    "one-of-two-years": ("It sails on December 4, 2024.", "Built on 3 May 2024, it leaves in 2025, on Dec. 4."),
    "other-year-of-a-month": ("It sails in December 2024.", "It sails on 4 December 2025; 2024 was wet."),
    "iso-other-day": ("It sails on 2025-12-05.", "It sails on 2025-12-04."),
    "weekday-nobody-states": ("It sails on Friday.", "It sails on December 4, 2025."),
    "weekday-against-its-date": (
        "It sails on Friday, December 5.",
        "On Friday it rests. Thursday, December 5 it sails.",
    ),
    "weekday-against-the-calendar": ("It sails on Friday, December 4, 2025.", "Friday. It sails on December 4, 2025."),
    "day-beyond-a-range": ("It sails on December 6.", "It sails on December 4-5. It has 6 masts."),
    "day-taken-for-a-count": ("It took 4 ships.", "It sails on December 4."),
    "german-other-day": ("Abfahrt am 5. Dezember.", "Die Abfahrt ist am 4. Dezember um 5 Uhr."),
    "russian-other-day": ("Отплытие 5 декабря.", "Отплытие 4 декабря, кораблей 5."),
    "chinese-other-day": ("船于2025年12月5日启航。", "船于2025年12月4日启航，共5艘。"),
    # numbers and what they count
    "percent-for-a-count": ("It grew by 5%.", "It grew by 5 ships."),
    "count-for-percent": ("It grew by 5 ships.", "It grew by 5%."),
    "points-for-percent": ("It grew by 5 percent.", "It grew by 5 percentage points."),
    "euros-for-dollars": ("It costs €5 million.", "It costs $5 million."),
    "dollars-for-rupees": ("It costs $500.", "It costs Rs 500."),
    "australian-dollars": ("It costs $5.", "It costs A$5."),
    "money-for-a-count": ("It has 5 ships.", "It costs $5."),
    "miles-for-kilometres": ("It is 5 miles away.", "It is 5 km away."),
    "weeks-for-days": ("It takes three weeks.", "It takes three days."),
    "square-kilometres": ("It covers 5 square km.", "It is 5 km away."),
    "millions-for-thousands": ("It costs 10 thousand.", "It costs 10-12 million."),
    "a-range-beyond": ("It holds 10-13 ships.", "It holds 10–12 ships."),
    "other-ordinal": ("It is the 2nd ship.", "It is the 3rd ship of 2."),
    "hindi-number": ("6 जहाज आए।", "बंदरगाह पर 5 जहाज आए।"),
    # names
    "transliteration": ("Zelensky came.", "Zelenskyy came."),
    "a-letter-less": ("Then Marti came.", "Then Martin came."),
    "a-letter-more": ("Then Sergei came.", "Then Serge came."),
    "another-palme": ("Then Palmer came.", "Then Palme came."),
    "other-name-after-a-particle": ("Mohammed bin Zayed came.", "Mohammed bin Salman and Zayed came."),
    "other-syllable": ("Then Kim Jong-il came.", "Then Kim Jong-un came. Il was absent."),
    "first-and-last-mixed": ("Then Ilva Orlov came.", "Ilva Brandt and Tomas Orlov came."),
    "a-word-for-a-name": ("Then President Bush came.", "The president came out of the bush."),
    "inner-capital": ("Then iPhone sales fell.", "Then sales fell."),
    "acronym": ("The UN agreed.", "The EU agreed."),
    "other-land": ("Ukraine agreed.", "The Russian side agreed."),
    "cyrillic-other-name": ("Лавров прибыл.", "Президент Путин прибыл в Дели."),
    "greek-other-name": ("Ο Τσίπρας ήρθε.", "Ο Κυριάκος Μητσοτάκης ήρθε."),
}


@pytest.mark.parametrize(("summary", "source"), SUPPORTED.values(), ids=SUPPORTED)
def test_a_fact_of_the_article_in_other_words_is_supported(summary, source):
    assert unsupported(summary, source) == []


@pytest.mark.parametrize(("summary", "source"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_a_fact_that_the_article_does_not_state_is_unsupported(summary, source):
    assert not supported(summary, source)


def test_each_piece_is_named_once_as_written_dates_and_numbers_first():
    summary = "Orlov paid $7 on December 5, 2025. Then Orlov paid $7 more."
    assert unsupported(summary, "It rained.") == ["December 5, 2025", "$7", "Orlov"]


WORDS = st.sampled_from(
    "4 5 12 2025 2000 December Dec. 4th Thursday, on and to - – million % $ € Rs km miles years-old Kim bin van de "
    "Jong-un S-400 U.S. four first 2025-12-04 04/12/2025 . , \n ( “ a m may May 年 4月 декабря".split()
)


@given(st.lists(WORDS, max_size=25).map(" ".join), st.lists(WORDS, max_size=25).map(" ".join))
def test_more_source_never_makes_more_unsupported(summary, source):
    assert set(unsupported(summary, f"{summary}\n{source}", strict=False)) <= set(unsupported(summary, "")) | {""}


@given(st.text(), st.text())
def test_any_text_is_checked(summary, source):
    unsupported(summary, source)
    unsupported(summary, source, strict=False)


@pytest.mark.parametrize(
    "text",
    [
        "Dec " * 5_000,
        "4 and " * 5_000,
        "1-" * 5_000,
        "Thursday, " * 5_000,
        "Kim bin " * 5_000,
        "a" * 50_000,
        "X-y " * 5_000,
    ],
    ids=["months", "days", "ranges", "weekdays", "particles", "letters", "hyphens"],
)
def test_hostile_texts_are_judged_to_their_end(text):
    unsupported(text, "It rained.")
    unsupported("It rained on December 4.", text)
