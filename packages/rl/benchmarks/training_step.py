"""One update of an agent of @cpc/rl in PyTorch: the twin that `npm run bench -- rl` times beside ours.

The same network, parameters, unrolls, negatives and RMSProp, in the form in which PyTorch is fastest on the machine at hand.

Letters used for shapes here:
    B  copies    T  steps of an unroll    D  size of z    H  size of c    A  actions
    K  predicted steps    N  anchors of step k    M  candidates
"""

import time
from functools import partial

import twin
from torch_twin import batches_of, functional, loaded, nn, tensor_of, torch, write_tensors

BRIGHTEST = 255


class Agent(nn.Module):
    """IMPALA's shallow network with its heads, and the loss of an unroll."""

    def __init__(self, settings, parameters, memory_format):
        super().__init__()
        self.settings, self.memory_format = settings, memory_format
        self.named = nn.ParameterDict()
        for path, tensor in parameters.items():
            value = tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.t() if tensor.dim() == 2 else tensor
            if path.startswith("predictors/"):
                value = tensor
            value = value.contiguous(memory_format=memory_format) if value.dim() == 4 else value.contiguous()
            self.named[path.replace("/", ":")] = nn.Parameter(value.clone())
        units = settings["contextUnits"]
        inputs = self.of("context/lstm/kernel").shape[1]
        self.lstm = nn.LSTM(inputs, units, batch_first=True)
        for ours, theirs in LSTM_NAMES.items():  # one parameter under two names
            setattr(self.lstm, theirs, self.of(f"context/lstm/{ours}"))

    def of(self, path):
        return self.named[path.replace("/", ":")]

    def forward(self, observations, lastRewards, lastActions, starts, hidden, cell, actions, returns, advantages, candidates=None):
        copies, steps = actions.shape
        latents = self.encode(observations.flatten(0, 1)).reshape(copies, steps, -1)  # [B, T, D]
        count = self.settings["actionCount"]
        before = torch.cat((lastRewards[:, :, None], functional.one_hot(lastActions, count).float()), dim=2)
        inputs = torch.cat((latents, before * (1 - starts)[:, :, None]), dim=2)
        contexts = self.contexts(inputs, starts, hidden, cell)  # [B, T, H]
        logits = functional.linear(contexts, self.of("policy/kernel"), self.of("policy/bias"))
        values = functional.linear(contexts, self.of("value/kernel"), self.of("value/bias")).squeeze(2)
        log_probabilities = functional.log_softmax(logits, dim=2)  # [B, T, A]
        taken = log_probabilities.gather(2, actions[:, :, None]).squeeze(2)
        policy = -(taken * advantages).mean()
        value = 0.5 * (returns - values).square().mean()
        entropy = -(log_probabilities.exp() * log_probabilities).sum(2).mean()
        loss = policy + self.settings["baselineCost"] * value - self.settings["entropyCost"] * entropy
        if candidates is not None:
            loss = loss + self.settings["contrastiveWeight"] * self.contrastive(latents, contexts, starts, candidates)
        return loss * (copies * steps if self.settings["lossReduction"] == "sum" else 1)

    def encode(self, observations):
        """`[N, H, W, C]` to `[N, D]`."""
        pictures = observations.permute(0, 3, 1, 2).contiguous(memory_format=self.memory_format)  # nothing is copied for channels last
        hidden = functional.conv2d(pictures, self.of("encoder/conv1/kernel") / BRIGHTEST, self.of("encoder/conv1/bias"), 4)
        hidden = functional.conv2d(torch.relu_(hidden), self.of("encoder/conv2/kernel"), self.of("encoder/conv2/bias"), 2)
        flat = torch.relu_(hidden).permute(0, 2, 3, 1).flatten(1)  # rows, columns, channels, as ours
        return torch.relu_(functional.linear(flat, self.of("encoder/dense/kernel"), self.of("encoder/dense/bias")))

    def contexts(self, inputs, starts, hidden, cell):
        """The LSTM in as few calls as there are steps at which some copy starts an episode."""
        steps = inputs.shape[1]
        begins = sorted({0, *torch.nonzero(starts.any(0)).flatten().tolist()})
        pieces = []
        for begin, end in zip(begins, [*begins[1:], steps]):
            kept = 1 - starts[:, begin, None]
            state = ((hidden * kept)[None], (cell * kept)[None])
            piece, (hidden, cell) = self.lstm(inputs[:, begin:end].contiguous(), state)
            hidden, cell = hidden[0], cell[0]
            pieces.append(piece)
        return torch.cat(pieces, dim=1)

    def contrastive(self, latents, contexts, starts, candidates):
        """Mean InfoNCE over predicted steps; anchors at every n-th step, none across the end of an episode."""
        copies, steps, size = latents.shape
        every = self.settings["anchorEvery"]
        rows = torch.arange(copies * steps).reshape(copies, steps)
        episodes = starts.cumsum(1)
        chosen = latents.reshape(-1, size)[candidates[0]]  # [M, D]
        losses = []
        for step in range(1, self.settings["predictionSteps"] + 1):
            anchors = slice(0, steps - step, every)
            futures = slice(step, steps, every)
            predictions = contexts[:, anchors] @ self.of(f"predictors/step{step}")  # [B, N, D]
            positive = (predictions * latents[:, futures]).sum(2, keepdim=True)  # [B, N, 1]
            own = rows[:, futures, None] == candidates[0]  # the anchor's own positive
            negatives = (predictions @ chosen.t()).masked_fill(own, -torch.inf)  # [B, N, M]
            line_up = torch.cat((positive, negatives), dim=2).flatten(0, 1)
            each = functional.cross_entropy(line_up, torch.zeros(len(line_up), dtype=torch.long), reduction="none")
            counts = (episodes[:, anchors] == episodes[:, futures]).float().flatten()
            losses.append((each * counts).sum() / counts.sum().clamp(min=1e-12))
        return torch.stack(losses).mean()

    def gradients(self):
        """By our names, in our layouts."""
        for name, parameter in self.named.items():
            path, gradient = name.replace(":", "/"), parameter.grad
            if gradient.dim() == 4:
                gradient = gradient.permute(2, 3, 1, 0)
            elif gradient.dim() == 2 and not path.startswith("predictors/"):
                gradient = gradient.t()
            yield path, gradient


