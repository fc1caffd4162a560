"""The main text of a page: every paragraph of its body, and nothing of what stands around it."""

from __future__ import annotations

import pytest

from briefings.parse.page import read_page

PARAGRAPHS = [
    "The parliament of Norvell has approved a harbour accord with Estmark, three years after the talks began.",
    "Coast guards of both countries may refuel, repair and shelter in each other’s ports from next year on.",
    "Speaker Tomas Reyl called the accord an overdue act of good sense between two neighbours who share a coast.",
    "Both sides carry the costs equally, and no warship may stay longer than 21 days without a new request.",
    "The opposition voted against it because the text does not say who pays for damage to the piers.",
    "A first ship is expected in Port Norvell in March, the ministry said on Wednesday evening.",
]
EXTRA = "Fishermen on the islands had asked for the same rights in a letter to both governments last spring."


def page(body: str, before: str = "", after: str = "") -> bytes:
    title = "Harbour accord backed"
    body = f"{before}<article><h1>{title}</h1>{body}</article>{after}"
    return f"<html lang=en><head><title>{title}</title></head><body>{body}</body></html>".encode()


def article(insert: str, place: int = 3) -> str:
    """Return the paragraphs as HTML with a piece of HTML between them."""
    marked = [f"<p>{text}</p>" for text in PARAGRAPHS]
    return "".join([*marked[:place], insert, *marked[place:]])


BODY = {
    "a bordered box": f'<div style="border-left: 3px solid red"><p>{EXTRA}</p></div>',
    "a bordered paragraph": f'<p style="border: 1px">{EXTRA}</p>',
    "a class called link": f'<p class="has link inside">{EXTRA}</p>',
    "a class called bottom": f'<div class="text bottom"><p>{EXTRA}</p></div>',
    "a section header": f"<section><header><h2>Islands</h2><p>{EXTRA}</p></header></section>",
    "a linked sentence": f'<p><a href="/letter">{EXTRA}</a></p>',
    "a linked quote": f'<blockquote><p><a href="/letter">{EXTRA}</a></p></blockquote>',
    "text behind a picture": f'<div><img src="a.jpg">{EXTRA}</div>',
    "text behind an empty mark": f'<p><span class="dropcap"></span>{EXTRA}</p>',
    "text behind a figure": f'<figure><img src="a.jpg"><figcaption>Pier</figcaption></figure>{EXTRA}',
}


@pytest.mark.parametrize("insert", BODY.values(), ids=BODY.keys())
def test_a_paragraph_between_others_belongs_to_the_text(insert: str) -> None:
    text = read_page(page(article(insert)), None).text
    assert EXTRA in text
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    assert text.index(PARAGRAPHS[2]) < text.index(EXTRA) < text.index(PARAGRAPHS[3])


@pytest.mark.parametrize("place", [0, 6], ids=["first", "last"])
@pytest.mark.parametrize("name", ["a bordered paragraph", "a class called link", "text behind an empty mark"])
def test_the_first_and_the_last_paragraph_belong_to_the_text(name: str, place: int) -> None:
    text = read_page(page(article(BODY[name], place)), None).text
    assert EXTRA in text
    assert all(paragraph in text for paragraph in PARAGRAPHS)


LINKS = "".join(f'<li><a href="/{n}">Norvell builds pier number {n} in the old harbour</a></li>' for n in range(8))
AROUND = {
    "a menu": ('<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>', "", ""),
    "a list of links": ("", "", f'<div class="related"><h3>Related</h3><ul>{LINKS}</ul></div>'),
    "links between": ("", f'<div class="inline-links"><h3>More on this</h3><ul>{LINKS}</ul></div>', ""),
    "read more between": (
        "",
        '<p><a href="/x">Read more: Norvell builds a pier for the ferry to the islands.</a></p>',
        "",
    ),
    "also read between": (
        "",
        '<div style="border:1px"><p>Also read: Ferry sails again after a winter of repairs.</p></div>',
        "",
    ),
    "a newsletter between": (
        "",
        '<div style="border:1px"><p>Sign up for our newsletter and get the news by mail.</p></div>',
        "",
    ),
    "a cookie bar": (
        "",
        "",
        '<div id="cookie-bar"><p>We use cookies to improve your experience on our site.</p></div>',
    ),
    "a consent box between": (
        "",
        '<div style="border:1px"><p>By clicking accept you agree to our use of cookies.</p></div>',
        "",
    ),
    "a subscription between": (
        "",
        '<div class="link box"><p>Subscribe now to read all stories of our reporters.</p></div>',
        "",
    ),
    "a pull quote": ("", f'<aside style="border:1px"><p>{PARAGRAPHS[3].partition(",")[0]}.</p></aside>', ""),
    "a share bar": (
        "",
        '<div class="share link"><a href="#">Facebook</a> <a href="#">X</a> <a href="#">Mail</a></div>',
        "",
    ),
    "a footer": ("", "", "<footer><p>© 2025 The Norvell Courier. All rights reserved by the publisher.</p></footer>"),
    "teasers below": (
        "",
        "",
        f'<section class="teasers"><p>{EXTRA}</p><p><a href="/y">Read the story</a></p></section>',
    ),
}


@pytest.mark.parametrize(("before", "between", "after"), AROUND.values(), ids=AROUND.keys())
def test_the_text_is_the_body_alone(before: str, between: str, after: str) -> None:
    text = read_page(page(article(between), before, after), None).text
    assert text.split("\n") == PARAGRAPHS
