/* Drawing on a canvas, for the game and for the page that learns your photograph. */
(function () {
"use strict";

// The book's figures: dark ink on a true grey, in light and in dark mode.
const INK = "#26282b", FAINT = "#8c8c8c", PAPER = "#efefef";
const REAL = "#0072b2", FAKE = "#c04a00", D_COLOR = "#7b3f98", G_COLOR = "#00805f";

/* The drawing context of an empty canvas, in units of the page's pixels. */
function clear(canvas, aspect) {
  const width = canvas.clientWidth, height = Math.round(width * aspect);
  const ratio = window.devicePixelRatio || 1;
  resize(canvas, Math.round(width * ratio), Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif";
  return { pen, width, height };
}

/* A canvas that keeps its size keeps its memory. */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function path(pen, points, color, width = 1, dash = []) {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function write(pen, text, x, y, align = "left") {
  pen.fillStyle = INK;
  pen.textAlign = align;
  pen.fillText(text, x, y);
}

/* Curves over `count` steps, from `bottom` to `top`, each with a thin line at its predicted value. */
function drawSeries(canvas, curves, top, count, bottom = 0) {
  const { pen, width, height } = clear(canvas, 0.6);
  const share = (value) => Math.max(0, Math.min(1, (value - bottom) / (top - bottom)));
  const left = 36, y = (value) => height - 8 - (height - 20) * share(value);
  for (let tick = 0; tick <= 4; tick++) {
    const value = bottom + ((top - bottom) * tick) / 4;
    path(pen, [[left, y(value)], [width, y(value)]], "#dcdcdc");
    write(pen, String(Number(value.toFixed(2))), left - 4, y(value) + 4, "right");
  }
  for (const { values, predicted, color, dash } of curves) {
    path(pen, [[left, y(predicted)], [width, y(predicted)]], color, 1, [2, 2]);
    const x = (i) => left + ((width - left) * i) / (count - 1);
    path(pen, values.map((value, i) => [x(i), y(value)]), color, 1.8, dash);
  }
}

window.sicganDrawing = {
  INK, FAINT, PAPER, REAL, FAKE, D_COLOR, G_COLOR, clear, resize, path, write, drawSeries,
};
})();
