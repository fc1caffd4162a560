"""Extracts the main text of a page, by trafilatura, in the better of two readings.

Promises paragraphs of the page in its order. The careful reading leaves out menus and boxes, and sometimes a paragraph
that is bordered, linked or stands behind a picture; the balanced one keeps these and more. So the careful reading is
taken, and of the balanced one only the sentences that stand among its paragraphs. Never runs a script.
"""

from __future__ import annotations

import copy
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from briefings.parse.plain import clean, one_line
from briefings.text.boilerplate import is_statement
from briefings.text.notices import notice_in
from briefings.text.sentences import split
from briefings.text.words import count_words

FEWEST_WORDS = 5
_FEWEST_ADDED = 6  # words of a paragraph that the careful reading does not have
_MOST_LOOKED_AT = 5_000_000  # characters of elements, those within others counted again: half a second
_MOST_LINES = 2_000  # a longer text is taken as the careful reading has it
# Boxes in the middle of an article that are none of it, by their class or id.
_BOXES = re.compile(
    r"author|byline|\bbio\b|newsletter|promo|related|recommend|caption|credit|sign-?up|subscri|paywall|advert|\bads?\b|"
    r"banner|share|social|cookie|consent|comment|sponsor|disclaimer|copyright|footer|sidebar|teaser|pull-?quote|"
    r"read-?more|more-on|breadcrumb|\bnav|menu|tags?\b|toc\b",
    re.IGNORECASE,
)
_INVITATIONS = re.compile(
    r"(?:lesen sie|mehr (?:zum thema|dazu)|lire aussi|à lire|voir aussi|lea (?:también|más)|le puede interesar|"
    r"te puede interesar|leggi anche|leia (?:também|mais)|lees ook|читайте|подробнее|ранее|यह भी पढ़ें|ये भी पढ़ें|"
    r"相关阅读|延伸阅读|関連記事|см\. также|подпис|abonnez|suscrí|jetzt abonnieren|subscribe|sign up)",
    re.IGNORECASE,
)
_CONTAINERS = frozenset("article main section div body td".split())


@dataclass(frozen=True, slots=True)
class MainText:
    """A text of lines, one a paragraph; and the title, date and author that the library guesses. All may be empty."""

    text: str = ""
    title: str = ""
    date: str = ""
    author: str = ""


def main_text(tree: Any, url: str | None) -> MainText:
    """Return the main text of a parsed page; an empty one if neither reading has `FEWEST_WORDS`."""
    careful, balanced = _reading(tree, url, True), _reading(tree, url, False)
    if count_words(careful.text) < FEWEST_WORDS:
        return balanced if count_words(balanced.text) >= FEWEST_WORDS else MainText()
    lines = _merged(tree, careful.text.split("\n"), balanced.text.split("\n"))
    return MainText("\n".join(lines), careful.title, careful.date, careful.author)


def _reading(tree: Any, url: str | None, careful: bool) -> MainText:
    import trafilatura  # 0.5 s to load, and only pages need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its complaints about pages help no operator
    try:
        extract: Any = trafilatura.bare_extraction(
            copy.deepcopy(tree),
            url=url,
            favor_precision=careful,
            include_comments=False,
            include_tables=False,
            with_metadata=careful,
            date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "2100-01-01"},
        )
    except Exception:  # hostile pages upset it in ever new ways; each means "not readable"
        return MainText()
    if not extract:
        return MainText()
    return MainText(clean(extract.text or ""), extract.title or "", extract.date or "", extract.author or "")


def _merged(tree: Any, careful: Sequence[str], balanced: Sequence[str]) -> list[str]:
    """Return the lines of the careful reading with those of the balanced one that belong among them."""
    places = {line: place for place, line in reversed(list(enumerate(balanced)))}
    shared = [places[line] for line in careful if line in places]
    in_careful = frozenset(careful)
    missing = [line for line in balanced if line not in in_careful]
    if not missing or len(shared) < 2 or shared != sorted(shared) or len(balanced) > _MOST_LINES:
        return list(careful)
    whole, blocks = " ".join(careful), _Blocks(tree, [*careful, *missing])
    added = {
        places[line]
        for line in missing
        if _is_sentence(line)
        and line.rstrip('.!?”"') not in whole
        and blocks.belongs(line, places[line], shared, balanced)
    }
    merged, at = list[str](), 0
    for line in careful:  # each after the added lines that stand before it
        if line in places:
            merged += [balanced[place] for place in range(at, places[line]) if place in added]
            at = max(at, places[line] + 1)
        merged.append(line)
    return merged + [balanced[place] for place in range(at, len(balanced)) if place in added]


def _is_sentence(line: str) -> bool:
    """True if a line is a paragraph of sentences, and neither an invitation nor a notice."""
    if count_words(line) < _FEWEST_ADDED or _INVITATIONS.match(line):
        return False
    return is_statement(line, first=True) and not any(map(notice_in, split(line)))


class _Blocks:
    """The elements in which the lines of a text stand."""

    def __init__(self, tree: Any, lines: Sequence[str]) -> None:
        self._elements: dict[str, Any] = {}
        wanted, longest = frozenset(lines), max(map(len, lines), default=0)
        room = _MOST_LOOKED_AT
        for node in tree.iter("p", "blockquote", "li", "div", "h2", "h3", "h4"):
            pieces, length = [], 0
            for piece in node.itertext():
                pieces.append(piece)
                length += len(piece)
                if length > 2 * longest:  # the blanks of the source count here
                    break
            room -= length
            if room < 0:
                break
            if length <= 2 * longest and (text := one_line("".join(pieces))) in wanted:
                self._elements[text] = node  # the innermost, which comes last

    def belongs(self, line: str, place: int, shared: Sequence[int], balanced: Sequence[str]) -> bool:
        """True if a line stands between lines that are shared, or before or behind them in the same element."""
        node = self._elements.get(line)
        if node is not None and any(
            map(self._is_box, (node, *node.iterancestors("div", "section", "aside", "ul", "p")))
        ):
            return False
        if shared[0] < place < shared[-1]:
            return True
        neighbour = self._elements.get(balanced[shared[0] if place < shared[0] else shared[-1]])
        return node is not None and neighbour is not None and self._container(node) is self._container(neighbour)

    def _is_box(self, node: Any) -> bool:
        """True if an element is none of the article, unless it holds the article's other paragraphs too."""
        if node.tag != "aside" and not _BOXES.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return False
        return self._lines_within[node] < 3

    @cached_property
    def _lines_within(self) -> Counter[Any]:
        """Element → the number of lines that stand in elements within it."""
        return Counter(above for element in self._elements.values() for above in element.iterancestors())

    def _container(self, node: Any) -> Any:
        return next((above for above in node.iterancestors() if above.tag in _CONTAINERS), None)
