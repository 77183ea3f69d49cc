/* A 3×3 window under the pointer, and nine squares to press: both operators, live. */
sicganTouch.mount("kernel", async function (kit) {
"use strict";
const { path } = sicganDrawing, STEEPEST = 100 * Math.sqrt(20);
const photo = await sicganTouch.readPhoto("shine"), { top, left } = sicganTouch.given.shine;
const cells = Array.from(kit.root.querySelectorAll("[data-cell]"));
const state = { row: 26, column: 60, own: null, record: 0 };
const places = ["top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right"];
const grey = sicganTouch.createLayer(photo.width, photo.height);
const shade = (l) => sicganColor.labToRgb([l, 0, 0]);
grey.paint((i) => shade(photo.lab[i][0]));

/* The lightness of the nine pixels around one that is not on the rim. */
function windowAt(row, column) {
  return Array.from({ length: 9 }, (_, k) =>
    photo.lab[(row + Math.floor(k / 3) - 1) * photo.width + column + (k % 3) - 1][0]);
}

function operate(n) {
  const dx = n[2] + 2 * n[5] + n[8] - n[0] - 2 * n[3] - n[6];
  const dy = n[6] + 2 * n[7] + n[8] - n[0] - 2 * n[1] - n[2];
  const steep = Math.hypot(dx, dy);
  return { dx, dy, steep, sobel: steep / STEEPEST, laplacian: (n[1] + n[3] + n[5] + n[7] - 4 * n[4]) / 400 };
}

function verdict(steep) {
  if (!state.own) return `Row ${top + state.row}, column ${left + state.column} of the photograph.`;
  state.record = Math.max(state.record, steep);
  if (steep > STEEPEST - 0.5) return "447: no patch is steeper.";
  return `Your steepest so far: ${Math.round(state.record)}. Some patch has more.`;
}

function show() {
  const nine = state.own || windowAt(state.row, state.column), found = operate(nine);
  const signed = (v) => (v < 0 ? "−" : "") + Math.abs(v).toFixed(0);
  kit.write("dx", signed(found.dx));
  kit.write("dy", signed(found.dy));
  kit.write("steep", found.steep.toFixed(0));
  kit.write("sobel", found.sobel.toFixed(3));
  kit.write("laplacian", `${found.laplacian < 0 ? "−" : ""}${Math.abs(found.laplacian).toFixed(3)}`);
  const told = verdict(found.steep);
  kit.write("verdict", told);
  cells.forEach((cell, k) => {
    cell.textContent = Math.round(nine[k]);
    cell.style.background = `rgb(${shade(nine[k])})`;
    cell.style.color = nine[k] > 50 ? "#000" : "#fff";
    cell.setAttribute("aria-label", `${places[k]}: lightness ${Math.round(nine[k])}`);
  });
  kit.tell(picture, `row ${top + state.row}, column ${left + state.column}`, left + state.column);
  kit.say(`d x ${signed(found.dx)}, d y ${signed(found.dy)}, steepness ${found.steep.toFixed(0)}. ${told}`);
  kit.refresh();
}

function draw(pen, width, height) {
  const unit = width / photo.width;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(grey.canvas, 0, 0, width, height);
  if (state.own) return;
  const x = (state.column - 1) * unit, y = (state.row - 1) * unit, side = 3 * unit;
  for (const [color, line] of [["#fff", 4], ["#c04a00", 2]]) {
    path(pen, [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]], color, line);
  }
  const { dx, dy, sobel } = operate(windowAt(state.row, state.column)), length = Math.hypot(dx, dy) || 1;
  const reach = Math.min(70, sobel * 320), from = [x + side / 2, y + side / 2];
  const to = [from[0] + (dx / length) * reach, from[1] + (dy / length) * reach];
  for (const [color, line] of [["#fff", 5], ["#c04a00", 2.5]]) path(pen, [from, to], color, line);
}

function lookAt(row, column) {
  const inside = (v, length) => Math.min(length - 2, Math.max(1, v));
  state.own = null;
  state.row = inside(row, photo.height);
  state.column = inside(column, photo.width);
  show();
}

const picture = kit.view("picture", photo.height / photo.width, draw);
kit.drag(picture, {
  move: (x, y) => lookAt(Math.floor(y * photo.height), Math.floor(x * photo.width)),
  nudge: (dx, dy) => lookAt(state.row + dy, state.column + dx),
});
picture.addEventListener("pointermove", (event) => { // a mouse need not be pressed, but leaves an own patch alone
  if (event.pointerType !== "mouse" || event.buttons || state.own) return;
  const box = picture.getBoundingClientRect(), share = (v, length) => Math.floor(v * length);
  lookAt(share((event.clientY - box.top) / box.height, photo.height),
    share((event.clientX - box.left) / box.width, photo.width));
});
cells.forEach((cell, k) => cell.addEventListener("click", () => {
  state.own = state.own || windowAt(state.row, state.column).map((l) => (l > 50 ? 100 : 0));
  state.own[k] = 100 - state.own[k];
  show();
}));
kit.on("black", () => { state.own = Array(9).fill(0); show(); });
kit.on("back", () => lookAt(state.row, state.column));
show();
return { state, operate, at: (row, column) => operate(windowAt(row - top, column - left)) };
});
