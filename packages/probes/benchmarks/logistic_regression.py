"""Multinomial logistic regression of scikit-learn: the twin that `npm run bench -- logistic-regression` times beside ours.

The same examples, solver (L-BFGS), penalty C and tolerance on the largest entry of the mean objective's gradient, in the
precision in which scikit-learn is faster on the machine at hand: `choose` times ten iterations in each. The commands are those
told in `benchmarks/python/twin.py`; a step is one whole fit, and says how many iterations it took.

Value and gradient for `check`, and the value at which a fit ended, are computed here in double precision from the definition:
scikit-learn does not tell them.

Letters used for shapes here:
    N  examples    F  features    C  classes
"""

import time

import twin

try:
    import numpy
    import sklearn
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits
except ImportError as error:
    twin.skip("scikit-learn", "scikit-learn", error)

PRECISIONS = {"single precision": numpy.float32, "double precision": numpy.float64}
ITERATIONS_TO_CHOOSE_BY = 10
ROWS_AT_ONCE = 8192  # keeps double-precision scores out of the peak of memory


class FitTwin:
    def __init__(self, request):
        self.settings = request["settings"]
        self.limits = threadpool_limits(limits=request["threads"])
        tensors = twin.read_safetensors(request["tensors"], array_of)
        self.features = tensors["batches/0/features"]  # [N, F]
        self.labels = tensors["batches/0/labels"]  # [N]
        self.point = (tensors["parameters/weights"], tensors["parameters/biases"])  # [C, F], [C]

    def choose(self):
        precision, times = twin.fastest(PRECISIONS, self.time_fit)
        return {"forms": {"precision": precision}, "milliseconds": times[precision], "notes": times}

    def load(self, forms):
        started = time.perf_counter()
        self.features = self.features.astype(PRECISIONS[forms["precision"]], copy=False)
        return {
            "name": f"scikit-learn {sklearn.__version__}, lbfgs, {forms['precision']}",
            "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
            "prepareMilliseconds": (time.perf_counter() - started) * 1e3,
        }

    def check(self, _number, into):
        started = time.perf_counter()
        value, weights, biases = self.objective(*self.point)
        milliseconds = (time.perf_counter() - started) * 1e3
        arrays = {"weights": weights, "biases": biases}
        blocks = {name: (array.shape, array.astype(numpy.float32).tobytes()) for name, array in arrays.items()}
        twin.write_safetensors(into, blocks)
        return {"milliseconds": milliseconds, "lossNats": value}

    def step(self, _number):
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


def array_of(content, offset, dtype, shape):
    return numpy.frombuffer(content, TYPES[dtype], count=numpy.prod(shape, dtype=int), offset=offset).reshape(shape)


if __name__ == "__main__":
    twin.serve(FitTwin)
