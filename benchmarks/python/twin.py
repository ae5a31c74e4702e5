"""What every twin shares: a program in another language's library that `npm run bench` times beside ours.

A twin is a class that `serve` makes from the first request and then asks, a process that lives as long as the benchmark. It
reads one JSON object a line from standard input, and answers each with one line on standard output:

    {"command": "choose", "tensors": PATH, "settings": {...}, "threads": 2}
        -> {"forms": {PART: NAME, ...}, "milliseconds", "notes"}: the fastest form of every part; asked in processes of their own,
        one for each way to allocate memory, so that what they try fills no memory here
    {"command": "load", "tensors": PATH, "settings": {...}, "threads": 2, "forms": {...}}
        -> {"name", "versions", "prepareMilliseconds"}
    {"command": "check", "number": 1, "into": PATH}
        -> {"milliseconds", "lossNats"}; gradients of that step's batch, by our parameter names and in our layouts, go into a safetensors file
    {"command": "step", "number": 1}
        -> {"milliseconds", "lossNats"}; one update on batch (number - 1) mod batches, or one whole fit (then also "iterations")
    {"command": "memory"}
        -> {"peakBytes"}

An answer may also be {"skip": REASON}, where what a twin imports is not there, or {"error": REASON}.

This file knows no library of numbers: a tensor is bytes with a shape and a type of safetensors, "F32" or "I32".
"""

import json
import struct
import sys
import time
import traceback


def skip(what, package, error):
    """Answers that the twin cannot run here, and ends the program."""
    reason = f"{what} does not load here ({error}); install it with: pip install {package}"
    print(json.dumps({"skip": reason}), flush=True)
    sys.exit(0)


def serve(make_twin):
    """Answers requests until there are none.

    `make_twin(request)` gives an object with `choose()`, `load(forms)`, `check(number, into)` and `step(number)`.
    """
    twin = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            twin = twin or make_twin(request)
            answer = answer_to(twin, request)
        except Exception:  # the other side reports it and stops
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


def answer_to(twin, request):
    match request["command"]:
        case "choose":
            return twin.choose()
        case "load":
            return twin.load(request["forms"])
        case "check":
            return twin.check(request["number"], request["into"])
        case "step":
            return twin.step(request["number"])
        case "memory":
            return {"peakBytes": peak_memory_bytes()}
        case command:
            return {"error": f"no command {command}"}


ROUNDS = 5  # how often a form is timed; the first two do not count


def best_milliseconds(work):
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1e3)
    return min(times[2:])


def fastest(forms, milliseconds_of):
    """The name of the fastest form, and what each took."""
    times = {form: milliseconds_of(form) for form in forms}
    return min(times, key=times.get), times


def below(prefix, tensors):
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


def read_safetensors(path, tensor_of):
    """Tensors by name; `tensor_of(content, offset, type, shape)` makes one from the bytes of the whole file."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: tensor_of(content, 8 + length + entry["data_offsets"][0], entry["dtype"], entry["shape"])
        for name, entry in header.items()
    }


def write_safetensors(path, blocks):
    """`blocks`: name to (shape, bytes) of float32 tensors."""
    header, begin = {}, 0
    for name, (shape, block) in blocks.items():
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, begin + len(block)]}
        begin += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, block in blocks.values():
            file.write(block)


def peak_memory_bytes():
    """Linux keeps the highest resident size of this program; getrusage would also count the one that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None
