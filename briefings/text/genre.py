"""stub"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from briefings.model import Article

_NO_NEWS = re.compile(
    r"(?i)^(?:opinion|op-?ed|editorial|comment|commentary|column|letters?|podcast|quiz|crossword|horoscope|watch|video|"
    r"in pictures|photos|live)\s*(?:[:|–—]|-\s)"
    r"|[|–—-]\s*(?:opinion|editorial|column|live)\s*$"
    r"|^live (?:updates|blog)\b|\blive (?:updates|blog)\s*(?:$|[:|])|\bas it happened\b"
)
_NO_NEWS_PATHS = frozenset(
    "opinion opinions op-ed oped editorial editorials commentisfree columnists letters live liveblog live-blog "
    "live-updates podcast podcasts video videos quiz crosswords horoscopes".split()
)


def is_news(article: Article) -> bool:
    """Return True unless headline or address shows opinion, a live blog, or a page that only announces sound or
    pictures.
    """
    folders = urlsplit(article.url or "").path.lower().split("/")[:-1]
    return not _NO_NEWS.search(article.title) and _NO_NEWS_PATHS.isdisjoint(folders)
