"""Tests of docs/examples/pytorch/hardbatch_sampler.py with the standard library: arguments are the sampler's command."""

import json
import os
import sys
import tempfile
import unittest

from hardbatch_sampler import BatchSampler, SamplerError

COMMAND = sys.argv[1:]
LABELS = [[row % 2, row % 3 == 0] for row in range(20)]

# Answers as the program gave them once; each line of it is what is to be sent and what comes back.
REPLAYING = """
import sys
lines = [line.rstrip("\\n") for line in open(sys.argv[1])]
for sent, answer in zip(lines[::2], lines[1::2]):
    given = sys.stdin.readline().rstrip("\\n")
    assert given == sent, (given, sent)
    print(answer, flush=True)
"""


def made(**options):
    return BatchSampler(LABELS, 6, COMMAND, seed=5, epochs=9, options={"weighting": "none", "warmUp": 1, **options})


def epoch(sampler):
    """One epoch of the loop; losses follow from the row numbers."""
    batches = []
    for rows in sampler:
        batches.append(rows)
        sampler.observe(rows, [(row + 1) / 20 for row in rows])
    return batches


class Sampling(unittest.TestCase):
    def test_epochs_and_sizes(self):
        with made() as sampler:
            self.assertEqual(len(sampler), 4)
            self.assertEqual(sampler.needs, ["rowLosses"])
            for number in range(3):
                sampler.set_epoch(number)
                batches = epoch(sampler)
                self.assertEqual(len(batches), 4)
                for rows in batches:
                    self.assertEqual(len(set(rows)), len(rows))
            self.assertEqual(sampler.epoch, 3)
            p = sampler.probabilities()
            self.assertAlmostEqual(sum(p), 1, 12)
            self.assertGreater(p[19], p[0])
            self.assertRaisesRegex(SamplerError, "this is epoch 3", sampler.set_epoch, 5)

    def test_same_seed_same_batches(self):
        with made() as one, made() as other:
            self.assertEqual([epoch(one) for _ in range(3)], [epoch(other) for _ in range(3)])

    def test_state(self):
        with made() as one, made() as other:
            epoch(one)
            batches = iter(one)
            first = next(batches)
            one.observe(first, [0.5] * 6)
            waits = next(batches)
            saved = json.loads(json.dumps(one.state_dict()))
            other.load_state_dict(saved)
            left = [other_rows for other_rows in self.observed(other)]
            self.assertEqual(left[0], waits)
            self.assertEqual(left, self.observed(one))
            self.assertEqual(other.probabilities(), one.probabilities())
            self.assertEqual(epoch(other), epoch(one))

    def observed(self, sampler):
        batches = []
        for rows in sampler:
            batches.append(rows)
            sampler.observe(rows, [row / 20 for row in rows])
        return batches

    def test_ahead(self):
        with made() as sampler:
            self.assertEqual(len(list(sampler)), 4)  # a whole epoch may be fetched ahead
            for rows in list(sampler):
                sampler.observe(rows, [1.0] * len(rows))
            self.assertEqual(sampler.epoch, 1)
        with made(refresh="batch", warmUp=0) as sampler:
            batches = iter(sampler)
            next(batches)
            self.assertRaisesRegex(SamplerError, "1 batches were drawn and not observed.*num_workers=0", next, batches)

    def test_weights(self):
        with made(unbiased=True) as sampler:
            epoch(sampler)
            rows = next(iter(sampler))
            self.assertEqual(len(sampler.importance_weights(rows)), 6)
        with made() as sampler:
            self.assertRaisesRegex(SamplerError, "unbiased", sampler.importance_weights, next(iter(sampler)))

    def test_wrong_calls(self):
        with made() as sampler:
            rows = next(iter(sampler))
            self.assertRaisesRegex(SamplerError, "not the rows", sampler.observe, rows[1:], [1.0] * 5)
            self.assertRaisesRegex(SamplerError, "needs rowLosses", sampler.observe, rows)
            self.assertRaisesRegex(SamplerError, "finite", sampler.observe, rows, [float("nan")] * 6)
            sampler.observe(rows, [-1.0] * 6)
            self.assertRaisesRegex(SamplerError, "rowLosses", next, iter(sampler))
        self.assertRaisesRegex(SamplerError, "pressur", made, pressur=2)
        self.assertRaisesRegex(SamplerError, "exit code", BatchSampler, LABELS, 6, [sys.executable, "-c", ""])

    def test_recorded_transcript(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "recorded")
            script = os.path.join(folder, "replaying.py")
            with open(script, "w") as out:
                out.write(REPLAYING)
            create = {"call": "create", "protocol": 1, "sampler": 1, "rows": 2, "labelCount": 1, "labels": [[], [0]]}
            exchanges = [
                {**create, "batchSize": 1, "seed": 3},
                {"needs": ["rowLosses"], "batchesPerEpoch": 2, "epoch": 0, "ahead": 2},
                {"call": "next", "sampler": 1},
                {"rows": [1], "epoch": 0, "ahead": 1},
                {"call": "observe", "sampler": 1, "rows": [1], "rowLosses": [0.1]},
                {"epoch": 0, "ahead": 1},
                {"call": "next", "sampler": 1},
                {"rows": [0], "epoch": 1, "ahead": 0},
                {"call": "observe", "sampler": 1, "rows": [0], "rowLosses": [1e-17]},
                {"epoch": 1, "ahead": 2},
            ]
            with open(file, "w") as out:
                out.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in exchanges)
            with BatchSampler([[0], [1]], 1, [sys.executable, script, file], seed=3) as sampler:
                for rows, loss in zip(sampler, [0.1, 1e-17]):
                    sampler.observe(rows, [loss])
                self.assertEqual(sampler.epoch, 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
