"""CLIF by its formulas in docs/models.md: a graph network's label embeddings select the features of each label."""
import torch
import torch.nn.functional as F
from torch import nn

from layers import Block, PerLabel, cross_entropy


class GraphLayer(nn.Module):
    def __init__(self, name, labels):
        super().__init__()
        self.eps = nn.Parameter(torch.zeros(1))
        self.mlp = Block(f"{name}.block", labels, [-(-labels // 2), labels], 0.1, 0.2, normalised=True, stride=4)

    def forward(self, nodes, adjacency, noise):
        return self.mlp((1 + self.eps) * nodes + adjacency @ nodes, noise) + nodes


class Clif(nn.Module):
    def __init__(self, features, labels, hidden=768):
        super().__init__()
        self.register_buffer("label_emb", torch.empty(labels, labels))
        self.register_buffer("label_edge", torch.empty(labels, labels))
        layers = nn.ModuleList(GraphLayer(f"graph.{i}", labels) for i in range(2))
        self.GIN_encoder = nn.ModuleDict({"GINLayers": layers})
        self.FD_model = nn.ModuleDict(
            {
                "out_x": Block("features", features, [hidden] * 3, 0.1, 0.2),
                "out_y": nn.Linear(labels, hidden),
                "out": Block("joint", hidden, [hidden], 0.1),
            }
        )
        self.cls_conv = PerLabel(labels, hidden)

    def forward(self, x, y, noise):
        e = self.label_emb
        for layer in self.GIN_encoder["GINLayers"]:
            e = layer(e, self.label_edge, noise)
        selected = self.FD_model["out_x"](x, noise)[:, None] * self.FD_model["out_y"](e)  # [b, q, H]
        logits = self.cls_conv(self.FD_model["out"](selected, noise))
        unit = e / (e.norm(dim=1, keepdim=True) + 1e-6)
        wanted = self.label_edge + torch.eye(len(e))
        return cross_entropy(logits, y) + 1e-3 * F.mse_loss(unit @ unit.T, wanted), logits
