/* What the page of your photograph shows: pictures, curves, numbers and the league table. */
(function () {
"use strict";

const { equilibrium, stepsOf } = window.sicganCrew;
const { holdoutBox, medianOf } = window.sicganPhoto;
const { REAL, FAKE, D_COLOR, G_COLOR, resize, drawSeries } = window.sicganDrawing;

const MEASURES = ["lossD", "lossG", "realScore", "fakeScore"];
const RECENT = 20, HIGHEST_LOSS = 6;
const BASELINES = { grey: "grey", one: "one colour", table: "32 colours by lightness" };

const find = (id) => document.getElementById(`live-${id}`);
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const describe = (canvas, text) => canvas.setAttribute("aria-label", text);

/* An error in words: of the whole picture, or of its two parts. */
const spoken = ({ all, seen, held }) => (Number.isFinite(held)
  ? `${seen.toFixed(1)}, and ${held.toFixed(1)} in the held-out part` : all.toFixed(1));

function showPicture(canvas, bytes, { width, height }) {
  resize(canvas, width, height);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(bytes), width), 0, 0);
}

/* The photograph, with a shadow on what is held out. */
function showPhotograph(picture, holdout) {
  showPicture(find("photo"), picture.bytes, picture);
  if (!holdout) return;
  const pen = find("photo").getContext("2d");
  const [top, left, bottom, right] = holdoutBox(holdout, picture.height, picture.width);
  pen.fillStyle = "rgb(38 40 43 / 45%)";
  pen.fillRect(left, top, right - left, bottom - top);
  pen.strokeStyle = "#fff";
  pen.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
}

function showPainted({ bytes, error }, picture, steps) {
  showPicture(find("picture"), bytes, picture);
  find("now").textContent = `${spoken(error)} at step ${steps}`;
  describe(find("picture"), `Its lightness in G's colours: ΔE ${spoken(error)} at step ${steps}`);
}

function showBaselines(found, picture) {
  for (const [name, { bytes, error }] of Object.entries(found)) {
    showPicture(find(name), bytes, picture);
    document.getElementById(`error-${name}`).value = spoken(error);
  }
}

/* Losses and scores so far, with their predicted lines, and their last means. */
function showCurves(game, history) {
  const { score, lossD, lossG } = equilibrium(game.config);
  const count = Math.max(stepsOf(game.config), game.steps);
  const line = (name, color, predicted, dash) => ({ values: history[name], color, predicted, dash });
  const highest = history.lossG.reduce((most, value) => Math.max(most, value), 0);
  drawSeries(find("losses"), [line("lossD", D_COLOR, lossD), line("lossG", G_COLOR, lossG, [5, 3])],
    Math.min(HIGHEST_LOSS, Math.max(2, 2 * Math.ceil(highest / 2))), count);
  const scores = [line("realScore", REAL, score), line("fakeScore", FAKE, score, [5, 3])];
  drawSeries(find("scores"), scores, 1, count);
  showNumbers(game.steps, history, { lossD, lossG, realScore: score, fakeScore: score });
}

function showNumbers(steps, history, predicted) {
  const write = (id, text) => { document.getElementById(id).textContent = text; };
  const recent = (name) => (steps ? mean(history[name].slice(-RECENT)).toFixed(3) : "–");
  write("now-step", String(steps));
  for (const name of MEASURES) {
    write(`now-${name}`, recent(name));
    write(`predicted-${name}`, predicted[name].toFixed(3));
  }
  describe(find("losses"), `Losses: of D ${recent("lossD")}, of G ${recent("lossG")} at step ${steps}`);
  describe(find("scores"), `D's scores: ${recent("realScore")} on real patches, `
    + `${recent("fakeScore")} on generated ones at step ${steps}`);
}

/* One row for all runs with the same settings. */
function leagueRow(name, errors) {
  const seen = errors.map((error) => error.seen), held = errors.map((error) => error.held);
  const range = `${Math.min(...seen).toFixed(1)} – ${Math.max(...seen).toFixed(1)}`;
  return { median: medianOf(seen), cells: [
    name, String(errors.length), medianOf(seen).toFixed(1), errors.length > 1 ? range : "",
    Number.isFinite(held[0]) ? medianOf(held).toFixed(1) : "",
  ] };
}

/* The reader's runs among the baselines, the least error first. */
function showLeague(plain, league) {
  const rows = Object.entries(plain).map(([name, error]) => leagueRow(BASELINES[name], [error]));
  league.forEach((runs, name) => rows.push(leagueRow(name, [...runs.values()])));
  rows.sort((one, other) => one.median - other.median);
  find("league").tBodies[0].replaceChildren(...rows.map(({ cells }) => {
    const line = document.createElement("tr");
    line.append(...cells.map((text, i) => {
      const cell = document.createElement(i ? "td" : "th");
      if (!i) cell.scope = "row";
      cell.textContent = text;
      return cell;
    }));
    return line;
  }));
}

window.sicganViews = {
  MEASURES, find, showPicture, showPhotograph, showPainted, showBaselines, showCurves, showLeague,
};
})();
