"""Recordings to contexts in PyTorch: the twin that `npm run bench -- audio-embed` times beside ours.

A recording is encoded in one piece, by the form of the encoder that is fastest. Nothing is minimised: `check` says a loss of 0 and
gives the contexts where others give gradients.

Letters used for shapes here:
    T  latents    H  context size
"""

import time

import twin
from torch_twin import GRU_NAMES, loaded, nn, tensor_of, torch, write_tensors
from training_step import ENCODERS


class EmbeddingTwin:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        self.recordings = self.settings_applied(list(twin.below("batches/0/", tensors).values()))
        self.encoder = self.context = None

    def settings_applied(self, recordings):
        if self.settings["inputScaling"] == "none":
            return recordings
        return [(samples - samples.mean()) / samples.std(correction=0) for samples in recordings]

    def choose(self):
        form, times = twin.fastest(ENCODERS, self.time_form)
        return {"forms": {"encoder": form}, "milliseconds": times[form], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.prepare(forms["encoder"])
        return loaded(forms["encoder"], started)

    def check(self, _number, into):
        started = time.perf_counter()
        contexts = self.encode()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_tensors(into, {f"contexts{index}": value for index, value in enumerate(contexts)})
        return {"milliseconds": milliseconds, "lossNats": 0}

    def step(self, _number):
        started = time.perf_counter()
        self.encode()
        return {"milliseconds": (time.perf_counter() - started) * 1e3}

    @torch.no_grad()
    def prepare(self, form):
        self.encoder = ENCODERS[form](self.settings)
        self.encoder.load(self.parameters)
        self.context = nn.GRU(self.settings["channels"], self.settings["contextUnits"], batch_first=True)
        for ours, theirs in GRU_NAMES.items():
            getattr(self.context, theirs).copy_(self.parameters[f"context/gru/{ours}"].t())

    def time_form(self, form):
        self.prepare(form)
        return twin.best_milliseconds(self.encode)

    @torch.inference_mode()
    def encode(self):
        """`[T, H]` of each recording."""
        return [self.context(self.encoder(samples[None]))[0][0] for samples in self.recordings]


if __name__ == "__main__":
    twin.serve(EmbeddingTwin)
