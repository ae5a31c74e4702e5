"""What the twins in PyTorch share: a training step by the forms of its encoder and of Adam, the contrastive loss, the GRU.

A domain's twin says which encoders there are and how a batch becomes latents; see `packages/audio/benchmarks/training_step.py`.

Letters used for shapes here:
    B  sequences    T  positions    D  latent size    H  context size
    K  steps        A  anchors of step k, B (T - k)   G  groups that share candidates    M  candidates of a group
"""

import ctypes
import sys
import time

import twin

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    twin.skip("PyTorch", "torch", error)


class ContrastiveModel(nn.Module):
    """Encoder, GRU and predictors, and the loss of a batch.

    `encoder(**batch)` gives latents `[B, T, D]`; `encoder.load(tensors)` takes parameters by our names,
    `encoder.gradients(batch)` gives their gradients by these names in our layouts, and `encoder.sparse_parameters()`, where there
    is such a method, those of which a batch has a gradient for some rows only.
    """

    def __init__(self, settings, encoder):
        super().__init__()
        channels, units = settings["channels"], settings["contextUnits"]
        self.encoder = encoder
        self.context = nn.GRU(channels, units, batch_first=True)
        self.predictors = nn.ParameterList(torch.empty(units, channels) for _ in range(settings["predictionSteps"]))

    def forward(self, candidates, **batch):
        latents = self.encoder(**batch)  # [B, T, D]
        contexts, _ = self.context(latents)  # [B, T, H]
        return contrastive_loss(latents, contexts, enumerate(self.predictors, start=1), candidates)

    @torch.no_grad()
    def load(self, tensors):
        self.encoder.load(tensors)
        for ours, theirs in GRU_NAMES.items():
            getattr(self.context, theirs).copy_(tensors[f"context/gru/{ours}"].t())  # the gates' order is the same
        for step, predictor in enumerate(self.predictors, start=1):
            predictor.copy_(tensors[f"predictors/step{step}"])

    def gradients(self, batch):
        """By our names, in our layouts, after a backward pass on that batch."""
        named = dict(self.encoder.gradients(batch))
        for ours, theirs in GRU_NAMES.items():
            named[f"context/gru/{ours}"] = getattr(self.context, theirs).grad.t()
        for step, predictor in enumerate(self.predictors, start=1):
            named[f"predictors/step{step}"] = predictor.grad
        return named


GRU_NAMES = {
    "kernel": "weight_ih_l0",
    "recurrentKernel": "weight_hh_l0",
    "bias": "bias_ih_l0",
    "recurrentBias": "bias_hh_l0",
}


def contrastive_loss(latents, contexts, predictors, candidates):
    """Mean InfoNCE over steps, in nats; `predictors`: pairs of k and W_k; `candidates` `[G, M]` are rows of the flattened latents."""
    sequences, positions, channels = latents.shape
    groups, count = candidates.shape
    rows = torch.arange(sequences * positions).reshape(sequences, positions)
    chosen = latents.reshape(-1, channels)[candidates.reshape(-1)].reshape(groups, count, channels)
    losses = []
    for step, predictor in predictors:
        predictions = contexts[:, :-step] @ predictor  # [B, T - k, D]
        positive = (predictions * latents[:, step:]).sum(2).reshape(-1, 1)  # [A, 1]
        scores = torch.bmm(predictions.reshape(groups, -1, channels), chosen.transpose(1, 2))  # [G, A / G, M]
        own = rows[:, step:].reshape(groups, -1, 1) == candidates[:, None, :]  # the anchor's own positive
        negatives = scores.masked_fill(own, -torch.inf).reshape(-1, count)  # [A, M]
        line_up = torch.cat((positive, negatives), dim=1)  # [A, 1 + M]
        losses.append(functional.cross_entropy(line_up, torch.zeros(len(line_up), dtype=torch.long)))
    return torch.stack(losses).mean()


ADAMS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "plain": {"foreach": False}}


class AdamOfAll:
    """Adam; "lazy" where a parameter's gradient is sparse: rows without one rest, their averages too, as with ours."""

    def __init__(self, model, rate, form):
        encoder = getattr(model, "encoder", None)
        sparse = getattr(encoder, "sparse_parameters", list)()
        dense = [parameter for parameter in model.parameters() if not any(parameter is other for other in sparse)]
        self.parts = [torch.optim.Adam(dense, lr=rate, **form)]
        if sparse:
            self.parts.append(torch.optim.SparseAdam(sparse, lr=rate * encoder.sparse_rate_factor))

    def step(self):
        for part in self.parts:
            part.step()


