"""The step in PyTorch: the same protocol as serve.mjs."""
import base64
import json
import sys
import time

import torch

from blas import blas

problem = json.load(open(sys.argv[1]))
torch.set_num_threads(int(sys.argv[2]))


def tensor(text, *shape):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32).reshape(shape)


widths, batch = problem["widths"], problem["batch"]
layers = []
for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
    linear = torch.nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.copy_(tensor(problem["layers"][i]["weight"], inputs, outputs).T)
        linear.bias.copy_(tensor(problem["layers"][i]["bias"], outputs))
    layers += [linear, torch.nn.LeakyReLU(problem["slope"])]
model = torch.nn.Sequential(*layers[:-1])
x = tensor(problem["features"], batch, widths[0])
y = tensor(problem["labels"], batch, widths[-1])
optimiser = torch.optim.Adam(model.parameters(), lr=problem["rate"])
criterion = torch.nn.BCEWithLogitsLoss()


def step():
    optimiser.zero_grad(set_to_none=True)
    loss = criterion(model(x), y)
    loss.backward()
    optimiser.step()
    return loss.item()


losses = [step() for _ in range(problem["steps"])]
threads = torch.get_num_threads()
description = f"PyTorch {torch.__version__} ({blas()}), {threads} thread{'' if threads == 1 else 's'}"
print(json.dumps({"description": description, "losses": losses}), flush=True)
for line in sys.stdin:
    before, start = time.process_time(), time.perf_counter()
    for _ in range(int(line)):
        step()
    wall, processor = time.perf_counter() - start, time.process_time() - before
    print(1000 * wall, 1000 * processor, flush=True)
