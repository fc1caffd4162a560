"""Gives all spellings of a web address one key, by a table of rules.

Promises that the key of a key is that key, and that nothing raises. A rule drops only parts that certainly select no
article. The key is for comparing, never for readers, because some sites do not answer without their `www.`. Never
fetches, never follows a redirect. An address that only wraps another (AMP caches, the exits of search engines and
social networks) has the key of the address inside it.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

LONGEST_URL = 2048
"""Characters of a web address that is stored; most servers accept no more."""

MOST_ROUNDS = 40
"""Rounds of the rules. An address that still changes after them is no article's; most come to rest in two."""


@dataclass(slots=True)
class _Address:
    """An address in parts, which the rules change. `bang` is the text after `#!`."""

    host: str
    port: int | None
    path: str
    query: list[tuple[str, str]]
    bang: str


@lru_cache(maxsize=4096)  # several keys of an entry are made of its address
def canonical(url: str) -> str | None:
    """Return the key of a web address; None if it is not http(s) or has no host. Idempotent; never raises."""
    key = _one_round(url)
    for _ in range(MOST_ROUNDS):  # one rule may let another apply; usually the second round changes nothing
        again = _one_round(key) if key else None
        if key is None or again == key:
            return key
        key = again
    return None


def outlet(url: str | None) -> str | None:
    """Return the host of a web address, without `www.`: the name of a source that has no other."""
    key = canonical(url) if url else None
    return urlsplit(key).hostname if key else None


def exact(url: str | None) -> str | None:
    """Return the key of an address with its fragment, for items that differ by nothing else; None as in `canonical`."""
    key = canonical(url) if url else None
    fragment = urlsplit(url or "").fragment if key else ""
    return f"{key}#{fragment}" if fragment and not fragment.startswith("!") else key


def names_article(key: str | None) -> bool:
    """True if a key has a path or a query: an address without them is a site's front page, and no article's."""
    parts = urlsplit(key or "")
    return bool(parts.path or parts.query or parts.fragment)


def site(url: str | None) -> str | None:
    """Return the registrable domain of an address, by the public suffix list: `bbc.co.uk`, `someone.github.io`.

    A host that is an address of the network is its own site, with its port; so is each blog of a host that many share.
    Where the list knows no ending, the last two parts of the host are the site.
    """
    key = canonical(url) if url else None
    return _site(urlsplit(key).netloc) if key else None


def with_scheme(text: str) -> str | None:
    """Return an address that was written without its scheme, `example.com/news`, with it.

    None for any other text; a name of a file has no ending of the public suffix list.
    """
    from tld import get_fld

    text = text.strip()
    if not _HOST_FIRST.match(text) or not get_fld(f"https://{text}", fail_silently=True):
        return None
    return f"https://{text}"


