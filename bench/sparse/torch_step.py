"""The step in PyTorch, dense or with a bag of embeddings as its first layer: the same protocol as peers/serve.mjs."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))

import numpy
import torch

from torch_serve import serve

problem = json.load(open(sys.argv[1]))
torch.set_num_threads(int(sys.argv[2]))
inputs = sys.argv[3]
numbers = numpy.fromfile(problem["weights"], dtype=numpy.float32)
widths, batch = problem["widths"], problem["batch"]
place = 0


def take(*shape):
    global place
    count = int(numpy.prod(shape))
    found = torch.from_numpy(numbers[place : place + count].copy()).reshape(shape)
    place += count
    return found


class Bag(torch.nn.Module):
    """Rows of a compressed table times a matrix, and a bias."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)

    def forward(self, table):
        columns, offsets, values = table
        bag = torch.nn.functional.embedding_bag
        return bag(columns, self.weight, offsets, mode="sum", per_sample_weights=values) + self.bias


layers = []
for i, (rows, columns) in enumerate(zip(widths, widths[1:])):
    weight, bias = take(rows, columns), take(columns)
    if i == 0 and inputs == "bag":
        layer = Bag(weight, bias)
    else:
        layer = torch.nn.Linear(rows, columns)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
    layers += [layer, torch.nn.LeakyReLU(problem["slope"])]
del numbers
model = torch.nn.Sequential(*layers[:-1])
columns, offsets = torch.tensor(problem["indices"]), torch.tensor(problem["offsets"])
values = torch.tensor(problem["values"], dtype=torch.float32)
x = (columns, offsets[:-1], values)
if inputs == "dense":
    x = torch.zeros(batch, widths[0])
    x[torch.repeat_interleave(torch.arange(batch), offsets[1:] - offsets[:-1]), columns] = values
y = torch.tensor(problem["labels"], dtype=torch.float32).reshape(batch, widths[-1])
optimiser = torch.optim.Adam(model.parameters(), lr=problem["rate"], weight_decay=problem["decay"])
serve(model, x, y, optimiser, problem["steps"], ", embedding_bag" if inputs == "bag" else ", dense")
