"""The authors' formula with numpy's choice, behind hardbatch's protocol: for `hardbatch verify -- python3 authors_numpy.py`.

Ours, written from the formulas of arXiv 2403.18192: z = w l, D = max z / n, Q = ceil(z / D), p ~ s^(Q/n), after a warm-up of
passes over all rows; batches by choice(replace=False, p). It claims what the formulas promise; it keeps no checks and no
snapshots, so it claims none.
"""

import json
import sys

import numpy

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
        "monotony",
        "equivariance",
        "scaling",
        "unseenOrder",
        "unseenRatio",
        "model",
        "golden",
        "orders",
        "independence",
    ],
    "options": ["pressure", "warmUp", "weights"],
    "visits": "warmUp",
    "lastBatch": "short",
    "formula": {"name": "adaptive", "variant": {"refresh": "epoch", "lastBatch": "short"}},
    "exactTies": True,
}


class Sampler:
    def __init__(self, rows, batchSize, seed, options, **_):
        self.n = rows
        self.batch = batchSize
        self.pressure = options.get("pressure", 2)
        self.warm_up = options.get("warmUp", 3)
        self.w = numpy.array(options.get("weights", [1.0] * rows))
        self.random = numpy.random.RandomState(seed)
        self.batches = -(-rows // batchSize)
        self.z = numpy.zeros(rows)
        self.index = numpy.zeros(rows)
        self.epoch = 0
        self.done = 0
        self.begin()

    def begin(self):
        self.order = self.random.permutation(self.n)
        weights = self.pressure ** (self.index / self.n)
        self.p = weights / weights.sum()

    def next(self):
        if self.epoch < self.warm_up:
            first = self.done * self.batch
            return self.order[first : first + self.batch].tolist()
        return self.random.choice(self.n, self.batch, replace=False, p=self.p).tolist()

    def observe(self, rows, losses):
        self.z[rows] = self.w[rows] * numpy.array(losses)
        quantum = self.z.max() / self.n
        self.index[rows] = numpy.ceil(self.z[rows] / quantum) if quantum > 0 else 0
        self.done += 1
        if self.done == self.batches:
            self.epoch += 1
            self.done = 0
            self.begin()

    def probabilities(self):
        return ([1 / self.n] * self.n) if self.epoch < self.warm_up else self.p.tolist()


samplers = {}


def answer(request):
    call = request.pop("call")
    number = request.pop("sampler")
    if call == "create":
        sampler = samplers[number] = Sampler(**request)
        made = {"protocol": 1, "name": "authors' formula, numpy", "needs": ["rowLosses"], "claims": CLAIMS}
        return {**made, "batchesPerEpoch": sampler.batches, "pressure": sampler.pressure, "epoch": 0, "ahead": 1}
    sampler = samplers[number]
    if call == "next":
        sampler.rows = sampler.next()
        return {"rows": sampler.rows, "epoch": sampler.epoch + (sampler.done + 1 == sampler.batches), "ahead": 0}
    if call == "observe":
        sampler.observe(request["rows"], request["rowLosses"])
        return {"epoch": sampler.epoch, "ahead": 1}
    if call == "probabilities":
        return {"probabilities": sampler.probabilities()}
    if call == "end":
        del samplers[number]
        return {"ended": True}
    return {"error": {"kind": "refused", "message": f"no {call}"}}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
