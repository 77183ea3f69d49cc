/* The search page: what is asked for may be a symbol, and Sphinx's index knows words alone. */
(function () {
  "use strict";
  const results = document.getElementById("search-results");
  const asked = (new URLSearchParams(location.search).get("q") || "").trim();
  const symbols = JSON.parse(document.getElementById("symbols").textContent);
  const bare = (name) => name.replace(/[*\s_]/g, "");

  function add(parent, tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function answer(box, { names, meaning, links }) {
    const line = add(box, "p", "");
    add(line, "strong", names.join(", "));
    line.append(": " + meaning + ". ");
    links.forEach(function ([text, href], i) {
      if (i) line.append(", ");
      add(line, "a", text).href = href;
    });
  }

  /* Excerpts are cut from the source of a page, and so have its TeX, whole or in half. */
  const SIGNS = {
    alpha: "α", beta: "β", sigma: "σ", theta: "θ", eta: "η", pi: "π", ell: "ℓ", Delta: "Δ", nabla: "∇", sum: "Σ",
    le: "≤", ge: "≥", ne: "≠", approx: "≈", times: "×", cdot: "·", to: "→", infty: "∞", pm: "±", in: "∈", circ: "∘",
  };

  function withoutTeX(text) {
    return text
      .replace(/\\[()[\]]|\$\$?/g, "")
      .replace(/\\t?frac\{([^{}]*)\}\{([^{}]*)\}/g, "($1)/($2)")
      .replace(/\\(?:mathrm|mathcal|mathbb|text|operatorname|bar|hat|left|right|bigl|bigr|quad|qquad|tfrac|frac)(?![a-zA-Z])/g, "")
      .replace(/\\([a-zA-Z]+)/g, (_, name) => SIGNS[name] || name)
      .replace(/\\[,;!: ]/g, " ")
      .replace(/[{}\\]/g, "")
      .replace(/([_^])\s*/g, (_, mark) => (mark === "^" ? "^" : ""));
  }

  new MutationObserver(function () {
    results.querySelectorAll("p.context:not([data-plain])").forEach(function (excerpt) {
      excerpt.dataset.plain = "";
      const texts = document.createTreeWalker(excerpt, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode.data;
        if (/[\\$]/.test(text)) texts.currentNode.data = withoutTeX(text);
      }
    });
  }).observe(results, { childList: true, subtree: true });

  const exact = symbols.filter(({ names }) => names.includes(asked));
  const close = symbols.filter(({ names }) => names.some((name) => bare(name) === bare(asked)));
  const found = exact.length ? exact : close;
  // A single Latin letter stands on every page and in every name: Sphinx would list them all.
  if (found.length && /^[A-Za-z]$/.test(bare(asked))) Search.performSearch = function () {};
  const box = document.createElement("section");
  box.className = "symbol-answers";
  box.setAttribute("aria-label", "Symbols");
  if (found.length) {
    found.forEach((symbol) => answer(box, symbol));
  } else if (!asked) {
    add(box, "p", "Words, names of functions and symbols are found: " + symbols.map(({ names }) => names[0]).join(", ") + ".");
  }
  if (box.childElementCount) results.before(box);
})();
