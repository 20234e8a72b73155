"""Where a training step's randomness comes from: given arrays by name while losses are compared, else PyTorch's generator."""
import torch
import torch.nn.functional as F


class Noise:
    def __init__(self, given=None):
        self.given = given

    def _drawn(self, name, draw, shape):
        return draw(*shape) if self.given is None else self.given[name].reshape(shape)

    def normal(self, name, *shape):
        return self._drawn(name, torch.randn, shape)

    def uniform(self, name, *shape):
        return self._drawn(name, torch.rand, shape)

    def dropout(self, name, x, rate):
        if rate == 0:
            return x
        if self.given is None:
            return F.dropout(x, rate)
        return torch.where(self.given[name].reshape(x.shape) >= rate, x / (1 - rate), torch.zeros(()))
