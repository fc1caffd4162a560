"""New, or the same again? One key for an address and one for a text.

Promises that two spellings of one address give one key and that typography does not make a text new.
The canonical address is a *key*: it drops `www.` and turns http into https, so print the address the source
gave. Never fetches, never follows a redirect.
"""

from __future__ import annotations

import hashlib
import ipaddress
import posixpath
import re
import unicodedata
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from briefings.model import Entry

EARLIEST_YEAR, LATEST_YEAR = 1600, 2500
"""News bears dates between these: the first newspapers, and no telling."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What campaigns and networks append (Google, Meta, Microsoft, X, TikTok, Yandex, Mailchimp, BBC, Reuters, AMP …);
# none selects an article.
_TRACKING = _set(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh mc_cid mc_eid _ga _gl _hsenc "
    "_hsmi ref ref_src ref_url referrer cmp cmpid cid ocid smid smtyp ito xtor ftag soc_src soc_trk guccounter "
    "guce_referrer guce_referrer_sig at_medium at_campaign at_link_id at_link_type at_format at_ptr_name "
    "at_bbc_team wt.mc_id __twitter_impression amp usqp taid sh share spm s_cid icid mbid"
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "ns_", "at_custom")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HOST = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_PERCENT = re.compile("%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


def canonical(url: str) -> str | None:
    """The key of a web address, or None if it is not http(s) or has no host. Idempotent; never raises."""
    try:
        parts = urlsplit(url.strip())
        host, port = _host(parts.hostname or ""), parts.port
        if parts.scheme.lower() not in ("http", "https") or host is None:
            return None
        path, query = _path(parts.path), _query(parts.query)
    except ValueError:  # an impossible port, a broken IPv6 address, a lone surrogate
        return None
    where = f"{host}:{port}" if port not in (None, 80, 443) else host
    return f"https://{where}{path}" + (f"?{query}" if query else "")


def objection(entry: Entry) -> str | None:
    """Why an entry cannot be kept at all, in one line; None for nearly every one: parsers clean what they read."""
    if not entry.title.strip() or not entry.text.strip():
        return "no title" if entry.text.strip() else "no text"
    stated = (entry.title, entry.text, entry.url, entry.source, entry.language, entry.summary)
    if any(_SURROGATE.search(value) for value in stated if value):
        return "not Unicode text: half a character"
    when = entry.published
    if when and (when.tzinfo is None or not EARLIEST_YEAR < when.year < LATEST_YEAR):
        return "published is no date that news can bear"
    return None


def outlet(url: str | None) -> str | None:
    """The host of a web address, without `www.`, as a source's name of last resort."""
    key = canonical(url) if url else None
    return urlsplit(key).hostname if key else None


def _host(host: str) -> str | None:
    host = host.lower().rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    if not _HOST.fullmatch(host):
        return None
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    while (prefix := host.split(".", 1)[0]) in ("www", "m", "amp") and host.count(".") >= 2:
        host = host.removeprefix(prefix + ".")
    return host if _HOST.fullmatch(host) else None


def _path(path: str) -> str:
    """RFC 3986 section 6.2.2: percent-codes in capitals, needless ones undone, dots resolved."""

    def code(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        letter = chr(int(match[1], 16))
        return letter if letter in _UNRESERVED else f"%{match[1].upper()}"

    path = quote(_PERCENT.sub(code, path), safe="/%:@!$&'()*+,;=~")
    if "/." in path:
        path = posixpath.normpath(path)
    path = path.rstrip("/")
    while path.count("/") > 1 and path.endswith("/amp"):
        path = path.removesuffix("/amp").rstrip("/")
    return "/" + path.lstrip("/") if path.strip("/") else ""


def _query(query: str) -> str:
    """The parameters that select something, sorted. Bytes that are not UTF-8 survive unchanged."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted((name, value) for name, value in pairs if not _tracks(name.lower(), value.lower()))
    return urlencode(kept, errors="surrogateescape")


def _tracks(name: str, value: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or (name == "outputtype" and value == "amp")


def fingerprint(text: str) -> str:
    """SHA-256, in hex, of the words of `text`: case, blanks, punctuation and typography do not count."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    table = {ord(letter): _word_part(letter) for letter in set(text)}
    return hashlib.sha256(" ".join(text.translate(table).split()).encode("utf-8", "replace")).hexdigest()


def _word_part(letter: str) -> str:
    """Letters, digits and the marks that spell vowels in Indic scripts stay; invisible characters vanish."""
    category = unicodedata.category(letter)
    return letter if category[0] in "LNM" else "" if category == "Cf" else " "
