"""Reads and writes lists of feeds as feed readers exchange them: OPML 1.0 and 2.0.

Promises every outline that is a feed or says so, in order, with its title and the folders around it; of a file that
breaks off, the outlines before the break. A list that we write reads back the same. Raises `BadInput` and nothing else.
Never fetches, never judges an address: the caller that subscribes does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import lxml.etree  # type: ignore[import-untyped]  # publishes no types

from briefings.errors import BadInput
from briefings.parse.caps import check_attributes
from briefings.parse.document import read_document
from briefings.parse.plain import one_line
from briefings.parse.urls import outlet

LARGEST_LIST = 5_000_000  # bytes; ten thousand feeds are 2 MB
_MOST_FEEDS = 20_000
_BARE = re.compile(rb"&(?!#?\w{1,31};)")  # many feed readers leave it unescaped in an address
_LONGEST_PATH = 1_000  # characters of the folders around a feed; each feed of a hostile list would repeat more
_DEEPEST = 8  # nested folders that we write; the parser reads 256


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed on a list. `folder` names the folders it is in, outermost first, with "/" between them; "" for none."""

    title: str
    url: str
    folder: str = ""


def read_opml(data: bytes) -> list[Outline]:
    """Return the feeds on a list. A feed without a title is called by its host; one without an address has `url` "".

    Raises `BadInput` for data that is no OPML, is too long, or is an entity bomb.
    """
    if len(data) > LARGEST_LIST:
        raise BadInput("list-too-long", megabytes=LARGEST_LIST // 1_000_000)
    try:
        document = read_document(data)
        check_attributes(document.body)
    except BadInput as error:
        raise BadInput("list-unsafe", problem=error.problem) from None
    parser = lxml.etree.XMLParser(
        recover=True, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        body = _BARE.sub(b"&amp;", document.body)
        root = lxml.etree.fromstring(document.whole(body), parser=parser)
        names = set() if root is None else {_local(node.tag) for node in root.iter(lxml.etree.Element)}
        feeds = list(_feeds(root)) if names & {"opml", "outline"} else None
    except (
        lxml.etree.LxmlError,
        UnicodeDecodeError,
    ):  # the latter for half characters, which the recovering parser lets pass
        feeds = None
    if feeds is None:
        raise BadInput("not-opml")
    if len(feeds) > _MOST_FEEDS:
        raise BadInput("list-too-many-feeds", most=_MOST_FEEDS)
    return feeds


def _feeds(root: Any) -> Iterator[Outline]:
    folders = [""]  # the paths of the outlines around the node; that of a feed, which is no folder, is the one above
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
        is_feed = bool(url) or "xmlurl" in stated or stated.get("type", "").lower() in ("rss", "atom")
        if is_feed:
            yield Outline(title or outlet(url) or url, url, folders[-1])
        path = "/".join(filter(None, (folders[-1], "" if is_feed else title)))
        folders.append(path[:_LONGEST_PATH])


def _local(name: str) -> str:
    """Return a name without its namespace, in lower case, because feed readers spell `xmlUrl` in many ways."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def write_opml(outlines: Iterable[Outline]) -> bytes:
    """Return OPML 2.0 in UTF-8: an outline for each feed, within folders in the order of their first appearance."""
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
