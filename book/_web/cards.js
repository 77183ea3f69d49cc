/* A card at a word of the glossary, or at the number of an equation: what it says, without leaving the line.
 *
 * A pointer that rests and the focus of the keyboard show it; Escape closes it, and so does going on. A finger
 * follows the link, as everywhere.
 */
(function () {
  "use strict";
  const REST = 250, LEAVE = 200, MARGIN = 12; // milliseconds, milliseconds, pixels
  const WORDS = "a[data-card], a[href^='#equation-']:not(.headerlink)";
  const card = document.createElement("div");
  card.id = "hover-card";
  card.className = "hover-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let owner = null, waiting = null;

  function later(act, time) {
    clearTimeout(waiting);
    waiting = setTimeout(act, time);
  }

  /* The meaning of a word, or the equation itself. */
  function fill(link) {
    card.textContent = link.dataset.card || "";
    if (link.dataset.card) return;
    const equation = document.getElementById(link.hash.slice(1));
    if (!equation) return;
    const copy = equation.cloneNode(true);
    [copy, ...copy.querySelectorAll("[id]")].forEach((part) => part.removeAttribute("id"));
    copy.querySelectorAll(".headerlink, [tabindex]").forEach((part) => part.removeAttribute("tabindex"));
    copy.querySelectorAll(".headerlink").forEach((part) => part.remove());
    card.append(copy);
  }

  /* Below the word, or above it where no room is left; never beyond the page's sides. */
  function place(link) {
    const word = link.getClientRects()[0], width = document.documentElement.clientWidth;
    const left = Math.max(MARGIN, Math.min(word.left, width - card.offsetWidth - MARGIN));
    const below = word.bottom + 6, above = word.top - card.offsetHeight - 6;
    const top = below + card.offsetHeight > innerHeight && above > 0 ? above : below;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  function show(link) {
    clearTimeout(waiting);
    if (owner === link) return;
    hide();
    fill(link);
    if (!card.textContent.trim()) return;
    owner = link;
    card.hidden = false;
    link.setAttribute("aria-describedby", card.id);
    place(link);
    if (window.MathJax && MathJax.typesetPromise && /\\[([]/.test(card.textContent)) {
      MathJax.typesetPromise([card]).then(() => { if (owner === link) place(link); });
    }
  }

  function hide() {
    clearTimeout(waiting);
    if (!owner) return;
    owner.removeAttribute("aria-describedby");
    owner = null;
    card.hidden = true;
  }

  document.addEventListener("pointerover", function (event) {
    if (event.pointerType !== "mouse") return;
    const link = event.target.closest(WORDS);
    if (link) later(() => show(link), REST);
    else if (event.target.closest(".hover-card")) clearTimeout(waiting);
    else if (owner && owner !== document.activeElement) later(hide, LEAVE);
    else clearTimeout(waiting);
  });
  document.addEventListener("focusin", function (event) {
    const link = event.target.closest(WORDS);
    if (link && link.matches(":focus-visible")) show(link);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
