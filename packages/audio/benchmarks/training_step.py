"""The training step of @cpc/audio in PyTorch: the twin that `npm run bench -- audio` times beside ours.

The same model, parameters, batches, negatives and optimiser, in the form in which PyTorch is fastest on the machine at
hand: `choose` times every form in FORMS and every form of Adam. Nothing is done here that the step does not need; ours also
counts hits, bounds and the gradient's length.

A process that lives as long as the benchmark. It reads one JSON object a line from standard input, and answers each with
one line on standard output:

    {"command": "choose", "tensors": PATH, "settings": {...}, "threads": 2}
        -> {"forms": {"encoder": NAME, "adam": NAME}, "milliseconds", "notes"}; asked in processes of their own, one for each
        way to allocate memory, so that what they try fills no memory here
    {"command": "load", "tensors": PATH, "settings": {...}, "threads": 2, "forms": {...}}
        -> {"name", "versions", "prepareMilliseconds"}
    {"command": "check", "number": 1, "into": PATH}
        -> {"milliseconds", "lossNats"}; gradients of that step's batch, by our parameter names and in our layouts, go into a safetensors file
    {"command": "step", "number": 1}
        -> {"milliseconds", "lossNats"}; one update on batch (number - 1) mod batches
    {"command": "memory"}
        -> {"peakBytes"}

An answer may also be {"skip": REASON}, where PyTorch is not there, or {"error": REASON}.

Letters used for shapes here:
    B  windows    N  samples         T  latents         D  channels of the encoder    H  units of the context
    K  steps      A  anchors of step k, B (T - k)       G  groups that share candidates    M  candidates of a group
"""

import ctypes
import json
import struct
import sys
import time
import traceback
from functools import partial

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    print(json.dumps({"skip": f"PyTorch does not load here ({error}); install it with: pip install torch"}), flush=True)
    sys.exit(0)


class Encoder(nn.Module):
    """g_enc: strided convolutions with ReLU, `[B, N]` to `[B, T, D]`.

    Two-dimensional ones of height 1, because only those have a channels-last layout. (PyTorch's Conv1d is the same call
    with the same height, in the channels-first layout.)
    """

    def __init__(self, layers, channels, memory_format):
        super().__init__()
        self.paddings = []
        self.convolutions = nn.ModuleList()
        inputs = 1
        for layer in layers:
            length, stride = layer["kernelLength"], layer["stride"]
            before, after = (length - stride) // 2, (length - stride + 1) // 2
            inside = before if before == after else 0  # unequal padding needs a copy, which only the waveform does
            self.paddings.append((before - inside, after - inside))
            self.convolutions.append(nn.Conv2d(inputs, channels, (1, length), (1, stride), (0, inside)))
            inputs = channels
        self.to(memory_format=memory_format)

    def forward(self, waveform):
        hidden = waveform[:, None, None, :]  # [B, 1, 1, N]
        for padding, convolution in zip(self.paddings, self.convolutions):
            if padding != (0, 0):
                hidden = functional.pad(hidden, padding)
            hidden = torch.relu_(convolution(hidden))  # [B, D, 1, length / stride]
        return hidden.squeeze(2).transpose(1, 2)  # [B, T, D]

    def load(self, tensors):
        for index, convolution in enumerate(self.convolutions, start=1):
            kernel = tensors[f"encoder/conv{index}/kernel"]  # [length, inputs, D]
            convolution.weight.copy_(kernel.permute(2, 1, 0)[:, :, None, :])
            convolution.bias.copy_(tensors[f"encoder/conv{index}/bias"])

    def gradients(self):
        for index, convolution in enumerate(self.convolutions, start=1):
            yield f"encoder/conv{index}/kernel", convolution.weight.grad.squeeze(2).permute(2, 1, 0)
            yield f"encoder/conv{index}/bias", convolution.bias.grad


