"""The training step of @cpc/audio in PyTorch: the twin that `npm run bench -- audio` times beside ours.

The same model, parameters, batches, negatives and optimiser, in the form in which PyTorch is fastest on the machine at hand.
`benchmarks/python/torch_twin.py` has what all twins in PyTorch share; here stand the forms of the encoder.

Letters used for shapes here:
    B  windows    N  samples    T  latents    D  channels of the encoder
"""

import twin
from torch_twin import StepTwin, functional, nn, torch


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

    def gradients(self, _batch):
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

    def gradients(self, _batch):
        for index, (layer, kernel, bias) in enumerate(zip(self.layers, self.kernels, self.biases), start=1):
            taps = torch.stack(kernel.grad.chunk(2, dim=1))  # [2, stride inputs, D]
            yield f"encoder/conv{index}/kernel", taps.reshape(layer["kernelLength"], -1, taps.shape[2])
            yield f"encoder/conv{index}/bias", bias.grad


def convolutions(memory_format):
    return lambda settings: Encoder(settings["layers"], settings["channels"], memory_format)


ENCODERS = {
    "channels-first convolutions": convolutions(torch.contiguous_format),
    "channels-last convolutions": convolutions(torch.channels_last),
    "block products": lambda settings: BlockEncoder(settings["layers"], settings["channels"]),
}

if __name__ == "__main__":
    twin.serve(lambda request: StepTwin(request, ENCODERS))
