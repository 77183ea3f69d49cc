"""What every chapter has, named for the stylesheet, so that a notebook stays plain."""

from __future__ import annotations

from bs4 import BeautifulSoup


def mark_beats(page: BeautifulSoup) -> None:
    """The guess before the run, and the way to Colab."""
    for word in page("em", string="Predict:"):
        if word.parent and word.parent.name == "p" and word.previous_sibling is None:
            word.parent["class"] = "predict"
    for link in page("a", class_="external"):
        colab = link.get_text().startswith("Open this chapter") and "//colab" in str(link["href"])
        if colab and "colab" not in link.get_attribute_list("class"):
            link["class"] = f"{' '.join(link.get_attribute_list('class'))} colab"