class BlockEncoder(nn.Module):
    """The same encoder written as ours is: cut into blocks of one stride, each layer is one matrix product.

    An output is the sum of what its first block gives through the first half of the kernel and what the block after it
    gives through the second half: kernels are twice their strides.
    """

    def __init__(self, layers, channels):
        super().__init__()
        self.layers = layers
        self.kernels = nn.ParameterList()
        self.biases = nn.ParameterList()
        inputs = 1
        for layer in layers:
            self.kernels.append(torch.empty(layer["stride"] * inputs, 2 * channels))
            self.biases.append(torch.empty(channels))
            inputs = channels

    def forward(self, waveform):
        hidden = waveform[:, :, None]  # [B, N, 1]
        for layer, kernel, bias in zip(self.layers, self.kernels, self.biases):
            length, stride = layer["kernelLength"], layer["stride"]
            before, after = (length - stride) // 2, (length - stride + 1) // 2
            windows, _, inputs = hidden.shape
            blocks = functional.pad(hidden, (0, 0, before, after)).reshape(windows, -1, stride * inputs)
            products = blocks @ kernel  # [B, blocks, 2 D]
            first, second = products.chunk(2, dim=2)
            hidden = torch.relu_(first[:, :-1] + second[:, 1:] + bias)  # [B, blocks - 1, D]
        return hidden  # [B, T, D]

    def load(self, tensors):
        for index, (kernel, bias) in enumerate(zip(self.kernels, self.biases), start=1):
            rows = kernel.shape[0]
            taps = tensors[f"encoder/conv{index}/kernel"].reshape(2, rows, -1)
            kernel.copy_(torch.cat((taps[0], taps[1]), dim=1))
            bias.copy_(tensors[f"encoder/conv{index}/bias"])

    def gradients(self):
        for index, (layer, kernel, bias) in enumerate(zip(self.layers, self.kernels, self.biases), start=1):
            taps = torch.stack(kernel.grad.chunk(2, dim=1))  # [2, stride inputs, D]
            yield f"encoder/conv{index}/kernel", taps.reshape(layer["kernelLength"], -1, taps.shape[2])
            yield f"encoder/conv{index}/bias", bias.grad


class SpeechModel(nn.Module):
    """Encoder, GRU and predictors, and the loss of a batch."""

    def __init__(self, settings, make_encoder):
        super().__init__()
        channels, units = settings["channels"], settings["contextUnits"]
        self.encoder = make_encoder(settings["layers"], channels)
        self.context = nn.GRU(channels, units, batch_first=True)
        self.predictors = nn.ParameterList(torch.empty(units, channels) for _ in range(settings["predictionSteps"]))

    def forward(self, waveform, candidates):
        """Mean InfoNCE over steps, in nats; `candidates` `[G, M]` are rows of the flattened latents."""
        latents = self.encoder(waveform)  # [B, T, D]
        contexts, _ = self.context(latents)  # [B, T, H]
        windows, positions, channels = latents.shape
        groups, count = candidates.shape
        rows = torch.arange(windows * positions).reshape(windows, positions)
        chosen = latents.reshape(-1, channels)[candidates.reshape(-1)].reshape(groups, count, channels)
        losses = []
        for step, predictor in enumerate(self.predictors, start=1):
            predictions = contexts[:, :-step] @ predictor  # [B, T - k, D]
            positive = (predictions * latents[:, step:]).sum(2).reshape(-1, 1)  # [A, 1]
            scores = torch.bmm(predictions.reshape(groups, -1, channels), chosen.transpose(1, 2))  # [G, A / G, M]
            own = rows[:, step:].reshape(groups, -1, 1) == candidates[:, None, :]  # the anchor's own positive
            negatives = scores.masked_fill(own, -torch.inf).reshape(-1, count)  # [A, M]
            line_up = torch.cat((positive, negatives), dim=1)  # [A, 1 + M]
            losses.append(functional.cross_entropy(line_up, torch.zeros(len(line_up), dtype=torch.long)))
        return torch.stack(losses).mean()

    @torch.no_grad()
    def load(self, tensors):
        self.encoder.load(tensors)
        for ours, theirs in GRU_NAMES.items():
            getattr(self.context, theirs).copy_(tensors[f"context/gru/{ours}"].t())  # the gates' order is the same
        for step, predictor in enumerate(self.predictors, start=1):
            predictor.copy_(tensors[f"predictors/step{step}"])

    def gradients(self):
        """By our names, in our layouts."""
        named = dict(self.encoder.gradients())
        for ours, theirs in GRU_NAMES.items():
            named[f"context/gru/{ours}"] = getattr(self.context, theirs).grad.t()
        for step, predictor in enumerate(self.predictors, start=1):
            named[f"predictors/step{step}"] = predictor.grad
        return named


GRU_NAMES = {
    "kernel": "weight_ih_l0",
    "recurrentKernel": "weight_hh_l0",
    "bias": "bias_ih_l0",
    "recurrentBias": "bias_hh_l0",
}

