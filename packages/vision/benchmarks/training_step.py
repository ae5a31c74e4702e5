"""The training step of @cpc/vision in PyTorch: the twin that `npm run bench -- vision` times beside ours.

The same model (masked convolutions, no normalisation), parameters, batches, negatives and optimiser, in the form in which
PyTorch is fastest on the machine at hand: `choose` times every form in FORMS and every form of Adam. The commands that this
process answers, one JSON object a line, are told in packages/audio/benchmarks/training_step.py.

Letters used for shapes here:
    B  images    G  patches of the grid's side    N  patches, B G G    C  channels    D  size of z    H  size of c
    K  steps     A  anchors of step k, B G (G - k)    g  groups that share candidates    M  candidates of a group
"""

import ctypes
import json
import struct
import sys
import time
import traceback

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    print(json.dumps({"skip": f"PyTorch does not load here ({error}); install it with: pip install torch"}), flush=True)
    sys.exit(0)

BLOCKS = {18: ("basic", [2, 2, 2]), 26: ("bottleneck", [2, 2, 2]), 34: ("basic", [3, 4, 6]), 50: ("bottleneck", [3, 4, 6]), 101: ("bottleneck", [3, 4, 23])}
STEMS = {"7x7-pool": (2, True), "3x3-stride-2": (2, False), "3x3": (1, False)}


