"""DELA by its formulas in docs/models.md: noise on the features that a label's gates call uninformative."""
import torch
from torch import nn

from layers import Block, PerLabel, cross_entropy

MARGIN = 2.0**-23


class Dela(nn.Module):
    def __init__(self, features, labels):
        super().__init__()
        latent = -(-features // 2)
        self.encoder = Block("encoder", features, [256, 512, 256], dropout=0.2)
        self.fc_mu = nn.Linear(256, latent)
        self.fc_logvar = nn.Linear(256, latent)
        self.logit = nn.Parameter(torch.empty(labels, latent))
        self.scale_layer = nn.Linear(latent, latent)
        self.decoder = Block("decoder", features + latent, [256, 512], dropout=0.2)
        self.classifier = PerLabel(labels, 512)

    def gates(self, noise):
        u = noise.uniform("gates.noise", *self.logit.shape).clamp(MARGIN, 1 - MARGIN)
        odds = self.scale_layer(self.logit) + torch.log(u) - torch.log(1 - u)
        soft = torch.sigmoid(odds / (2 / 3))
        return ((odds > 0).float() - soft).detach() + soft

    def forward(self, x, y, noise):
        code = self.encoder(x, noise)
        mu, logvar = self.fc_mu(code), self.fc_logvar(code)
        g = self.gates(noise)
        spread = torch.exp(0.5 * logvar) * noise.normal("latent.noise", *mu.shape)
        z = mu[:, None] + spread[:, None] * g  # [b, q, D]
        logits = self.classifier(self.decoder((x[:, None], z), noise))
        own = (mu.square() - logvar - 1 + logvar.exp() * g.square().mean(0)).sum(1)
        divergence = 0.5 * own.mean() - torch.log(g + 1e-6).sum(1).mean()
        return y.shape[1] * cross_entropy(logits, y) + 1e-4 * divergence, logits
