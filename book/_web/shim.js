/* Two gaps of the widget scripts, closed.
 *
 * MathJax 3 has no Hub, which the widgets call for every label. And a slider handle has the role of
 * a slider but no name, and says its index instead of its value: a screen reader needs both.
 */
window.addEventListener("load", function () {
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

  function copy(handle, attribute, source) {
    if (source && handle.getAttribute(attribute) !== source.textContent) {
      handle.setAttribute(attribute, source.textContent);
    }
  }

  function nameSliders() {
    document.querySelectorAll(".widget-slider").forEach(function (slider) {
      const handle = slider.querySelector(".noUi-handle");
      if (!handle) return;
      copy(handle, "aria-label", slider.querySelector(".widget-label"));
      copy(handle, "aria-valuetext", slider.querySelector(".widget-readout"));
    });
  }

  new MutationObserver(nameSliders).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-valuetext"],
  });
});
