"""Images to latents and contexts in PyTorch: the twin that `npm run bench -- vision-embed` times beside ours.

It is given patches, cut already, by the form and the number of images at once that are fastest together. Nothing is minimised:
`check` says a loss of 0 and gives the features where others give gradients.
"""

import time

import twin
from torch_twin import batches_of, loaded, tensor_of, torch, write_tensors
from vision_model import FORMS, VisionModel

IMAGES_AT_ONCE = (1, 4, 8)


class EmbeddingTwin:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        (self.batch,) = batches_of(twin.below("batches/", tensors))
        self.model = self.at_once = None

    def choose(self):
        forms = [f"{name}, {count} images at once" for name in FORMS for count in IMAGES_AT_ONCE]
        form, times = twin.fastest(forms, self.time_form)
        return {"forms": {"encoder": form}, "milliseconds": times[form], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.prepare(forms["encoder"])
        return loaded(forms["encoder"], started)

    def check(self, _number, into):
        started = time.perf_counter()
        latents, contexts = self.encode()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_tensors(into, {"latents": latents, "contexts": contexts})
        return {"milliseconds": milliseconds, "lossNats": 0}

    def step(self, _number):
        started = time.perf_counter()
        self.encode()
        return {"milliseconds": (time.perf_counter() - started) * 1e3}

    def prepare(self, form):
        name, count = form.removesuffix(" images at once").split(", ")
        self.at_once = int(count)
        self.model = VisionModel(self.settings, self.parameters, FORMS[name])

    def time_form(self, form):
        self.prepare(form)
        return twin.best_milliseconds(self.encode)

    @torch.inference_mode()
    def encode(self):
        """`[B, G, G, D]` and `[B, G, G, H]`."""
        parts = self.batch["patches"].split(self.at_once * self.settings["gridSize"] ** 2)
        latents, contexts = zip(*(self.model.features(part) for part in parts))
        return torch.cat(latents), torch.cat(contexts)


if __name__ == "__main__":
    twin.serve(EmbeddingTwin)
