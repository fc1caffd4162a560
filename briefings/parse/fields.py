"""The fields of an article: the names that files give them, and the checks that every format shares.

Promises an `Entry` that can be stored, or `BadInput` with the reason. Never invents: a value that is not stated stays
None, and a stated date that cannot be read is a reason for refusal, not a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from briefings.errors import BadInput
from briefings.model import Entry
from briefings.parse.bylines import byline, outlet_name
from briefings.parse.dates import parse_date
from briefings.parse.language import language
from briefings.parse.language_names import language_code
from briefings.parse.main_text import FEWEST_WORDS
from briefings.parse.page import LONGEST_TEXT, LONGEST_TITLE
from briefings.parse.plain import clean, one_line
from briefings.parse.urls import LONGEST_URL, canonical, outlet
from briefings.text.words import count_words

LONGEST_KEY = 500  # characters; a longer one is no key

# The names by which files call each field, in small letters without "-", "_", "." and blanks. If a file gives several
# of one field, an earlier group goes before a later one: "created_at" is often the time of a database's row.
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline webtitle"),
    "text": ("text", "content body articlebody fulltext articletext contenttext bodytext"),
    "summary": ("summary", "description abstract snippet excerpt teaser standfirst trailtext"),
    "url": ("url", "link href permalink weburl articleurl canonical canonicalurl"),
    "published": (
        "published",
        "date publishedat publishedon publishedtime publishdate publicationdate datepublished pubdate "
        "webpublicationdate firstpublished",
        "datetime timestamp created createdat",
    ),
    "source": ("source", "outlet publisher site sourcename sitename publication newspaper"),
    "language": ("language", "lang languagecode"),
    "author": ("author", "authors byline creator authorname"),
    "key": ("key", "guid", "id"),
}
_MEANINGS = {
    name: (field, rank)
    for field, groups in _NAMES.items()
    for rank, group in enumerate(groups)
    for name in group.split()
}


def meaning(name: str) -> tuple[str, int] | None:
    """Return the field that a name stands for, and its rank among the names of that field; None if it is unknown.

    The rank of the field's own name is 0. Case, "-", "_", "." and blanks do not matter.
    """
    return _MEANINGS.get(re.sub(r"[-_.\s]", "", name).casefold())


def entry_of(fields: Mapping[str, str]) -> Entry:
    """Return the entry of an article by the texts of its fields, from which markup and entities are gone.

    Without a text the summary is the text that we hold, and the entry is `supplied`. Raises `BadInput`.
    """
    title, text, summary = (clean(fields.get(name, "")) for name in ("title", "text", "summary"))
    title, is_supplied = one_line(title), count_words(text) < FEWEST_WORDS and bool(summary)
    text = summary if is_supplied else text
    if not title:
        raise BadInput("no-title")
    if len(title) > LONGEST_TITLE:
        raise BadInput("title-too-long", most=LONGEST_TITLE)
    if not text:
        raise BadInput("no-text")
    if count_words(text) < FEWEST_WORDS:
        raise BadInput("text-too-short")
    if len(text) > LONGEST_TEXT:
        raise BadInput("text-too-long", most=LONGEST_TEXT)
    url, published = one_line(fields.get("url", "")), one_line(fields.get("published", ""))
    if url and (canonical(url) is None or " " in url):
        raise BadInput("url-not-address", value=quoted(url))
    if len(url) > LONGEST_URL:
        raise BadInput("url-too-long", most=LONGEST_URL)
    when = parse_date(published, language=fields.get("language", ""), host=outlet(url))
    if published and when is None:
        raise BadInput("published-not-date", value=quoted(published))
    stated_language = one_line(fields.get("language", ""))
    code = language_code(stated_language) if stated_language else language(text)
    if code is None:
        raise BadInput("language-not-code", value=quoted(stated_language))
    key = one_line(fields.get("key", ""))
    return Entry(
        title=title,
        text=text,
        url=url or None,
        published=when,
        source=outlet_name(fields.get("source", ""), url),
        language=code,
        summary=summary or None,
        author=byline(fields.get("author", "")),
        key=key if 0 < len(key) <= LONGEST_KEY else None,
        supplied=is_supplied,
    )


def quoted(text: str) -> str:
    """Return a foreign text as an error repeats it: one line, 60 characters at most."""
    text = one_line(text)
    return text if len(text) <= 60 else f"{text[:59]}…"
