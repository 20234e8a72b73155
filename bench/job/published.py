"""
A whole job in PyTorch as the published loop does it, written by us: read the file, neighbours and weights, then epochs in which
every batch updates the table over all rows, kept in dicts, and rows are drawn by numpy; scores and metrics after each epoch.
Argument: a job file (JSON) of bench/job.ts with the rows of each part, the labels and the initial weights. Prints one line of JSON.
"""
import time

begin = time.perf_counter()
import gzip
import importlib
import json
import os
import re
import sys

import numpy as np
import torch
import torch.nn.functional as F

folder = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(folder, "../step/torch"), os.path.join(folder, "../peers")]
from blas import blas
from noise import Noise
from tensors import read, under

job = json.load(open(sys.argv[1]))
torch.set_num_threads(job["threads"])
torch.manual_seed(1)
np.random.seed(1)
spent, last = {"start": time.perf_counter() - begin}, time.perf_counter()


def done(part):
    global last
    now = time.perf_counter()
    spent[part] = spent.get(part, 0) + now - last
    last = now


def arff(path):
    """Names and a dense table of an ARFF file of numbers, dense or sparse rows."""
    names, rows = [], []
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as lines:
        for line in lines:
            line = line.strip()
            if line.lower().startswith("@attribute"):
                names.append(re.match(r"@attribute\s+('(?:[^'\\]|\\.)*'|\"[^\"]*\"|\S+)", line, re.I).group(1).strip("'\""))
            elif line == "" or line[0] in "@%":
                continue
            elif line[0] == "{":
                row = np.zeros(len(names), np.float32)
                for entry in filter(None, (part.strip() for part in line[1 : line.index("}")].split(","))):
                    column, value = entry.split()
                    row[int(column)] = float(value)
                rows.append(row)
            else:
                rows.append(np.array(line.split(","), dtype=np.float32))
    return names, np.stack(rows)


def parts(names, table):
    wanted, every = set(job["labels"]), set(job["allLabels"])
    at = {name: column for column, name in enumerate(names)}
    features = table[:, [column for column, name in enumerate(names) if name not in every]]
    labels = table[:, [at[name] for name in job["labels"] if name in wanted]]
    fitted = features[job["fitted"]]
    low, high = fitted.min(0), fitted.max(0)
    return (features - low) / np.where(high > low, high - low, 1), labels


def nearest(x, k):
    """A kd-tree where scipy is there, as published; else all distances by products, which are faster than the tree here."""
    try:
        from scipy.spatial import cKDTree
    except ImportError:
        norms, found = (x * x).sum(1), []
        for start in range(0, len(x), 512):
            distances = norms[None] - 2 * x[start : start + 512] @ x.T
            distances[np.arange(len(distances)), start + np.arange(len(distances))] = np.inf
            found.append(np.argpartition(distances, k, axis=1)[:, :k])
        return np.concatenate(found), "products"
    return cKDTree(x).query(x, k + 1)[1][:, 1:], "kd-tree"


def instance_weights(near, y):
    counts = y.sum(0)
    ratio = counts.max() / (counts + 1e-6)
    weights = np.ones(len(y))
    for label in np.flatnonzero(ratio > ratio.mean()):
        local = np.where(y[:, label] == 1, (y[near, label] == 0).mean(1), 0)
        inner = np.where(local < 1, local, 0)
        if inner.sum() > 0:
            weights += inner / inner.sum()
    return weights


def auc(y, scores):
    values = []
    for label in range(y.shape[1]):
        positives = y[:, label].sum()
        if 0 < positives < len(y):
            _, inverse, counts = np.unique(scores[:, label], return_inverse=True, return_counts=True)
            ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
            values.append((ranks[y[:, label] == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(y) - positives)))
    return float(np.mean(values))


def metrics(y, scores):
    """What the published code prints after each epoch, or as much work: ranking and decisions."""
    predicted = scores > 0.5
    both, of = (predicted & (y == 1)).sum(0), predicted.sum(0) + y.sum(0)
    order = np.argsort(-scores, axis=1)
    sorted_y = np.take_along_axis(y, order, 1)
    hits, places = np.cumsum(sorted_y, 1), np.arange(1, y.shape[1] + 1)
    present, absent = y.sum(1), y.shape[1] - y.sum(1)
    wrong = ((1 - sorted_y) * (present[:, None] - hits)).sum(1) / np.maximum(1, present * absent)
    return {
        "macroAuc": auc(y, scores),
        "rankingLoss": float(wrong.mean()),
        "precision": float(((sorted_y * hits / places).sum(1) / np.maximum(1, present)).mean()),
        "hammingLoss": float((predicted != (y == 1)).mean()),
        "macroF1": float(np.where(of > 0, 2 * both / np.maximum(1, of), 0).mean()),
    }


class Still(Noise):
    """No dropout, no sampling."""

    def normal(self, name, *shape):
        return torch.zeros(shape)

    def uniform(self, name, *shape):
        return torch.full(shape, 0.5)

    def dropout(self, name, x, rate):
        return x


x, y = parts(*arff(job["data"]))
done("load")
near, search = nearest(x[job["training"]], 5)
weights = instance_weights(near, y[job["training"]])
done("neighbours")
features, labels = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.float32))
initial = read(job["weights"])
model = getattr(importlib.import_module(job["model"]), job["model"].capitalize())(x.shape[1], y.shape[1])
model.load_state_dict(under(initial, "weight/"))
optimiser = torch.optim.Adam(model.parameters(), lr=job["learningRate"], weight_decay=job["weightDecay"])
rows, batch, pressure = np.array(job["training"]), job["batch"], job["pressure"]
n = len(rows)
table, chances = {i: 0.0 for i in range(n)}, np.full(n, 1 / n)
drawn, still = Noise(), Still()


def scores_of(part):
    model.eval()
    with torch.no_grad():
        found = [torch.sigmoid(model(features[part[i : i + batch]], labels[part[i : i + batch]], still)[1]) for i in range(0, len(part), batch)]
    model.train()
    return torch.cat(found).numpy()


losses, validation = [], []
for epoch in range(job["epochs"]):
    of_epoch, following = [], dict(enumerate(chances))
    for start in range(0, n, batch):
        if epoch < job["warmUp"]:
            picked = np.arange(start, min(n, start + batch))
        else:
            picked = np.random.choice(n, batch, replace=False, p=chances)
        chosen = rows[picked]
        optimiser.zero_grad(set_to_none=True)
        loss, logits = model(features[chosen], labels[chosen], drawn)
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            row_losses = F.binary_cross_entropy_with_logits(logits, labels[chosen], reduction="none").mean(1).numpy()
        for i, value in zip(picked, row_losses):
            table[int(i)] = value * weights[i]
        z = np.array(list(table.values()))
        index = np.ceil(z / (z.max() / n)).astype(int)
        every = dict(zip(table, np.exp(np.log(pressure) / n) ** index))
        for i in picked:
            following[int(i)] = every[int(i)]
        of_epoch.append(loss.item())
    done("training")
    known = np.array([following[i] for i in range(n)])
    chances = known / known.sum()
    losses.append(float(np.mean(of_epoch)))
    validation.append(metrics(y[job["validation"]], scores_of(job["validation"]))["macroAuc"])
    done("scoring")
found = metrics(y[job["test"]], scores_of(job["test"]))
done("scoring")
description = f"PyTorch {torch.__version__} ({blas()}), {torch.get_num_threads()} threads; neighbours by {search}"
print(json.dumps({"description": description, "losses": losses, "macroAuc": found["macroAuc"], "spent": spent}))
