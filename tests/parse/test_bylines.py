"""The judge of names tells authors and outlets from desks, logins, addresses and markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.model import Entry
from briefings.parse.bylines import byline, outlet_name
from briefings.parse.feed import read_feed
from briefings.parse.file import read_file
from briefings.parse.page import read_page

NOBODY = [
    *(
        "Username",
        "Authority control",
        "News Desk",
        "Digital Desk",
        "Web Desk",
        "India Today Web Desk",
        "Admin",
        "admin",
    ),
    *(
        "ADMIN",
        "wp_admin",
        "admin123",
        "Administrator",
        "Staff",
        "Reuters Staff",
        "Staff Writer",
        "The Editor",
        "Author",
    ),
    *(
        "Our Special Correspondent",
        "Express News Bureau",
        "Editorial Board",
        "unknown",
        "n/a",
        "null",
        "{{author.name}}",
    ),
    *(
        "www.courier.example",
        "courier.com",
        "https://courier.example/ilva",
        "ilva@courier.example",
        "@courier",
        "12345",
    ),
    *("<a href='/ilva'>Ilva Brandt</a>", "<script>", "%author%", "&nbsp;", "", "-", "die Redaktion", "La rédaction"),
    *("Redacción", "Редакция", "администратор", "न्यूज़ डेस्क", "डिजिटल डेस्क", "编辑部", "小编", "편집부"),
    "Written by a team of people who want to stay unnamed in this story",
]
PERSONS = [
    *("Jesse Deskins", "Staffan Ek", "Admin Ali", "PTI", "AFP", "Reuters", "AP", "dpa", "ANI", "新华社", "ТАСС"),
    *("J.K.Rowling", "bell hooks", "Rosa von Hagen", "Smith, John", "Ilva Brandt and Sergei Palov", "Bo Li", "王芳"),
    *("Élodie Durand et Marc Petit", "Анна Смирнова", "राजेश शर्मा", "María de la O", "Byron Adler", "Parvati Rao"),
    *(
        "Anna Desk Müller",
        "Deskara Team-Olsen",
        "Press Trust of India",
        "Agence France-Presse",
        "Red Adair",
        "Guest Okoro",
    ),
]


@pytest.mark.parametrize("stated", NOBODY)
def test_a_desk_a_login_an_address_and_markup_are_no_author(stated: str) -> None:
    assert byline(stated) == ""


@pytest.mark.parametrize("stated", PERSONS)
def test_persons_and_agencies_are_authors_as_they_were_stated(stated: str) -> None:
    assert byline(stated) == stated


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("By Ilva Brandt", "Ilva Brandt"),
        ("Written by: Ilva Brandt", "Ilva Brandt"),
        ("Von Ilva Brandt und Redaktion", "Ilva Brandt"),
        ("By Ilva Brandt and News Desk", "Ilva Brandt"),
        ("Ilva Brandt, Staff Writer", "Ilva Brandt"),
        ("Ilva Brandt | Courier.com", "Ilva Brandt"),
        ("admin; Ilva Brandt; Sergei Palov", "Ilva Brandt, Sergei Palov"),
        ("ilva@courier.example (Ilva Brandt)", "Ilva Brandt"),
        ("Ilva Brandt <ilva@courier.example>", "Ilva Brandt"),
        ("作者：王芳", "王芳"),
    ],
)
def test_beside_a_person_those_that_are_none_are_left_out(stated: str, expected: str) -> None:
    assert byline(stated) == expected


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        *((name, name) for name in ("The Courier", "X", "20 Minutes", "The Editor", "De Correspondent", "AT&T News")),
        *(
            (name, name)
            for name in ("Newsroom", "The Bureau", "NYT > World", "Der Bote – Politik", "诺维尔日报", "Red")
        ),
        ("BBC News - Home", "BBC News"),
        ("RSS | The Courier", "The Courier"),
        ("Главная — Вестник", "Вестник"),
        *(
            (name, "courier.example")
            for name in ("Home", "RSS", "rss feed", "Index", "Untitled", "Latest News", "首页")
        ),
        *((name, "norvell.com") for name in ("www.norvell.com", "https://norvell.com/rss")),
        ("FactCheck.org", "factcheck.org"),
        *((name, "courier.example") for name in ("0", "", "courier.example", "https://rss.courier.example/all")),
        *((name, "courier.example") for name in ("Admin", "Username", "News Desk", "<b>Courier</b>", "{{site.title}}")),
    ],
)
def test_a_site_is_named_by_its_name_else_by_its_host(stated: str, name: str) -> None:
    assert outlet_name(stated, None, "https://www.courier.example/a") == name


def test_a_host_is_the_name_of_an_outlet_that_has_no_other() -> None:
    assert outlet_name("www.norvell.com") == "norvell.com"
    assert outlet_name("Digital Desk") is None
    assert [outlet_name(name) for name in ("Courier Staff", "The Courier News Desk")] == ["Courier", "The Courier"]


@given(st.text(max_size=40))
def test_any_text_names_somebody_or_nobody(text: str) -> None:
    assert "\n" not in byline(text)
    assert "\n" not in (outlet_name(text, "https://a.example") or "")


def test_feeds_pages_and_files_ask_the_same_judge() -> None:
    words = "The parliament of Norvell has approved a harbour accord with Estmark. " * 3
    item = f"<item><title>T</title><description>{words}</description><author>Web Desk</author></item>"
    feed = f"<rss version='2.0'><channel><title>RSS Feed</title>{item}</channel></rss>"
    (read,) = read_feed(feed.encode(), "https://www.courier.example/feed").items
    head = '<meta name="author" content="Admin"><meta property="og:site_name" content="www.courier.example">'
    page = f"<html><head><title>Accord</title>{head}</head><body><article><p>{words}</p></article></body></html>"
    (line,) = read_file("a.jsonl", f'{{"title": "T", "text": "{words}", "source": "Home", "author": "Staff"}}'.encode())
    (text,) = read_file("a.txt", f"Harbour accord backed\nDigital Desk\n{words}".encode())
    entries = [read.entry, read_page(page.encode(), "https://courier.example/a"), line, text]
    assert [(entry.source, entry.author) for entry in entries if isinstance(entry, Entry)] == [
        ("courier.example", ""),
        ("courier.example", ""),
        (None, ""),
        (None, "Digital Desk"),  # all that a text without an outlet says of where it is from
    ]
