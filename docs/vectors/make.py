"""Makes selection.json, the golden vectors of two selection formulas, in exact arithmetic: standard library only.

Indices are computed with fractions, probabilities with 60 decimal digits and rounded to the nearest double at the end. With
--check it compares what it makes with the file beside it.

adaptive     z = w l, D = max z / n, Q = ceil(z / D), p ~ s^(Q/n); all z = 0: p uniform      (arXiv 2403.18192)
onlineBatch  rank r = 1 for the highest loss, p ~ exp(ln s / n)^(-r); equal losses share the mean of their ranks' weights
"""

import json
import math
import pathlib
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


def power(base, exponent):
    """base ** exponent for a fraction as exponent, in decimals."""
    return (Decimal(base).ln() * exponent.numerator / exponent.denominator).exp()


def normalised(weights):
    total = sum(weights)
    return [float(weight / total) for weight in weights]


def adaptive(pressure, weights, losses):
    n = len(losses)
    z = [Fraction(w) * Fraction(loss) for w, loss in zip(weights, losses)]
    largest = max(z)
    index = [math.ceil(value * n / largest) if largest else 0 for value in z]
    return index, normalised([power(pressure, Fraction(q, n)) for q in index])


def online_batch(pressure, _, losses):
    n = len(losses)
    shares = []
    for loss in losses:
        first = 1 + sum(other > loss for other in losses)
        ranks = range(first, first + losses.count(loss))
        shares.append(sum(power(pressure, Fraction(-rank, n)) for rank in ranks) / len(ranks))
    return None, normalised(shares)


FORMULAS = {"adaptive": adaptive, "onlineBatch": online_batch}

# Losses are exact in 32 bits, and their products with the weights in 64.
CASES = [
    ("adaptive", "the published pressure, weights of 1", 2, [1, 1, 1, 1], [[0.25, 0.5, 0.75, 1]]),
    ("adaptive", "a value on the border of two indices stays in the lower one", 4, [1, 1, 1, 1], [[0.5, 0.5000001192092896, 1, 0]]),
    ("adaptive", "the weight makes an easy row hard", 16, [1, 4, 1], [[1, 0.5, 0.25]]),
    ("adaptive", "no loss at all: uniform", 64, [1, 2, 1], [[0, 0, 0]]),
    ("adaptive", "pressure 1: uniform", 1, [1, 2, 1], [[1, 2, 3]]),
    ("adaptive", "one row", 64, [1.5], [[0.125]]),
    ("adaptive", "a loss far above the others presses them all to index 1", 64, [1] * 5, [[1024, 1, 0.5, 0.0009765625, 2]]),
    ("adaptive", "the maximum falls: old indices are of the new unit where all rows are seen again", 8, [1, 1, 1],
     [[1, 2, 8], [1, 2, 3], [0, 0, 0]]),
    ("adaptive", "49 rows, for which 49 times 1/49 is not 1 in doubles", 2, [1] * 49, [[row / 64 for row in range(49)], [1] * 49]),
    ("onlineBatch", "three ranks", 8, [1, 1, 1], [[0.5, 2, 1]]),
    ("onlineBatch", "equal losses share their ranks", 64, [1] * 4, [[1, 3, 1, 0]]),
    ("onlineBatch", "all equal: uniform", 64, [1] * 3, [[1, 1, 1]]),
    ("onlineBatch", "the last losses count", 4, [1] * 3, [[1, 2, 3], [3, 2, 1]]),
]


def vectors():
    made = []
    for formula, comment, pressure, weights, visits in CASES:
        expected = []
        for losses in visits:
            index, p = FORMULAS[formula](pressure, weights, losses)
            expected.append({"p": p} if index is None else {"index": index, "p": p})
        made.append({"formula": formula, "comment": comment, "pressure": pressure, "weights": weights,
                     "visits": visits, "expected": expected})
    return {
        "about": "every row is seen once a visit, in one batch; expected[k] is what holds after visits[0..k]; docs/vectors/make.py makes this file",
        "vectors": made,
    }


def main():
    file = pathlib.Path(__file__).with_name("selection.json")
    if "--check" in sys.argv:
        if json.loads(file.read_text()) != vectors():
            sys.exit(f"{file} is not what make.py makes")
        print(f"{len(CASES)} vectors are as made")
    else:
        file.write_text(json.dumps(vectors(), indent=1) + "\n")


if __name__ == "__main__":
    main()
