// Opens an exported file in ONNX Runtime's WebAssembly build and runs batches through it.
// node read.mjs MODEL BATCHES, where BATCHES is JSON: [{ "tokens": { "type": "int64", "dims": [2, 4], "data": [...] } }, ...].
// Prints JSON: one object of outputs per batch.
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

const [model, batches] = process.argv.slice(2);
const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(model)), { executionProviders: ['wasm'] });
const answers = [];
for (const batch of JSON.parse(readFileSync(batches, 'utf8'))) {
  const inputs = {};
  for (const [name, { type, dims, data }] of Object.entries(batch)) {
    inputs[name] = new ort.Tensor(type, type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), dims);
  }
  const outputs = await session.run(inputs);
  answers.push(Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, { dims: t.dims, data: Array.from(t.data, Number) }])));
}
process.stdout.write(JSON.stringify(answers));
