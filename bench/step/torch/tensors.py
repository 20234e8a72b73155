"""Reads safetensors files."""
import json
import struct

import torch

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    """The tensors of a safetensors file: length of the header, header, data."""
    content = open(path, "rb").read()
    (length,) = struct.unpack("<Q", content[:8])
    data = bytearray(content[8 + length :])
    found = {}
    for name, entry in json.loads(content[8 : 8 + length]).items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]])
        found[name] = values.reshape(entry["shape"])
    return found


def under(tensors, prefix):
    return {name[len(prefix) :]: each for name, each in tensors.items() if name.startswith(prefix)}
