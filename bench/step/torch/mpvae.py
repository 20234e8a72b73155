"""MPVAE by its formulas in docs/models.md: a multivariate probit over two Gaussian codes."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from layers import dense, divergence, draw, ranking

DRAWS = 100
MARGIN = 5e-7


def normal_cdf(x):
    return 0.5 * torch.erfc(-math.sqrt(0.5) * x)


class Mpvae(nn.Module):
    def __init__(self, features, labels):
        super().__init__()
        latent = max(1, features // 2)
        self.rank = max(16, latent)
        self.label_encoder_fc1, self.label_encoder_fc2 = nn.Linear(features + labels, 512), nn.Linear(512, 256)
        self.fe_mu, self.fe_logvar = nn.Linear(256, latent), nn.Linear(256, latent)
        self.feat_encoder_fc1, self.feat_encoder_fc2 = nn.Linear(features, 256), nn.Linear(256, 256)
        self.fx_mu, self.fx_logvar = nn.Linear(256, latent), nn.Linear(256, latent)
        self.fd_1, self.fd_2 = nn.Linear(features + latent, 256), nn.Linear(256, 512)
        self.fd_x_1, self.fd_x_2 = nn.Linear(features + latent, 256), nn.Linear(256, 512)
        self.label_mp_mu_layer, self.feat_mp_mu_layer = nn.Linear(512, labels), nn.Linear(512, labels)
        self.r_sqrt_sigma = nn.Parameter(torch.empty(labels, self.rank))

    def parts(self, means, residual, y):
        """Negative log likelihood and ranking loss of the batch, from means [b, q] and L eta [draws, b, q]."""
        likelihoods = normal_cdf((residual + means) * (2 * y - 1)).clamp(MARGIN, 1 - MARGIN)
        each = torch.logsumexp(likelihoods.log().sum(-1), dim=0) - math.log(DRAWS)
        return -each.mean(), ranking(likelihoods, y).mean()

    def forward(self, x, y, noise):
        code = F.relu(self.label_encoder_fc2(F.relu(dense(self.label_encoder_fc1, x, y))))
        code_x = F.relu(self.feat_encoder_fc2(F.relu(self.feat_encoder_fc1(x))))
        q, p = (self.fe_mu(code), self.fe_logvar(code)), (self.fx_mu(code_x), self.fx_logvar(code_x))
        z, zx = draw("label.noise", *q, noise), draw("feature.noise", *p, noise)
        means = self.label_mp_mu_layer(F.relu(self.fd_2(F.relu(dense(self.fd_1, x, z)))))
        means_x = self.feat_mp_mu_layer(F.relu(self.fd_x_2(F.relu(dense(self.fd_x_1, x, zx)))))
        residual = noise.normal("probit.noise", DRAWS, len(x), self.rank) @ self.r_sqrt_sigma.T
        (nll, ranks), (nll_x, ranks_x) = self.parts(means, residual, y), self.parts(means_x, residual, y)
        loss = 0.1 * (nll + nll_x) + 200 * (ranks + ranks_x) + 1.1 * divergence(*q, *p, 1e-6).mean()
        marginal = means_x / torch.sqrt(1 + self.r_sqrt_sigma.square().sum(1))
        logits = normal_cdf(marginal).clamp(MARGIN, 1 - MARGIN).log() - normal_cdf(-marginal).clamp(MARGIN, 1 - MARGIN).log()
        return loss, logits
