"""Tensors of dm_env_rpc as numpy arrays, and back."""

import numpy as np

# In the order of the protocol's data types, from 1 on.
FIELDS = ["floats", "doubles", "int8s", "int32s", "int64s", "uint8s", "uint32s", "uint64s", "bools", "strings"]
TYPES = [np.float32, np.float64, np.int8, np.int32, np.int64, np.uint8, np.uint32, np.uint64, np.bool_, np.str_]
BYTES = ("int8s", "uint8s")
MOST_VALUES = 2**16  # of a setting or an action: no shape asks for more memory than that


def type_number(dtype):
    """The protocol's number of a numpy type; ValueError if it has none."""
    kinds = [np.dtype(known) for known in TYPES]
    wanted = np.dtype(dtype)
    if wanted not in kinds:
        raise ValueError(f"arrays of {wanted} have no counterpart in dm_env_rpc")
    return kinds.index(wanted) + 1


def pack(array, tensor):
    """Fills a tensor's message."""
    array = np.asarray(array)
    field = FIELDS[type_number(array.dtype) - 1]
    fill_values(getattr(tensor, field), field, array)
    tensor.shape.extend(array.shape)


def fill_values(message, field, array):
    if field in BYTES:
        message.array = array.tobytes()
    else:
        message.SetInParent()
        message.array.extend(array.ravel().tolist())


def unpack(tensor):
    """The array of a tensor's message, its shape resolved; ValueError if the shape does not go with the values."""
    field = tensor.WhichOneof("payload")
    if field is None:
        raise ValueError("a tensor without values")
    values = getattr(tensor, field).array
    dtype = TYPES[FIELDS.index(field)]
    array = np.frombuffer(values, dtype) if field in BYTES else np.array(values, dtype)
    shape = list(tensor.shape)
    if sum(length < 0 for length in shape) > 1:
        raise ValueError(f"the shape {shape} leaves more than one length open")
    known = 1
    for length in shape:
        known *= max(length, 1)
    if known > MOST_VALUES:
        raise ValueError(f"the shape {shape} holds more than {MOST_VALUES} values")
    if array.size == 1 and shape and array.dtype.kind != "U":
        return np.full([length if length >= 0 else 1 for length in shape], array[0])
    return array.reshape(shape)
