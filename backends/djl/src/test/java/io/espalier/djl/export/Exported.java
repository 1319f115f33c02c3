package io.espalier.djl.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Compares what a block computes with what ONNX Runtime computes on its file. */
public final class Exported {
  private static final double TOLERANCE = 1e-4;

  private Exported() {}

  /**
   * Gives every parameter values of its own, by a seed: statistics and biases that are left as DJL
   * initializes them would hide many mistakes.
   */
  public static void randomise(Block block, long seed) {
    Random random = new Random(seed);
    for (Pair<String, Parameter> pair : block.getParameters()) {
      NDArray array = pair.getValue().getArray();
      long[] dims = array.getShape().getShape();
      double scale = Math.sqrt((double) dims[0] / array.size());
      float[] values = new float[(int) array.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            (float)
                switch (pair.getValue().getType()) {
                  case GAMMA, RUNNING_VAR -> 0.5 + random.nextDouble();
                  case WEIGHT -> scale * random.nextGaussian();
                  default -> 0.3 * random.nextGaussian();
                };
      }
      array.set(values);
    }
  }

  /**
   * Runs both on random inputs, with open dimensions of these lengths, and compares.
   *
   * @return how many different numbers the outputs hold; few mean that the signal has died out
   */
  static long check(NDManager manager, DjlBlock source, Path file, long... open) {
    OnnxExport.write(source, file);
    Set<Float> numbers = new HashSet<>();
    try (OnnxSession session = OnnxSession.open(file, SessionSettings.plain())) {
      for (long length : open) {
        NDList inputs = Blocks.feed(manager, source, length);
        // some blocks add to the list they are given
        NDList expected = Blocks.run(manager, source, new NDList(inputs));
        for (Tensor found : compare(session, source, inputs, expected)) {
          for (float number : found.isFloat() ? found.floats() : new float[0]) {
            numbers.add(number);
          }
        }
      }
    }
    return numbers.size();
  }

  /** Writes a block and compares what ONNX Runtime makes of inputs with what is expected. */
  public static void check(DjlBlock source, Path file, NDList inputs, NDList expected) {
    OnnxExport.write(source, file);
    try (OnnxSession session = OnnxSession.open(file, SessionSettings.plain())) {
      compare(session, source, inputs, expected);
    }
  }

  private static List<Tensor> compare(
      OnnxSession session, DjlBlock source, NDList inputs, NDList expected) {
    List<Tensor> found = new ArrayList<>(session.run(fed(source, inputs)).values());
    assertEquals(expected.size(), found.size(), "number of outputs");
    for (int i = 0; i < found.size(); i++) {
      compare("output " + i + " of " + inputs.getShapes()[0], expected.get(i), found.get(i));
    }
    return found;
  }

  private static Map<String, Tensor> fed(DjlBlock source, NDList inputs) {
    Map<String, Tensor> fed = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      fed.put(source.inputs().get(i).name(), tensor(inputs.get(i)));
    }
    return fed;
  }

  private static Tensor tensor(NDArray array) {
    long[] dims = array.getShape().getShape();
    return array.getDataType().isFloating()
        ? Tensor.ofFloats(array.toType(DataType.FLOAT32, false).toFloatArray(), dims)
        : Tensor.ofLongs(array.toType(DataType.INT64, false).toLongArray(), dims);
  }

  private static void compare(String what, NDArray expected, Tensor found) {
    assertArrayEquals(expected.getShape().getShape(), found.shape(), what);
    if (!expected.getDataType().isFloating()) {
      assertArrayEquals(tensor(expected).longs(), found.longs(), what);
      return;
    }
    Tensor reference = tensor(expected);
    double error = found.relativeError(reference);
    assertTrue(error <= TOLERANCE, what + " differs by " + error);
  }
}
