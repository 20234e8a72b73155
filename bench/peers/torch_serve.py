"""A training step of a PyTorch model, timed on demand: the same protocol as serve.mjs."""
import json
import sys
import time

import torch

from blas import blas


def serve(model, x, y, optimiser, steps, what=""):
    """Prints what runs and the losses of the first steps; then for each number read, milliseconds of so many steps."""
    criterion = torch.nn.BCEWithLogitsLoss()

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    losses = [step() for _ in range(steps)]
    threads = torch.get_num_threads()
    description = f"PyTorch {torch.__version__} ({blas()}), {threads} thread{'' if threads == 1 else 's'}{what}"
    print(json.dumps({"description": description, "losses": losses}), flush=True)
    for line in sys.stdin:
        before, start = time.process_time(), time.perf_counter()
        for _ in range(int(line)):
            step()
        wall, processor = time.perf_counter() - start, time.process_time() - before
        print(1000 * wall, 1000 * processor, flush=True)
