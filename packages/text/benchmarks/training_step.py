"""The training step of @cpc/text in PyTorch: the twin that `npm run bench -- text` times beside ours.

The same model, parameters, batches, negatives and optimiser, in the form in which PyTorch is fastest on the machine at hand.
"""

import twin
from text_encoder import ENCODERS
from torch_twin import StepTwin

if __name__ == "__main__":
    twin.serve(lambda request: StepTwin(request, ENCODERS))
