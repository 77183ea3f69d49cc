/* The experiment that is set up, on the board: its question and, behind a fold, its answer, so that nobody
 * has to scroll between the text and the game. Everything is taken from the text below.
 */
(function () {
  "use strict";
  const strip = document.getElementById("game-strip");
  const experiments = Array.from(document.querySelectorAll("section"))
    .map((section) => ({
      title: section.querySelector(":scope > h3"),
      links: Array.from(section.querySelectorAll(":scope > p a[href*='photo=']")),
      question: section.querySelector(":scope > .predict"),
      answer: section.querySelector(":scope > details"),
    }))
    .filter(({ title, links, question, answer }) => title && links.length && question && answer);
  if (!strip || !experiments.length) return;

  const nav = document.createElement("nav");
  nav.setAttribute("aria-label", "Experiments");
  nav.append("Experiments:");
  experiments.forEach(function (experiment, i) {
    const link = document.createElement("a");
    link.href = experiment.links[0].getAttribute("href");
    link.textContent = String(i + 1);
    link.title = name(experiment);
    nav.append(" ", link);
  });
  const shown = document.createElement("div");
  strip.append(nav, shown);

  function name({ title }) {
    return title.firstChild.textContent.trim();
  }

  function show() {
    const wanted = experiments.findIndex(({ links }) => links.some((link) => link.hash === location.hash));
    nav.querySelectorAll("a").forEach(function (link, i) {
      if (i === wanted) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    shown.textContent = "";
    if (wanted < 0) return;
    const { question, answer } = experiments[wanted];
    const title = document.createElement("p");
    title.append(document.createElement("strong"));
    title.firstChild.textContent = name(experiments[wanted]);
    const asked = question.cloneNode(true);
    asked.querySelectorAll(".ask, .ask-said").forEach((part) => part.remove());
    const fold = answer.cloneNode(true);
    fold.open = false;
    shown.append(title, asked, fold);
    if (window.sicganAsk) window.sicganAsk.build(asked);
  }

  window.addEventListener("hashchange", show);
  show();
})();
