/* A rectangle that nobody has seen: what three rules give inside and outside, wherever it is dragged. */
sicganTouch.mount("holdout", async function (kit) {
"use strict";
const { path } = sicganDrawing, { rgbToLab, labToRgb, intoGamut, deltaE } = sicganColor;
const BINS = 32, EVERY = 2;
const photo = await sicganTouch.readPhoto("coffee");
const width = Math.ceil(photo.width / EVERY), height = Math.ceil(photo.height / EVERY);
const lab = Array.from({ length: width * height }, (_, i) =>
  photo.lab[EVERY * Math.floor(i / width) * photo.width + EVERY * (i % width)]);
const state = { top: 38, left: 10, size: 40, errors: {} };
const layer = sicganTouch.createLayer(photo.width, photo.height);
const binOf = (l) => Math.min(BINS - 1, Math.floor((l * BINS) / 100));

function median(values) {
  const sorted = values.sort((a, b) => a - b), middle = sorted.length >> 1;
  if (!sorted.length) return 0;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* The ab that each rule gives a lightness, learned from the pixels outside the box. */
function learn(isHeld) {
  const seen = lab.filter((_, i) => !isHeld(i)), bins = Array.from({ length: BINS }, () => []);
  seen.forEach((one) => bins[binOf(one[0])].push(one));
  const table = bins.map((its) => [1, 2].map((k) => median(its.map((one) => one[k]))));
  const mean = [1, 2].map((k) => seen.reduce((sum, one) => sum + one[k], 0) / seen.length);
  return { table: (l) => table[binOf(l)], mean: () => mean };
}

const painted = (rule, l) => labToRgb(intoGamut([l, ...rule(l)]));

const errorsOf = (rule) => lab.map((one) => deltaE(rgbToLab(painted(rule, one[0])), one));
const ofGrey = errorsOf(() => [0, 0]); // needs no learning

/* The mean of some errors outside the box and inside. */
function judge(errors, isHeld) {
  const sums = [0, 0], counts = [0, 0];
  errors.forEach((error, i) => {
    const side = Number(isHeld(i));
    sums[side] += error;
    counts[side] += 1;
  });
  return sums.map((sum, side) => sum / counts[side]);
}

function boxOf({ top, left, size }) {
  const tall = Math.round((size / 100) * height), wide = Math.round((size / 100) * width);
  const row = Math.min(top, height - tall), column = Math.min(left, width - wide);
  return { row, column, tall, wide };
}

function within({ row, column, tall, wide }) {
  return (i) => {
    const y = Math.floor(i / width) - row, x = (i % width) - column;
    return y >= 0 && y < tall && x >= 0 && x < wide;
  };
}

function reckon(box) {
  const isHeld = within(box), rules = learn(isHeld);
  const all = { table: errorsOf(rules.table), mean: errorsOf(rules.mean), grey: ofGrey };
  const errors = Object.fromEntries(Object.entries(all).map(([name, its]) => [name, judge(its, isHeld)]));
  return { rules, errors };
}

function verdict({ table, mean }) {
  if (table[1] > mean[1]) return "Inside, the table loses to one brown.";
  const gap = table[1] - table[0];
  return gap > 1 ? "Inside, the table is worse than where it learnt." : gap < -1
    ? "Inside is easier than outside: a kind exam." : "Inside is about as good as outside.";
}

function show() {
  const box = boxOf(state), { rules, errors } = reckon(box), minus = (v) => v.toFixed(1);
  state.errors = errors;
  const shades = Array.from({ length: 1001 }, (_, i) => painted(rules.table, i / 10)); // for the eye
  layer.paint((i) => shades[Math.round(10 * photo.lab[i][0])]);
  for (const [name, pair] of Object.entries(errors)) pair.forEach((v, side) => kit.write(`${name}-${side}`, minus(v)));
  kit.write("size", `${state.size} %`);
  kit.write("verdict", verdict(errors));
  kit.tell(picture, `${Math.round((100 * box.column) / width)} % from the left, ${Math.round((100 * box.row) / height)} % from the top`, box.column);
  kit.say(`Table: outside ${minus(errors.table[0])}, inside ${minus(errors.table[1])}. ${verdict(errors)}`);
  kit.refresh();
}

function draw(pen, wide, tall) {
  pen.drawImage(layer.canvas, 0, 0, wide, tall);
  const box = boxOf(state), x = (box.column / width) * wide, y = (box.row / height) * tall;
  const w = (box.wide / width) * wide, h = (box.tall / height) * tall;
  for (const [color, line, dash] of [["#fff", 4, []], ["#26282b", 2, [7, 4]]]) {
    path(pen, [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]], color, line, dash);
  }
}

function moveTo(row, column) {
  const { tall, wide } = boxOf(state), inside = (v, most) => Math.round(Math.min(most, Math.max(0, v)));
  state.top = inside(row, height - tall);
  state.left = inside(column, width - wide);
  show();
}

const picture = kit.view("picture", photo.height / photo.width, draw);
kit.view("truth", photo.height / photo.width, (pen, wide, tall) => pen.drawImage(photo.canvas, 0, 0, wide, tall));
kit.drag(picture, {
  move(x, y) {
    const { tall, wide } = boxOf(state);
    moveTo(y * height - tall / 2, x * width - wide / 2);
  },
  nudge: (dx, dy) => moveTo(state.top + dy, state.left + dx),
});
kit.set("size", (value) => { state.size = value; show(); });
return { state, errors: (row, column, tall, wide) => reckon({ row, column, tall, wide }).errors };
});