class StepTwin:
    """A training step in the form in which PyTorch is fastest on the machine at hand.

    `encoders`: name of a form to a function that makes the encoder of these settings, or to whatever else a domain's own `make_model`
    makes of it. Nothing is done here that the step does not need; ours also counts hits, bounds and the gradient's length.
    """

    def __init__(self, request, encoders):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        self.encoders = encoders
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        self.batches = batches_of(twin.below("batches/", tensors))
        self.model = self.optimiser = None

    def choose(self):
        encoder, encoder_times = twin.fastest(self.encoders, self.time_encoder)
        adam, adam_times = twin.fastest(ADAMS, lambda form: self.time_adam(encoder, form))
        notes = {"encoderMilliseconds": encoder_times, "adamMilliseconds": adam_times}
        milliseconds = encoder_times[encoder] + adam_times[adam]
        return {"forms": {"encoder": encoder, "adam": adam}, "milliseconds": milliseconds, "notes": notes}

    def load(self, forms):
        started = time.perf_counter()
        self.model = self.make_model(forms["encoder"])
        self.optimiser = self.make_adam(self.model, forms["adam"])
        return loaded(f"{forms['encoder']}, {forms['adam']} Adam", started)

    def check(self, number, into):
        started = time.perf_counter()
        loss_nats = self.backward(self.model, number).item()
        milliseconds = (time.perf_counter() - started) * 1e3
        write_tensors(into, self.model.gradients(self.batch_of(number)))
        return {"milliseconds": milliseconds, "lossNats": loss_nats}

    def step(self, number):
        started = time.perf_counter()
        loss = self.backward(self.model, number)
        if self.settings["clipNorm"] > 0:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.settings["clipNorm"])
        self.optimiser.step()
        loss_nats = loss.item()
        return {"milliseconds": (time.perf_counter() - started) * 1e3, "lossNats": loss_nats}

    def backward(self, model, number):
        model.zero_grad(set_to_none=True)
        loss = model(**self.batch_of(number))
        loss.backward()
        return loss

    def batch_of(self, number):
        return self.batches[(number - 1) % len(self.batches)]

    def make_model(self, form):
        model = ContrastiveModel(self.settings, self.encoders[form](self.settings))
        model.load(self.parameters)
        return model

    def make_adam(self, model, form):
        return AdamOfAll(model, self.settings["learningRate"], ADAMS[form])

    def time_encoder(self, form):
        """Milliseconds of loss and gradients, without the update."""
        model = self.make_model(form)
        return twin.best_milliseconds(lambda: self.backward(model, 1))

    def time_adam(self, encoder, form):
        model = self.make_model(encoder)
        self.backward(model, 1)
        return twin.best_milliseconds(self.make_adam(model, form).step)


class EncodingTwin:
    """A trained model in use, in the form in which PyTorch is fastest: nothing is minimised, so `check` says a loss of 0 and gives
    what is computed where others give gradients.

    A twin says which `forms` there are, makes one ready in `prepare(form)`, and gives its tensors by name in `encode()`; it finds
    `settings`, `parameters` and the batches' `tensors`.
    """

    forms = ()

    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        self.settings = request["settings"]
        tensors = twin.read_safetensors(request["tensors"], tensor_of)
        self.parameters = twin.below("parameters/", tensors)
        self.tensors = twin.below("batches/0/", tensors)

    def choose(self):
        form, times = twin.fastest(self.forms, self.time_form)
        return {"forms": {"encoder": form}, "milliseconds": times[form], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.prepare(forms["encoder"])
        return loaded(forms["encoder"], started)

    def check(self, _number, into):
        tensors, milliseconds = self.timed()
        write_tensors(into, tensors)
        return {"milliseconds": milliseconds, "lossNats": 0}

    def step(self, _number):
        _, milliseconds = self.timed()
        return {"milliseconds": milliseconds}

    def time_form(self, form):
        self.prepare(form)
        return twin.best_milliseconds(self.timed)

    @torch.inference_mode()
    def timed(self):
        started = time.perf_counter()
        tensors = self.encode()
        return tensors, (time.perf_counter() - started) * 1e3


def loaded(form, started):
    """The answer to `load`."""
    return {
        "name": f"PyTorch {torch.__version__}, {form}",
        "versions": {"python": sys.version.split()[0], "torch": torch.__version__},
        "prepareMilliseconds": (time.perf_counter() - started) * 1e3,
    }


def batches_of(tensors):
    """`0/waveform`, `0/candidates`, `1/waveform`, … to a list of batches by name; whole numbers as PyTorch indexes with them."""
    count = len({name.split("/")[0] for name in tensors})
    return [
        {name: value.long() if value.dtype == torch.int32 else value for name, value in twin.below(f"{index}/", tensors).items()}
        for index in range(count)
    ]


TYPES = {"F32": torch.float32, "I32": torch.int32}  # both 4 bytes wide


def tensor_of(content, offset, dtype, shape):
    count = 1
    for size in shape:
        count *= size
    return torch.frombuffer(content, dtype=TYPES[dtype], count=count, offset=offset).reshape(shape).clone()


def write_tensors(path, tensors):
    rows = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    twin.write_safetensors(
        path, {name: (tensor.shape, ctypes.string_at(tensor.data_ptr(), tensor.nbytes)) for name, tensor in rows.items()}
    )
