"""torch.utils.data.WeightedRandomSampler behind hardbatch's protocol: `hardbatch verify -- python3 weighted_random.py`.

Ours. Rows are drawn by fixed weights with replacement, rows of them an epoch, in batches by torch's BatchSampler. What is
observed changes nothing.
"""

import json
import sys

import torch
from torch.utils.data import BatchSampler, WeightedRandomSampler

CLAIMS = {
    "laws": [
        "distinct",
        "sizes",
        "epochs",
        "determinism",
        "seeded",
        "distribution",
        "bounds",
        "equality",
        "equivariance",
        "scaling",
        "orders",
        "independence",
    ],
    "options": ["weights"],
}


class Sampler:
    def __init__(self, rows, batchSize, seed, options, **_):
        self.n = rows
        self.weights = torch.tensor(options.get("weights", [1.0] * rows), dtype=torch.float64)
        draws = WeightedRandomSampler(self.weights, rows, generator=torch.Generator().manual_seed(seed))
        self.loader = BatchSampler(draws, batchSize, drop_last=False)
        self.epoch = 0
        self.begin()

    def begin(self):
        self.iterator = iter(self.loader)
        self.left = len(self.loader)

    def observe(self):
        self.left -= 1
        if self.left == 0:
            self.epoch += 1
            self.begin()


samplers = {}


def answer(request):
    call = request.pop("call")
    number = request.pop("sampler")
    if call == "create":
        sampler = samplers[number] = Sampler(**request)
        pressure = (sampler.weights.max() / sampler.weights.min()).item()
        made = {"protocol": 1, "name": "WeightedRandomSampler", "needs": [], "claims": CLAIMS, "pressure": pressure}
        return {**made, "batchesPerEpoch": sampler.left, "epoch": 0, "ahead": 1}
    sampler = samplers[number]
    if call == "next":
        return {"rows": next(sampler.iterator), "epoch": sampler.epoch + (sampler.left == 1), "ahead": 0}
    if call == "observe":
        sampler.observe()
        return {"epoch": sampler.epoch, "ahead": 1}
    if call == "probabilities":
        return {"probabilities": (sampler.weights / sampler.weights.sum()).tolist()}
    if call == "end":
        del samplers[number]
        return {"ended": True}
    return {"error": {"kind": "refused", "message": f"no {call}"}}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
