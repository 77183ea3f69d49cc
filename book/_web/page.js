/* What the theme leaves undone on every page: its drawers close when they have served, and give the focus
 * back; and a chapter's folded code opens all at once for those who came for it.
 */
(function () {
  "use strict";
  const KEY = "sicgan-code";

  /* A drawer has done its work when a heading of this page was chosen. */
  document.addEventListener("click", function (event) {
    const link = event.target.closest("dialog[open] a[href^='#']");
    if (link) link.closest("dialog").close();
  });

  /* The browser gives the focus back only where it saw the button that had it. */
  let opener = null;
  document.addEventListener("click", (event) => { opener = event.target.closest("button, .btn") || opener; }, true);
  document.querySelectorAll("dialog").forEach(function (drawer) {
    drawer.addEventListener("close", function () {
      const toggle = opener;
      setTimeout(() => { if (toggle && document.activeElement === document.body) toggle.focus(); });
    });
  });

  const folds = Array.from(document.querySelectorAll("details.code"));
  const colab = document.querySelector("a.colab");
  if (!folds.length || !colab) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show-code";

  function set(open, keep) {
    if (keep) { try { localStorage.setItem(KEY, open ? "open" : ""); } catch (_) { /* this page alone */ } }
    folds.forEach((fold) => { fold.open = open; });
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Fold the code" : "Show all code";
  }

  let wanted = "";
  try { wanted = localStorage.getItem(KEY) || ""; } catch (_) { /* nothing is remembered */ }
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true", true));
  set(wanted === "open", false);
  colab.after(" ", button);
})();
