"""C2AE by its formulas in docs/models.md: features and label sets in one decorrelated space, ranked by a decoder."""
import torch
from torch import nn

from layers import ranking


def network(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 512), nn.LeakyReLU(0.1), nn.Linear(512, outputs))


def correlated(f):
    return (f.T @ f - torch.eye(f.shape[1])).square().sum()


class C2ae(nn.Module):
    def __init__(self, features, labels):
        super().__init__()
        latent = max(1, int(0.8 * labels + 0.5))
        self.Fx, self.Fe, self.Fd = network(features, latent), network(labels, latent), network(latent, labels)

    def forward(self, x, y, noise):
        fx, fe = torch.sigmoid(self.Fx(x)) - 0.5, torch.sigmoid(self.Fe(y)) - 0.5
        ranks = ranking(torch.sigmoid(self.Fd(fe) * (2 * y - 1)), y)
        loss = (fx - fe).square().sum() + 0.5 * (correlated(fx) + correlated(fe)) + 0.5 * ranks.sum()
        return loss, self.Fd(fx)
