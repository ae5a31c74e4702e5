"""Sentences to vectors in PyTorch: the twin that `npm run bench -- text-encode` times beside ours.

Sentences are sorted by length and computed in batches, by the form of the encoder and the size of batch that are fastest together.
"""

import twin
from text_encoder import ENCODERS
from torch_twin import EncodingTwin, torch

BATCH_SIZES = (16, 64, 256)


class SentencesTwin(EncodingTwin):
    forms = tuple(f"{name}, batches of {size}" for name in ENCODERS for size in BATCH_SIZES)

    def __init__(self, request):
        super().__init__(request)
        words, lengths = self.tensors["words"].long(), self.tensors["lengths"].tolist()
        self.sentences = [sentence[: self.settings["maxWords"]] for sentence in words.split(lengths)]

    def prepare(self, form):
        name, size = form.split(", batches of ")
        self.batch_size = int(size)
        self.encoder = ENCODERS[name](self.settings)
        with torch.no_grad():
            self.encoder.load(self.parameters)

    def encode(self):
        """`[N, D]`, in the order given."""
        order = sorted(range(len(self.sentences)), key=lambda row: len(self.sentences[row]))
        vectors = torch.empty(len(order), self.settings["channels"])
        for first in range(0, len(order), self.batch_size):
            rows = order[first : first + self.batch_size]
            words = torch.nn.utils.rnn.pad_sequence([self.sentences[row] for row in rows], batch_first=True)
            lengths = torch.tensor([len(self.sentences[row]) for row in rows])
            mask = (torch.arange(words.shape[1]) < lengths[:, None]).float()
            vectors[rows] = self.encoder.means(words, mask)
        return {"vectors": vectors}


if __name__ == "__main__":
    twin.serve(SentencesTwin)
