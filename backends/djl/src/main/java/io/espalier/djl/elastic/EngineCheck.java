package io.espalier.djl.elastic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether PyTorch computes rightly on this machine. Where a virtual machine hides the sizes of the
 * processor's caches, the fast kernels of oneDNN 3.7 (PyTorch 2.7.1) compute convolutions and
 * recurrent layers wrongly, up to outputs and gradients that are not a number. A convolution in
 * doubles does without oneDNN.
 */
final class EngineCheck {
  private static final Logger LOG = LoggerFactory.getLogger(EngineCheck.class);

  /** Far above rounding in floats, far below what was seen to be wrong. */
  private static final double TOLERANCE = 1e-3;

  private static final long BATCH = 3;
  private static final long CHANNELS = 30;
  private static final long PIXELS = 9;
  private static final long KERNEL = 3;

  private EngineCheck() {}

  /** Warns where the engine that holds these parameters computes wrongly. */
  static void warn(Collection<Parameter> parameters) {
    parameters.stream()
        .filter(Parameter::isInitialized)
        .findFirst()
        .filter(
            parameter ->
                parameter.getArray().getManager().getEngine().getEngineName().equals("PyTorch"))
        .flatMap(parameter -> complaint(error(parameter.getArray().getManager())))
        .ifPresent(LOG::warn);
  }

  /** What to say of a relative error. */
  static Optional<String> complaint(double error) {
    return error <= TOLERANCE
        ? Optional.empty()
        : Optional.of(
            "PyTorch computes wrongly on this machine (a convolution of floats has a relative error of "
                + error
                + "): set ONEDNN_MAX_CPU_ISA=SSE41 in the environment before the process starts");
  }

  /** How far a convolution of floats is from that of doubles, relative to the largest output. */
  static double error(NDManager parent) {
    try (NDManager manager = parent.newSubManager()) {
      NDArray expected = convolution(manager, DataType.FLOAT64);
      NDArray found = convolution(manager, DataType.FLOAT32).toType(DataType.FLOAT64, false);
      return found.sub(expected).abs().max().getDouble() / expected.abs().max().getDouble();
    }
  }

  private static NDArray convolution(NDManager manager, DataType type) {
    Shape stride = new Shape(1, 1);
    Shape padding = new Shape(KERNEL / 2, KERNEL / 2);
    return Conv2d.conv2d(
            numbers(manager, new Shape(BATCH, CHANNELS, PIXELS, PIXELS), 7, type),
            numbers(manager, new Shape(CHANNELS, CHANNELS, KERNEL, KERNEL), 11, type),
            null,
            stride,
            padding,
            new Shape(1, 1))
        .singletonOrThrow();
  }

  /** Small whole numbers, which take nothing from the engine's random numbers. */
  private static NDArray numbers(NDManager manager, Shape shape, int period, DataType type) {
    return manager
        .arange((int) shape.size())
        .mod(period)
        .sub(period / 2)
        .reshape(shape)
        .toType(type, false);
  }
}
