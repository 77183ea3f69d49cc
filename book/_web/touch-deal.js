/* The seeds dealt again: a few of the recorded runs of a change, against as many unchanged ones. */
sicganTouch.mount("deal", function (kit) {
"use strict";
const { path, write, REAL, FAKE } = sicganDrawing;
const { runs, unchanged, photographs } = sicganTouch.given.effects;
const { uniform } = sicganColor.createRandom(Date.now());
const VERDICTS = ["stands apart", "a hint", "nothing"];
const state = { change: "", photo: "coffee", seeds: 3, dealt: [[], []], tally: {} };

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values, m = mean(values)) =>
  values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1);

/* What the chapter's rule says of two lists of errors. */
function compare(changed, plain) {
  const effect = mean(changed) - mean(plain), spread = Math.sqrt((variance(changed) + variance(plain)) / 2);
  const apart = Math.min(...changed) > Math.max(...plain) || Math.max(...changed) < Math.min(...plain);
  const verdict = Math.abs(effect) <= spread ? "nothing" : apart ? "stands apart" : "a hint";
  return { effect, spread, verdict };
}

const all = () => [runs[state.change][state.photo], runs[unchanged][state.photo]];

function pick(count, total) {
  const left = Array.from({ length: total }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(Math.floor(uniform() * left.length), 1)[0]);
}

function deal() {
  state.dealt = all().map((values) => pick(state.seeds, values.length));
  const { verdict } = compare(...dealtErrors());
  state.tally[verdict] += 1;
}

const dealtErrors = () => all().map((values, side) => state.dealt[side].map((i) => values[i]));

function start() {
  state.tally = { "stands apart": 0, "a hint": 0, nothing: 0 };
  deal();
  show();
}

const inWords = { "stands apart": "it stands apart", "a hint": "it is a hint", nothing: "nothing can be said" };

function tell({ effect, spread, verdict }) {
  const sign = effect < 0 ? "−" : "+";
  return `${sign}${Math.abs(effect).toFixed(1)}, spread ${spread.toFixed(1)}: ${inWords[verdict]}.`;
}

function show() {
  const now = tell(compare(...dealtErrors())), whole = tell(compare(...all()));
  kit.write("now", now);
  kit.write("all", whole);
  kit.write("seeds", state.seeds);
  const deals = VERDICTS.reduce((sum, name) => sum + state.tally[name], 0);
  kit.write("deals", deals);
  VERDICTS.forEach((name) => kit.write(name, state.tally[name]));
  kit.say(`This deal: ${now}`);
  kit.refresh();
}

function draw(pen, width, height) {
  const errors = all(), ends = [Math.min(...errors.flat()) - 0.5, Math.max(...errors.flat()) + 0.5];
  const x = (error) => 12 + ((width - 24) * (error - ends[0])) / (ends[1] - ends[0]);
  [[state.change, FAKE], [unchanged, REAL]].forEach(([name, color], side) => {
    const y = height * (side ? 0.72 : 0.34);
    write(pen, name, 12, y - 17);
    path(pen, [[12, y], [width - 12, y]], "#c8c8c8");
    errors[side].forEach((error, i) => dot(pen, x(error), y, color, state.dealt[side].includes(i)));
    const middle = x(mean(state.dealt[side].map((i) => errors[side][i])));
    path(pen, [[middle, y - 13], [middle, y + 13]], color, 3);
  });
  for (let tick = Math.ceil(ends[0]); tick <= ends[1]; tick += ends[1] - ends[0] > 12 ? 4 : 2) {
    write(pen, String(tick), x(tick), height - 8, "center");
  }
  write(pen, "ΔE", width - 12, height - 8, "right");
}

function dot(pen, x, y, color, full) {
  pen.beginPath();
  pen.arc(x, y, full ? 8 : 5, 0, 2 * Math.PI);
  pen.fillStyle = full ? color : "#efefef";
  pen.fill();
  pen.setLineDash([]);
  pen.lineWidth = 1.5;
  pen.strokeStyle = color;
  pen.stroke();
}

function fillList(name, values) {
  kit.find("set", name).replaceChildren(...values.map((value) => new Option(value, value)));
}

fillList("change", Object.keys(runs).filter((name) => name !== unchanged));
fillList("photo", photographs);
let ready = false;
const renew = () => { if (ready) start(); };
kit.set("change", (value) => { state.change = value; renew(); });
kit.set("photo", (value) => { state.photo = value; renew(); });
kit.set("seeds", (value) => { state.seeds = value; renew(); });
kit.view("plane", 0.3, draw);
kit.on("deal", () => { deal(); show(); });
kit.on("many", () => { for (let i = 0; i < 100; i++) deal(); show(); });
kit.write("recorded", all()[0].length);
kit.find("set", "seeds").max = all()[0].length - 1;
ready = true;
start();
return { state, compare, dealtErrors };
});
