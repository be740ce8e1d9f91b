"""Networks in ONNX files: run by onnxruntime where it is installed (half the time), by OpenCV's DNN where not."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
#: A batch of pictures (n x channels x height x width) to the outputs asked for, on one thread.
Network = Callable[[Floats], list[Floats]]

#: From 1.29 on onnxruntime tells its maker what it runs, and keeps a number for the device in the user's folder, unless
#: this is set before it is loaded (measured: without it three files, with it none; its own call is too late).
_NO_TELEMETRY = "ORT_DISABLE_TELEMETRY"
#: Of one worker: there are as many workers as cores, and two threads cost more CPU than one (0.54 s against 0.33).
_THREADS = 1
#: What onnxruntime must not say on a terminal: everything below errors.
_ERRORS_ONLY = 3


def open_network(path: Path, outputs: Sequence[str]) -> Network:
    """The network of a file, loaded; both runtimes give the same to the fifth decimal."""
    if find_spec("onnxruntime") and find_spec("onnx"):
        return _in_onnxruntime(path, outputs)
    return _in_opencv(path, outputs)


def _in_opencv(path: Path, outputs: Sequence[str]) -> Network:
    cv2.setNumThreads(_THREADS)
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(batch: Floats) -> list[Floats]:
        net.setInput(batch)
        return [np.asarray(found, np.float32) for found in net.forward(tuple(outputs))]

    return run


def _in_onnxruntime(path: Path, outputs: Sequence[str]) -> Network:
    os.environ[_NO_TELEMETRY] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where somebody else loaded it before
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = _ERRORS_ONLY
    # Each picture has its own size: an arena and plans would keep the memory of the largest for ever.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(_constant(path), options, providers=["CPUExecutionProvider"])
    (given,) = (one.name for one in session.get_inputs())

    def run(batch: Floats) -> list[Floats]:
        return [np.asarray(found, np.float32) for found in session.run(list(outputs), {given: batch})]

    return run


def _constant(path: Path) -> bytes:
    """The file with its weights as constants and its sizes free.

    Weights that also stand among the inputs could be given anew with every picture, so onnxruntime folds nothing and
    takes 1.4 times as long as OpenCV instead of half.
    """
    import onnx

    model = onnx.load(path)
    weights = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for value in (*model.graph.input, *model.graph.output):
        for place, size in enumerate(value.type.tensor_type.shape.dim):
            if place != 1:  # channels stay
                size.dim_param = f"{value.name}_{place}"
    told: bytes = model.SerializeToString()
    return told
