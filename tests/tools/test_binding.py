"""Sheets bound into one file: links inside it, numbers, bookmarks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tools import binding, book_pdf

HERE = Path("/book/a.html")
THERE = Path("/book/b b.html")


def printed(sheets: int, *uris: str) -> PdfReader:
    """Blank sheets, with links on the first."""
    writer = PdfWriter()
    for _ in range(sheets):
        writer.add_blank_page(200, 300)
    for uri in uris:
        writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=uri))
    writer.add_named_destination("near", sheets - 1)
    out = io.BytesIO()
    writer.write(out)
    return PdfReader(out)


def bound(*uris: str) -> PdfReader:
    sheaves = [binding.Sheaf(HERE, "A", printed(2, *uris)), binding.Sheaf(THERE, "B", printed(3))]
    binding.lay_out(sheaves, front=1)
    bundle = binding.Bundle(sheaves, "file:///book/", "https://o.example/n/")
    writer = binding.bind(bundle, printed(1), printed(6), "All")
    out = io.BytesIO()
    writer.write(out)
    return PdfReader(out)


def leads_to(file: PdfReader, link: DictionaryObject) -> Any:
    """The sheet that a link leads to, from 0, or its address."""
    if "/Dest" in link:
        return file.get_page_number(link["/Dest"][0].get_object())  # type: ignore[index]
    return link["/A"]["/URI"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("uri", "sheet"),
    [
        ("file:///book/b%20b.html", 3),
        ("file:///book/b%20b.html#near", 5),
        ("file:///book/b%20b.html#not-there", 3),
        ("file:///book/a.html#near", 2),
        ("https://a.example/x", "https://a.example/x"),
        ("file:///book/c.html#x", "https://o.example/n/c.html#x"),
    ],
)
def test_a_link_to_a_page_of_the_book_stays_inside(uri: str, sheet: int | str) -> None:
    file = bound(uri)
    (link,) = [each.get_object() for each in file.pages[1]["/Annots"]]  # type: ignore[attr-defined]
    assert leads_to(file, link) == sheet


def test_an_anchor_of_the_own_page_is_not_one_of_the_same_name_elsewhere() -> None:
    first, sheaf = binding.Sheaf(HERE, "A", printed(2)), binding.Sheaf(THERE, "B", printed(3), start=4)
    writer = PdfWriter()
    for _ in range(9):
        writer.add_blank_page(10, 10)
    link = DictionaryObject({NameObject("/Dest"): TextStringObject("near")})
    binding.relink(link, sheaf, binding.Bundle([first, sheaf], "file:///", ""), writer)
    assert link["/Dest"][0] == writer.pages[6].indirect_reference  # type: ignore[index]


def test_every_page_is_a_bookmark_on_its_first_sheet() -> None:
    file = bound()
    assert len(file.pages) == 6
    marks = [(mark.title, file.get_destination_page_number(mark)) for mark in file.outline]  # type: ignore[union-attr]
    assert marks == [("A", 1), ("B", 3)]


def test_the_contents_count_from_one() -> None:
    sheaves = [binding.Sheaf(HERE, "A & B", printed(2)), binding.Sheaf(THERE, "C", printed(1))]
    binding.lay_out(sheaves, front=1)
    text = book_pdf.contents("T", "by", sheaves)
    assert "<td>A &amp; B</td><td>2</td>" in text
    assert "<td>C</td><td>4</td>" in text


def test_what_is_printed_is_in_the_order_of_the_book_and_begins_at_its_front() -> None:
    names = book_pdf.printed_pages()
    assert names[0] == "book/index"
    assert names.index("book/01-lab-space") < names.index("book/glossary")
    assert not set(book_pdf.NOT_PRINTED) & set(names)
