/**
 * The PyTorch modules that the benchmark times, at small sizes: they load our weights as state dicts, under the names
 * that docs/models.md has, and autograd and torch.optim.Adam come to our losses. For C2AE, which has no fixture, a
 * second opinion.
 */
import { describe, expect, it } from "vitest";
import { checkedSizes, difference, losses } from "../../bench/step/cell.ts";
import { findPython, startPytorch } from "../../bench/step/pytorch.ts";
import { js } from "../../src/backends/js.ts";
import { everyModel } from "./tiny.ts";

const python = findPython(["python3", "/usr/bin/python3"]);
const title = python ? "in PyTorch" : "in PyTorch (skipped: no interpreter here has it; apt install python3-torch)";

describe.skipIf(!python)(title, () => {
  it.each(everyModel)(
    "%s has our losses",
    async (name) => {
      const sizes = checkedSizes(name, { features: 5, labels: 3, batch: 6 });
      const expected = await losses(name, sizes, js({ precision: 64 }));
      const peer = await startPytorch(python ?? "", 1, name, sizes, sizes);
      peer.stop();
      expect(difference(peer.losses, expected)).toBeLessThan(1e-3);
      const wrong = expected.map((loss, step) => (step === 0 ? loss * 1.0001 : loss));
      expect(() => difference(peer.losses, wrong)).toThrow("instead of");
    },
    60_000,
  );
});
