"""The whole book as one PDF, printed from its pages by Chromium and bound by pypdf.

Each page is printed alone, as a reader would print it. Then links from page to page are made links inside
the file, every page becomes a bookmark, sheets are numbered, and a table of contents stands in front. The
PDF is for paper: for a screen reader the pages themselves are the better form, since binding loses the tags.
"""

from __future__ import annotations

import argparse
import html
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader, PdfWriter

from tools.address import pages_url
from tools.binding import Bundle, Sheaf, bind, lay_out
from tools.chromium import find_browser, launch_flags

ROOT = Path(__file__).resolve().parent.parent
# Four fifths of the size on a screen: what was 260 sheets is fewer, and the text is as large as in a paper.
A4: dict[str, Any] = {
    "format": "A4",
    "scale": 0.8,
    "margin": dict.fromkeys(("top", "right", "bottom", "left"), "16mm"),
}
EQUATIONS = "() => window.MathJax && MathJax.startup ? MathJax.startup.promise : null"
# They wait until a reader comes near, and paper has none.
PICTURES = """() => Promise.all([...document.images].map(image => {
  image.loading = "eager";
  return image.decode().catch(() => {});
}))"""
NUMBER = '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span></div>'
PATIENCE = 120_000  # milliseconds, on a busy machine
NOT_PRINTED = ("book/api", "book/teaching-api", "book/status", "book/changes")  # looked up on a screen


def printed_pages(root: Path = ROOT) -> list[str]:
    """What is printed, in reading order: all that ``_toc.yml`` names but pages of reference for a screen."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    return [name for name in _names(toc) if name not in NOT_PRINTED]


def _names(entry: dict[str, Any]) -> Iterator[str]:
    named = entry.get("root") or entry.get("file")
    if named:
        yield named
    for below in ("parts", "chapters", "sections"):
        for inner in entry.get(below, []):
            yield from _names(inner)


def print_page(browser: Browser, path: Path) -> Sheaf:
    """One page on A4, with its equations set and its pictures there."""
    page = browser.new_page()
    try:
        page.goto(path.as_uri(), timeout=PATIENCE)
        page.evaluate(EQUATIONS)
        page.evaluate(PICTURES)
        heading = page.locator("h1").first.inner_text(timeout=PATIENCE).strip().rstrip("#")
        reader = PdfReader(io.BytesIO(page.pdf(**A4)))
        if reader.pages[0].mediabox.width > reader.pages[0].mediabox.height:
            # A page that asks for a sheet of its own is laid out for it, at its own size.
            whole: dict[str, Any] = A4 | {"scale": 1}
            reader = PdfReader(io.BytesIO(page.pdf(**whole)))
        return Sheaf(path, heading, reader)
    finally:
        page.close()


def print_html(browser: Browser, text: str, **options: Any) -> PdfReader:
    """A page that is written here."""
    page = browser.new_page()
    try:
        page.set_content(text)
        return PdfReader(io.BytesIO(page.pdf(**(A4 | options))))
    finally:
        page.close()


def contents(title: str, author: str, sheaves: list[Sheaf]) -> str:
    """The title and the table of contents."""
    rows = "\n".join(
        f"<tr><td>{html.escape(sheaf.title)}</td><td>{sheaf.start + 1}</td></tr>" for sheaf in sheaves
    )
    style = (
        "body{font-family:sans-serif;padding-top:30mm}td{padding:2mm 0}td+td{text-align:right;width:20mm}"
        "table{width:100%;border-collapse:collapse;margin-top:20mm}tr{border-bottom:1px solid #ccc}"
    )
    name, by = html.escape(title), html.escape(author)
    return f"<style>{style}</style><h1>{name}</h1><p>{by}</p><table>{rows}</table>"


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium or Chrome, as it is found on this machine. Errors: SystemExit where there is none."""
    program = find_browser()
    if program is None:
        sys.exit("A PDF needs Chromium or Chrome: install one, or name it in the variable CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=launch_flags())
        try:
            yield browser
        finally:
            browser.close()


def print_alone(page: Path, out: Path) -> int:
    """Print one page into the file ``out``, as it is; the number of sheets."""
    with open_browser() as browser:
        writer = PdfWriter(print_page(browser, page).reader)
    writer.write(out)
    return len(writer.pages)


def write_pdf(pages: Path, out: Path) -> int:
    """Print and bind the built ``pages`` into the file ``out``; the number of sheets."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    title, author = config["title"], config["author"]
    with open_browser() as browser:
        sheaves = [print_page(browser, pages / f"{name}.html") for name in printed_pages()]
        lay_out(sheaves, front=1)
        # How many sheets the contents take decides the numbers in it.
        lay_out(sheaves, front=len(print_html(browser, contents(title, author, sheaves)).pages))
        front = print_html(browser, contents(title, author, sheaves))
        total = len(front.pages) + sum(len(sheaf.reader.pages) for sheaf in sheaves)
        numbers = print_numbers(browser, total)
    bundle = Bundle(sheaves, f"{pages.resolve().as_uri()}/", pages_url())
    bind(bundle, front, numbers, title).write(out)
    return total


def print_numbers(browser: Browser, total: int) -> PdfReader:
    """Empty sheets with their numbers at the foot."""
    sheets = '<div style="break-after:page">&nbsp;</div>' * (total - 1) + "<div>&nbsp;</div>"
    shown = {"display_header_footer": True, "header_template": "<i></i>", "footer_template": NUMBER}
    return print_html(browser, sheets, **shown)


def main() -> None:
    """Print one page, as ``_toc.yml`` names it."""
    from tools.build_book import build

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", help="as _toc.yml names it: book/glossary")
    name = parser.parse_args().page.removesuffix(".html")
    pages = build()
    if not (pages / f"{name}.html").is_file():
        sys.exit(f"the book has no page {name}: say it as _toc.yml does, such as book/glossary")
    out = ROOT / "dist" / f"{Path(name).name}.pdf"
    out.parent.mkdir(exist_ok=True)
    print(f"{out}: {print_alone(pages / f'{name}.html', out)} sheets")


if __name__ == "__main__":
    main()
