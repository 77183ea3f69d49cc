/* Convolutions in plain JavaScript and double precision: a network forwards, and its slopes back.
 *
 * All of it is one function, so that a worker can be given its text.
 */
function networksScript(root) {
"use strict";

// ----------------------------------------------------------------- kernels

// A convolution is a sum of shifted planes, each times a number. Planes have a border of zeros, so
// that no shift leaves them. The loops take four terms at a time, as many as the registers hold.

const toFour = (n) => 4 * Math.ceil(n / 4);

/* Where the pixels of a patch lie in a plane. */
function createFrame(size, border) {
  const row = size + 2 * border, plane = row * row, inside = new Uint8Array(plane);
  for (let y = border; y < size + border; y++) inside.fill(1, y * row + border, y * row + border + size);
  return { size, row, plane, inside, start: border * (row + 1), span: (size - 1) * row + size };
}

const planes = (count, frame) => new Float64Array(toFour(count) * frame.plane);

/* Add to each plane of `to` the planes of `from`, shifted and weighted. */
function convolve(from, shifts, weights, to, { plane, start, span }) {
  const terms = shifts.length;
  for (let o = 0, first = start; first < to.length; o += 4, first += 4 * plane) {
    for (let k = 0; k < terms; k += 4) {
      const e = o * terms + k, f = e + terms, g = f + terms, h = g + terms;
      const e0 = weights[e], e1 = weights[e + 1], e2 = weights[e + 2], e3 = weights[e + 3];
      const f0 = weights[f], f1 = weights[f + 1], f2 = weights[f + 2], f3 = weights[f + 3];
      const g0 = weights[g], g1 = weights[g + 1], g2 = weights[g + 2], g3 = weights[g + 3];
      const h0 = weights[h], h1 = weights[h + 1], h2 = weights[h + 2], h3 = weights[h + 3];
      let p = shifts[k], q = shifts[k + 1], r = shifts[k + 2], s = shifts[k + 3];
      let b = first + plane, c = b + plane, d = c + plane;
      for (let a = first, end = first + span; a < end; a++) {
        const x = from[p++], y = from[q++], z = from[r++], w = from[s++];
        to[a] += e0 * x + e1 * y + e2 * z + e3 * w;
        to[b++] += f0 * x + f1 * y + f2 * z + f3 * w;
        to[c++] += g0 * x + g1 * y + g2 * z + g3 * w;
        to[d++] += h0 * x + h1 * y + h2 * z + h3 * w;
      }
    }
  }
}

/* Add to the gradient of each weight the products of the slopes with the plane that it weighs. */
function learn(from, shifts, slopes, gradient, { plane, start, span }) {
  const terms = shifts.length;
  for (let o = 0, first = start; first < slopes.length; o += 2, first += 2 * plane) {
    for (let k = 0; k < terms; k += 4) {
      let e0 = 0, e1 = 0, e2 = 0, e3 = 0, f0 = 0, f1 = 0, f2 = 0, f3 = 0;
      let p = shifts[k], q = shifts[k + 1], r = shifts[k + 2], s = shifts[k + 3];
      for (let a = first, b = first + plane, end = first + span; a < end; a++) {
        const x = from[p++], y = from[q++], z = from[r++], w = from[s++];
        const e = slopes[a], f = slopes[b++];
        e0 += e * x; e1 += e * y; e2 += e * z; e3 += e * w;
        f0 += f * x; f1 += f * y; f2 += f * z; f3 += f * w;
      }
      const e = o * terms + k, f = e + terms;
      gradient[e] += e0; gradient[e + 1] += e1; gradient[e + 2] += e2; gradient[e + 3] += e3;
      gradient[f] += f0; gradient[f + 1] += f1; gradient[f + 2] += f2; gradient[f + 3] += f3;
    }
  }
}

/* Multiply by `leak` where `signs` are not positive, and clear the border. */
function rectify(values, signs, leak, { plane, inside }) {
  for (let first = 0; first < values.length; first += plane) {
    for (let k = 0, at = first; k < plane; k++, at++) {
      if (!inside[k]) values[at] = 0;
      else if (!(signs[at] > 0)) values[at] *= leak;
    }
  }
}

// ---------------------------------------------------------------- networks

/* One convolution. Its parameters lie at `at` in the network's array, in PyTorch's order; `packed`
 * and `turned` are its weights as the kernels take them, forwards and back to the last `keep` inputs. */
function createLayer(inputs, outputs, kernel, keep, leak, at, frame) {
  const taps = kernel * kernel, half = (kernel - 1) / 2;
  const shifts = (channels, sign) => {
    const found = new Int32Array(toFour(channels * taps)).fill(frame.start);
    for (let k = 0; k < channels * taps; k++) {
      const tap = k % taps, y = Math.floor(tap / kernel) - half, x = (tap % kernel) - half;
      found[k] += ((k - tap) / taps) * frame.plane + sign * (y * frame.row + x);
    }
    return found;
  };
  const there = shifts(inputs, 1), back = shifts(outputs, -1);
  const packed = new Float64Array(toFour(outputs) * there.length);
  return {
    inputs, outputs, taps, keep, leak, weights: at, biases: at + outputs * inputs * taps,
    shifts: there, packed, gradient: packed.slice(),
    shiftsBack: back, turned: new Float64Array(toFour(keep) * back.length),
  };
}

/* A stack of convolutions. `keep` of its inputs' slopes are wanted; `head` parameters follow. */
function createNetwork({ channels, kernels, leaks, used, keep, head }, frame) {
  const layers = [];
  let length = 0;
  kernels.forEach((kernel, i) => {
    const wanted = i ? channels[i] : keep;
    layers.push(createLayer(channels[i], channels[i + 1], kernel, wanted, leaks[i], length, frame));
    length = layers[i].biases + channels[i + 1];
  });
  return {
    layers, used, head: length, parameters: new Float64Array(length + head), frame,
    gradient: new Float64Array(length + head),
    slopes: channels.map((count, i) => planes(i ? count : keep, frame)),
  };
}

const createMaps = (net) => [net.layers[0].inputs, ...net.layers.map((layer) => layer.outputs)]
  .map((count) => planes(count, net.frame));

/* Visit each weight: its place in the network's array, and in `packed`. An input that is not used
 * is left out, which is as good as an input of zeros. */
function eachWeight(net, visit) {
  net.layers.forEach((layer, depth) => {
    const { inputs, outputs, taps } = layer, terms = layer.shifts.length;
    for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) {
      if (depth === 0 && !net.used[i]) continue;
      for (let tap = 0; tap < taps; tap++) {
        const k = i * taps + tap;
        visit(layer, layer.weights + o * inputs * taps + k, o * terms + k, o, i, tap);
      }
    }
  });
}

