"""The encoder of @cpc/text in PyTorch, in the forms that might be fastest on a CPU.

Word vectors lie in a table whose gradient is sparse: a step touches the rows of its batch alone, as ours does ("lazy" Adam).

Letters used for shapes here:
    B  examples    T  sentences of an example    N  sentences, B T    W  words of a sentence at most
    V  words       E  size of a word's vector    D  channels          R  real words of all sentences
"""

from torch_twin import functional, nn, torch


class TextEncoder(nn.Module):
    """g_enc: `[N, W]` words and mask to `[B, T, D]`; what a form does with them is `means`."""

    def __init__(self, settings):
        super().__init__()
        self.positions = settings["sentencesPerExample"]
        self.sparse_rate_factor = settings["wordRateFactor"]
        self.table = nn.Embedding(settings["vocabularySize"], settings["embeddingSize"], sparse=True)

    def forward(self, words, mask, read):
        del read  # names the gradient's rows
        means = self.means(words, mask)  # [N, D]
        return means.reshape(-1, self.positions, means.shape[1])

    def sparse_parameters(self):
        return [self.table.weight]

    def load(self, tensors):
        self.table.weight.copy_(tensors["encoder/words/table"])
        self.load_convolution(tensors["encoder/convolution/kernel"], tensors["encoder/convolution/bias"])

    def gradients(self, batch):
        """Of the table: rows in the order in which ours first reads them, zeros behind, as many as the batch has places."""
        yield "encoder/convolution/kernel", self.kernel_gradient()
        yield "encoder/convolution/bias", self.bias_gradient()
        first = torch.tensor(list(dict.fromkeys(batch["read"].reshape(-1).tolist())))
        dense = self.table.weight.grad.coalesce().to_dense()
        rows = torch.zeros(min(batch["words"].numel(), len(dense)), dense.shape[1])
        rows[: len(first)] = dense[first]
        yield "encoder/words/table", rows


class Convolution(TextEncoder):
    """Over every place, as a convolution of height 1: only two-dimensional ones have a channels-last layout, which is that of words."""

    def __init__(self, settings, memory_format):
        super().__init__(settings)
        words = settings["kernelWords"]
        self.convolution = nn.Conv2d(settings["embeddingSize"], settings["channels"], (1, words), padding=(0, words // 2))
        self.memory_format = memory_format
        self.to(memory_format=memory_format)

    def means(self, words, mask):
        vectors = self.table(words) * mask[:, :, None]  # [N, W, E]
        places = vectors.transpose(1, 2)[:, :, None, :].contiguous(memory_format=self.memory_format)  # [N, E, 1, W]
        seen = torch.relu_(self.convolution(places))[:, :, 0]  # [N, D, W]
        return torch.bmm(seen, mask[:, :, None])[:, :, 0] / mask.sum(1, keepdim=True)

    def load_convolution(self, kernel, bias):
        self.convolution.weight.copy_(kernel.permute(2, 1, 0)[:, :, None, :])
        self.convolution.bias.copy_(bias)

    def kernel_gradient(self):
        return self.convolution.weight.grad.squeeze(2).permute(2, 1, 0)

    def bias_gradient(self):
        return self.convolution.bias.grad


class Products(TextEncoder):
    """A word beside its neighbours times the whole kernel: one matrix product."""

    def __init__(self, settings):
        super().__init__(settings)
        self.width = settings["kernelWords"]
        self.kernel = nn.Parameter(torch.empty(self.width * settings["embeddingSize"], settings["channels"]))
        self.bias = nn.Parameter(torch.empty(settings["channels"]))

    def load_convolution(self, kernel, bias):
        self.kernel.copy_(kernel.reshape(self.kernel.shape))
        self.bias.copy_(bias)

    def kernel_gradient(self):
        return self.kernel.grad.reshape(self.width, -1, self.kernel.shape[1])

    def bias_gradient(self):
        return self.bias.grad


class PaddedProducts(Products):
    """Over every place."""

    def means(self, words, mask):
        margin = self.width // 2
        vectors = functional.pad(self.table(words) * mask[:, :, None], (0, 0, margin, margin))  # [N, W + 2 margin, E]
        length = words.shape[1]
        beside = torch.cat([vectors[:, tap : tap + length] for tap in range(self.width)], dim=2)  # [N, W, width E]
        seen = torch.relu_(torch.addmm(self.bias, beside.reshape(-1, len(self.kernel)), self.kernel))  # [N W, D]
        total = torch.bmm(mask[:, None, :], seen.reshape(len(words), length, -1))[:, 0]  # [N, D]
        return total / mask.sum(1, keepdim=True)


class PackedProducts(Products):
    """Over the real words alone, those of all sentences behind one another with zeros between them."""

    def means(self, words, mask):
        margin = self.width // 2
        real = mask.bool()
        lengths = real.sum(1)
        sentence = torch.repeat_interleave(torch.arange(len(words)), lengths)  # [R]
        place = torch.arange(len(sentence)) + margin * (sentence + 1)  # [R] in the packed text
        packed = torch.zeros(len(sentence) + margin * (len(words) + 1), self.table.embedding_dim)
        packed = packed.index_copy(0, place, self.table(words[real]))
        beside = torch.cat([packed[place + tap - margin] for tap in range(self.width)], dim=1)  # [R, width E]
        seen = torch.relu_(torch.addmm(self.bias, beside, self.kernel))  # [R, D]
        total = torch.zeros(len(words), seen.shape[1]).index_add(0, sentence, seen)
        return total / lengths[:, None]


ENCODERS = {
    "channels-first convolution": lambda settings: Convolution(settings, torch.contiguous_format),
    "channels-last convolution": lambda settings: Convolution(settings, torch.channels_last),
    "products over all places": PaddedProducts,
    "products over real words": PackedProducts,
}
