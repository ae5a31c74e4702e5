"""The model of @cpc/vision in PyTorch, for the twins that `npm run bench` times beside ours: masked convolutions, no normalisation.

Letters used for shapes here:
    B  images    G  patches of the grid's side    N  patches, B G G    D  size of z    H  size of c
"""

from torch_twin import contrastive_loss, functional, nn, torch

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

    def forward(self, features, factor=None):
        if self.stride > 1 and self.size > 1:
            features = functional.pad(features, same_margins(features, self.size, self.stride))
        if factor is None:
            return self.inner(features)
        # The layer times the factor: its parameters are fewer than its features.
        weight, bias = self.inner.weight * factor, self.inner.bias * factor
        return functional.conv2d(features, weight, bias, self.inner.stride, self.inner.padding)

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
            is_last = index == len(self.layers) - 1
            hidden = layer(hidden if index == 0 else torch.relu_(hidden), self.factor if is_last else None)
        around = features if self.projection is None else self.projection(first)
        return around + hidden

    def gradients(self):
        for layer in self.layers:
            yield from layer.gradients()
        yield f"{self.path}/factor", self.factor.grad
        if self.projection is not None:
            yield from self.projection.gradients()


class VisionModel(nn.Module):
    """Encoder, masked convolutions and, where there are any, predictors, and the loss of a batch."""

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
        self.predictors = nn.ParameterDict(
            {str(offset): tensors[name].clone() for offset in offsets if (name := f"predictors/step{offset}") in tensors}
        )

    def forward(self, patches, candidates):
        """Mean InfoNCE over steps, in nats: columns of patches are sequences."""
        latents, contexts = (features.flatten(0, 1) for features in self.features(patches))  # [B G, G, D or H]
        return contrastive_loss(latents, contexts, [(int(k), matrix) for k, matrix in self.predictors.items()], candidates)

    def features(self, patches):
        """`[B, G, G, D]` and `[B, G, G, H]`: image, column, row."""
        grid = self.settings["gridSize"]
        vectors = self.encode(patches)
        latents = vectors.reshape(-1, grid, grid, vectors.shape[1])
        return latents, self.contextualise(latents)

    def encode(self, patches):
        features = self.stem(patches.permute(0, 3, 1, 2).contiguous(memory_format=self.memory_format))
        if self.pools:
            features = functional.max_pool2d(functional.pad(features, same_margins(features, 3, 2), value=-torch.inf), 3, 2)
        for block in self.blocks:
            features = block(features)
        if self.settings["finalRelu"]:
            features = torch.relu(features)
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

    def gradients(self, _batch):
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
