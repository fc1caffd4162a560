"""The table of addresses: spellings of the same address have one key, different addresses have different keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.urls import canonical, outlet

SAME = [
    ("scheme-and-host-case", "HTTP://Example.COM/News", "https://example.com/News"),
    ("http-is-https", "http://example.com/a", "https://example.com/a"),
    ("default-port", "https://example.com:443/a", "https://example.com/a"),
    ("port-80", "http://example.com:80/a", "https://example.com/a"),
    ("other-port-stays", "https://example.com:8443/a", "https://example.com:8443/a"),
    ("fragment", "https://example.com/a#comments", "https://example.com/a"),
    ("text-fragment", "https://example.com/a#:~:text=pact", "https://example.com/a"),
    ("hashbang-stays", "https://example.com/#!/article/7", "https://example.com#!/article/7"),
    ("hashbang-percent", "https://example.com/x#!%61%c3%a9", "https://example.com/x#!a%C3%A9"),
    ("utm", "https://example.com/a?utm_source=x&utm_medium=y&id=7", "https://example.com/a?id=7"),
    ("click-ids", "https://example.com/a?fbclid=1&gclid=2&mc_cid=3&igshid=4&cmpid=5", "https://example.com/a"),
    ("networks", "https://example.com/a?msclkid=1&ttclid=2&li_fat_id=3&mkt_tok=4&srsltid=5", "https://example.com/a"),
    ("gift-links", "https://example.com/a?unlocked_article_code=1.x&smid=url-share", "https://example.com/a"),
    ("came-from-the-feed", "https://example.com/a?source=rss&partner=rss&emc=rss&from=email", "https://example.com/a"),
    ("reuters-feed", "https://example.com/a?feedType=RSS&feedName=worldNews", "https://example.com/a"),
    ("comment-form", "https://example.com/a?replytocom=81", "https://example.com/a"),
    ("session-parameter", "https://example.com/a?PHPSESSID=0af&jsessionid=1", "https://example.com/a"),
    ("campaign-in-words", "https://example.com/a?cid=social_x&share=feed&spm=a.b.c", "https://example.com/a"),
    ("a-number-may-be-an-article", "https://example.com/a?cid=12&ref=34", "https://example.com/a?cid=12&ref=34"),
    ("a-source-may-be-a-section", "https://example.com/a?source=sports", "https://example.com/a?source=sports"),
    (
        "what-selects-stays",
        "https://example.com/a?p=1&id=2&article=3&story=4&sid=5&v=6&page=7",
        "https://example.com/a?article=3&id=2&p=1&page=7&sid=5&story=4&v=6",
    ),
    ("the-same-twice", "https://example.com/a?id=1&id=1", "https://example.com/a?id=1"),
    ("ref", "https://example.com/a?ref=home&ref_src=tw", "https://example.com/a"),
    ("query-sorted", "https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("blank-value-stays", "https://example.com/a?p", "https://example.com/a?p="),
    ("trailing-slash", "https://example.com/a/", "https://example.com/a"),
    ("root", "https://example.com/", "https://example.com"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("mobile", "https://m.example.com/a", "https://example.com/a"),
    ("amp-host", "https://amp.example.com/a", "https://example.com/a"),
    ("amp-path", "https://example.com/a/amp/", "https://example.com/a"),
    ("mobile-host", "https://mobile.example.com/a", "https://example.com/a"),
    ("touch-host", "https://touch.www.example.com/a", "https://example.com/a"),
    ("mobile-wikipedia", "https://en.m.wikipedia.org/wiki/Port", "https://en.wikipedia.org/wiki/Port"),
    ("m-in-a-registry", "https://m.co.uk/a", "https://m.co.uk/a"),
    ("mobile-below-a-registry", "https://m.example.co.uk/a", "https://example.co.uk/a"),
    ("a-blog-named-mobile", "https://mobile.substack.com/p/a", "https://mobile.substack.com/p/a"),
    ("host-beginning-with-m", "https://money.example.com/a", "https://money.example.com/a"),
    ("amp-in-the-middle", "https://example.com/news/amp/world-1", "https://example.com/news/world-1"),
    ("amp-first", "https://example.com/amp/news/1", "https://example.com/news/1"),
    ("amp-ending", "https://example.com/2025/story.amp.html", "https://example.com/2025/story.html"),
    ("amp-alone", "https://example.com/amp", "https://example.com/amp"),
    ("amp-in-a-word", "https://example.com/best-amp", "https://example.com/best-amp"),
    ("google-amp", "https://www.google.com/amp/s/www.example.com/a/amp/", "https://example.com/a"),
    ("google-amp-without-s", "https://google.co.in/amp/example.com/a?id=7&amp=1", "https://example.com/a?id=7"),
    ("amp-cache", "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a.amp", "https://example.com/a"),
    (
        "amp-viewer",
        "https://www-example-com.cdn.ampproject.org/v/s/example.com/a?amp_gsa=1&usqp=x",
        "https://example.com/a?amp_gsa=1",
    ),
    (
        "google-alert",
        "https://www.google.com/url?rct=j&sa=t&url=https://example.com/a%3Fid%3D7&ct=ga",
        "https://example.com/a?id=7",
    ),
    (
        "network-exit",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.com%2Fa%3Ffbclid%3D1&h=x",
        "https://example.com/a",
    ),
    ("exit-to-nowhere", "https://www.google.com/url?q=nonsense", "https://google.com/url?q=nonsense"),
    ("wrapped-twice", "https://google.com/amp/s/google.com/amp/s/example.com/a", "https://example.com/a"),
    ("google-itself", "https://www.google.com/about/amp-news", "https://google.com/about/amp-news"),
    ("doubled-slashes", "https://example.com//a///b", "https://example.com/a/b"),
    ("index-file", "https://example.com/a/index.html", "https://example.com/a"),
    ("index-with-parameters", "https://example.com/index.php?id=7", "https://example.com?id=7"),
    ("index-of-something", "https://example.com/a/index-of-prices.html", "https://example.com/a/index-of-prices.html"),
    ("java-session", "https://example.com/a;jsessionid=1F2E.node1?b=1", "https://example.com/a?b=1"),
    ("other-semicolon", "https://example.com/a;b=1", "https://example.com/a;b=1"),
    ("print-page", "https://example.com/news/pact-is-ratified/print/", "https://example.com/news/pact-is-ratified"),
    ("print-parameter", "https://example.com/a?id=1&print=1&view=print", "https://example.com/a?id=1"),
    ("a-section-on-print", "https://example.com/media/print", "https://example.com/media/print"),
    ("idn-dots", "https://bücher。example/a", "https://xn--bcher-kva.example/a"),
    ("idn-capitals", "https://BÜCHER.example/a", "https://xn--bcher-kva.example/a"),
    (
        "an-address-in-the-path",
        "https://archive.example/web/http://a.example/b",
        "https://archive.example/web/http:/a.example/b",
    ),
    ("amp-query", "https://example.com/a?amp=1&outputType=amp", "https://example.com/a"),
    ("host-named-m", "https://m.com/a", "https://m.com/a"),
    ("trailing-dot", "https://example.com./a", "https://example.com/a"),
    ("password", "https://user:secret@example.com/a", "https://example.com/a"),
    ("percent-case", "https://example.com/%c3%a9", "https://example.com/%C3%A9"),
    ("needless-percent", "https://example.com/%61bc", "https://example.com/abc"),
    ("letters-as-bytes", "https://example.com/é", "https://example.com/%C3%A9"),
    ("dots", "https://example.com/a/./b/../c", "https://example.com/a/c"),
    ("idn", "https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("ipv6", "http://[2001:DB8::1]:80/a", "https://[2001:db8::1]/a"),
    ("blanks-around", "  https://example.com/a \n", "https://example.com/a"),
]


@pytest.mark.parametrize(("url", "key"), [pytest.param(url, key, id=name) for name, url, key in SAME])
def test_every_spelling_of_an_address_has_one_key(url: str, key: str) -> None:
    assert canonical(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/a",
        "ftp://example.com/a",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://exa mple.com",
        "http://[::1",
        "https://example.com:99999/",
        "https://a<b>.example",
        "file:///etc/passwd",
        "https://\ud800.example",
    ],
    ids=repr,
)
def test_text_that_is_no_web_address_has_no_key(url: str) -> None:
    assert canonical(url) is None


def test_different_articles_keep_different_keys() -> None:
    urls = [
        "https://example.com/a?id=1",
        "https://example.com/a?id=2",
        "https://example.com/A",
        "https://example.com/a%2Fb",
        "https://example.com/a/b",
        "https://news.example.com/a",
        "https://example.com/?q=%E9",
        "https://example.com/?q=%E8",
    ]
    assert len({canonical(url) for url in urls}) == len(urls)


PIECES = (
    "www. m. amp. mobile. google.com x-y.cdn.ampproject.org example.com co.uk /amp/s/ /c/s/ /url?q= /amp /print/ "
    "/a-b-c .amp .html "
    "// /../ /./ /index.html index.php ;jsessionid=1 ? & amp=1 utm_a=b cid=7 ref=x https:// %2F %61 %zz #! # : :80 @ é"
).split()


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"https?://[ -~]{0,40}", fullmatch=True),
        st.builds("https://h.example/{}".format, st.text()),
        st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: "https://" + "".join(pieces)),
    )
)
def test_the_key_of_a_key_is_the_key(url: str) -> None:
    key = canonical(url)
    assert key is None or canonical(key) == key


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.example.com/a", "example.com"), ("nonsense", None), (None, None)],
    ids=["www", "none", "null"],
)
def test_the_host_names_the_outlet(url: str | None, name: str | None) -> None:
    assert outlet(url) == name
