/* Convolutions in plain JavaScript and double precision, forwards and back.
 *
 * All of it is one function, so that a worker can be given its text.
 */
function kernelsScript(root) {
"use strict";

// ------------------------------------------------------------------- loops

// A convolution is a sum of shifted planes, each times a number. Planes have a border of zeros, so
// that no shift leaves them. The loops take as many outputs and terms at a time as the registers hold.

const OUTPUTS = 4, TERMS = 8, ROWS = 4;

const upTo = (step, n) => step * Math.ceil(n / step);
const range = (n) => Array.from({ length: n }, (_, i) => i);

/* Where values lie in a plane. All are made here: while these objects have one shape, and whole numbers,
 * the loops take half the time. */
const createGrid = (row, rows, start, span) => ({ row, plane: row * rows, start, span });

/* Where the pixels of a patch lie in a plane, and in the sums of four of its rows. */
function createFrame(size, border) {
  const row = size + 2 * border, high = Math.floor(size / ROWS), inside = new Uint8Array(row * row);
  for (let y = border; y < size + border; y++) inside.fill(1, y * row + border, y * row + border + size);
  const whole = createGrid(row, row, border * (row + 1), (size - 1) * row + size);
  const sums = createGrid(row, high, border, (high - 1) * row + size);
  return { ...whole, size, border, inside, whole, sums };
}

const planes = (count, { plane }) => new Float64Array(upTo(OUTPUTS, count) * plane);

/* Where the planes of each term begin: which `channels`, and how many rows and columns away its `taps`. */
function shiftsOf(channels, taps, { plane, start, row }) {
  const found = channels.flatMap((channel) => taps.map(([y, x]) => channel * plane + start + y * row + x));
  return Int32Array.from({ length: upTo(TERMS, found.length) }, (_, k) => found[k] ?? start);
}

/* Add to each plane of `to` the planes of `from`, shifted and weighted. */
function convolve(from, shifts, weights, to, { plane, start, span }) {
  const terms = shifts.length;
  for (let o = 0, first = start; first < to.length; o += OUTPUTS, first += OUTPUTS * plane) {
    for (let k = 0; k < terms; k += TERMS) {
      const e = o * terms + k, f = e + terms, g = f + terms, h = g + terms;
      const e0 = weights[e], e1 = weights[e + 1], e2 = weights[e + 2], e3 = weights[e + 3];
      const e4 = weights[e + 4], e5 = weights[e + 5], e6 = weights[e + 6], e7 = weights[e + 7];
      const f0 = weights[f], f1 = weights[f + 1], f2 = weights[f + 2], f3 = weights[f + 3];
      const f4 = weights[f + 4], f5 = weights[f + 5], f6 = weights[f + 6], f7 = weights[f + 7];
      const g0 = weights[g], g1 = weights[g + 1], g2 = weights[g + 2], g3 = weights[g + 3];
      const g4 = weights[g + 4], g5 = weights[g + 5], g6 = weights[g + 6], g7 = weights[g + 7];
      const h0 = weights[h], h1 = weights[h + 1], h2 = weights[h + 2], h3 = weights[h + 3];
      const h4 = weights[h + 4], h5 = weights[h + 5], h6 = weights[h + 6], h7 = weights[h + 7];
      const p = shifts[k] - first, q = shifts[k + 1] - first, r = shifts[k + 2] - first;
      const s = shifts[k + 3] - first, t = shifts[k + 4] - first, u = shifts[k + 5] - first;
      const v = shifts[k + 6] - first, w = shifts[k + 7] - first;
      for (let a = first, end = first + span; a < end; a++) {
        const p0 = from[p + a], q0 = from[q + a], r0 = from[r + a], s0 = from[s + a];
        const t0 = from[t + a], u0 = from[u + a], v0 = from[v + a], w0 = from[w + a];
        to[a] += e0 * p0 + e1 * q0 + e2 * r0 + e3 * s0 + (e4 * t0 + e5 * u0 + e6 * v0 + e7 * w0);
        to[a + plane] += f0 * p0 + f1 * q0 + f2 * r0 + f3 * s0 + (f4 * t0 + f5 * u0 + f6 * v0 + f7 * w0);
        to[a + 2 * plane] += g0 * p0 + g1 * q0 + g2 * r0 + g3 * s0 + (g4 * t0 + g5 * u0 + g6 * v0 + g7 * w0);
        to[a + 3 * plane] += h0 * p0 + h1 * q0 + h2 * r0 + h3 * s0 + (h4 * t0 + h5 * u0 + h6 * v0 + h7 * w0);
      }
    }
  }
}

/* Add to the gradient of each weight the products of the slopes with the plane that it weighs. */
function learn(from, shifts, slopes, gradient, { plane, start, span }) {
  const terms = shifts.length;
  for (let o = 0, first = start; first < slopes.length; o += OUTPUTS, first += OUTPUTS * plane) {
    for (let k = 0; k < terms; k += 2) {
      let e0 = 0, e1 = 0, f0 = 0, f1 = 0, g0 = 0, g1 = 0, h0 = 0, h1 = 0;
      const p = shifts[k] - first, q = shifts[k + 1] - first;
      for (let a = first, end = first + span; a < end; a++) {
        const x = from[p + a], y = from[q + a];
        const e = slopes[a], f = slopes[a + plane], g = slopes[a + 2 * plane], h = slopes[a + 3 * plane];
        e0 += e * x; e1 += e * y;
        f0 += f * x; f1 += f * y;
        g0 += g * x; g1 += g * y;
        h0 += h * x; h1 += h * y;
      }
      const e = o * terms + k, f = e + terms, g = f + terms, h = g + terms;
      gradient[e] += e0; gradient[e + 1] += e1;
      gradient[f] += f0; gradient[f + 1] += f1;
      gradient[g] += g0; gradient[g + 1] += g1;
      gradient[h] += h0; gradient[h + 1] += h1;
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

// -------------------------------------------------------------------- sums

// A 3×3 convolution takes four rows at once. Its four outputs in a column hang on six inputs; six sums
// of these, each times one number, are enough for all four; row by row it would be twelve products. This
// is Winograd's minimal filtering. The sums are planes themselves, a quarter as high, so the same loops
// serve. Every step has its transpose, which carries slopes back.

/* What each of the six sums makes of a kernel's three rows. */
const MIXES = [
  [1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6], [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6], [0, 0, 1],
];

/* Visit each tile of four rows: where its first row begins in a plane, and where in the sums. */
function eachTile(channels, { size, row, plane, border, sums }, visit) {
  channels.forEach((channel, n) => {
    for (let t = 0; t < size / ROWS; t++) {
      visit(channel * plane + (border + ROWS * t) * row + border, n * sums.plane + t * row + border, channel);
    }
  });
}

/* The six sums of planes. */
function split(from, channels, [s0, s1, s2, s3, s4, s5], frame) {
  const { row, size } = frame;
  eachTile(channels, frame, (at, k) => {
    for (let p = at - row, end = p + size; p < end; p++, k++) {
      const b = from[p + row], c = from[p + 2 * row], d = from[p + 3 * row], e = from[p + 4 * row];
      s0[k] = 4 * from[p] - 5 * c + e;
      s1[k] = e - 4 * c + (d - 4 * b);
      s2[k] = e - 4 * c - (d - 4 * b);
      s3[k] = e - c + 2 * (d - b);
      s4[k] = e - c - 2 * (d - b);
      s5[k] = 4 * b - 5 * d + from[p + 5 * row];
    }
  });
}

function unsplit([s0, s1, s2, s3, s4, s5], channels, to, frame) {
  const { row, size } = frame;
  eachTile(channels, frame, (at, k) => {
    for (let p = at - row, end = p + size; p < end; p++, k++) {
      const sum = s1[k] + s2[k], gap = s1[k] - s2[k], far = s3[k] + s4[k], wide = 2 * (s3[k] - s4[k]);
      to[p] += 4 * s0[k];
      to[p + row] += 4 * (s5[k] - gap) - wide;
      to[p + 2 * row] -= 5 * s0[k] + 4 * sum + far;
      to[p + 3 * row] += gap + wide - 5 * s5[k];
      to[p + 4 * row] += s0[k] + sum + far;
      to[p + 5 * row] += s5[k];
    }
  });
}

/* Planes from their six sums, plus a bias, times `leak` where that is not positive. */
function join([s0, s1, s2, s3, s4, s5], channels, to, biases, leak, frame) {
  const { row, size } = frame, act = (value) => (value > 0 ? value : leak * value);
  eachTile(channels, frame, (at, k, channel) => {
    const bias = biases[channel];
    for (let p = at, end = p + size; p < end; p++, k++) {
      const sum = s1[k] + s2[k], gap = s1[k] - s2[k] + bias, far = s3[k] + s4[k], wide = s3[k] - s4[k];
      to[p] = act(s0[k] + sum + far + bias);
      to[p + row] = act(gap + 2 * wide);
      to[p + 2 * row] = act(sum + 4 * far + bias);
      to[p + 3 * row] = act(gap + 8 * wide + s5[k]);
    }
  });
}

function unjoin(from, channels, [s0, s1, s2, s3, s4, s5], frame) {
  const { row, size } = frame;
  eachTile(channels, frame, (at, k) => {
    for (let p = at, end = p + size; p < end; p++, k++) {
      const a = from[p], b = from[p + row], c = from[p + 2 * row], d = from[p + 3 * row];
      s0[k] = a;
      s1[k] = a + c + (b + d);
      s2[k] = a + c - (b + d);
      s3[k] = a + 4 * c + (2 * b + 8 * d);
      s4[k] = a + 4 * c - (2 * b + 8 * d);
      s5[k] = d;
    }
  });
}

/* Six arrays of so many sums. */
const sumsOf = (count, { sums }) => MIXES.map(() => planes(count, sums));

root.sicganKernels = {
  OUTPUTS, ROWS, MIXES, upTo, range, createFrame, planes, shiftsOf, convolve, learn, rectify, split, unsplit,
  join, unjoin, sumsOf,
};
}
kernelsScript(window);
