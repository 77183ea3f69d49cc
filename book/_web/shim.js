/* What the widget scripts leave undone, done for every explorer.
 *
 * MathJax 3 has no Hub, which the widgets call for every label. A slider handle has the role of a
 * slider but no name, and says its index instead of its value. The value beside it can be typed into,
 * which does nothing. And nobody tells a reader who does not see it that the picture has changed.
 */
window.addEventListener("load", function () {
  const SETTLED = 500; // milliseconds without a change before the new picture is read out
  const waiting = new WeakMap();

  if (window.MathJax && !window.MathJax.Hub) {
    window.MathJax.Hub = {
      Queue: function (job) {
        const element = job && job[2];
        if (element && /\$|\\\(/.test(element.textContent) && window.MathJax.typesetPromise) {
          window.MathJax.typesetPromise([element]);
        }
      },
    };
  }

  function set(element, attribute, value) {
    if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  }

  function tendSlider(slider) {
    const handle = slider.querySelector(".noUi-handle");
    const label = slider.querySelector(".widget-label");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !label || !readout) return;
    set(readout, "contenteditable", "false");
    set(handle, "aria-label", label.textContent);
    set(handle, "aria-valuetext", readout.textContent);
    // For the stylesheet: how many settings there are, and which one is chosen.
    slider.style.setProperty("--settings", Number(handle.getAttribute("aria-valuemax")) + 1);
    slider.style.setProperty("--at", handle.getAttribute("aria-valuenow"));
  }

  function tendExplorer(explorer) {
    explorer.querySelectorAll(".widget-label[title]").forEach((label) => label.removeAttribute("title")); // "null"
    const labels = Array.from(explorer.querySelectorAll(".widget-slider .widget-label"));
    set(explorer, "role", "group");
    set(explorer, "aria-label", "Explorer: " + labels.map((label) => label.textContent).join(", "));
    let status = explorer.querySelector("[role=status]");
    if (!status) {
      status = document.createElement("p");
      status.setAttribute("role", "status");
      status.className = "visually-hidden";
      explorer.append(status);
    }
    const picture = Array.from(explorer.querySelectorAll("img")).find((img) => img.offsetParent);
    if (!picture || status.dataset.shown === picture.alt) return;
    const isFirst = status.dataset.shown === undefined;
    status.dataset.shown = picture.alt;
    if (isFirst) return;
    clearTimeout(waiting.get(status));
    waiting.set(status, setTimeout(() => { status.textContent = picture.alt; }, SETTLED));
  }

  function tend() {
    document.querySelectorAll(".widget-slider").forEach(tendSlider);
    document.querySelectorAll(".sicgan-explorer").forEach(tendExplorer);
  }

  new MutationObserver(tend).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-valuetext", "contenteditable"],
  });
});
