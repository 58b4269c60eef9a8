// The rows of a table [modulus, width] seen along one frequency of the discrete Fourier transform over the rows.

// cos and sin parts of a frequency: two vectors of the table's width.
function parts(table, modulus, width, frequency) {
  const [u, v] = [new Float64Array(width), new Float64Array(width)];
  for (let n = 0; n < modulus; n++) {
    const angle = 2 * Math.PI * ((frequency * n) % modulus) / modulus;
    for (let j = 0; j < width; j++) {
      u[j] += table[n * width + j] * Math.cos(angle);
      v[j] += table[n * width + j] * Math.sin(angle);
    }
  }
  return [u, v];
}

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a, factor) => a.map(x => x * factor);

/** The frequency from 1 to modulus / 2 with the most power. */
export function strongestFrequency(table, modulus, width) {
  const power = [];
  for (let k = 1; k <= modulus >> 1; k++) {
    const [u, v] = parts(table, modulus, width, k);
    power.push(dot(u, u) + dot(v, v));
  }
  return 1 + power.indexOf(Math.max(...power));
}

/** Each row as a point: its products with the frequency's two directions, made orthogonal; the farthest lies at distance 1. */
export function projection(table, modulus, width, frequency) {
  let [u, v] = parts(table, modulus, width, frequency);
  u = scaled(u, 1 / Math.sqrt(dot(u, u)));
  const along = dot(u, v);
  v = v.map((x, i) => x - along * u[i]);
  v = scaled(v, 1 / Math.sqrt(dot(v, v)));
  const points = Array.from({ length: modulus }, (_, n) => {
    const row = table.subarray(n * width, (n + 1) * width);
    return [dot(row, u), dot(row, v)];
  });
  const largest = Math.max(...points.map(([x, y]) => Math.hypot(x, y)));
  return points.map(([x, y]) => [x / largest, y / largest]);
}
