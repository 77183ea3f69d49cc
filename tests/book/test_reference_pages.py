"""The pages behind the chapters: every work has a DOI, and every word leads to its chapter."""

from __future__ import annotations

import re

from support.chapters import BOOK, CHAPTERS, markdown

ENTRY = re.compile(r"^@\w+\{(\w+),$(.*?)^\}", re.MULTILINE | re.DOTALL)
DOI = re.compile(r"https://doi\.org/(10\.[^)\s]+)")
# As the chapters say it, where that differs from the glossary.
OTHER_FORMS = {
    "explorer": "slider",
    "smoothing": "smooth",
    "sobel magnitude": "sobel",
}
TERM = re.compile(r"^(\S.*)\n((?:  .*\n)+)", re.MULTILINE)


def entries() -> dict[str, str]:
    return dict(ENTRY.findall((BOOK / "references.bib").read_text("utf-8")))


def field(entry: str, name: str) -> str:
    found = re.search(rf"^\s*{name}\s*=\s*\{{(.*)\}},?$", entry, re.MULTILINE)
    return found[1] if found else ""


# Standards, laws and a newspaper: their publishers give them no DOI.
WITHOUT_DOI = {"iptc2025", "xmp2019", "c2pa", "ica1996", "aiact2024", "rodness2021"}
PAPER = "sicgan"  # its copy names no author, no year and no address


def test_every_work_has_a_doi_of_its_own() -> None:
    dois = {key: field(entry, "doi") for key, entry in entries().items() if key not in WITHOUT_DOI | {PAPER}}
    assert len(dois) > 20
    assert [key for key, doi in dois.items() if not doi.startswith("10.")] == []
    assert len(set(dois.values())) == len(dois)
    assert all(field(entries()[key], "url").startswith("https://") for key in WITHOUT_DOI)


def test_the_paper_is_in_the_list() -> None:
    assert "published with the code" in field(entries()[PAPER], "howpublished")


def test_what_a_chapter_cites_is_in_the_list() -> None:
    listed = {field(entry, "doi") for entry in entries().values()}
    listed |= {f"10.48550/arXiv.{field(entry, 'eprint')}" for entry in entries().values()}
    cited = {(path.stem, doi) for path in CHAPTERS for doi in DOI.findall(markdown(path))}
    assert len(cited) > 20
    assert sorted((stem, doi) for stem, doi in cited if doi not in listed) == []


def terms() -> dict[str, str]:
    text = (BOOK / "glossary.md").read_text("utf-8")
    return dict(TERM.findall(text.split("```{glossary}\n")[1]))


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    names = [name.lower().replace("δ", "~") for name in terms()]
    assert len(names) > 30
    assert names == sorted(set(names))


def test_a_word_leads_to_a_chapter_that_uses_it() -> None:
    texts = {path.name: markdown(path).lower() for path in CHAPTERS}
    for name, meaning in terms().items():
        files = re.findall(r"\]\(([\w-]+\.ipynb)\)", meaning)
        assert files, name
        assert set(files) <= set(texts), name
        word = re.split(r",| and ", name.lower())[0]
        stem = OTHER_FORMS.get(word, word)
        assert any(stem in texts[file] for file in files), f"{name} in {files}"