ENCODERS = {
    "channels-first convolutions": partial(Encoder, memory_format=torch.contiguous_format),
    "channels-last convolutions": partial(Encoder, memory_format=torch.channels_last),
    "block products": BlockEncoder,
}

ADAMS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "plain": {"foreach": False}}


class Twin:
    """What the commands work on: settings, initial parameters and batches, and after `load` a model and its optimiser."""

    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        tensors = read_safetensors(request["tensors"])
        self.parameters = below("parameters/", tensors)
        self.batches = read_batches(below("batches/", tensors))
        self.model = self.optimiser = None

    def choose(self):
        encoder, encoder_times = fastest(ENCODERS, self.time_encoder)
        adam, adam_times = fastest(ADAMS, lambda form: self.time_adam(encoder, form))
        notes = {"encoderMilliseconds": encoder_times, "adamMilliseconds": adam_times}
        milliseconds = encoder_times[encoder] + adam_times[adam]
        return {"forms": {"encoder": encoder, "adam": adam}, "milliseconds": milliseconds, "notes": notes}

    def load(self, forms):
        started = time.perf_counter()
        self.model = self.make_model(forms["encoder"])
        self.optimiser = self.make_adam(self.model, forms["adam"])
        return {
            "name": f"PyTorch {torch.__version__}, {forms['encoder']}, {forms['adam']} Adam",
            "versions": {"python": sys.version.split()[0], "torch": torch.__version__},
            "prepareMilliseconds": (time.perf_counter() - started) * 1e3,
        }

    def check(self, number, into):
        started = time.perf_counter()
        loss_nats = self.backward(self.model, number).item()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_safetensors(into, self.model.gradients())
        return {"milliseconds": milliseconds, "lossNats": loss_nats}

    def step(self, number):
        started = time.perf_counter()
        loss = self.backward(self.model, number)
        if self.settings["clipNorm"] > 0:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.settings["clipNorm"])
        self.optimiser.step()
        loss_nats = loss.item()
        return {"milliseconds": (time.perf_counter() - started) * 1e3, "lossNats": loss_nats}

    def backward(self, model, number):
        model.zero_grad(set_to_none=True)
        loss = model(*self.batches[(number - 1) % len(self.batches)])
        loss.backward()
        return loss

    def make_model(self, form):
        model = SpeechModel(self.settings, ENCODERS[form])
        model.load(self.parameters)
        return model

    def make_adam(self, model, form):
        return torch.optim.Adam(model.parameters(), lr=self.settings["learningRate"], **ADAMS[form])

    def time_encoder(self, form):
        """Milliseconds of loss and gradients, without the update."""
        model = self.make_model(form)
        return best_milliseconds(lambda: self.backward(model, 1))

    def time_adam(self, encoder, form):
        model = self.make_model(encoder)
        self.backward(model, 1)
        return best_milliseconds(self.make_adam(model, form).step)


ROUNDS = 5  # how often a form is timed; the first two do not count


def best_milliseconds(work):
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1e3)
    return min(times[2:])


def fastest(forms, milliseconds_of):
    times = {form: milliseconds_of(form) for form in forms}
    return min(times, key=times.get), times


def below(prefix, tensors):
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


def read_batches(tensors):
    """`0/waveform`, `0/candidates`, `1/waveform`, … to a list of (waveform, candidates)."""
    count = len({name.split("/")[0] for name in tensors})
    return [(tensors[f"{index}/waveform"], tensors[f"{index}/candidates"].long()) for index in range(count)]


TYPES = {"F32": torch.float32, "I32": torch.int32}  # both 4 bytes wide


def read_safetensors(path):
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)

    def tensor(entry):
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(content, dtype=TYPES[entry["dtype"]], count=(end - begin) // 4, offset=8 + length + begin)
        return flat.reshape(entry["shape"]).clone()

    return {name: tensor(entry) for name, entry in header.items()}


def write_safetensors(path, tensors):
    header, blocks, begin = {}, [], 0
    for name, tensor in tensors.items():
        rows = tensor.detach().contiguous()
        header[name] = {"dtype": "F32", "shape": list(rows.shape), "data_offsets": [begin, begin + rows.nbytes]}
        blocks.append(ctypes.string_at(rows.data_ptr(), rows.nbytes))
        begin += rows.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def peak_memory_bytes():
    """Linux keeps the highest resident size of this program; getrusage would also count the one that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None


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


def main():
    twin = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            twin = twin or Twin(request)
            answer = answer_to(twin, request)
        except Exception:  # the other side reports it and stops
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
