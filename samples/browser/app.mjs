// Runs every exported checkpoint in the browser. Nothing leaves the page: models, runtime and weights come from the page's own folder.
import * as ort from './ort/ort.wasm.min.mjs';
import { strongestFrequency, projection } from './circle.mjs';

ort.env.wasm.wasmPaths = new URL('./ort/', import.meta.url).href;
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

const element = id => document.getElementById(id);
const experiment = await (await fetch('experiment.json')).json();
const { checkpoints, operands, modulus, width } = experiment;
for (const checkpoint of checkpoints) {
  checkpoint.session = await ort.InferenceSession.create(checkpoint.model, { executionProviders: ['wasm'] });
  checkpoint.table = new Float32Array(await (await fetch(checkpoint.weights)).arrayBuffer());
}
const frequency = strongestFrequency(checkpoints.at(-1).table, modulus, width);

element('title').textContent = experiment.name;
element('verdict').textContent = `${experiment.operation}: ${experiment.verdict}`
  + (experiment.generalization_step === null ? '' : `, generalized at step ${experiment.generalization_step.toLocaleString('en')}`);
const inputs = operands.map((name, i) => {
  const label = document.createElement('label');
  const input = document.createElement('input');
  Object.assign(input, { type: 'number', min: 0, max: modulus - 1, step: 1, value: [5, 7][i] ?? 0, name });
  label.append(`${name} `, input);
  element('operands').append(label);
  return input;
});
const at = element('at');
at.max = checkpoints.length - 1;
at.value = checkpoints.length - 1;
at.disabled = false;

let answers = [];
let asked = 0;
at.addEventListener('input', show);
element('question').addEventListener('submit', event => event.preventDefault());
for (const input of inputs) { input.addEventListener('input', ask); }
await ask();
document.documentElement.dataset.ready = 'yes';

// The row as the model takes it: bare operands, or tokens with the operation after the first and the equals sign after the last operand.
function rowOf(values) {
  if (experiment.input === 'operands') { return values; }
  return values.flatMap((value, i) => [value, i < values.length - 1 ? modulus : modulus + 1]);
}

async function ask() {
  const mine = ++asked;
  const values = inputs.map(input => input.valueAsNumber);
  if (values.some(value => !Number.isInteger(value) || value < 0 || value >= modulus)) {
    element('answer').textContent = `Give whole numbers from 0 to ${modulus - 1}.`;
    return;
  }
  const row = rowOf(values);
  const found = [];
  for (const { session } of checkpoints) {
    const { logits } = await session.run({ [experiment.input]: new ort.Tensor('int64', BigInt64Array.from(row, BigInt), [1, row.length]) });
    found.push(best(logits.data));
  }
  if (mine !== asked) { return; }                                  // another question came meanwhile
  answers = found;
  document.documentElement.dataset.asked = values.join(' ');
  show();
}

function best(logits) {
  const answer = logits.indexOf(Math.max(...logits));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - logits[answer]), 0);
  return { answer, probability: 1 / total };
}

function show() {
  const index = at.valueAsNumber;
  const { step, marks, table } = checkpoints[index];
  element('step').textContent = step.toLocaleString('en');
  element('marks').textContent = marks.join(', ');
  at.setAttribute('aria-valuetext', `step ${step}`);
  element('answer').textContent = `${answers[index].answer}  (${(100 * answers[index].probability).toFixed(1)} %)`;
  const last = answers.at(-1).answer;
  element('answers').replaceChildren(...answers.map(({ answer, probability }, i) => {
    const item = document.createElement('li');
    const value = document.createElement('b');
    value.textContent = answer;
    item.append(value, `step ${checkpoints[i].step}`, document.createElement('br'), `${(100 * probability).toFixed(1)} %`);
    item.classList.toggle('same', answer === last);
    if (i === index) { item.setAttribute('aria-current', 'true'); }
    Object.assign(item.dataset, { step: checkpoints[i].step, answer, probability });
    return item;
  }));
  draw(projection(table, modulus, width, frequency));
}

function draw(points) {
  const svg = 'http://www.w3.org/2000/svg';
  const path = document.createElementNS(svg, 'path');
  // Neighbours on the circle are as far apart as turns the frequency into one round.
  const order = points.map((_, n) => n).sort((a, b) => (a * frequency) % modulus - (b * frequency) % modulus);
  path.setAttribute('d', `M${order.map(n => points[n].map(x => x.toFixed(4)).join(',')).join('L')}Z`);
  const labels = points.map(([x, y], n) => {
    const text = document.createElementNS(svg, 'text');
    text.setAttribute('x', x.toFixed(4));
    text.setAttribute('y', y.toFixed(4));
    text.textContent = n;
    return text;
  });
  element('circle').replaceChildren(path, ...labels);
  element('circle-caption').textContent = `${experiment.parameter}: the rows of 0 to ${modulus - 1}, `
    + `projected on frequency ${frequency}, the strongest of the last checkpoint.`;
}
