"""The address table and the typography table: what is the same, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.identity import canonical, fingerprint, outlet

SAME = [
    ("scheme-and-host-case", "HTTP://Example.COM/News", "https://example.com/News"),
    ("http-is-https", "http://example.com/a", "https://example.com/a"),
    ("default-port", "https://example.com:443/a", "https://example.com/a"),
    ("port-80", "http://example.com:80/a", "https://example.com/a"),
    ("other-port-stays", "https://example.com:8443/a", "https://example.com:8443/a"),
    ("fragment", "https://example.com/a#comments", "https://example.com/a"),
    ("utm", "https://example.com/a?utm_source=x&utm_medium=y&id=7", "https://example.com/a?id=7"),
    ("click-ids", "https://example.com/a?fbclid=1&gclid=2&mc_cid=3&igshid=4&cmpid=5", "https://example.com/a"),
    ("ref", "https://example.com/a?ref=home&ref_src=tw", "https://example.com/a"),
    ("query-sorted", "https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("blank-value-stays", "https://example.com/a?p", "https://example.com/a?p="),
    ("trailing-slash", "https://example.com/a/", "https://example.com/a"),
    ("root", "https://example.com/", "https://example.com"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("mobile", "https://m.example.com/a", "https://example.com/a"),
    ("amp-host", "https://amp.example.com/a", "https://example.com/a"),
    ("amp-path", "https://example.com/a/amp/", "https://example.com/a"),
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
def test_one_key_for_every_spelling(url: str, key: str) -> None:
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
def test_what_is_no_web_address_has_no_key(url: str) -> None:
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


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"https?://[ -~]{0,40}", fullmatch=True),
        st.builds("https://h.example/{}".format, st.text()),
    )
)
def test_a_key_is_its_own_key(url: str) -> None:
    key = canonical(url)
    assert key is None or canonical(key) == key


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.example.com/a", "example.com"), ("nonsense", None), (None, None)],
    ids=["www", "none", "null"],
)
def test_outlet_is_the_host(url: str | None, name: str | None) -> None:
    assert outlet(url) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Don't go", "Don’t go", id="apostrophes"),
        pytest.param("“Go,” he said – now.", '"Go", he said -- now', id="quotes-and-dashes"),
        pytest.param("Two\u00a0words\n\nhere", "Two words here", id="blanks"),
        pytest.param("RELOS Clears", "relos clears", id="case"),
        pytest.param("co\u00adoperate", "cooperate", id="soft-hyphen"),
        pytest.param("caf\u00e9", "cafe\u0301", id="composition"),
        pytest.param("ﬁve", "five", id="ligature"),
    ],
)
def test_typography_makes_no_new_text(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("five units", "four units", id="number"),
        pytest.param("3.5 million", "35 million", id="decimal"),
        pytest.param("रूस की", "रूस का", id="vowel-sign"),
        pytest.param("", "a", id="empty"),
    ],
)
def test_another_word_is_another_text(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@given(st.text())
def test_fingerprint_is_64_hex_digits_of_anything(text: str) -> None:
    assert len(fingerprint(text)) == 64
    assert set(fingerprint(text)) <= set("0123456789abcdef")
