"""
Training steps of one model in PyTorch, by the protocol of bench/peers/process.ts. Arguments: problem file, model, threads.
Losses of the first steps, with the given noise, go out first; what is timed draws its noise from PyTorch's own generator.
"""
import importlib
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

from noise import Noise
from tensors import read, under

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../peers"))
from blas import blas

path, name, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
problem = read(path)
features, labels = problem["features"], problem["labels"]
Model = getattr(importlib.import_module(name), name.capitalize())


class Training:
    def __init__(self, rows):
        self.rows = rows
        self.model = Model(features.shape[1], labels.shape[1])
        self.model.load_state_dict(under(problem, "weight/"))
        self.optimiser = torch.optim.Adam(self.model.parameters())

    def step(self, noise):
        """Returns the loss from before the update; the rows' losses are taken off, too, as samplers want them."""
        x, y = features[self.rows], labels[self.rows]
        self.optimiser.zero_grad(set_to_none=True)
        loss, logits = self.model(x, y, noise)
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            F.binary_cross_entropy_with_logits(logits, y, reduction="none").mean(1).numpy()
        return loss.item()


compared = Training(problem["rows/compared"].long())
steps = int(problem["steps"])
losses = [compared.step(Noise(under(problem, f"noise/{count}/"))) for count in range(1, steps + 1)]
del compared
description = f"PyTorch {torch.__version__} ({blas()}), {threads} thread{'' if threads == 1 else 's'}"
print(json.dumps({"description": description, "losses": losses}), flush=True)

timed = Training(problem["rows/timed"].long())
drawn = Noise()
for line in sys.stdin:
    before, start = time.process_time(), time.perf_counter()
    for _ in range(int(line)):
        timed.step(drawn)
    wall, processor = time.perf_counter() - start, time.process_time() - before
    print(1000 * wall, 1000 * processor, flush=True)
