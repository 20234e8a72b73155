"""The same products and training steps in PyTorch on CUDA, as JSON like bench/gpu/measure.ts; fails where there is no CUDA."""
import json
import sys
import time

import torch

if not torch.cuda.is_available():
    sys.exit("PyTorch finds no CUDA device")
torch.backends.cuda.matmul.allow_tf32 = False
device = torch.device("cuda")
figures = []


def median(call):
    times = []
    for turn in range(25):
        torch.cuda.synchronize()
        start = time.perf_counter()
        call()
        torch.cuda.synchronize()
        if turn >= 5:
            times.append(1000 * (time.perf_counter() - start))
    return sorted(times)[len(times) // 2]


def products(n):
    a, b = (torch.randn(n, n, device=device) / n**0.5 for _ in range(2))

    def chain():
        y = a
        for _ in range(4):
            y = y @ b
        return y.sum().item()

    return 8 * n**3 / median(chain) / 1e6


def training(features, hidden, labels, batch=128, rows=1000):
    widths = [features, *hidden]
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(before, after), torch.nn.LeakyReLU(0.1), torch.nn.Dropout(0.2)]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], labels)).to(device)
    optimiser = torch.optim.Adam(model.parameters())
    x = torch.randn(rows, features, device=device)
    y = torch.randint(0, 2, (rows, labels), device=device).float()

    def step():
        chosen = torch.randint(0, rows, (batch,)).to(device)
        optimiser.zero_grad()
        losses = torch.nn.functional.binary_cross_entropy_with_logits(model(x[chosen]), y[chosen], reduction="none").mean(1)
        losses.mean().backward()
        optimiser.step()
        return losses.detach().cpu()

    return median(step)


n = 128
while n <= int(sys.argv[1]):
    figures.append({"name": f"matrix product, {n}", "value": products(n), "unit": "GFLOP/s"})
    n *= 2
nets = ((72, [256, 512, 256], 6, ""), (68, [768, 768, 768], 174, ""), (1836, [512, 256], 159, ", 4 % filled, dense"))
for features, hidden, labels, kind in nets:
    title = "-".join(map(str, [features, *hidden, labels])) + kind
    figures.append({"name": f"{title}: a step", "value": training(features, hidden, labels), "unit": "ms"})
name = f"PyTorch {torch.__version__}, float32 without TF32, {torch.cuda.get_device_name()}"
print(json.dumps({"description": name, "figures": figures}))
