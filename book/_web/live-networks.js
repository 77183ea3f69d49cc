/* A stack of convolutions: forwards, and its slopes back.
 *
 * All of it is one function, so that a worker can be given its text.
 */
function networksScript(root) {
"use strict";

const {
  OUTPUTS, ROWS, MIXES, upTo, range, planes, shiftsOf, convolve, learn, rectify, split, unsplit, join, unjoin,
  sumsOf,
} = root.sicganKernels;

const ALONE = [[1]]; // a kernel of any other size is taken as it is

/* One convolution. Its parameters lie at `at` in the network's array, in PyTorch's order; `packed`
 * and `turned` are its weights as the kernels take them, forwards and back to the last `keep` inputs. */
function createLayer({ inputs, used, outputs, kernel, keep, leak }, at, frame) {
  const tall = kernel === 3 && frame.size % ROWS === 0, half = (kernel - 1) / 2;
  const grid = tall ? frame.sums : frame.whole, mixes = tall ? MIXES : ALONE;
  const reach = range(kernel).map((k) => k - half), rows = tall ? [0] : reach;
  const taps = rows.flatMap((y) => reach.map((x) => [y, x]));
  const there = shiftsOf(tall ? range(used.length) : used, taps, grid);
  const back = shiftsOf(range(outputs), taps.map(([y, x]) => [-y, -x]), grid);
  const table = (lines, terms) => mixes.map(() => new Float64Array(upTo(OUTPUTS, lines) * terms.length));
  return {
    inputs, used, outputs, kernel, keep, leak, tall, grid, mixes, taps: taps.length,
    weights: at, biases: at + outputs * inputs * kernel * kernel,
    shifts: there, packed: table(outputs, there), gradient: table(outputs, there),
    shiftsBack: back, turned: table(keep, back),
    made: tall && sumsOf(outputs, frame), blamed: tall && sumsOf(outputs, frame),
    felt: tall && sumsOf(keep, frame),
  };
}

/* A stack of convolutions. `keep` of its inputs' slopes are wanted; `head` parameters follow. */
function createNetwork({ channels, kernels, leaks, used, keep, head }, frame) {
  const layers = [];
  let length = 0;
  kernels.forEach((kernel, i) => {
    const inputs = channels[i], outputs = channels[i + 1], all = range(inputs);
    const about = { inputs, outputs, kernel, leak: leaks[i], keep: i ? inputs : keep };
    layers.push(createLayer({ ...about, used: i ? all : all.filter((c) => used[c]) }, length, frame));
    length = layers[i].biases + outputs;
  });
  return {
    layers, head: length, parameters: new Float64Array(length + head), frame,
    gradient: new Float64Array(length + head),
    slopes: channels.map((many, i) => planes(i ? many : keep, frame)),
  };
}

/* What passes through a network: planes before, between and after its layers, and what each layer
 * takes them as. */
function createMaps({ layers, frame }) {
  const last = layers[layers.length - 1], ends = planes(last.outputs, frame);
  return [...layers.map(({ inputs, used, tall }) => {
    const values = planes(inputs, frame);
    return { values, seen: tall ? sumsOf(used.length, frame) : [values] };
  }), { values: ends }];
}

/* Visit each weight: its place in the network's array, the row of its kernel, and its places in
 * `packed` and `turned`. An input that is not used is left out, which is as good as one of zeros. */
function eachWeight({ layers }, visit) {
  for (const layer of layers) {
    const { inputs, used, outputs, kernel, taps, keep, shifts, shiftsBack } = layer;
    for (let o = 0; o < outputs; o++) used.forEach((i, n) => {
      for (let k = 0; k < kernel * kernel; k++) {
        const kept = i - inputs + keep, row = Math.floor(k / taps), tap = k % taps;
        visit(layer, layer.weights + (o * inputs + i) * kernel * kernel + k, row,
          o * shifts.length + n * taps + tap, kept < 0 ? -1 : kept * shiftsBack.length + o * taps + tap);
      }
    });
  }
}

function setParameters(net, parameters) {
  net.parameters.set(parameters);
  for (const { packed, turned } of net.layers) [...packed, ...turned].forEach((table) => table.fill(0));
  eachWeight(net, ({ mixes, packed, turned }, at, row, there, back) => mixes.forEach((mix, j) => {
    const weight = mix[row] * net.parameters[at];
    packed[j][there] += weight;
    if (back >= 0) turned[j][back] += weight;
  }));
}

function clearGradient(net) {
  net.gradient.fill(0);
  for (const { gradient } of net.layers) gradient.forEach((table) => table.fill(0));
}

function takeGradient(net) {
  eachWeight(net, ({ mixes, gradient }, at, row, there) => {
    net.gradient[at] = mixes.reduce((sum, mix, j) => sum + mix[row] * gradient[j][there], 0);
  });
  return net.gradient.slice();
}

function forward({ layers, parameters, frame }, maps) {
  layers.forEach(({ used, outputs, tall, grid, shifts, packed, biases, leak, made }, depth) => {
    const { values, seen } = maps[depth], to = maps[depth + 1].values, ends = range(outputs);
    const bias = parameters.subarray(biases, biases + outputs), sums = tall ? made : [to];
    if (tall) split(values, used, seen, frame);
    sums.forEach((sum, j) => {
      sum.fill(0);
      if (!tall) for (const o of ends) sum.fill(bias[o], o * frame.plane, (o + 1) * frame.plane);
      convolve(seen[j], shifts, packed[j], sum, grid);
    });
    if (tall) join(sums, ends, to, bias, leak, frame);
    else rectify(to, to, leak, frame);
  });
  return maps[layers.length].values;
}

function sumOf(values, index, plane) {
  let sum = 0;
  for (let at = index * plane, end = at + plane; at < end; at++) sum += values[at];
  return sum;
}

/* Carry the slopes by the last maps back: to the parameters, where the network `learns`, or down to
 * its inputs. */
function backward({ layers, slopes, frame, gradient }, maps, learns) {
  for (let depth = layers.length - 1; depth >= 0; depth--) {
    const layer = layers[depth], { tall, outputs, keep, grid } = layer;
    const above = slopes[depth + 1], below = slopes[depth], felt = tall ? layer.blamed : [above];
    if (tall) unjoin(above, range(outputs), felt, frame);
    if (learns) {
      felt.forEach((sum, j) => learn(maps[depth].seen[j], layer.shifts, sum, layer.gradient[j], grid));
      for (let o = 0; o < outputs; o++) gradient[layer.biases + o] += sumOf(above, o, frame.plane);
      if (!depth) return;
    }
    const sums = tall ? layer.felt : [below];
    below.fill(0);
    sums.forEach((sum, j) => convolve(felt[j], layer.shiftsBack, layer.turned[j], sum.fill(0), grid));
    if (tall) unsplit(sums, range(keep), below, frame);
    rectify(below, depth ? maps[depth].values : below, depth ? layers[depth - 1].leak : 1, frame);
  }
}

root.sicganNetworks = {
  createNetwork, createMaps, setParameters, clearGradient, takeGradient, forward, backward,
};
}
networksScript(window);
