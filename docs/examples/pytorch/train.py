"""Trains a small module on made-up data with batches that hardbatch chooses: python3 train.py [COMMAND ...].

COMMAND starts the sampler; by default npx hardbatch sampler --stdio --sampler adaptive.
"""

import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from hardbatch_sampler import BatchSampler


class Numbered(Dataset):
    """Rows that say their number, so that the loop can tell the sampler whose loss it was."""

    def __init__(self, features, labels):
        self.features = features
        self.labels = labels

    def __len__(self):
        return len(self.features)

    def __getitem__(self, row):
        return row, self.features[row], self.labels[row]


def made_up(rows, features, labels, generator):
    """Labels from random directions; the later ones are rare."""
    x = torch.randn(rows, features, generator=generator)
    scores = x @ torch.randn(features, labels, generator=generator)
    thresholds = torch.linspace(0, 2, labels) * features**0.5
    return x, (scores > thresholds).float()


def main():
    command = sys.argv[1:] or ["npx", "hardbatch", "sampler", "--stdio", "--sampler", "adaptive"]
    torch.manual_seed(1)
    epochs = 8
    x, y = made_up(600, 20, 5, torch.Generator().manual_seed(1))
    model = nn.Sequential(nn.Linear(20, 32), nn.LeakyReLU(0.1), nn.Linear(32, 5))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    criterion = nn.BCEWithLogitsLoss(reduction="none")
    with BatchSampler(y, 64, command, seed=1, epochs=epochs, features=x, options={"pressure": 4}) as sampler:
        loader = DataLoader(Numbered(x, y), batch_sampler=sampler)
        for epoch in range(epochs):
            sampler.set_epoch(epoch)
            total = 0.0
            for rows, features, labels in loader:
                losses = criterion(model(features), labels).mean(dim=1)
                optimiser.zero_grad()
                losses.mean().backward()
                optimiser.step()
                sampler.observe(rows, losses.detach())
                total += losses.sum().item() / len(x)
            p = sampler.probabilities()
            print(f"epoch {epoch}: loss {total:.4f}, largest p / smallest p {max(p) / min(p):.2f}")


if __name__ == "__main__":
    main()
