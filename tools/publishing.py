"""What a host and a search engine ask of the pages: a Sphinx extension, named in ``_config.yml``.

The address in ``_config.yml`` gives every page its canonical link, and the folder its sitemap. ``.nojekyll``
(by ``sphinx.ext.githubpages``) keeps GitHub from leaving out folders whose names begin with an underscore,
which is where styles and scripts are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tools.address import pages_url

SITEMAP = "sitemap.xml"
# What nobody searches for from outside: source code, and pages that Sphinx makes of others.
LEFT_OUT = ("_modules/", "genindex", "py-modindex", "search")


def sitemap(pages: list[str], base: str) -> str:
    """The list of addresses that search engines read, of pages named without their ending."""
    kept = [page for page in sorted(pages) if not page.startswith(LEFT_OUT)]
    urls = "\n".join(f"  <url><loc>{escape(base + page)}.html</loc></url>" for page in kept)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return f"{head}\n{urls}\n</urlset>\n"


def set_base(_app: Any, config: Any) -> None:
    """The theme makes a canonical link of it on each page."""
    config.html_baseurl = pages_url()


def write_sitemap(app: Any, failure: Exception | None) -> None:
    """Beside the pages, when they were written."""
    if failure is None and app.builder.name == "html":
        text = sitemap(list(app.env.found_docs), pages_url())
        Path(app.outdir, SITEMAP).write_text(text, encoding="utf-8", newline="\n")


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to load, and what to call."""
    app.setup_extension("sphinx.ext.githubpages")
    app.connect("config-inited", set_base)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
