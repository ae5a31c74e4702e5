"""The training step of @cpc/vision in PyTorch: the twin that `npm run bench -- vision` times beside ours.

The same model, parameters, batches, negatives and optimiser, in the form in which PyTorch is fastest on the machine at hand.
"""

import twin
from torch_twin import StepTwin
from vision_model import FORMS, VisionModel


class VisionTwin(StepTwin):
    def make_model(self, form):
        return VisionModel(self.settings, self.parameters, self.encoders[form])


if __name__ == "__main__":
    twin.serve(lambda request: VisionTwin(request, FORMS))