class Convolution(nn.Module):
    """A convolution that pads as TensorFlow's `same`: the odd zero below and to the right."""

    def __init__(self, tensors, path, stride, memory_format):
        super().__init__()
        self.path = path
        kernel = tensors[f"{path}/kernel"]  # [h, w, I, O]
        size, _, inputs, outputs = kernel.shape
        self.stride, self.size = stride, size
        self.inner = nn.Conv2d(inputs, outputs, size, stride, size // 2 if stride == 1 else 0)
        with torch.no_grad():
            self.inner.weight.copy_(kernel.permute(3, 2, 0, 1))
            self.inner.bias.copy_(tensors[f"{path}/bias"])
        self.inner.to(memory_format=memory_format)

    def forward(self, features):
        if self.stride > 1 and self.size > 1:
            features = functional.pad(features, same_margins(features, self.size, self.stride))
        return self.inner(features)

    def gradients(self):
        yield f"{self.path}/kernel", self.inner.weight.grad.permute(2, 3, 1, 0)
        yield f"{self.path}/bias", self.inner.bias.grad


def same_margins(features, size, stride):
    length = features.shape[-1]
    total = max(0, (-(-length // stride) - 1) * stride + size - length)
    before = total // 2
    return (before, total - before) * 2


class Block(nn.Module):
    """A residual block with activations before its layers."""

    def __init__(self, tensors, path, kind, stride, memory_format):
        super().__init__()
        self.path = path
        strides = [stride, 1] if kind == "basic" else [1, stride, 1]
        self.layers = nn.ModuleList(
            Convolution(tensors, f"{path}/layer{index}", own, memory_format) for index, own in enumerate(strides, start=1)
        )
        self.factor = nn.Parameter(tensors[f"{path}/factor"].clone())
        projected = f"{path}/projection/kernel" in tensors
        self.projection = Convolution(tensors, f"{path}/projection", stride, memory_format) if projected else None

    def forward(self, features):
        first = torch.relu(features)
        hidden = first
        for index, layer in enumerate(self.layers):
            hidden = layer(hidden if index == 0 else torch.relu_(hidden))
        around = features if self.projection is None else self.projection(first)
        return around + hidden * self.factor

    def gradients(self):
        for layer in self.layers:
            yield from layer.gradients()
        yield f"{self.path}/factor", self.factor.grad
        if self.projection is not None:
            yield from self.projection.gradients()


class VisionModel(nn.Module):
    """Encoder, masked convolutions and predictors, and the loss of a batch."""

    def __init__(self, settings, tensors, memory_format):
        super().__init__()
        refuse_other_models(settings)
        self.settings, self.memory_format = settings, memory_format
        stride, self.pools = STEMS[settings["stem"]]
        self.stem = Convolution(tensors, "encoder/stem", stride, memory_format)
        kind, counts = BLOCKS[settings["depth"]]
        self.blocks = nn.ModuleList(
            Block(tensors, f"encoder/stack{stack + 1}/block{block + 1}", kind, 2 if stack > 0 and block == 0 else 1, memory_format)
            for stack, count in enumerate(counts)
            for block in range(count)
        )
        self.context = nn.ParameterDict(
            {name.replace("/", " "): value.clone() for name, value in tensors.items() if name.startswith("context/")}
        )
        offsets = range(settings["firstOffset"], settings["lastOffset"] + 1)
        self.predictors = nn.ParameterDict({str(offset): tensors[f"predictors/step{offset}"].clone() for offset in offsets})

    def forward(self, patches, candidates):
        """Mean InfoNCE over steps, in nats; `candidates` `[g, M]` are rows of the flattened latents."""
        grid = self.settings["gridSize"]
        latents = self.encode(patches).reshape(-1, grid, grid, self.predictors[str(self.settings["lastOffset"])].shape[1])
        contexts = self.contextualise(latents)  # [B, G, G, H]: image, column, row
        size = latents.shape[-1]
        flat = latents.reshape(-1, grid, size)  # [B G, G, D]
        contexts = contexts.reshape(-1, grid, contexts.shape[-1])
        groups, count = candidates.shape
        rows = torch.arange(flat.shape[0] * grid).reshape(-1, grid)
        chosen = flat.reshape(-1, size)[candidates.reshape(-1)].reshape(groups, count, size)
        losses = []
        for offset, predictor in self.predictors.items():
            step = int(offset)
            predictions = contexts[:, :-step] @ predictor  # [B G, G - k, D]
            positive = (predictions * flat[:, step:]).sum(2).reshape(-1, 1)  # [A, 1]
            scores = torch.bmm(predictions.reshape(groups, -1, size), chosen.transpose(1, 2))  # [g, A / g, M]
            own = rows[:, step:].reshape(groups, -1, 1) == candidates[:, None, :]  # the anchor's own positive
            negatives = scores.masked_fill(own, -torch.inf).reshape(-1, count)  # [A, M]
            line_up = torch.cat((positive, negatives), dim=1)  # [A, 1 + M]
            losses.append(functional.cross_entropy(line_up, torch.zeros(len(line_up), dtype=torch.long)))
        return torch.stack(losses).mean()

    def encode(self, patches):
        features = self.stem(patches.permute(0, 3, 1, 2).contiguous(memory_format=self.memory_format))
        if self.pools:
            features = functional.max_pool2d(functional.pad(features, same_margins(features, 3, 2), value=-torch.inf), 3, 2)
        for block in self.blocks:
            features = block(features)
        return features.mean((2, 3)) * self.settings["latentScale"]  # [N, D]

    def contextualise(self, latents):
        features = self.dense("input", latents)
        for block in range(1, self.settings["contextBlocks"] + 1):
            kernel = self.context[f"context block{block} gated kernel"].permute(3, 2, 0, 1)  # [2 H, H, 3, 2]
            bias = self.context[f"context block{block} gated bias"]
            framed = functional.pad(features.permute(0, 3, 1, 2), (1, 0, 1, 1))
            signal, gate = functional.conv2d(framed, kernel, bias).permute(0, 2, 3, 1).chunk(2, dim=-1)
            features = features + self.dense(f"block{block} output", torch.tanh(signal) * torch.sigmoid(gate))
        return features

    def dense(self, name, features):
        return features @ self.context[f"context {name} kernel"] + self.context[f"context {name} bias"]

    def gradients(self):
        """By our names, in our layouts."""
        named = dict(self.stem.gradients())
        for block in self.blocks:
            named.update(block.gradients())
        named.update({name.replace(" ", "/"): value.grad for name, value in self.context.items()})
        named.update({f"predictors/step{offset}": value.grad for offset, value in self.predictors.items()})
        return named


def refuse_other_models(settings):
    wanted = {"normalisation": "none", "context": "masked-convolutions"}
    other = {name: settings[name] for name, value in wanted.items() if settings[name] != value}
    if other:
        raise ValueError(f"this twin has {wanted}, received {other}")


FORMS = {"channels-first": torch.contiguous_format, "channels-last": torch.channels_last}
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
        form, form_times = fastest(FORMS, self.time_form)
        adam, adam_times = fastest(ADAMS, lambda name: self.time_adam(form, name))
        notes = {"formMilliseconds": form_times, "adamMilliseconds": adam_times}
        milliseconds = form_times[form] + adam_times[adam]
        return {"forms": {"encoder": form, "adam": adam}, "milliseconds": milliseconds, "notes": notes}

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
        return VisionModel(self.settings, self.parameters, FORMS[form])

    def make_adam(self, model, form):
        return torch.optim.Adam(model.parameters(), lr=self.settings["learningRate"], **ADAMS[form])

    def time_form(self, form):
        """Milliseconds of loss and gradients, without the update."""
        model = self.make_model(form)
        return best_milliseconds(lambda: self.backward(model, 1))

    def time_adam(self, form, name):
        model = self.make_model(form)
        self.backward(model, 1)
        return best_milliseconds(self.make_adam(model, name).step)


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
    """`0/patches`, `0/candidates`, `1/patches`, … to a list of (patches, candidates)."""
    count = len({name.split("/")[0] for name in tensors})
    return [(tensors[f"{index}/patches"], tensors[f"{index}/candidates"].long()) for index in range(count)]


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
