/* Six pairs: which is the photograph? */
sicganTouch.mount("pairs", function (kit) {
"use strict";
const { pairs } = sicganTouch.given.pairs, sides = ["a", "b"];
const state = { at: 0, answers: [] };

/* How often a coin has at least so many of six right. */
function coin(right, count = pairs.length) {
  let choose = 1, sum = 0;
  for (let k = 0; k <= count; k++) {
    if (k >= right) sum += choose;
    choose = (choose * (count - k)) / (k + 1);
  }
  return sum / 2 ** count;
}

const score = () => state.answers.filter((side, i) => side === pairs[i].photograph).length;

function show() {
  const pair = pairs[state.at], answer = state.answers[state.at], done = state.answers.length;
  sides.forEach((side) => {
    const picture = kit.find("picture", side), button = kit.find("do", side);
    picture.src = pair[side].source;
    picture.alt = `Picture ${side.toUpperCase()}: ${pair[side].told}.`;
    button.disabled = Boolean(answer);
    button.textContent = !answer ? `${side.toUpperCase()} is the photograph`
      : side === pair.photograph ? "The photograph" : "Painted by a network";
  });
  kit.write("pair", `${state.at + 1} of ${pairs.length}`);
  kit.write("score", `${score()} of ${done}`);
  kit.write("coin", done === pairs.length ? `${(100 * coin(score())).toFixed(0)} %` : "–");
  const told = verdict(pair, answer, done);
  kit.write("verdict", told);
  kit.find("do", "next").disabled = !answer;
  kit.find("do", "next").textContent = done === pairs.length && state.at === pairs.length - 1 ? "Again" : "Next pair";
  kit.say(told);
}

function verdict(pair, answer, done) {
  if (!answer) return `Pair ${state.at + 1}: which is the photograph?`;
  const right = answer === pair.photograph ? "Right." : "Wrong.";
  const error = `ΔE between the two: ${pair.error.toFixed(0)}.`;
  if (done < pairs.length || state.at < pairs.length - 1) return `${right} ${error}`;
  return `${right} ${error} You have ${score()} of ${pairs.length}; so has a coin, or more, in ${(100 * coin(score())).toFixed(0)} % of all tries.`;
}

sides.forEach((side) => kit.on(side, () => {
  if (!state.answers[state.at]) state.answers[state.at] = side;
  show();
}));
kit.on("next", () => {
  if (state.at === pairs.length - 1) state.answers = [];
  state.at = (state.at + 1) % pairs.length;
  show();
});
show();
return { state, coin, score };
});
