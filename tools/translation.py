"""The book in another language: ``python -m tools.translation de`` writes what to translate, and builds it.

Sphinx collects every sentence of the pages and chapters; Babel keeps what was translated before. The
catalogues lie in ``book/locale/de/LC_MESSAGES/``: a sentence that has no translation stays English, so that
one can begin anywhere.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.build_book import BUILD, ROOT

TEMPLATES = BUILD / "gettext"
LOCALES = ROOT / "book" / "locale"


def collect() -> Path:
    """Let Sphinx collect the sentences; the folder of their templates."""
    flags = ["--builder", "custom", "--custom-builder", "gettext", "--path-output", str(TEMPLATES)]
    config = settings()
    config["sphinx"]["config"] |= {"gettext_compact": False, "gettext_location": False}
    _jupyter_book(config, *flags)
    return TEMPLATES / "_build" / "gettext"


def settings() -> dict:
    """The book's own settings, to be changed in memory."""
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def update(template: Path, catalogue: Path, language: str) -> tuple[int, int]:
    """Bring a catalogue up to its template; how many of its sentences are translated, and how many it has."""
    with template.open("rb") as file:
        wanted = read_po(file, locale=language)
    kept = Catalog(locale=language)
    if catalogue.exists():
        with catalogue.open("rb") as file:
            kept = read_po(file, locale=language)
    kept.update(wanted)
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    with catalogue.open("wb") as file:
        write_po(file, kept, omit_header=False, width=100, ignore_obsolete=False)
    sentences = [message for message in kept if message.id]
    return sum(bool(message.string) for message in sentences), len(sentences)


def build(language: str) -> Path:
    """Build the pages in the language; their folder."""
    config = settings()
    # A catalogue for a page lies where the page lies.
    config["sphinx"]["config"] |= {
        "language": language,
        "locale_dirs": ["book/locale"],
        "gettext_compact": False,
    }
    out = BUILD / language
    _jupyter_book(config, "--path-output", str(out))
    return out / "_build" / "html"


def _jupyter_book(config: dict, *flags: str) -> None:
    program = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    if program is None:
        sys.exit("jupyter-book is not in this environment: run `make book`")
    BUILD.mkdir(exist_ok=True)
    changed = BUILD / "changed_config.yml"
    changed.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    command = [program, "build", str(ROOT), "--config", str(changed), "--quiet", *flags]
    if code := subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit(code)


def main() -> None:
    """Bring the catalogues of a language up to date, and build the book with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", help="de, pt_BR")
    language = parser.parse_args().language
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError) as error:
        sys.exit(f"{language!r} is no language that Babel knows ({error}): de, pt_BR")
    templates, done, all_ = collect(), 0, 0
    for template in sorted(templates.rglob("*.pot")):
        path = template.relative_to(templates).with_suffix(".po")
        translated, sentences = update(template, LOCALES / language / "LC_MESSAGES" / path, language)
        done, all_ = done + translated, all_ + sentences
    print(f"{done} of {all_} sentences are translated, in {LOCALES / language}")
    print(f"The book is built: {build(language) / 'index.html'}")


if __name__ == "__main__":
    main()
