"""Bind printed pages into one PDF: links between pages lead to its sheets, and each page is a bookmark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)


@dataclass
class Sheaf:
    """One printed page of the book: where its HTML lies, its title, and its sheets."""

    path: Path
    title: str
    reader: PdfReader
    start: int = 0


@dataclass
class Bundle:
    """All printed pages; the address of the folder that they were printed from, and where it is published."""

    sheaves: list[Sheaf]
    folder: str
    published: str


def lay_out(sheaves: list[Sheaf], front: int) -> None:
    """Say of each on which sheet it begins, behind ``front`` sheets of title and contents."""
    for sheaf in sheaves:
        sheaf.start = front
        front += len(sheaf.reader.pages)


def link_target(uri: str, sheaves: list[Sheaf]) -> tuple[Sheaf, str] | None:
    """The sheaf and the anchor that a link to a file leads to; None when it leads out of the book."""
    parts = urlsplit(uri)
    path = Path(unquote(parts.path))
    found = next((sheaf for sheaf in sheaves if sheaf.path == path), None)
    return (found, unquote(parts.fragment)) if found and parts.scheme == "file" else None


def destination(sheaf: Sheaf, anchor: str) -> tuple[int, float | None]:
    """The sheet of an anchor, and how high on it; a page's top where the anchor is not known."""
    named = sheaf.reader.named_destinations.get(f"/{anchor}") or sheaf.reader.named_destinations.get(anchor)
    number = None if named is None else sheaf.reader.get_destination_page_number(named)
    if named is None or number is None:
        return sheaf.start, None
    return sheaf.start + number, float(named.top) if isinstance(named.top, int | float) else None


def relink(annotation: DictionaryObject, own: Sheaf, bundle: Bundle, writer: PdfWriter) -> None:
    """Let a link to another page of the book, or to an anchor of its own page, stay inside the file.

    A link to what was not printed, a picture or a page of reference, leads to where that is published.
    """
    action = annotation.get("/A", DictionaryObject()).get_object()
    named = annotation.get("/Dest") or (action.get("/D") if action.get("/S") == "/GoTo" else None)
    uri = str(action.get("/URI", ""))
    target = (
        (own, str(named).removeprefix("/")) if isinstance(named, str) else link_target(uri, bundle.sheaves)
    )
    if target is None and uri.startswith(bundle.folder):
        action[NameObject("/URI")] = TextStringObject(bundle.published + uri.removeprefix(bundle.folder))
    if target is None:
        return
    sheet, top = destination(*target)
    page = writer.pages[sheet].indirect_reference
    height = NullObject() if top is None else NumberObject(round(top))
    if page is not None:
        place = [page, NameObject("/XYZ"), NullObject(), height, NullObject()]
        annotation.pop("/A", None)
        annotation[NameObject("/Dest")] = ArrayObject(place)


def bind(bundle: Bundle, front: PdfReader, numbers: PdfReader, title: str) -> PdfWriter:
    """All sheets in one file, numbered, linked and with bookmarks."""
    writer = PdfWriter()
    for sheet in [*front.pages, *(page for sheaf in bundle.sheaves for page in sheaf.reader.pages)]:
        writer.add_page(sheet)
    for sheaf in bundle.sheaves:
        writer.add_outline_item(title=sheaf.title, page_number=sheaf.start, fit=Fit.fit())
        for sheet in range(sheaf.start, sheaf.start + len(sheaf.reader.pages)):
            for annotation in writer.pages[sheet].annotations or []:
                relink(annotation.get_object(), sheaf, bundle, writer)
    for sheet, number in zip(writer.pages, numbers.pages, strict=True):
        stamp(sheet, number)
    writer.add_metadata({"/Title": title})
    writer.compress_identical_objects(remove_unreferenced=True)
    return writer


def stamp(sheet: PageObject, number: PageObject) -> None:
    """Print the number at the foot."""
    sheet.merge_page(number)