_HOST_FIRST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,63}(?::\d{1,5})?(?:[/?#]|$)")


@lru_cache(maxsize=4096)
def _site(place: str) -> str:
    from tld import get_fld  # 0.1 s to load

    host = place.partition(":")[0]
    if place.startswith("[") or re.fullmatch(r"[\d.]+", host):
        return place
    name = get_fld(f"https://{host}", fail_silently=True, search_private=True) or ".".join(host.split(".")[-2:])
    return host if name in _SHARED else name


def _one_round(url: str) -> str | None:
    try:
        address = _read(url)
        if address is None:
            return None
        if inner := _unwrapped(address):
            return inner
        for rule in RULES.values():
            rule(address)
        return _written(address)
    except ValueError:  # an impossible port, a broken IPv6 address, a lone surrogate
        return None


def _read(url: str) -> _Address | None:
    parts = urlsplit(url.strip())
    host = _host(parts.hostname or "")
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return None
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    bang = parts.fragment[1:] if parts.fragment.startswith("!") else ""
    return _Address(host, parts.port, _percent(parts.path), pairs, _percent(bang))


def _written(address: _Address) -> str:
    where = address.host if address.port is None else f"{address.host}:{address.port}"
    query = f"?{urlencode(address.query, errors='surrogateescape')}" if address.query else ""
    return f"https://{where}{address.path}{query}" + (f"#!{address.bang}" if address.bang else "")


_HOST = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_PERCENT = re.compile("%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


def _host(host: str) -> str | None:
    """Return a host in small letters and ASCII, without a trailing dot; None if it is none."""
    host = re.sub("[\u3002\uff0e\uff61]", ".", host.lower()).rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    if not _HOST.fullmatch(host):
        return None
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host if _HOST.fullmatch(host) else None


def _percent(text: str) -> str:
    """Normalise percent-codes by RFC 3986 section 6.2.2: in capitals, where needed, and nowhere else."""

    def code(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        letter = chr(int(match[1], 16))
        return letter if letter in _UNRESERVED else f"%{match[1].upper()}"

    return quote(_PERCENT.sub(code, text), safe="/%:@!$&'()*+,;=~")


# --- Addresses that wrap another -------------------------------------------------------------------------------------

_GOOGLE = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_EXITS = {"l.facebook.com": "u", "lm.facebook.com": "u", "l.instagram.com": "u", "t.umblr.com": "z"}
_LONGEST_WRAPPED = 4096


def _unwrapped(address: _Address) -> str | None:
    """Return the address inside one that only leads there; None for any other address."""
    host, path, query = address.host, address.path, dict(address.query)
    inner = ""
    if _GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        inner = path.removeprefix("/amp/")
    elif host.endswith((".cdn.ampproject.org", ".bing-amp.com")) and re.match(r"/[cv]/", path):
        inner = path[3:]
    elif _GOOGLE.fullmatch(host) and path == "/url":
        inner = query.get("url") or query.get("q") or ""
    elif host in _EXITS:
        inner = query.get(_EXITS[host], "")
    if not inner or len(inner) > _LONGEST_WRAPPED:
        return None
    if path != "/url" and host not in _EXITS:
        inner = "https://" + unquote(inner.removeprefix("s/")) + (f"?{urlencode(address.query)}" if query else "")
    try:
        return inner if _read(inner) else None
    except ValueError:
        return None


# --- The rules, each named by the part it drops ----------------------------------------------------------------------


def _default_port(address: _Address) -> None:
    if address.port in (80, 443):
        address.port = None


_OTHER_HOSTS = ("www", "m", "mobile", "touch", "amp")
_SHARED = "blogspot.com wordpress.com substack.com medium.com tumblr.com ghost.io github.io livejournal.com".split()
_REGISTRY = re.compile(r"(?:co|com|org|net|gov|gob|gouv|govt|ac|edu|ne|or|go|in|nic)\.[a-z]{2}")


def _other_host(address: _Address) -> None:
    """Drop `www.` and the hosts for telephones if the rest is a site: not in `m.co.uk`, not in a blog's name."""
    host = address.host
    first, _, rest = host.partition(".")
    while first in _OTHER_HOSTS and "." in rest and rest not in _SHARED and not _REGISTRY.fullmatch(rest):
        host = rest
        first, _, rest = host.partition(".")
    if host.endswith((".m.wikipedia.org", ".m.wikinews.org")):
        host = host.replace(".m.", ".")
    address.host = host


_SESSION = re.compile(r";(?:jsessionid|phpsessid|sessionid)=[^/;]*", re.I)


def _session(address: _Address) -> None:
    if ";" in address.path:
        address.path = _SESSION.sub("", address.path)


def _dots_and_slashes(address: _Address) -> None:
    path = address.path
    if "//" in path:
        path = re.sub("/{2,}", "/", path)
    if "/." in path:
        path = posixpath.normpath(path)
    path = path.strip("/")
    address.path = f"/{path}" if path else ""


_INDEX = re.compile(r"/(?:index\.(?:html?|php|aspx?|jsp|shtml|cfm)|default\.(?:aspx?|html?))$", re.I)


def _index(address: _Address) -> None:
    address.path = _INDEX.sub("", address.path)


_AMP_ENDING = re.compile(r"(?<=[^/])\.amp(\.html?)?$", re.I)


def _amp(address: _Address) -> None:
    """Drop a segment `amp` beside others, and `.amp` before the end."""
    if "amp" in address.path:
        path = _AMP_ENDING.sub(r"\1", address.path)
        segments = [segment for segment in path.split("/") if segment not in ("amp", "amphtml")]
        address.path = "/".join(segments) if any(segments) else path


_ARTICLE = re.compile(r".*\d.*|[^-]+(?:-[^-]+){2,}")
_PRINT = ("print", "printable", "print.html", "printer-friendly")


def _print(address: _Address) -> None:
    """Drop a last segment `print` after one that names an article; elsewhere it may be a section about print."""
    above, _, last = address.path.rpartition("/")
    if last in _PRINT and _ARTICLE.fullmatch(above.rpartition("/")[2]):
        address.path = above


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Parameters that campaigns and networks append (Google, Meta, Microsoft, X, TikTok, Yandex, Mailchimp, LinkedIn, BBC,
# NYT …), and those of sessions and comment forms. None selects an article.
_TRACKING = _set(
    "fbclid gclid gclsrc dclid gbraid wbraid srsltid msclkid yclid twclid ttclid igshid igsh li_fat_id epik mc_cid "
    "mc_eid _ga _gl _hsenc _hsmi mkt_tok vero_id oly_enc_id oly_anon_id rb_clickid s_kwcid wickedid "
    "ref_src ref_url referrer cmp cmpid ncid ocid smid "
    "smtyp ito xtor ftag soc_src soc_trk guccounter guce_referrer guce_referrer_sig "
    "at_medium at_campaign at_link_id at_link_type at_format at_ptr_name at_bbc_team wt.mc_id __twitter_impression "
    "usqp taid s_cid icid mbid sref fb_ref fb_source fb_action_ids tsrc .tsrc sr_share trackingid feedtype feedname "
    "unlocked_article_code pwapi_token sharetoken reflink gaa_at gaa_n gaa_ts gaa_sig "
    "amp jsessionid phpsessid aspsessionid cftoken replytocom showcomment"
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "hsa_", "ns_", "at_custom", "sfmc_", "__hs")
# On most sites these tell where a reader came from. A bare number may be an article's, and stays.
_UNLESS_A_NUMBER = _set("ref cid sh share spm")
# These tell where a reader came from, or how the page is to look, by their value alone.
_BY_VALUE = {
    **dict.fromkeys(("from", "src", "source", "partner", "emc", "via"), _set("rss feed atom twitter facebook email")),
    **dict.fromkeys(("outputtype", "mode", "view", "output", "format", "type"), _set("amp print printable mobile")),
    **dict.fromkeys(("print", "printable"), _set("1 true yes y")),
}


def _parameters(address: _Address) -> None:
    """Keep the parameters that select something, sorted and each once. Bytes that are not UTF-8 stay."""
    if address.query:
        address.query = sorted({pair for pair in address.query if not _tracks(*pair)})


def _tracks(name: str, value: str) -> bool:
    name, value = name.lower(), value.lower()
    if name in _UNLESS_A_NUMBER:
        return not value.isdigit()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or value in _BY_VALUE.get(name, ())


RULES: dict[str, Callable[[_Address], None]] = {
    "default port": _default_port,
    "www, mobile and AMP hosts": _other_host,
    "sessions in the path": _session,
    "dots, doubled and trailing slashes": _dots_and_slashes,
    "index files": _index,
    "AMP in the path": _amp,
    "print versions": _print,
    "tracking parameters; the rest in order": _parameters,
}
"""The rules by name, in their order. The scheme, the fragment (except `#!`), credentials and needless percent-codes are
gone before: `_read` leaves them out."""
