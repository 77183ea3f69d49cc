/* What all things to touch share: their place in the page, views, points that move, a line that is read out.
 *
 * The markup of a thing is book/touch/NAME.html, its own script touch-NAME.js; data come as scripts, since
 * a page from file:// may read no other file.
 */
(function () {
"use strict";
const QUIET = 700; // milliseconds of rest before the line is read out
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const given = {}, things = {};

/* For data scripts: keep a value under a name. */
function give(name, value) {
  given[name] = value;
}

/* The pixels of a photograph that was given: RGBA, and the lab of each. */
async function readPhoto(name) {
  const image = new Image();
  image.src = given[name].source;
  await image.decode();
  const { width, height } = image;
  const canvas = document.createElement("canvas");
  sicganDrawing.resize(canvas, width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const rgba = pen.getImageData(0, 0, width, height).data;
  const lab = Array.from({ length: width * height }, (_, i) =>
    sicganColor.rgbToLab([rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]]));
  return { width, height, rgba, lab, canvas };
}

/* A canvas of the photograph's size, to be filled by paint(rgba) and shown by drawImage. */
function createLayer(width, height) {
  const canvas = document.createElement("canvas");
  sicganDrawing.resize(canvas, width, height);
  const pen = canvas.getContext("2d"), image = pen.createImageData(width, height);
  image.data.fill(255);
  function paint(color) { // color(i): the RGB of pixel i
    for (let i = 0; i < width * height; i++) image.data.set(color(i), 4 * i);
    pen.putImageData(image, 0, 0);
  }
  return { canvas, paint };
}

/* Words that can be read on any ground. */
function label(pen, text, x, y, align = "left") {
  pen.setLineDash([]);
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
  pen.textAlign = align;
  pen.strokeText(text, x, y);
  sicganDrawing.write(pen, text, x, y, align);
}

function createKit(root) {
  const find = (kind, name) => root.querySelector(`[data-${kind}="${name}"]`);
  const said = root.querySelector(".touch-said"), views = [];
  let waiting = null, asked = false;

  /* The canvas data-view=NAME, drawn by draw(pen, width, height) whenever its size or the state changes. */
  function view(name, aspect, draw) {
    const canvas = find("view", name);
    const show = () => {
      if (!canvas.clientWidth) return;
      const { pen, width, height } = sicganDrawing.clear(canvas, aspect);
      canvas.style.height = `${height}px`;
      draw(pen, width, height);
    };
    views.push(show);
    new ResizeObserver(refresh).observe(canvas);
    return canvas;
  }

  /* Draw all views at the next frame. */
  function refresh() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      views.forEach((show) => show());
    });
  }

  /* Finger, mouse and arrow keys on a canvas: move(x, y) in shares of it, nudge(dx, dy) in steps. */
  function drag(canvas, { move, nudge, hover = false }) {
    const at = (event) => {
      const box = canvas.getBoundingClientRect(), inside = (v) => Math.min(1, Math.max(0, v));
      move(inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      at(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId) || (hover && event.pointerType === "mouse")) at(event);
    });
    canvas.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const length = event.shiftKey ? 10 : 1;
      nudge(arrow[0] * length, arrow[1] * length);
    });
  }

  /* The value of a control that has no value of its own: for the ear. */
  function tell(canvas, text, value) {
    canvas.setAttribute("aria-valuetext", text);
    canvas.setAttribute("aria-valuenow", value);
  }

  function write(name, text) {
    find("number", name).textContent = text;
  }

  /* Read out once it rests, so that nobody hears every step on the way. */
  function say(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => { said.textContent = text; }, QUIET);
  }

  function on(name, action) {
    const button = find("do", name);
    button.addEventListener("click", () => action(button));
    return button;
  }

  /* A slider or a list of the browser's own: act(value) now and whenever it moves. */
  function set(name, act) {
    const control = find("set", name);
    const hear = () => act(control.type === "range" ? Number(control.value) : control.value);
    control.addEventListener("input", hear);
    hear();
    return control;
  }

  /* A switch: act(on) whenever it is pressed. */
  function toggle(name, act) {
    return on(name, (button) => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", pressed);
      act(pressed);
    });
  }

  return { root, find, view, refresh, drag, tell, write, say, on, set, toggle };
}

/* Make the thing of this name live, if it is on the page. build(kit) returns what tests may ask. */
async function mount(name, build) {
  const root = document.querySelector(`.touch[data-touch="${name}"]`);
  if (!root) return;
  things[name] = await build(createKit(root));
  root.classList.add("touch-on");
}

window.sicganTouch = { given, things, give, readPhoto, createLayer, label, mount };
})();
