"""A text that says nothing is refused with its reason; an article about such texts is kept."""

import pytest
from fakes import NEWS, report
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.errors import Problem
from briefings.starter import sample
from briefings.text.quality import emptiness


def notice(kind):
    return Problem("only-notice", {"notice": kind})


USELESS = {
    "javascript": ("Please enable JavaScript to view this page.", notice("javascript")),
    "javascript-in-two-sentences": (
        "JavaScript is disabled in your browser. Please turn on JavaScript to go on.",
        notice("javascript"),
    ),
    "access-denied": (
        "Access Denied\nYou don't have permission to access this page on this server.\nReference #18.ab2f",
        notice("access"),
    ),
    "403": ("403 Forbidden", notice("access")),
    "blocked-country": ("This content is not available in your country.", notice("access")),
    "cookie-wall": (
        "We value your privacy. We and our partners use cookies to store information on a device. Accept all cookies. "
        "Manage cookie preferences.",
        notice("cookies"),
    ),
    "robot-test": (
        "Just a moment...\nPlease verify you are human. Checking your browser before you go on.",
        notice("robots"),
    ),
    "captcha": ("Please complete the security check to access example.org", notice("robots")),
    "not-found": ("404 Not Found\nThe page you are looking for does not exist.", notice("missing")),
    "subscribers": ("This article is only available to subscribers. Subscribe to continue reading.", notice("account")),
    "log-in": ("Please log in to read this article.\nAlready have an account? Sign in", notice("account")),
    "loading": ("Loading, please wait...", notice("loading")),
    "lorem-ipsum": (
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
        Problem("filler"),
    ),
    "one-word-repeated": ("test " * 40, Problem("one-word-repeated")),
    "one-word-nearly": ("bla bla bla bla bla bla bla bla bla end", Problem("one-word-repeated")),
    "links": (
        "https://a.example/1 https://a.example/2\nMore: www.b.example/3 https://c.example/4",
        Problem("list-of-links"),
    ),
    "broken-bytes": ("\ufffd\ufffd\x01\x02PK\x03\x04 \ufffd\ufffd word \ufffd\ufffd", Problem("broken-characters")),
    "private-characters": ("\ue000\ue001\ue002 icons \ue003", Problem("broken-characters")),
    "encoded": ("A" * 30 + "QmFzZTY0" * 60, Problem("unbroken-run")),
}


@pytest.mark.parametrize(("text", "reason"), USELESS.values(), ids=USELESS.keys())
def test_a_text_that_says_nothing_is_refused_with_its_reason(text, reason):
    assert emptiness(text) == reason


ABOUT = {
    "on-cookies": "Regulators fined the retailer 3 million euros. They found that this website uses cookies before "
    "anyone has agreed. The company said that it would appeal and change its banner at once.",
    "on-javascript": "Developers should enable JavaScript only where it is needed, a study says. Its authors looked at "
    "900 pages. Half of them work without it.",
    "on-captchas": "Are you a robot? The question annoys millions. Researchers in Zurich have now built a machine that "
    "answers it better than people do.",
    "on-lorem-ipsum": "The words Lorem ipsum dolor sit amet come from Cicero. Printers have used them for centuries to "
    "show how a page will look before its author has written a word.",
    "on-access": "Access denied: that is what three reporters were told at the gate on Monday. "
    "The ministry gave no reason.",
    "ends-with-a-wall": "The Duma ratified the pact on Tuesday. Ports and airfields open next year. "
    "Subscribe to continue reading.",
    "with-links": "The report is at https://a.example/1 and its tables at https://a.example/2, the ministry said on "
    "Tuesday, while the minutes at https://a.example/3 are to follow in the new year.",
    "short": "India won by six wickets.",
    "chorus": "The crowd sang no, no, no, no, no until the minister left the hall by a side door.",
    "hindi": "रूस की संसद ने भारत के साथ समझौते को मंज़ूरी दी।",
    "chinese": "俄罗斯国家杜马批准了与印度的后勤协定。",
    "emoji": "Goal! 🎉🎉🎉 What a night for the small town.",
    "one-strange-letter": "The caf\ufffd on the corner burnt down on Monday night, the police said.",
    "404": "The 404 bus will run again from Monday, the town said.",
}


@pytest.mark.parametrize("text", ABOUT.values(), ids=ABOUT.keys())
def test_an_article_about_such_a_text_is_kept(text):
    assert emptiness(text) is None


def test_real_reports_are_kept():
    assert [entry.title for entry in sample() if emptiness(entry.text)] == []
    assert [title for title, text in NEWS.values() if emptiness(text)] == []


@settings(deadline=None)
@given(st.text())
def test_any_text_is_judged_in_one_line(text):
    assert emptiness(text) is None or "\n" not in str(emptiness(text))


async def test_a_refused_text_gives_its_reason_and_stops_no_other(newsroom):
    wall = report("relos", text=USELESS["cookie-wall"][0])
    added = await newsroom.editing.add([report("tejas"), wall, report("arctic")])
    assert [(result.status, result.reason) for result in added] == [
        ("stored", None),
        ("rejected", notice("cookies")),
        ("stored", None),
    ]
