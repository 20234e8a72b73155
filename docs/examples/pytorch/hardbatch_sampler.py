"""Batches chosen by hardbatch for a PyTorch training loop, or any other. Standard library only.

A `BatchSampler` starts `hardbatch sampler --stdio` and talks to it in lines of JSON (docs/protocol.md). Give it to
`torch.utils.data.DataLoader` as `batch_sampler`, and tell it after each step what the loss of each row was.
"""

import json
import subprocess


class SamplerError(RuntimeError):
    """The sampler refused a call, or its program ended."""


def plain(values):
    """Lists of numbers from a tensor, an array or a list."""
    return values.tolist() if hasattr(values, "tolist") else list(values)


def flat(values):
    """One list of numbers from a list of lists, row by row."""
    listed = plain(values)
    if listed and isinstance(listed[0], (list, tuple)):
        return [value for row in listed for value in row]
    return listed


encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Client:
    """A program that speaks the protocol: requests go out in order, and their answers come back in the same order."""

    def __init__(self, command):
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._unread = 0

    def send(self, request):
        """Sends a request whose answer is read later."""
        line = encode(request) + "\n"
        try:
            self._process.stdin.write(line.encode())
        except BrokenPipeError:
            self._ended()
        self._unread += 1

    def receive(self):
        """The answer to the oldest request that was not yet answered."""
        try:
            self._process.stdin.flush()
        except BrokenPipeError:
            self._ended()
        line = self._process.stdout.readline()
        if not line:
            self._ended()
        self._unread -= 1
        answer = json.loads(line)
        if "error" in answer:
            raise SamplerError(answer["error"]["message"])
        return answer

    def settle(self):
        """Reads the answers that are still to come."""
        while self._unread > 0:
            self.receive()

    def ask(self, request):
        """One request and its answer."""
        self.settle()
        self.send(request)
        return self.receive()

    def close(self):
        """Ends the program."""
        if self._process.stdin.closed:
            return
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait()
        self._process.stdout.close()

    def _ended(self):
        raise SamplerError(f"the sampler's program ended with exit code {self._process.wait()}")


class BatchSampler:
    """Batches of row numbers, epoch after epoch; what `observe` is told decides what is drawn later.

    labels      0 or 1 for each row and label: a list of lists, a tensor or an array
    command     how to start the program, such as ["npx", "hardbatch", "sampler", "--stdio"]
    epochs      of the whole run; samplers whose pressure falls need it
    features    numbers for each row, for samplers that look for neighbours
    options     of the sampler, such as {"pressure": 4, "refresh": "batch"}
    """

    def __init__(self, labels, batch_size, command, seed=0, epochs=None, features=None, options=None):
        rows = plain(labels)
        request = {
            "call": "create",
            "protocol": 1,
            "sampler": 1,
            "rows": len(rows),
            "labelCount": len(rows[0]),
            "labels": [[label for label, value in enumerate(row) if value] for row in rows],
            "batchSize": batch_size,
            "seed": seed,
        }
        if epochs is not None:
            request["epochs"] = epochs
        if features is not None:
            request["features"] = plain(features)
        if options is not None:
            request["options"] = options
        self._client = Client(command)
        try:
            created = self._client.ask(request)
        except SamplerError:
            self._client.close()
            raise
        self.needs = created["needs"]
        self._batches = created["batchesPerEpoch"]
        self._epoch = created["epoch"]
        self._drawn = 0
        self._waiting = []  # [rows, importance weights] of the batches drawn and not yet observed, oldest first

    def __len__(self):
        return self._batches

    @property
    def epoch(self):
        """The epoch under way; it ends when its last batch is observed."""
        return self._epoch

    def __iter__(self):
        """The batches that are left of the epoch: those that wait first, so that a loop that was left goes on."""
        epoch = self._epoch
        for rows, _ in list(self._waiting):
            yield rows
        while self._epoch == epoch and self._drawn < self._batches:
            yield self._next()

    def _next(self):
        self._client.send({"call": "next", "sampler": 1})
        answer = None
        try:
            while self._client._unread > 0:
                answer = self._client.receive()
        except SamplerError as error:
            if not self._waiting:
                raise
            raise SamplerError(
                f"{error}. {len(self._waiting)} batches were drawn and not observed. A sampler whose draws depend on "
                "what it is told can't be asked ahead: use num_workers=0 and call observe after each step, or an "
                'option such as refresh="epoch", with which a whole epoch may be fetched ahead.'
            ) from None
        self._drawn += 1
        self._waiting.append((answer["rows"], answer.get("importanceWeights")))
        return answer["rows"]

    def observe(self, rows, row_losses=None, scores=None, entry_losses=None):
        """Tells what the step found for the rows of the oldest batch, in their order; see `needs`.

        rows            the batch, as it was given
        row_losses      mean binary cross-entropy of each row, before the update
        scores          sigmoid output of each row and label
        entry_losses    binary cross-entropy of each row and label
        """
        listed = plain(rows)
        if not self._waiting or self._waiting[0][0] != listed:
            raise SamplerError("observe: these are not the rows of the oldest batch that waits, in their order")
        request = {"call": "observe", "sampler": 1, "rows": listed}
        given = {"rowLosses": row_losses, "scores": scores, "entryLosses": entry_losses}
        for kind in self.needs:
            if given[kind] is None:
                raise SamplerError(f"observe: this sampler needs {kind}")
            request[kind] = flat(given[kind])
        try:
            self._client.send(request)
        except ValueError:
            raise SamplerError("observe: a loss or score is not a finite number") from None
        self._waiting.pop(0)
        if self._drawn == self._batches and not self._waiting:
            self._client.settle()
            self._epoch += 1
            self._drawn = 0

    def set_epoch(self, epoch):
        """For loops that name their epochs: checks that the named one is the next."""
        if epoch != self._epoch:
            raise SamplerError(f"set_epoch({epoch}): this is epoch {self._epoch}; epochs follow one another")

    def probabilities(self):
        """The probability of each row to be drawn first into the next batch."""
        return self._client.ask({"call": "probabilities", "sampler": 1})["probabilities"]

    def importance_weights(self, rows):
        """Weights with which the mean loss of a batch estimates that of all rows, where made with unbiased=True."""
        listed = plain(rows)
        for batch, weights in self._waiting:
            if batch == listed and weights is not None:
                return weights
        raise SamplerError('importance_weights: no such batch waits, or the option "unbiased" was not given')

    def state_dict(self):
        """Everything that the rest of the run depends on; plain lists and numbers."""
        answer = self._client.ask({"call": "state", "sampler": 1})
        return {
            "state": answer["state"],
            "epoch": self._epoch,
            "drawn": self._drawn,
            "waiting": [[list(rows), weights] for rows, weights in self._waiting],
        }

    def load_state_dict(self, saved):
        """Goes on from such a state, in a sampler that was made alike."""
        self._client.ask({"call": "restore", "sampler": 1, "state": saved["state"]})
        self._epoch = saved["epoch"]
        self._drawn = saved["drawn"]
        self._waiting = [(list(rows), weights) for rows, weights in saved["waiting"]]

    def close(self):
        """Ends the sampler's program."""
        self._client.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
