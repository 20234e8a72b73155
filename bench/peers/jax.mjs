/** The step in jax-js on its wasm device, compiled by `jit` as one function of parameters and moments. */
import { readFileSync } from "node:fs";
import { readProblem, serve } from "./serve.mjs";

globalThis.navigator ??= {};
const { defaultDevice, init, jit, nn, numpy: np, valueAndGrad } = await import("@jax-js/jax");
const devices = await init("wasm");
if (!devices.includes("wasm")) throw new Error("jax-js: no wasm device here");
defaultDevice("wasm");

const problem = readProblem();
const { widths, batch, slope } = problem;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

function lossOf(parameters, x, y) {
  let h = x;
  parameters.forEach(({ weight, bias }, i) => {
    h = np.matmul(h, weight).add(bias);
    if (i < parameters.length - 1) h = nn.leakyRelu(h, slope);
  });
  return np.mean(nn.softplus(h.ref).sub(h.mul(y)));
}

const update = jit((parameters, means, squares, x, y, rate, root) => {
  const copy = parameters.map(({ weight, bias }) => ({ weight: weight.ref, bias: bias.ref }));
  const [loss, gradients] = valueAndGrad(lossOf)(copy, x, y);
  const results = { parameters: [], means: [], squares: [] };
  parameters.forEach((layer, i) => {
    const [p, m, v] = [{}, {}, {}];
    for (const key of ["weight", "bias"]) {
      const g = gradients[i][key];
      const mean = means[i][key].mul(beta1).add(g.ref.mul(1 - beta1));
      const square = squares[i][key].mul(beta2).add(np.square(g).mul(1 - beta2));
      p[key] = layer[key].sub(mean.ref.mul(rate.ref).div(np.sqrt(square.ref).div(root.ref).add(epsilon)));
      m[key] = mean;
      v[key] = square;
    }
    results.parameters.push(p);
    results.means.push(m);
    results.squares.push(v);
  });
  rate.dispose();
  root.dispose();
  return [loss, results];
});

const zeros = () =>
  problem.layers.map((_, i) => ({ weight: np.zeros([widths[i], widths[i + 1]]), bias: np.zeros([widths[i + 1]]) }));
let state = {
  parameters: problem.layers.map(({ weight, bias }, i) => ({
    weight: np.array(weight).reshape([widths[i], widths[i + 1]]),
    bias: np.array(bias),
  })),
  means: zeros(),
  squares: zeros(),
};
const x = np.array(problem.features).reshape([batch, widths[0]]);
const y = np.array(problem.labels).reshape([batch, widths.at(-1)]);

const { version } = JSON.parse(readFileSync(new URL("node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"));
await serve({
  problem,
  description: `jax-js ${version} wasm, jit, 1 thread`,
  async step(count) {
    const rate = np.array(problem.rate / (1 - beta1 ** count));
    const root = np.array(Math.sqrt(1 - beta2 ** count));
    const [loss, next] = update(state.parameters, state.means, state.squares, x.ref, y.ref, rate, root);
    state = next;
    return (await loss.data())[0];
  },
});
