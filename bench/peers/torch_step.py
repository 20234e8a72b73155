"""The step in PyTorch: the same protocol as serve.mjs."""
import base64
import json
import sys

import torch

from torch_serve import serve

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
serve(model, x, y, optimiser, problem["steps"])