function setParameters(net, parameters) {
  net.parameters.set(parameters);
  eachWeight(net, (layer, from, to, o, i, tap) => {
    layer.packed[to] = net.parameters[from];
    const kept = i - layer.inputs + layer.keep;
    if (kept >= 0) layer.turned[kept * layer.shiftsBack.length + o * layer.taps + tap] = net.parameters[from];
  });
}

function clearGradient(net) {
  net.gradient.fill(0);
  for (const layer of net.layers) layer.gradient.fill(0);
}

function takeGradient(net) {
  eachWeight(net, (layer, to, from) => { net.gradient[to] = layer.gradient[from]; });
  return net.gradient.slice();
}

function forward(net, maps) {
  const { plane } = net.frame;
  net.layers.forEach(({ outputs, shifts, packed, biases, leak }, depth) => {
    const to = maps[depth + 1];
    for (let o = 0; o < outputs; o++) to.fill(net.parameters[biases + o], o * plane, (o + 1) * plane);
    to.fill(0, outputs * plane);
    convolve(maps[depth], shifts, packed, to, net.frame);
    rectify(to, to, leak, net.frame);
  });
  return maps[maps.length - 1];
}

function sumOf(values, index, plane) {
  let sum = 0;
  for (let at = index * plane, end = at + plane; at < end; at++) sum += values[at];
  return sum;
}

/* Carry the slopes by the last maps down to the inputs; the parameters' are added where it `learns`. */
function backward(net, maps, learns) {
  const { slopes, frame, gradient } = net;
  for (let depth = net.layers.length - 1; depth >= 0; depth--) {
    const layer = net.layers[depth], above = slopes[depth + 1], below = slopes[depth];
    if (learns) {
      learn(maps[depth], layer.shifts, above, layer.gradient, frame);
      for (let o = 0; o < layer.outputs; o++) gradient[layer.biases + o] += sumOf(above, o, frame.plane);
    }
    if (!layer.keep) return;
    below.fill(0);
    convolve(above, layer.shiftsBack, layer.turned, below, frame);
    rectify(below, depth ? maps[depth] : below, depth ? net.layers[depth - 1].leak : 1, frame);
  }
}

root.sicganNetworks = {
  createFrame, createNetwork, createMaps, planes, setParameters, clearGradient, takeGradient, forward,
  backward, rectify,
};
}
networksScript(window);
