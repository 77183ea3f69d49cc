"""A catalogue follows its template and keeps what was translated."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

from tools import translation

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def template(path: Path, *sentences: str) -> Path:
    path.write_text(HEAD + "".join(f'msgid "{sentence}"\nmsgstr ""\n\n' for sentence in sentences), "utf-8")
    return path


def test_new_sentences_come_and_translated_ones_stay(tmp_path: Path) -> None:
    catalogue = tmp_path / "de" / "page.po"
    counts = translation.update(template(tmp_path / "a.pot", "A cup of coffee.", "Grey."), catalogue, "de")
    assert counts == (0, 2)
    text = catalogue.read_text("utf-8").replace('msgid "Grey."\nmsgstr ""', 'msgid "Grey."\nmsgstr "Grau."')
    catalogue.write_text(text, "utf-8")
    counts = translation.update(
        template(tmp_path / "b.pot", "Grey.", "One photograph is enough."), catalogue, "de"
    )
    assert counts == (1, 2)
    with catalogue.open("rb") as file:
        found = read_po(file, locale="de")
    assert found["Grey."].string == "Grau."
    assert found.get("A cup of coffee.") is None
