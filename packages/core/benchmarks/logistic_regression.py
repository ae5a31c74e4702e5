"""Multinomial logistic regression of scikit-learn: the twin that `npm run bench -- logistic-regression` times beside ours.

The same examples, solver (L-BFGS), penalty C and tolerance on the largest entry of the mean objective's gradient, in the
precision in which scikit-learn is faster on the machine at hand: `choose` times ten iterations in each. The commands are those
told in `packages/audio/benchmarks/training_step.py`; a step is one whole fit, and says how many iterations it took.

Value and gradient for `check`, and the value at which a fit ended, are computed here in double precision from the definition:
scikit-learn does not tell them.

Letters used for shapes here:
    N  examples    F  features    C  classes
"""

import json
import struct
import sys
import time
import traceback

try:
    import numpy
    import sklearn
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits
except ImportError as error:
    reason = f"scikit-learn does not load here ({error}); install it with: pip install scikit-learn"
    print(json.dumps({"skip": reason}), flush=True)
    sys.exit(0)

PRECISIONS = {"single precision": numpy.float32, "double precision": numpy.float64}
ITERATIONS_TO_CHOOSE_BY = 10
ROWS_AT_ONCE = 8192  # keeps double-precision scores out of the peak of memory


class Twin:
    def __init__(self, request):
        self.settings = request["settings"]
        self.limits = threadpool_limits(limits=request["threads"])
        tensors = read_safetensors(request["tensors"])
        self.features = tensors["batches/0/features"]  # [N, F]
        self.labels = tensors["batches/0/labels"]  # [N]
        self.point = (tensors["parameters/weights"], tensors["parameters/biases"])  # [C, F], [C]

    def choose(self):
        times = {name: self.time_fit(name) for name in PRECISIONS}
        fastest = min(times, key=times.get)
        return {"forms": {"precision": fastest}, "milliseconds": times[fastest], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.features = self.features.astype(PRECISIONS[forms["precision"]], copy=False)
        return {
            "name": f"scikit-learn {sklearn.__version__}, lbfgs, {forms['precision']}",
            "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
            "prepareMilliseconds": (time.perf_counter() - started) * 1e3,
        }

    def check(self, path):
        started = time.perf_counter()
        value, weights, biases = self.objective(*self.point)
        milliseconds = (time.perf_counter() - started) * 1e3
        write_safetensors(path, {"weights": weights, "biases": biases})
        return {"milliseconds": milliseconds, "lossNats": value}

    def step(self):
        started = time.perf_counter()
        model = self.fit(self.features, max_iter=10_000)
        milliseconds = (time.perf_counter() - started) * 1e3
        value, _, _ = self.objective(model.coef_, model.intercept_)
        return {"milliseconds": milliseconds, "lossNats": value, "iterations": int(model.n_iter_.max())}

    def fit(self, features, max_iter):
        tolerance = self.settings["gradientTolerance"]
        model = LogisticRegression(C=self.settings["c"], solver="lbfgs", tol=tolerance, max_iter=max_iter)
        return model.fit(features, self.labels)

    def time_fit(self, precision):
        features = self.features.astype(PRECISIONS[precision], copy=False)
        started = time.perf_counter()
        self.fit(features, ITERATIONS_TO_CHOOSE_BY)
        return (time.perf_counter() - started) * 1e3

    def objective(self, weights, biases):
        """Mean cross-entropy plus |W|^2 / (2 C N), and its gradients `[C, F]` and `[C]`."""
        weights, biases = weights.astype(numpy.float64), biases.astype(numpy.float64)
        count = len(self.labels)
        penalty = 1 / (self.settings["c"] * count)
        value = penalty * (weights**2).sum() / 2
        weight_gradient, bias_gradient = penalty * weights, numpy.zeros_like(biases)
        for start in range(0, count, ROWS_AT_ONCE):
            rows = self.features[start : start + ROWS_AT_ONCE].astype(numpy.float64)  # [rows, F]
            labels = self.labels[start : start + ROWS_AT_ONCE]
            own = (numpy.arange(len(rows)), labels)
            scores = rows @ weights.T + biases  # [rows, C]
            scores -= scores.max(axis=1, keepdims=True)
            surplus = numpy.exp(scores)
            totals = surplus.sum(axis=1, keepdims=True)
            value += (numpy.log(totals[:, 0]) - scores[own]).sum() / count
            surplus /= totals
            surplus[own] -= 1
            weight_gradient += surplus.T @ rows / count
            bias_gradient += surplus.sum(axis=0) / count
        return float(value), weight_gradient, bias_gradient


TYPES = {"F32": numpy.float32, "I32": numpy.int32}


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)

    def tensor(entry):
        begin, end = entry["data_offsets"]
        flat = numpy.fromfile(path, TYPES[entry["dtype"]], count=(end - begin) // 4, offset=8 + length + begin)
        return flat.reshape(entry["shape"])

    return {name: tensor(entry) for name, entry in header.items()}


def write_safetensors(path, arrays):
    header, blocks, begin = {}, [], 0
    for name, array in arrays.items():
        block = array.astype(numpy.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [begin, begin + len(block)]}
        blocks.append(block)
        begin += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def peak_memory_bytes():
    """Linux keeps the highest resident size of this program; getrusage would also count the one that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None


def answer_to(twin, request):
    match request["command"]:
        case "choose":
            return twin.choose()
        case "load":
            return twin.load(request["forms"])
        case "check":
            return twin.check(request["into"])
        case "step":
            return twin.step()
        case "memory":
            return {"peakBytes": peak_memory_bytes()}
        case command:
            return {"error": f"no command {command}"}


def main():
    twin = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            twin = twin or Twin(request)
            answer = answer_to(twin, request)
        except Exception:  # the other side reports it and stops
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
