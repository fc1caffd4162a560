"""Every function that a source's or a reader's words can reach: how it is called with a text, and the longest text.

A function stands here under its name, and once for each place of a document in which the text may stand. `LEFT_OUT`
names the public functions that are not measured, each with its reason; `public_functions` finds all that must be in one
of the two. The longest text is the cap that callers really apply; a text without one is as long as a document may be.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any

import lxml.html
from builders import NOW, article, draft, item, story, topic

from bot.conversation import understanding
from bot.telegram import packing, payload
from briefings.editions import compose, render, selection, sizes, spelling, telling, typed_rhythm
from briefings.editions import model as edition_model
from briefings.errors import BriefingsError
from briefings.model import Entry, Wishes
from briefings.parse import (
    bylines,
    calendars,
    caps,
    charset_labels,
    charsets,
    date_numbers,
    date_words,
    dates,
    document,
    entities,
    feed,
    fields,
    file,
    foreign,
    furniture,
    json_file,
    jsonfeed,
    keys,
    language,
    language_names,
    linked_data,
    markdown,
    markup,
    newest,
    opml,
    page,
    page_title,
    plain,
    portions,
    printed_dates,
    records,
    split,
    tables,
    text_file,
    urls,
    walls,
    zones,
)
from briefings.parse import item as feed_item
from briefings.stories import (
    amounts,
    changes,
    disputes,
    duplicates,
    earlier_news,
    grouping,
    identity,
    recognition,
    reports,
    terms,
)
from briefings.text import (
    acronyms,
    actors,
    boilerplate,
    counts,
    days,
    english,
    events,
    fact_check,
    genre,
    headline,
    names,
    notices,
    numbers,
    quality,
    sentences,
    standing,
    summary,
    words,
)
from briefings.text import dates as text_dates
from briefings.topics import dossier, lookup, matching, query, timeline, topic_files

TEXT = page.LONGEST_TEXT  # characters of an article
TITLE = page.LONGEST_TITLE
FEED = feed.LARGEST_FEED
PAGE = page.LARGEST_PAGE
FILE = file.LARGEST_UNPACKED
TYPED = 4096  # characters of a message of Telegram
WHEN = datetime(2025, 12, 4, 6, tzinfo=UTC)
NORMAL = (
    "The ministry of Norvell said on Monday that 12 ships had been moved to the port of Aran. "
    "Officials of the Regional Logistics Pact (RLP) met in Ostend on 3 December 2025 and signed an agreement. "
    "“The port is open,” said Ilva Brandt, who leads the harbour. "
)
"""An ordinary text, which stands beside the odd one where a function compares two."""


@dataclass(frozen=True)
class Measured:
    """A call with a text as its argument, and the most characters of a text that can reach it."""

    call: Callable[[str], object]
    longest: int


def _table() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield from _text()
    yield from _parse_words()
    yield from _parse_documents()
    yield from _stories()
    yield from _face()


def _text() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield "text.acronyms.expansions", acronyms.expansions, TEXT
    yield "text.acronyms.expand_first", lambda t: acronyms.expand_first(t, {"RLP": "Pact", "AC": "Ab", "A": "B"}), TEXT
    yield "text.actors.read_actors", lambda t: actors.read_actors(t, t), TEXT
    yield "text.boilerplate.has_verb", lambda t: boilerplate.has_verb(t, "en"), TEXT
    yield "text.boilerplate.is_statement", boilerplate.is_statement, TEXT
    yield "text.boilerplate.is_statement, the first", lambda t: boilerplate.is_statement(t, first=True), TEXT
    yield "text.boilerplate.without_boilerplate", lambda t: boilerplate.without_boilerplate(t, True), TEXT
    yield "text.counts.read_counts", counts.read_counts, TEXT
    yield "text.counts.read_counts, not English", lambda t: counts.read_counts(t, is_english=False), TEXT
    yield "text.dates.read", text_dates.read, TEXT
    yield "text.days.date_weekdays", lambda t: days.date_weekdays(t, WHEN.date(), WHEN.date(), "en"), TEXT
    yield "text.dates.is_weekday_or_month", text_dates.is_weekday_or_month, TEXT
    yield "text.events.read_events", events.read_events, TEXT
    yield "text.events.read_events, of a title", lambda t: events.read_events(t, is_title=True), TEXT
    yield "text.events.meanings_of", events.meanings_of, TITLE
    yield "text.fact_check.supported of a summary", lambda t: fact_check.supported(t, NORMAL), TEXT
    yield "text.fact_check.supported by a text", lambda t: fact_check.supported(NORMAL, t), TEXT
    yield "text.fact_check.unsupported", lambda t: fact_check.unsupported(t, t), TEXT
    yield "text.headline.first_clause", lambda t: headline.first_clause(t, 12, 80), TEXT
    yield "text.headline.top_line", lambda t: headline.top_line([t, NORMAL], [t]), TEXT
    yield "text.headline.is_title_case", headline.is_title_case, TEXT
    yield "text.headline.lead", lambda t: headline.lead([t, NORMAL]), TITLE
    yield "text.names.fold", names.fold, TEXT
    yield "text.names.read", lambda t: list(names.read(t, names.SourceNames(t), strict=True)), TEXT
    yield "text.names.SourceNames.writes_small", lambda t: names.SourceNames(t, [t]).writes_small("a"), TEXT
    yield "text.notices.is_notice", notices.is_notice, TEXT
    yield "text.notices.notice_in", notices.notice_in, TEXT
    yield "text.notices.notices_in", notices.notices_in, TEXT
    yield "text.numbers.plain", numbers.plain, TEXT
    yield "text.numbers.read", lambda t: [list(number.readings()) for number in numbers.read(t)], TEXT
    yield "text.standing.stands_alone", standing.stands_alone, TEXT
    yield "text.standing.stands_alone, not English", lambda t: standing.stands_alone(t, "ru"), TEXT
    yield "text.standing.leans", lambda t: standing.leans(t, lead=False), TEXT
    yield "text.standing.things_meant", lambda t: standing.things_meant(t, lead=False), TEXT
    yield "text.standing.noun_taken_up", standing.noun_taken_up, TEXT
    yield "text.boilerplate.is_furniture", boilerplate.is_furniture, TEXT
    yield "text.quality.emptiness", quality.emptiness, TEXT
    yield "text.sentences.join", lambda t: sentences.join([t, *t.split()]), TEXT
    yield "text.sentences.split", sentences.split, TEXT
    yield "text.sentences.split of Hindi", lambda t: sentences.split(t, "hi"), TEXT
    yield "text.summary.extract", lambda t: summary.extract("A port is opened", t), TEXT
    yield "text.summary.extract under a title", lambda t: summary.extract(t, NORMAL), TITLE
    yield "text.summary.offered_or_extract", lambda t: summary.offered_or_extract(t, "A port", "", "en"), TEXT
    yield "text.summary.supplied", lambda t: summary.supplied(t, "A port", "en"), TEXT
    yield "text.english.fold_case", english.fold_case, TEXT
    yield "text.words.comparable", words.comparable, TEXT
    yield "text.words.comparable_words", words.comparable_words, TEXT
    yield "text.words.count_words", words.count_words, TEXT
    yield "text.words.find_words", words.find_words, TEXT
    yield "text.words.is_spaced", words.is_spaced, TEXT
    yield "text.words.stands_apart", lambda t: words.stands_apart(t, 1, len(t) - 1), TEXT


def _parse_words() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield "parse.bylines.byline", bylines.byline, FEED
    yield "parse.bylines.is_address", bylines.is_address, bylines.LONGEST_OUTLET
    yield "parse.bylines.outlet_name", bylines.outlet_name, FEED
    yield "parse.calendars.with_plain_years", calendars.with_plain_years, 200
    yield "parse.caps.with_few_attributes", caps.with_few_attributes, FEED
    yield "parse.caps.check_attributes", lambda t: caps.check_attributes(t.encode()), FEED
    yield "parse.caps.check_names", lambda t: caps.check_names(f"<author>{t}".encode(), {}), FEED
    yield "parse.charset_labels.codec_of", charset_labels.codec_of, TEXT
    yield "parse.date_numbers.with_marks", date_numbers.with_marks, 200
    yield "parse.date_words.fold", date_words.fold, 200
    yield "parse.date_words.key", date_words.key, 200
    yield "parse.dates.instant", dates.instant, FEED
    yield "parse.dates.parse_date", dates.parse_date, FEED
    yield "parse.dates.stated_in", lambda t: dates.stated_in(t, "2025-12-04"), TEXT
    yield "parse.printed_dates.read", lambda t: printed_dates.read(t, "en", ""), 200
    yield "parse.printed_dates.tokens", printed_dates.tokens, 200
    yield "parse.entities.read_entities", entities.read_entities, FEED
    yield "parse.entities.read_left_over", entities.read_left_over, FEED
    yield "parse.fields.meaning", fields.meaning, FEED
    yield "parse.fields.quoted", fields.quoted, FEED
    for name in ("title", "text", "summary", "url", "published", "source", "language", "author", "key"):
        yield f"parse.fields.entry_of, {name}", lambda t, name=name: fields.entry_of(_fields() | {name: t}), FEED
    yield "parse.furniture.bare_title", lambda t: furniture.bare_title(plain.one_line(t), t, "Courier"), FEED
    yield "parse.furniture.own_text", lambda t: furniture.own_text(plain.clean(t), "A port", t), FEED
    yield "parse.furniture.own_text under a title", lambda t: furniture.own_text(plain.clean(t), t, "Courier"), FEED
    for name in ("title", "url", "source", "language", "author"):
        yield f"parse.item.entry_of, {name}", lambda t, name=name: _item_entry(**{name: t}), FEED
    yield "parse.item.entry_of, text below its title", lambda t: _item_entry(texts=(f"A port is opened\n{t}",)), FEED
    yield "parse.item.entry_of, texts", lambda t: _item_entry(texts=(t, NORMAL)), FEED
    yield "parse.item.entry_of, feed's title", lambda t: feed_item.entry_of(_raw(), t, None), TITLE
    yield "parse.keys.own_keys", lambda t: keys.own_keys([t, t], [_entry(t), _entry(t)]), TEXT
    yield "parse.language.language", language.language, TEXT
    yield "parse.language_names.language_code", language_names.language_code, TEXT
    yield "parse.newest.instant_of", newest.instant_of, 60
    yield "parse.newest.dated", lambda t: newest.dated(t.encode()), FEED
    yield "parse.plain.clean", plain.clean, FEED
    yield "parse.plain.one_line", plain.one_line, FEED
    yield "parse.plain.without_markup", plain.without_markup, FEED
    yield "parse.urls.canonical", _anew(urls.canonical), FEED
    yield "parse.urls.canonical, a path", _anew(lambda t: urls.canonical(f"https://courier.example/{t}")), FEED
    yield "parse.urls.canonical, parameters", _anew(lambda t: urls.canonical(f"https://courier.example/a?b={t}")), FEED
    yield "parse.urls.exact", _anew(lambda t: urls.exact(f"https://courier.example/{t}")), FEED
    yield "parse.urls.names_article", lambda t: urls.names_article(f"https://courier.example/{t}"), FEED
    yield "parse.urls.outlet", _anew(lambda t: urls.outlet(f"https://{t}")), FEED
    yield "parse.urls.site", _anew(lambda t: urls.site(f"https://{t}")), FEED
    yield "parse.urls.with_scheme", urls.with_scheme, FEED
    yield "parse.zones.country_of", lambda t: zones.country_of(t, t), 200
    yield "parse.zones.is_zone", zones.is_zone, 200
    yield "parse.zones.zone_of", lambda t: zones.zone_of(t, ""), 200


def _parse_documents() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield "parse.charsets.decode_text", lambda t: charsets.decode_text(t.encode("utf-8", "replace")), FILE
    yield "parse.plain.decode", lambda t: plain.decode(t.encode("utf-8", "replace")), FILE
    yield "parse.document.read_document", lambda t: document.read_document(t.encode()), FEED
    yield "parse.document.Document.whole", lambda t: document.read_document(b"<a/>").whole(t.encode()), FEED
    yield "parse.split.split", lambda t: split.split(document.Document(f"<rss>{t}</rss>".encode())), FEED
    for place, before, after in _FEEDS:
        yield f"parse.feed.read_feed, {place}", _around(lambda data: feed.read_feed(data, _URL), before, after), FEED
    yield "parse.jsonfeed.read_json", lambda t: jsonfeed.read_json(t.encode()), FEED
    yield "parse.jsonfeed.raw_item", lambda t: jsonfeed.raw_item(_json_item(t), t), FEED
    yield "parse.jsonfeed.key", lambda t: jsonfeed.key({"id": t}), FEED
    yield "parse.jsonfeed.digest", lambda t: jsonfeed.digest({"id": t}), FEED
    for place, before, after in _PAGES:
        yield f"parse.page.read_page, {place}", _around(lambda data: page.read_page(data, _URL), before, after), PAGE
    yield "parse.page.feed_links", lambda t: page.feed_links(f"<html>{t}".encode(), _URL), PAGE
    yield "parse.linked_data.own_data", lambda t: linked_data.own_data(_tree(_script(t))), PAGE
    yield "parse.page_title.title_of", lambda t: page_title.title_of(_tree(f"<title>{_html(t)}"), {}, _URL, t), PAGE
    yield "parse.walls.wall_kind", lambda t: walls.wall_kind(_tree(f"<h1>{t}</h1>{t}"), t, t), PAGE
    yield "parse.markup.text_of", markup.text_of, FEED
    yield "parse.markup.text_of, markup", lambda t: markup.text_of(f"<p>{t}"), FEED
    yield "parse.markdown.plain_markdown", markdown.plain_markdown, FILE
    yield "parse.markdown.read_markdown", markdown.read_markdown, FILE
    yield "parse.markdown.read_markdown, front", lambda t: markdown.read_markdown(f"---\ntitle: {t}\n---\na"), 20_000
    yield "parse.text_file.read_text", text_file.read_text, FILE
    yield "parse.text_file.read_lines", lambda t: text_file.read_lines(t, {}), FILE
    yield "parse.tables.divider_of", tables.divider_of, 65_536
    yield "parse.tables.read_table", lambda t: tables.read_table(f"title,text\n{t}", ",", records.LeftOut()), FILE
    yield "parse.tables.header_of", lambda t: tables.header_of(f"title,text\n{t}"), 65_536
    yield "parse.tables.read_rows", _rows, FILE
    yield "parse.json_file.is_json_feed", lambda t: json_file.is_json_feed(t.encode()), FILE
    yield "parse.json_file.looks_like_json", lambda t: json_file.looks_like_json(t.encode()), FILE
    yield "parse.json_file.is_wide", lambda t: json_file.is_wide(t.encode()), FILE
    yield "parse.json_file.has_json_lines", lambda t: json_file.has_json_lines(f"{t}\n{t}\n".encode()), FILE
    yield "parse.json_file.length_to_members", json_file.length_to_members, 65_536
    yield "parse.json_file.length_to_members, an object", lambda t: json_file.length_to_members(f'{{"{t}":[{{'), 65_536
    yield "parse.json_file.read_json_lines", _json_lines, FILE
    yield "parse.json_file.read_members", lambda t: json_file.read_members(t, 1, records.LeftOut(), []), FILE
    yield "parse.json_file.read_json", lambda t: json_file.read_json(t.encode(), records.LeftOut()), FILE
    yield "parse.json_file.read_json, a list", lambda t: json_file.read_json(f"[{t}".encode(), records.LeftOut()), FILE
    yield "parse.records.read_record", lambda t: records.read_record(_record(t), "", records.LeftOut()), FILE
    yield "parse.records.names_article", lambda t: records.names_article(_record(t)), FILE
    yield "parse.records.LeftOut.count", _left_out, FILE
    yield "parse.foreign.foreign_kind", lambda t: foreign.foreign_kind("", t.encode(), t), 65_536
    yield "parse.foreign.is_binary", lambda t: foreign.is_binary(t.encode(), t), 65_536
    yield "parse.file.beginning_of", lambda t: file.beginning_of(t.encode()), FILE
    for ending in ("", ".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".tsv", ".xml"):
        yield f"parse.file.kind_of, a{ending}", lambda t, ending=ending: file.kind_of(ending, t.encode()), FILE
    for name, above in (
        ("a.jsonl", '{"title":"A"}\n{}\n'),
        ("a.json", '[{"title":"A"},'),
        ("a.csv", "title,text\nA,B\n"),
    ):
        yield f"parse.portions.read_portion, {name}", _first_and_last_portion(name, above), FILE
    for place, before, after in _LISTS:
        yield f"parse.opml.read_opml, {place}", _around(opml.read_opml, before, after), opml.LARGEST_LIST
    yield "parse.opml.write_opml", lambda t: opml.write_opml([opml.Outline(_plain(t), "", _plain(t))]), TEXT


def _stories() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield "stories.amounts.amounts_in", lambda t: list(amounts.amounts_in(t, frozenset({"norvell"}))), TEXT
    yield "stories.amounts.names_in", lambda t: amounts.names_in([t]), TEXT
    yield "stories.changes.find_change", lambda t: changes.find_change(_reports(NORMAL), _reports(t)), TEXT
    yield "stories.changes.find_change, told", lambda t: changes.find_change(_reports(t), _reports(NORMAL)), TEXT
    yield "stories.changes.place_of_news", lambda t: changes.place_of_news([t], _CHANGE, _reports(NORMAL)), TEXT
    yield "stories.changes.place_of_news, told", lambda t: changes.place_of_news([NORMAL], _CHANGE, _reports(t)), TEXT
    yield "stories.changes.goes_back", lambda t: changes.goes_back(_reports(t)[0], _reports(t)), TEXT
    yield "stories.earlier_news.content_of", earlier_news.content_of, TEXT
    yield "stories.earlier_news.first_sentences", lambda t: earlier_news.first_sentences(_reports(t)[0]), TEXT
    yield (
        "stories.earlier_news.EarlierNews.has_name",
        lambda t: earlier_news.EarlierNews(_reports(t)).has_name("Ilva Brandt"),
        TEXT,
    )
    yield (
        "stories.earlier_news.EarlierNews.has_word",
        lambda t: earlier_news.EarlierNews(_reports(t)).has_word("port"),
        TEXT,
    )
    yield (
        "stories.earlier_news.EarlierNews.share_of",
        lambda t: earlier_news.EarlierNews(_reports(t)).share_of(NORMAL),
        TEXT,
    )
    yield (
        "stories.earlier_news.EarlierNews.counts_in",
        lambda t: earlier_news.EarlierNews(_reports(NORMAL)).counts_in(t),
        TEXT,
    )
    yield "stories.earlier_news.EarlierNews.events_in", earlier_news.EarlierNews.events_in, TEXT
    yield "stories.disputes.find_disputes", lambda t: disputes.find_disputes(_reports(t)), TEXT
    yield "stories.duplicates.headline_additions", lambda t: duplicates.headline_additions(*_pair(t)), TEXT
    yield "stories.duplicates.headline_additions, long", lambda t: duplicates.headline_additions(*_titled(t)), TITLE
    yield "stories.duplicates.is_copy", lambda t: duplicates.is_copy(*_pair(t)), TEXT
    yield "stories.duplicates.likeness", lambda t: duplicates.likeness(*_pair(t)), TEXT
    yield "stories.duplicates.ReportText.sketch", lambda t: _report(t).sketch, TEXT
    yield "stories.identity.fingerprint", identity.fingerprint, TEXT
    yield "stories.identity.objection", lambda t: identity.objection(_entry(t)), TEXT
    yield "stories.recognition.adds_text", lambda t: recognition.adds_text(*_pair(t)), TEXT
    yield "stories.recognition.are_alike", lambda t: recognition.are_alike(t, t + "s"), TITLE
    yield "stories.terms.weigh_terms", lambda t: terms.weigh_terms(t[:TITLE], t), TEXT
    yield "stories.terms.term_number", terms.term_number, TEXT
    yield "stories.grouping.StoryGrouper.describe", _described, TEXT
    yield "stories.reports.as_of", lambda t: reports.as_of(story(article(text=t)), WHEN), TEXT
    yield "stories.reports.fit_for_editions", lambda t: reports.fit_for_editions(story(article(text=t))), TEXT
    yield (
        "text.genre.genre_of",
        lambda t: genre.genre_of(article(t[:TITLE], t, url=f"https://example.org/{t}", source=t)),
        TEXT,
    )
    yield "topics.matching.Matcher.tag", lambda t: _matcher().tag(t[:TITLE], t, "en"), TEXT
    yield "topics.matching.Matcher", lambda t: matching.Matcher([topic("odd", t)]).tag("A", t, "en"), 120
    yield "topics.matching.plain", matching.plain, TEXT
    yield "topics.dossier.make_dossier", _dossier, TEXT
    yield "topics.timeline.timeline", lambda t: timeline.timeline([story(article(t[:TITLE], t))]), TEXT
    yield "topics.lookup.find_topic", lambda t: lookup.find_topic(t, _topics()), TYPED
    yield "topics.lookup.nearest_topics", lambda t: lookup.nearest_topics(t, _topics()), TYPED
    yield "topics.query.parse_query", query.parse_query, TYPED
    yield "topics.topic_files.write_topic", lambda t: topic_files.write_topic(topic("a", t)), TEXT
    yield "editions.compose.compose", _compose, TEXT
    yield "editions.telling.recall", lambda t: telling.recall(story(article(t[:TITLE], t))), TEXT
    yield (
        "editions.spelling.spell_out",
        lambda t: spelling.spell_out([item(facts=(t,))], {100: t}, {}, 9),
        TEXT,
    )
    yield "editions.selection.select", lambda t: selection.select([item(t), item(t, facts=(t,))], Wishes()), TEXT
    yield "editions.model.text_of", edition_model.text_of, 100_000
    yield "editions.sizes.words_of", lambda t: sizes.words_of(item(t, facts=(t,))), TEXT
    yield "editions.sizes.characters_of", lambda t: sizes.characters_of(item(t, facts=(t,))), TEXT
    yield "editions.sizes.tail_words", lambda t: sizes.tail_words([t], 1, [t], dated=True, supplied=False), TEXT
    yield "editions.render.measure", render.measure, 100_000
    yield "editions.render.Renderer.edition", _edition, TEXT
    yield "editions.render.Renderer.results", _results, TEXT
    yield "editions.render.Renderer.dossier", lambda t: _render("dossier", _dossier(t)), TEXT
    yield "editions.typed_rhythm.parse_rhythm", lambda t: typed_rhythm.parse_rhythm(t, "UTC"), TYPED
    yield "editions.typed_rhythm.parse_zone", typed_rhythm.parse_zone, TYPED


def _face() -> Iterator[tuple[str, Callable[[str], object], int]]:
    yield "bot.conversation.understanding.understand", lambda t: understanding.understand(t, "our", group=False), TYPED
    yield (
        "bot.conversation.understanding.understand, /",
        lambda t: understanding.understand(f"/{t}", "o", group=True),
        TYPED,
    )
    yield "bot.telegram.payload.read", lambda t: payload.read(t.encode()), 1_000_000
    yield "bot.telegram.payload.read, updates", lambda t: payload.read(f'{{"ok":true,"result":[{t}'.encode()), 1_000_000
    yield "bot.telegram.payload.text_of", lambda t: payload.text_of(t.encode()), 1_000_000
    yield "bot.telegram.payload.without_halves", payload.without_halves, 1_000_000
    yield "bot.telegram.packing.fit", lambda t: packing.fit([edition_model.Block(t, len(t), 0)] * 3), 100_000
    yield "bot.telegram.packing.join", lambda t: packing.join([edition_model.Block(t, len(t), 0)] * 3), 100_000


# --- the ordinary things around the text -----------------------------------------------------------------------------

_URL = "https://courier.example/2025/12/04/port"
_ITEM = "<title>A port</title><guid>1</guid><description>The port is open.</description>"
_RSS = '<rss version="2.0"><channel><title>Courier</title>'
_END = "</item></channel></rss>"
_FEEDS = (
    ("a document", "", ""),
    ("within rss", "<rss>", ""),
    ("within a channel", f"{_RSS}<item>{_ITEM}{_END[:7]}", _END[7:]),
    ("within an item", f"{_RSS}<item>{_ITEM}", _END),
    *(
        (f"<{name}>", f"{_RSS}<item>{_ITEM}<{name}><![CDATA[", f"]]></{name}>{_END}")
        for name in ("title", "author", "dc:creator", "pubDate", "dc:date", "link", "guid", "category", "description",
                     "content:encoded", "source", "itunes:duration", "media:rights", "comments", "georss:point",
                     "georss:polygon", "dcterms:valid", "itunes:keywords")
    ),
    *(
        (f"an attribute of {name}", f"{_RSS}<item>{_ITEM}<{name} {attribute}='", f"'/>{_END}")
        for name, attribute in (("enclosure", "length"), ("link", "href"), ("source", "url"), ("media:content", "url"))
    ),
    *(
        (f"channel's {name}", f"{_RSS}<{name}><![CDATA[", f"]]></{name}></channel></rss>")
        for name in ("title", "managingEditor", "pubDate", "language", "itunes:owner", "image", "cloud", "ttl")
    ),
    *(
        (f"atom {name}", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>C</title><entry><{name}><![CDATA[",
         f"]]></{name.partition(' ')[0]}></entry></feed>")
        for name in ("title", "published", "id", "summary", "content type='html'", "rights", "author")
    ),
    ("author of a cut-off feed", f"{_RSS}<item><author>", ""),
    ("markup of a cut-off feed", f"{_RSS}<item><description>", ""),
    ("json feed", '{"version":"https://jsonfeed.org/version/1.1","items":[', "]}"),
    ("json feed's content", '{"items":[{"id":"1","content_html":"', '"}]}'),
)  # fmt: skip
"""Places of a text in a feed: a name, what stands before it, what behind."""

_BODY = f"<h1>A port is opened</h1><article><p>{NORMAL}</p><p>{NORMAL * 3}</p>"
_PAGES = (
    ("a document", "", ""),
    ("body", f"<html><title>A port</title><body>{_BODY}", "</article></body></html>"),
    ("a paragraph", f"<html><title>A port</title><body>{_BODY}<p>", "</p></article></body></html>"),
    ("title", "<html><title>", f"</title><body>{_BODY}"),
    ("heading", "<html><title>A port</title><body><h1>", f"</h1>{_BODY}"),
    ("linked data", "<html><title>A port</title><script type='application/ld+json'>", f"</script><body>{_BODY}"),
    ("script", "<html><title>A port</title><script>", f"</script><body>{_BODY}"),
    ("time", "<html><title>A port</title><body><time datetime='", f"'>a</time>{_BODY}"),
    ("class", "<html><title>A port</title><body><div class='", f"'>{_BODY}"),
    ("address", "<html><title>A port</title><link rel='canonical' href='", f"'><body>{_BODY}"),
    ("language", "<html lang='", f"'><title>A port</title><body>{_BODY}"),
    *(
        (f"meta {name}", f"<html><title>A port</title><meta property='{name}' content='", f"'><body>{_BODY}")
        for name in ("og:title", "og:site_name", "author", "article:published_time", "description", "keywords",
                     "og:url", "og:image", "article:tag", "dc.date")
    ),
    ("element with a byline", "<html><title>A port</title><body><p class='byline author'>", f"</p>{_BODY}"),
    ("element with a date", "<html><title>A port</title><body><span class='date published'>", f"</span>{_BODY}"),
)  # fmt: skip
"""Places of a text in a page."""

_LISTS = (
    ("a document", "", ""),
    ("body", "<opml><body>", "</body></opml>"),
    ("text", "<opml><body><outline xmlUrl='https://a.example' text='", "'/></body></opml>"),
    ("address", "<opml><body><outline text='a' xmlUrl='", "'/></body></opml>"),
    ("attributes", "<opml><body><outline ", "/></body></opml>"),
)
"""Places of a text in a list of feeds."""


def _around(read: Callable[[bytes], object], before: str, after: str) -> Callable[[str], object]:
    return lambda text: read(f"{before}{text}{after}".encode())


def _anew(read: Callable[[str], object]) -> Callable[[str], object]:
    """Return a function that makes the key of an address each time, though the last ones are remembered."""

    def read_anew(text: str) -> object:
        urls.canonical.cache_clear()
        return read(text)

    return read_anew


def _html(text: str) -> str:
    return plain.clean(escape(text))


def _tree(text: str) -> Any:
    return lxml.html.document_fromstring(
        f"<html><body>{plain.clean(text)}</body></html>".encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


def _script(text: str) -> str:
    return f"<script type='application/ld+json'>{text}</script>"


def _plain(text: str) -> str:
    """Return a text as XML can hold it, as it comes from the store."""
    return plain.one_line(text)


def _fields() -> dict[str, str]:
    return {"title": "A port is opened", "text": NORMAL * 3, "url": _URL, "published": "2025-12-04"}


def _record(text: str) -> dict[str, object]:
    return _fields() | {text: text, "summary": text, "author": text}


def _json_item(text: str) -> dict[str, Any]:
    names = "title content_html content_text summary url date_published language".split()
    return dict.fromkeys(names, text) | {"author": {"name": text}}


def _left_out(text: str) -> object:
    left_out = records.LeftOut()
    for word in text.split():
        left_out.count(word, "line 1")
    return left_out.notes()


def _rows(text: str) -> object:
    lines = text.splitlines(keepends=True)
    return tables.read_rows(lines, 1, ["title", "text"], ",", records.LeftOut(), [], goes_on=True)


def _json_lines(text: str) -> object:
    return list(json_file.read_json_lines(text.encode().split(b"\n"), records.LeftOut()))


def _first_and_last_portion(name: str, above: str) -> Callable[[str], object]:
    """Return a reader of a file in two portions: the first half of a text stands in one, its second half in another."""

    def read(text: str) -> object:
        data = f"{above}{text}".encode()
        half = len(data) // 2
        first = portions.read_portion(name, data[:half], None, is_last=False)
        return first.next and portions.read_portion(name, first.rest + data[half:], first.next, is_last=True)

    return read


def _described(text: str) -> object:
    return grouping.StoryGrouper().describe(1, text[:TITLE], text, WHEN)


def _raw(**values: Any) -> feed_item.RawItem:
    given: dict[str, Any] = {"title": "A port is opened", "texts": (NORMAL,), "url": _URL}
    return feed_item.RawItem(**(given | values))


def _item_entry(**values: Any) -> object:
    return feed_item.entry_of(_raw(**values), "Courier", _URL)


def _entry(text: str) -> Entry:
    return Entry(text[:TITLE], text, _URL, WHEN, "Courier", "en")


def _report(text: str) -> duplicates.ReportText:
    return duplicates.ReportText(text[:TITLE], text, "Courier")


def _pair(text: str) -> tuple[duplicates.ReportText, duplicates.ReportText]:
    return _report(text), _report(f"{text} and more")


def _titled(text: str) -> tuple[duplicates.ReportText, duplicates.ReportText]:
    return duplicates.ReportText(text, NORMAL, "Courier"), duplicates.ReportText("A port", NORMAL * 9, "Post")


_CHANGE = changes.Change(article(), ("12 killed", "signed", "Ilva Brandt"))


def _reports(text: str) -> list[Any]:
    first = article(text[:TITLE], text, id=1, source="A", summary=text)
    return [first, article("12 killed in Aran", "12 people were killed in Aran.", id=2, source="B")]


@cache
def _topics() -> list[Any]:
    return [topic("relos", "RELOS", "Aran port", "word"), topic("s400", "S-400", "漢字"), topic("of", "Ministry of Aa")]


@cache
def _matcher() -> matching.Matcher:
    return matching.Matcher(_topics())


def _dossier(text: str) -> Any:
    told = story(article(text[:TITLE], text, topics=("relos",)), article("A port", NORMAL, topics=("relos",)))
    return dossier.make_dossier("relos", _topics()[0], told.articles, [told], _topics(), NOW)


def _compose(text: str) -> object:
    told = story(article(text[:TITLE], text, summary=text), article("A port", NORMAL))
    return compose.compose([told, story(id=2)], Wishes(), mark=None, now=NOW, acronyms={"RLP": "Pact"})


@cache
def _renderer() -> render.Renderer:
    from fakes import COMMANDS

    return render.Renderer(COMMANDS)


def _render(kind: str, *values: object, **named: object) -> object:
    return getattr(_renderer(), kind)(*values, zone="UTC", now=NOW, **named)


def _edition(text: str) -> object:
    odd = item(text, facts=(text,), outlets=(text,), author=text, commands=(text,))
    return _render("edition", draft(odd, item(), brief=(odd,)))


def _results(text: str) -> object:
    return _render("results", [article(text, text, source=text)], words=text)


TABLE: dict[str, Measured] = {name: Measured(call, longest) for name, call, longest in _table()}


def call(measured: Measured, text: str) -> None:
    """Call a function with a text. The errors that it raises on purpose are results like any other."""
    with suppress(BriefingsError, ValueError):
        measured.call(text)


# --- complete by construction ----------------------------------------------------------------------------------------

_ROOMS = ("briefings.text", "briefings.parse", "briefings.stories", "briefings.topics", "briefings.editions")
_MODULES = ("bot.telegram.packing", "bot.telegram.payload", "bot.conversation.understanding")
_TAKES_WORDS = re.compile(r"\b(?:str|bytes|object|Any|Entry|Article|Story|Stories|ReportText|Dossier|Draft|Item)\b")

_A_NUMBER = "it is given the few digits that a pattern has matched"
_A_CHOICE = "it lets `kind_of` choose a reader; that and the readers are measured"
_OURS = "it is given our own words alone"
_A_STORY = "it looks at dates and ids, and at no text"
_A_TEMPLATE = "a template is an operator's, and is tried in a worker process with limits"
_AN_OPERATORS = "a topic file is an operator's; its reader is the standard library's"
LEFT_OUT: dict[str, str] = {
    "editions.environment.check": _A_TEMPLATE,
    "editions.environment.fault_of": _A_TEMPLATE,
    "editions.environment.operators_template": _A_TEMPLATE,
    "editions.locales.locale": _OURS,
    "editions.locales.locale.Locale.counted": _OURS,
    "editions.locales.locale.Locale.listed": _OURS,
    "editions.render.Renderer.check": _A_TEMPLATE,
    "editions.render.Renderer.use": _A_TEMPLATE,
    "editions.render.Renderer.use_shipped": _A_TEMPLATE,
    "editions.trial.try_template": _A_TEMPLATE,
    "editions.render.Renderer.rest": "it prints items as `Renderer.edition` does",
    "editions.candidates.candidate_of": "`compose` calls it",
    "editions.candidates.news_of": "`compose` calls it",
    "editions.compose.most_important": "it tells one story as `recall` does",
    "editions.selection.importance": _A_STORY,
    "editions.selection.in_brief": "it sums what `words_of` counts",
    "editions.selection.with_folds": "it sums lengths",
    "editions.sizes.brief_characters": "it sums lengths",
    "editions.sizes.brief_words": "`words_of` calls it",
    "editions.sizes.free_characters": "it sums what `characters_of` counts",
    "editions.sizes.free_words": "it sums what `words_of` counts",
    "editions.telling.at_the_top": "it calls `top_line`",
    "editions.telling.tell": "`recall` calls it",
    "editions.candidates.told_everything": _A_STORY,
    "editions.timetable.daily": "it is given a zone that was checked",
    "editions.timetable.local": "it is given a zone that was checked",
    "parse.calendars.from_buddhist": _A_NUMBER,
    "parse.printed_dates.offset": _A_NUMBER,
    "parse.file.is_readable": _OURS,
    "parse.file.read_content": _A_CHOICE,
    "parse.file.read_file": _A_CHOICE,
    "parse.file.read_whole": _A_CHOICE,
    "parse.file.refusal": _OURS,
    "parse.main_text.main_text": "it is most of `read_page`, which is measured in every place of a page",
    "parse.page.wall_instead": "it is `read_page`",
    "parse.page_feed.read_one_page": "it is `read_page`",
    "stories.grouping.StoryGrouper.learn": "it weighs terms as `weigh_terms` does; its work grows with the reports",
    "stories.grouping.StoryGrouper.place": "it weighs terms as `weigh_terms` does; its work grows with the reports",
    "stories.packed.unpack": "it is given what `pack` wrote",
    "stories.reports.as_dated": _A_STORY,
    "stories.reports.is_dated": _A_STORY,
    "stories.reports.newest_original": _A_STORY,
    "stories.reports.ready_by": _A_STORY,
    "stories.earlier_news.EarlierNews.gave_number_of": "`find_change`, which is measured, is all that asks it",
    "stories.earlier_news.are_different_bodies": "it is given two names of bodies, of two words at most",
    "stories.earlier_news.is_english": _A_STORY,
    "text.numbers.value_of": _A_NUMBER,
    "text.best_set.best_set": "it is given at most seven candidates; `extract` calls it",
    "text.boilerplate.begins_small": "`stands_alone` calls it",
    "text.standing.is_closed": "`stands_alone` calls it",
    "text.standing.is_cut": "`stands_alone` calls it",
    "text.standing.names_all": "`stands_alone` calls it",
    "text.standing.speaks": "`stands_alone` calls it",
    "text.english.any_of": _OURS,
    "text.english.word_set": _OURS,
    "text.genre.is_news": "it is `genre_of`",
    "text.genre.is_opinion": "it is `genre_of`",
    "topics.longer_names.is_part_of_longer_name": "it is a part of `Matcher.tag`",
    "topics.word_forms.WordForms.forms": "it is a part of `Matcher.tag`",
    "topics.topic_files.parse_topic": _AN_OPERATORS,
    "topics.topic_files.parse_topics": _AN_OPERATORS,
}
"""Public functions that take a text and are not measured: the reason of each."""


def public_functions() -> Iterator[str]:
    """Yield the name of every public function that takes text, bytes, or something of ours that holds them."""
    modules = list(_MODULES)
    for room in _ROOMS:
        package = importlib.import_module(room)
        modules += [module.name for module in pkgutil.walk_packages(package.__path__, f"{room}.")]
    for module_name in modules:
        module = importlib.import_module(module_name)
        for name, member in vars(module).items():
            if name.startswith("_") or getattr(member, "__module__", None) != module_name:
                continue
            if inspect.isfunction(member) and _takes_words(member):
                yield f"{module_name}.{name}".removeprefix("briefings.")
            elif inspect.isclass(member):
                for method_name, method in vars(member).items():
                    if inspect.isfunction(method) and not method_name.startswith("_") and _takes_words(method):
                        yield f"{module_name}.{name}.{method_name}".removeprefix("briefings.")


def _takes_words(function: Callable[..., object]) -> bool:
    signature = inspect.signature(function)
    return any(_TAKES_WORDS.search(str(parameter.annotation)) for parameter in signature.parameters.values())
