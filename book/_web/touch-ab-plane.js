/* One point in the plane of a and b paints the whole photograph: can it beat the mean colour? */
sicganTouch.mount("ab-plane", async function (kit) {
"use strict";
const { rgbToLab, labToRgb, intoGamut, deltaE } = sicganColor, { path, INK } = sicganDrawing, { label } = sicganTouch;
const EDGE = 80, GROUND = 65; // the plane's reach, and the lightness of its ground
const photo = await sicganTouch.readPhoto("coffee"), { best } = sicganTouch.given.coffee;
const lightness = Array.from(new Set(photo.lab.map(([l]) => l)));
const step = new Map(lightness.map((l, i) => [l, i]));
const steps = photo.lab.map(([l]) => step.get(l));
const mean = [1, 2].map((k) => photo.lab.reduce((sum, lab) => sum + lab[k], 0) / photo.lab.length);

/* The colour that each lightness of the photograph gets from one a and b, as 8-bit RGB. */
const paint = (a, b) => lightness.map((l) => labToRgb(intoGamut([l, a, b])));

function errorOf(colors) {
  const labs = colors.map(rgbToLab);
  return photo.lab.reduce((sum, lab, i) => sum + deltaE(labs[steps[i]], lab), 0) / photo.lab.length;
}

const par = errorOf(paint(...mean));
const state = { point: [0, 0], error: errorOf(paint(0, 0)), yours: Infinity, shown: false };
const picture = sicganTouch.createLayer(photo.width, photo.height);
const ground = sicganTouch.createLayer(EDGE, EDGE);
ground.paint((i) => {
  const lab = [GROUND, ((i % EDGE) + 0.5) * 2 - EDGE, EDGE - (Math.floor(i / EDGE) + 0.5) * 2];
  return intoGamut(lab)[1] === lab[1] ? labToRgb([lab[0] + 12, 0.75 * lab[1], 0.75 * lab[2]]) : [239, 239, 239];
});

function drawPlane(pen, width, height) {
  const place = ([a, b]) => [((a + EDGE) / (2 * EDGE)) * width, ((EDGE - b) / (2 * EDGE)) * height];
  pen.drawImage(ground.canvas, 0, 0, width, height);
  pen.fillStyle = "rgba(38, 40, 43, 0.25)";
  for (let i = 0; i < photo.lab.length; i += 7) {
    const [x, y] = place(photo.lab[i].slice(1));
    pen.fillRect(x - 0.75, y - 0.75, 1.5, 1.5);
  }
  const [x0, y0] = place([0, 0]);
  path(pen, [[x0, 0], [x0, height]], "#8c8c8c");
  path(pen, [[0, y0], [width, y0]], "#8c8c8c");
  label(pen, "a* →", width - 6, y0 - 5, "right");
  label(pen, "b* ↑", x0 + 5, 14);
  cross(pen, place(mean), "par");
  if (state.shown) cross(pen, place(best.ab), "best", 1);
  const [x, y] = place(state.point);
  disc(pen, x, y, 13, "#fff");
  disc(pen, x, y, 11.5, INK);
  disc(pen, x, y, 9.5, `rgb(${labToRgb(intoGamut([GROUND, ...state.point]))})`);
}

function disc(pen, x, y, radius, color) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function cross(pen, [x, y], name, side = -1) {
  path(pen, [[x - 6, y], [x + 6, y]], INK, 2);
  path(pen, [[x, y - 6], [x, y + 6]], INK, 2);
  label(pen, name, x + side * 9, y + 4, side < 0 ? "right" : "left");
}

function verdict() {
  const { error } = state;
  if (error < best.error + 0.05) return "That is the best one colour can do.";
  if (Math.abs(error - par) < 0.05) return "That is par.";
  return error < par ? "You beat the brown." : "Not yet below par.";
}

function moveTo(a, b, byHand = true) {
  const inside = (v) => Math.min(EDGE, Math.max(-EDGE, Math.round(v)));
  state.point = [inside(a), inside(b)];
  const colors = paint(...state.point);
  state.error = errorOf(colors);
  if (byHand) state.yours = Math.min(state.yours, state.error);
  picture.paint((i) => colors[steps[i]]);
  show();
}

function show() {
  const [a, b] = state.point, error = state.error.toFixed(1);
  kit.write("now", error);
  kit.write("yours", state.yours < Infinity ? state.yours.toFixed(1) : "–");
  kit.write("verdict", verdict());
  kit.tell(plane, `a ${a}, b ${b}`, a);
  kit.say(`Error ${error}. ${verdict()}`);
  kit.refresh();
}

const plane = kit.view("plane", 1, drawPlane);
kit.view("picture", photo.height / photo.width, (pen, width, height) =>
  pen.drawImage(picture.canvas, 0, 0, width, height));
kit.drag(plane, {
  move: (x, y) => moveTo((2 * x - 1) * EDGE, (1 - 2 * y) * EDGE),
  nudge: (dx, dy) => moveTo(state.point[0] + dx, state.point[1] - dy),
});
kit.on("grey", () => moveTo(0, 0, false));
kit.on("mean", () => moveTo(...mean, false));
kit.on("best", () => { state.shown = true; moveTo(...best.ab, false); });
kit.write("par", par.toFixed(1));
moveTo(0, 0, false);
return { state, par, mean, error: (a, b) => errorOf(paint(a, b)) };
});
