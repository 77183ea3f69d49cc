"""What a link to a page of the book shows elsewhere, and the page at the root, which people pass on."""

from __future__ import annotations

import html

from tools.markup import parse, plain

SITE = "Colour from a single image"
ABOUT = "One photograph, two small networks, a minute of training: a book on GANs, colour and honest tests."
CARD_ALT = "A cup of coffee, grey on the left, in generated colours on the right"
SHORTEST, LONGEST = 40, 200  # characters of a description
VIEWPORT = "width=device-width, initial-scale=1"


def describe(body: str) -> str:
    """The page's first paragraph that says something, cut at a word; else what the book is about."""
    texts = (plain(found) for found in parse(body, only="p")("p", class_=False))
    text = next((text for text in texts if len(text) >= SHORTEST), ABOUT)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def card_tags(page: str, title: str, description: str, base: str) -> str:
    """What a link to the page shows elsewhere (Open Graph): addresses are absolute."""
    properties = {
        "og:type": "article",
        "og:site_name": SITE,
        "og:title": title,
        "og:description": description,
        "og:url": f"{base}{page}.html",
        "og:image": f"{base}_static/card.jpg",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": CARD_ALT,
    }
    tags = [f'<meta property="{name}" content="{html.escape(text)}" />' for name, text in properties.items()]
    names = {"description": description, "twitter:card": "summary_large_image"}
    tags += [f'<meta name="{name}" content="{html.escape(text)}" />' for name, text in names.items()]
    return "\n    ".join(tags)


def redirect(target: str, base: str) -> str:
    """The page at the root, which is the address that people pass on."""
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="{VIEWPORT}" />
    <meta http-equiv="refresh" content="0; url={target}.html" />
    <title>{SITE}</title>
    <link rel="icon" href="_static/favicon.png" />
    {card_tags(target, SITE, ABOUT, base)}
  </head>
  <body><main><h1>{SITE}</h1><p><a href="{target}.html">To the book</a></p></main></body>
</html>
"""
