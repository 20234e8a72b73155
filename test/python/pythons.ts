/** Which Pythons are here: any `python3`, and one that has PyTorch (Debian's /usr/bin/python3 with python3-torch). */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const runs = (python: string, code: string): boolean =>
  spawnSync(python, ["-c", code], { stdio: "ignore" }).status === 0;

export const plainPython = ["python3", "/usr/bin/python3"].find((python) => runs(python, "import json"));
export const torchPython = ["/usr/bin/python3", "python3"].find((python) => runs(python, "import torch, numpy"));

export const examples = fileURLToPath(new URL("../../docs/examples/", import.meta.url));
