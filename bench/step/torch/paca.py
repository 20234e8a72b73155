"""PACA by its formulas in docs/models.md: two densities a label, by conditional flows, in a space of instances and label sets."""
import torch
import torch.nn.functional as F
from torch import nn

from layers import Block, cross_entropy, divergence, draw

UNITS = 16
MARGIN = 1e-6


class MaskedNetwork(nn.Module):
    """Parameters of each dimension from the dimensions before it and the label: [b, D], [q, q] -> [b, q, outputs, D]."""

    def __init__(self, dimensions, labels, hidden, outputs):
        super().__init__()
        self.outputs = outputs
        self.fcs = nn.ModuleList([nn.Linear(dimensions, hidden), nn.Linear(hidden, dimensions * outputs)])
        self.fc_y = nn.Linear(labels, hidden)
        self.masks = nn.ParameterList(nn.Parameter(torch.empty_like(each.weight), False) for each in self.fcs)

    def forward(self, x, labels):
        first, second = (each.weight * mask for each, mask in zip(self.fcs, self.masks))
        units = F.elu(F.linear(x, first, self.fcs[0].bias)[:, None] + self.fc_y(labels))  # [b, q, hidden]
        return F.linear(units, second, self.fcs[1].bias).unflatten(-1, (self.outputs, x.shape[1]))


class Monotone(nn.Module):
    def __init__(self, dimensions, labels):
        super().__init__()
        hidden = max(256, dimensions)
        outputs = 3 * (hidden // dimensions)
        self.conditioner = nn.ModuleDict({"mlp": MaskedNetwork(dimensions, labels, hidden, outputs)})
        self.out_to_dsparams = nn.Linear(outputs, 3 * UNITS)

    def forward(self, x, labels):
        parameters = self.out_to_dsparams(self.conditioner["mlp"](x, labels).transpose(2, 3))  # [b, q, D, 3 units]
        a, b, w = parameters.split(UNITS, dim=-1)
        a, w = F.softplus(a), F.log_softmax(w, dim=-1)
        s = a * x[:, None, :, None] + b
        inside = (1 - MARGIN) * (w.exp() * torch.sigmoid(s)).sum(-1) + MARGIN / 2
        low, high = torch.log(inside), torch.log(1 - inside)
        slope = torch.logsumexp(w + F.logsigmoid(s) + F.logsigmoid(-s) + torch.log(a), dim=-1)
        return low - high, slope + torch.log(torch.tensor(1 - MARGIN)) - low - high


class Residual(nn.Module):
    def __init__(self, labels, dimensions):
        super().__init__()
        self.l1 = nn.Linear(labels, dimensions)
        self.l2 = nn.Linear(dimensions, dimensions)
        self.l3 = nn.Linear(labels, dimensions)

    def forward(self, labels):
        return self.l2(F.relu(self.l1(labels))) + self.l3(labels)


class Affine(nn.Module):
    def __init__(self, dimensions, labels):
        super().__init__()
        self.affine_a = Residual(labels, dimensions)
        self.affine_b = Residual(labels, dimensions)

    def forward(self, x, labels):
        a = F.softplus(self.affine_a(labels))
        return a * x + self.affine_b(labels), torch.log(a).sum(1)


class Flow(nn.Module):
    def __init__(self, dimensions, labels):
        super().__init__()
        self.conditional_transforms = nn.ModuleList([Monotone(dimensions, labels), Affine(dimensions, labels)])

    def forward(self, x, labels):
        """ln p(x | label) up to a constant: [b, D] -> [b, q]."""
        monotone, affine = self.conditional_transforms
        value, log_slope = monotone(x, labels)
        value, log_determinant = affine(value, labels)
        return (log_slope - 0.5 * value.square()).sum(-1) + log_determinant


class Paca(nn.Module):
    def __init__(self, features, labels):
        super().__init__()
        latent = -(-features // 2)
        self.register_buffer("label_encodings", torch.empty(1, labels, labels))
        self.encoder = Block("encoder", features, [256, 512, 256], dropout=0.1)
        self.fc_mu, self.fc_logvar = nn.Linear(256, latent), nn.Linear(256, latent)
        self.decoder = Block("decoder", latent, [256, 512, 256, features], dropout=0.2, activate_last=False)
        self.label_encoder = Block("labelEncoder", labels, [512, 256], dropout=0.1)
        self.label_fc_mu, self.label_fc_logvar = nn.Linear(256, latent), nn.Linear(256, latent)
        self.label_decoder = Block("labelDecoder", latent, [256, 512], dropout=0.2)
        self.label_classifier = nn.Linear(512, labels)
        self.ins_map = Block("map", features + latent, [256, 256, latent], dropout=0.2, activate_last=False)
        self.pos_prototypes, self.neg_prototypes = Flow(latent, labels), Flow(latent, labels)

    def forward(self, x, y, noise):
        code, label_code = self.encoder(x, noise), self.label_encoder(y, noise)
        q, p = (self.fc_mu(code), self.fc_logvar(code)), (self.label_fc_mu(label_code), self.label_fc_logvar(label_code))
        u = self.ins_map((x, draw("latent.noise", *q, noise)), noise)  # [b, D]
        decoded = self.label_classifier(self.label_decoder(draw("label.noise", *p, noise), noise))
        reconstruction = (torch.sigmoid(self.decoder(u, noise)) - x).square().sum(1).mean()
        one_hot = self.label_encodings[0]
        logits = self.pos_prototypes(u, one_hot) - self.neg_prototypes(u, one_hot)
        labels = y.shape[1]
        space = divergence(*q, *p, 1e-8).mean() + labels * cross_entropy(decoded, y)
        return reconstruction + 10 * space + 2 * labels * cross_entropy(logits, y), logits
