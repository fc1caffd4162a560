"""Lists of feeds as readers exchange them: OPML 1.0 and 2.0, both ways.

Promises every outline that bears a feed's address, in order, with its title and the folders around it; of a file that
breaks off, those before the break. What we write, we read back the same. Raises `BadInput` and nothing else. Never
fetches, never judges an address: the caller that subscribes does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import lxml.etree  # type: ignore[import-untyped]  # publishes no types

from briefings.errors import BadInput
from briefings.parse.document import read_document
from briefings.parse.plain import one_line
from briefings.parse.urls import outlet

LARGEST_LIST = 5_000_000  # bytes; ten thousand feeds are 2 MB
_MOST_FEEDS = 20_000
_BARE = re.compile(rb"&(?!#?\w{1,31};)")  # in an address, left unescaped by many a reader
_DEEPEST = 8  # folders in one another that we write; the parser reads 256


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed on a list. `folder` names the folders it is in, outermost first, with "/" between them; "" for none."""

    title: str
    url: str
    folder: str = ""


def read_opml(data: bytes) -> list[Outline]:
    """The feeds on a list. A feed without a title is called after its host.

    Raises `BadInput` for what is no OPML, too long, or declares entities that would burst.
    """
    if len(data) > LARGEST_LIST:
        raise BadInput("list-too-long", megabytes=LARGEST_LIST // 1_000_000)
    try:
        document = read_document(data)
    except BadInput as error:
        raise BadInput("list-unsafe", problem=error.problem) from None
    parser = lxml.etree.XMLParser(
        recover=True, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        body = _BARE.sub(b"&amp;", document.body)
        root = lxml.etree.fromstring(document.whole(body), parser=parser)
        names = set() if root is None else {_local(node.tag) for node in root.iter(lxml.etree.Element)}
        found = list(_feeds(root)) if names & {"opml", "outline"} else None
    except (lxml.etree.LxmlError, UnicodeDecodeError):  # the latter for half characters, which recovery lets pass
        found = None
    if found is None:
        raise BadInput("not-opml")
    if len(found) > _MOST_FEEDS:
        raise BadInput("list-too-many-feeds", most=_MOST_FEEDS)
    return found


def _feeds(root: Any) -> Iterator[Outline]:
    folders: list[str] = []  # the outlines we are in, as folders; a feed among them is none
    for event, node in lxml.etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str) or _local(node.tag) != "outline":
            continue
        if event == "end":
            folders.pop()
            continue
        stated = {_local(name): one_line(value) for name, value in node.attrib.items()}
        url = stated.get("xmlurl") or (
            stated.get("url", "") if stated.get("type", "").lower() in ("rss", "atom") else ""
        )
        title = stated.get("text") or stated.get("title") or ""
        if url:
            folder = "/".join(filter(None, folders))
            yield Outline(title or outlet(url) or url, url, folder)
        folders.append("" if url else title)


def _local(name: str) -> str:
    """A name without its namespace, in lower case: readers spell `xmlUrl` in every way there is."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def write_opml(outlines: Iterable[Outline]) -> bytes:
    """OPML 2.0 in UTF-8: one outline a feed, folders around them in the order they first appear."""
    root = lxml.etree.Element("opml", version="2.0")
    lxml.etree.SubElement(lxml.etree.SubElement(root, "head"), "title").text = "Feeds"
    folders: dict[tuple[str, ...], Any] = {(): lxml.etree.SubElement(root, "body")}
    for outline in outlines:
        path = tuple(filter(None, map(one_line, outline.folder.split("/", _DEEPEST - 1))))
        for depth in range(1, len(path) + 1):
            if path[:depth] not in folders:
                around = folders[path[: depth - 1]]
                folders[path[:depth]] = lxml.etree.SubElement(around, "outline", text=path[depth - 1])
        title, url = one_line(outline.title), one_line(outline.url)
        lxml.etree.SubElement(folders[path], "outline", type="rss", text=title, title=title, xmlUrl=url)
    written: bytes = lxml.etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written
