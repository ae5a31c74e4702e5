"""Sentences to vectors in PyTorch: the twin that `npm run bench -- text-encode` times beside ours.

Sentences are sorted by length and computed in batches, by the form of the encoder and the size of batch that are fastest together.
Nothing is minimised: `check` says a loss of 0 and gives the vectors where others give gradients.
"""

import time

import twin
from text_encoder import ENCODERS
from torch_twin import loaded, tensor_of, torch, write_tensors

BATCH_SIZES = (16, 64, 256)


class EncodingTwin:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        words, lengths = tensors["batches/0/words"].long(), tensors["batches/0/lengths"].tolist()
        self.sentences = [sentence[: self.settings["maxWords"]] for sentence in words.split(lengths)]
        self.encoder = self.batch_size = None

    def choose(self):
        forms = [f"{name}, batches of {size}" for name in ENCODERS for size in BATCH_SIZES]
        form, times = twin.fastest(forms, self.time_form)
        return {"forms": {"encoder": form}, "milliseconds": times[form], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.prepare(forms["encoder"])
        return loaded(forms["encoder"], started)

    def check(self, _number, into):
        started = time.perf_counter()
        vectors = self.encode()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_tensors(into, {"vectors": vectors})
        return {"milliseconds": milliseconds, "lossNats": 0}

    def step(self, _number):
        started = time.perf_counter()
        self.encode()
        return {"milliseconds": (time.perf_counter() - started) * 1e3}

    def prepare(self, form):
        name, size = form.split(", batches of ")
        self.batch_size = int(size)
        self.encoder = ENCODERS[name](self.settings)
        with torch.no_grad():
            self.encoder.load(self.parameters)

    def time_form(self, form):
        self.prepare(form)
        return twin.best_milliseconds(self.encode)

    @torch.inference_mode()
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
        return vectors


if __name__ == "__main__":
    twin.serve(EncodingTwin)
