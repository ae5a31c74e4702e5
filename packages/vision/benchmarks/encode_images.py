"""Images to latents and contexts in PyTorch: the twin that `npm run bench -- vision-embed` times beside ours.

It is given patches, cut already, by the form and the number of images at once that are fastest together.

Letters used for shapes here:
    B  images    G  patches of the grid's side    D  size of z    H  size of c
"""

import twin
from torch_twin import EncodingTwin, torch
from vision_model import FORMS, VisionModel

IMAGES_AT_ONCE = (1, 4, 8)


class ImagesTwin(EncodingTwin):
    forms = tuple(f"{name}, {count} images at once" for name in FORMS for count in IMAGES_AT_ONCE)

    def prepare(self, form):
        name, count = form.removesuffix(" images at once").split(", ")
        self.at_once = int(count)
        self.model = VisionModel(self.settings, self.parameters, FORMS[name])

    def encode(self):
        """`[B, G, G, D]` and `[B, G, G, H]`."""
        parts = self.tensors["patches"].split(self.at_once * self.settings["gridSize"] ** 2)
        latents, contexts = zip(*(self.model.features(part) for part in parts))
        return {"latents": torch.cat(latents), "contexts": torch.cat(contexts)}


if __name__ == "__main__":
    twin.serve(ImagesTwin)
