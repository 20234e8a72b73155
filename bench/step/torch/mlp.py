"""The plain multi-layer perceptron of docs/models.md."""
from torch import nn

from layers import Block, cross_entropy


class Mlp(nn.Module):
    def __init__(self, features, labels):
        super().__init__()
        self.body = Block("hidden", features, [256, 512, 256], slope=0.1, stride=2)
        self.head = nn.Linear(256, labels)

    def forward(self, x, y, noise):
        logits = self.head(self.body(x, noise))
        return cross_entropy(logits, y), logits
