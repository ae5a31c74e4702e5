"""Recordings to contexts in PyTorch: the twin that `npm run bench -- audio-embed` times beside ours.

A recording is encoded in one piece, by the form of the encoder that is fastest.

Letters used for shapes here:
    T  latents    H  context size
"""

import twin
from torch_twin import GRU_NAMES, EncodingTwin, nn, torch
from training_step import ENCODERS


class RecordingsTwin(EncodingTwin):
    forms = tuple(ENCODERS)

    def __init__(self, request):
        super().__init__(request)
        self.recordings = self.settings_applied(list(self.tensors.values()))

    def settings_applied(self, recordings):
        if self.settings["inputScaling"] == "none":
            return recordings
        return [(samples - samples.mean()) / samples.std(correction=0) for samples in recordings]

    @torch.no_grad()
    def prepare(self, form):
        self.encoder = ENCODERS[form](self.settings)
        self.encoder.load(self.parameters)
        self.context = nn.GRU(self.settings["channels"], self.settings["contextUnits"], batch_first=True)
        for ours, theirs in GRU_NAMES.items():
            getattr(self.context, theirs).copy_(self.parameters[f"context/gru/{ours}"].t())

    def encode(self):
        """`[T, H]` of each recording."""
        contexts = (self.context(self.encoder(samples[None]))[0][0] for samples in self.recordings)
        return {f"contexts{index}": value for index, value in enumerate(contexts)}


if __name__ == "__main__":
    twin.serve(RecordingsTwin)
