"""
What the models share. Attributes are called as in the published state dicts (the map is in docs/models.md), names given
as strings are those of our noise.
"""
import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    """Linear, [batch normalisation], leaky rectifier, dropout, once a width; `stride` is the published count of modules a layer."""

    def __init__(self, name, inputs, widths, slope=0.0, dropout=0.0, normalised=False, activate_last=True, stride=3):
        super().__init__()
        self.name, self.slope, self.dropout = name, slope, dropout
        self.activated = [activate_last or i < len(widths) - 1 for i in range(len(widths))]
        self.stride, self.normalised = stride, normalised
        self.fcs = nn.ModuleDict()
        for i, (before, after) in enumerate(zip([inputs, *widths], widths)):
            self.fcs[str(i * stride)] = nn.Linear(before, after)
            if normalised:
                self.fcs[str(i * stride + 1)] = nn.BatchNorm1d(after)

    def forward(self, x, noise):
        for i, activated in enumerate(self.activated):
            linear = self.fcs[str(i * self.stride)]
            x = dense(linear, *x) if isinstance(x, tuple) else linear(x)
            if self.normalised:
                x = self.fcs[str(i * self.stride + 1)](x)
            if activated:
                x = F.leaky_relu(x, self.slope) if self.slope > 0 else F.relu(x)
                x = noise.dropout(f"{self.name}.{i}.dropout", x, self.dropout)
        return x


class PerLabel(nn.Module):
    """One output a label with weights of its own, stored as the grouped convolution that is published: [b, q, width] -> [b, q]."""

    def __init__(self, labels, width):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(labels, 1, width))
        self.bias = nn.Parameter(torch.empty(labels))

    def forward(self, pairs):
        return torch.einsum("bqw,qw->bq", pairs, self.weight[:, 0]) + self.bias


def dense(linear, *parts):
    """`linear` of a concatenation, as a sum: a part with fewer rows (a size of 1) is multiplied once and stretched."""
    weights = linear.weight.split([part.shape[-1] for part in parts], dim=1)
    products = [F.linear(part, weight) for part, weight in zip(parts, weights)]
    return sum(products[1:], products[0] + linear.bias)


def draw(name, mean, log_variance, noise):
    return mean + torch.exp(0.5 * log_variance) * noise.normal(name, *mean.shape)


def divergence(mean_q, log_variance_q, mean_p, log_variance_p, margin):
    """KL(q || p) of each row."""
    difference = log_variance_p - log_variance_q
    distance = (mean_p - mean_q).square() / (log_variance_p.exp() + margin)
    return 0.5 * (difference - 1 + torch.exp(-difference) + distance).sum(-1)


def ranking(likelihoods, y):
    """Sum over present k, absent l of e^(-5 (E_k - E_l)) / (5 |present| |absent|), from the likelihoods of what is the case."""
    faults = torch.exp(-5 * likelihoods)
    present = (faults * y).sum(-1) / y.sum(-1).clamp(min=1)
    absent = (faults * (1 - y)).sum(-1) / (1 - y).sum(-1).clamp(min=1)
    return torch.e**5 / 5 * present * absent


def cross_entropy(logits, y):
    return F.binary_cross_entropy_with_logits(logits, y)