LSTM_NAMES = {
    "kernel": "weight_ih_l0",
    "recurrentKernel": "weight_hh_l0",
    "bias": "bias_ih_l0",
    "recurrentBias": "bias_hh_l0",
}

FORMS = {
    "channels-first convolutions": torch.contiguous_format,
    "channels-last convolutions": torch.channels_last,
}


class RmspropOfTensorflow:
    """m' = decay m + (1 - decay) g^2;  p' = p - rate g / sqrt(m' + epsilon);  m starts at 1. All parameters in one go."""

    def __init__(self, parameters, settings):
        self.parameters = list(parameters)
        self.squares = [torch.ones_like(parameter) for parameter in self.parameters]
        self.settings = settings

    @torch.no_grad()
    def step(self):
        decay = self.settings["rmspropDecay"]
        gradients = [parameter.grad for parameter in self.parameters]
        torch._foreach_mul_(self.squares, decay)
        torch._foreach_addcmul_(self.squares, gradients, gradients, 1 - decay)
        roots = torch._foreach_add(self.squares, self.settings["rmspropEpsilon"])
        torch._foreach_sqrt_(roots)
        torch._foreach_addcdiv_(self.parameters, gradients, roots, -self.settings["learningRate"])


class AgentTwin:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        self.batches = batches_of(twin.below("batches/", tensors))
        self.settings = {**request["settings"], "actionCount": self.parameters["policy/bias"].shape[0]}
        self.model = self.optimiser = None

    def choose(self):
        form, times = twin.fastest(FORMS, self.time_form)
        return {"forms": {"encoder": form}, "milliseconds": times[form], "notes": {"encoderMilliseconds": times}}

    def load(self, forms):
        started = time.perf_counter()
        self.model = self.make_model(forms["encoder"])
        self.optimiser = RmspropOfTensorflow(self.model.named.values(), self.settings)
        return loaded(f"{forms['encoder']}, RMSProp of all parameters at once", started)

    def check(self, number, into):
        started = time.perf_counter()
        loss = self.backward(self.model, number).item()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_tensors(into, dict(self.model.gradients()))
        return {"milliseconds": milliseconds, "lossNats": loss}

    def step(self, number):
        started = time.perf_counter()
        loss = self.backward(self.model, number)
        if self.settings["clipNorm"] > 0:
            nn.utils.clip_grad_norm_(self.model.named.values(), self.settings["clipNorm"])
        self.optimiser.step()
        value = loss.item()
        return {"milliseconds": (time.perf_counter() - started) * 1e3, "lossNats": value}

    def backward(self, model, number):
        model.zero_grad(set_to_none=True)
        loss = model(**self.batches[(number - 1) % len(self.batches)])
        loss.backward()
        return loss

    def make_model(self, form):
        return Agent(self.settings, self.parameters, FORMS[form])

    def time_form(self, form):
        """Milliseconds of loss and gradients, without the update."""
        return twin.best_milliseconds(partial(self.backward, self.make_model(form), 1))


if __name__ == "__main__":
    twin.serve(AgentTwin)
