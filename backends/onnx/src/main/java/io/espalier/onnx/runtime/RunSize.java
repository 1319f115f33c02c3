package io.espalier.onnx.runtime;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that a run takes for computed values, as far as it can be told before anything is
 * allocated. A few nodes that double or repeat what they read, or a constant of any shape, fit into
 * a hundred bytes and fill any machine.
 *
 * <p>A value whose shape is not known counts nothing, so this refuses too little rather than too
 * much.
 */
final class RunSize {
  /** Bytes of values that are there at one time. */
  static final String SETTING = "espalier.run.bytes";

  private static final String REMEDY =
      "; give smaller sizes with --input, or allow more bytes with -D" + SETTING + "=8000000000";

  private static final String HEAP_REMEDY =
      ", a quarter of the heap; give smaller sizes with --input, or a larger heap (-Xmx)";

  private static final long PART_OF_HEAP = 4;

  private static final long MOST_BYTES = Long.getLong(SETTING, 1L << 31);

  private final OnnxModel model;
  private final String name;
  private final Map<String, long[]> apart;
  private final Map<String, Integer> lastReader = new HashMap<>();
  private Map<String, List<Long>> checked = Map.of();

  /**
   * @param name how a message calls the model
   * @param apart shapes of weights that the model itself does not hold
   */
  RunSize(OnnxModel model, String name, Map<String, long[]> apart) {
    this.model = model;
    this.name = name;
    this.apart = apart;
    for (int i = 0; i < model.nodes().size(); i++) {
      for (String input : model.nodes().get(i).getInputList()) {
        lastReader.put(input, i);
      }
    }
    model.outputs().forEach(output -> lastReader.put(output.getName(), Integer.MAX_VALUE));
  }

  /**
   * Checks a run.
   *
   * @param inputs shapes of inputs; what is computed from others is not counted
   * @throws RunTooLargeException if it takes more than is allowed
   */
  synchronized void check(Map<String, long[]> inputs) {
    Map<String, List<Long>> asked = new HashMap<>();
    inputs.forEach((input, shape) -> asked.put(input, Arrays.stream(shape).boxed().toList()));
    if (!inputs.isEmpty() && asked.equals(checked)) {
      return;
    }
    require(inputs);
    checked = asked;
  }

  private void require(Map<String, long[]> inputs) {
    KnownShapes shapes = new KnownShapes();
    for (OnnxTensor tensor : model.initializers().values()) {
      shapes.put(tensor);
    }
    apart.forEach(shapes::put);
    inputs.forEach(shapes::put);
    Map<String, Integer> types = types();
    long live = 0;
    Map<Integer, Long> freed = new HashMap<>();
    for (int i = 0; i < model.nodes().size(); i++) {
      NodeProto node = model.nodes().get(i);
      shapes.type(node);
      for (String output : node.getOutputList()) {
        long[] shape = shapes.of(output);
        if (shape != null && !output.isEmpty()) {
          long bytes = bytes(shape, types.getOrDefault(output, DataTypes.FLOAT));
          live = bytes > Long.MAX_VALUE - live ? Long.MAX_VALUE : live + bytes;
          if (live > MOST_BYTES) {
            throw tooLarge(node, output, shape);
          }
          freed.merge(lastReader.getOrDefault(output, i), bytes, Long::sum);
        }
      }
      live -= freed.getOrDefault(i, 0L);
    }
  }

  private Map<String, Integer> types() {
    Map<String, Integer> types = new HashMap<>();
    for (ValueInfoProto info : model.valueInfos()) {
      types.put(info.getName(), info.getType().getTensorType().getElemType());
    }
    model
        .outputs()
        .forEach(info -> types.put(info.getName(), info.getType().getTensorType().getElemType()));
    return types;
  }

  private static long bytes(long[] shape, int type) {
    double elements = 1;
    for (long length : shape) {
      elements *= length;
    }
    int bits = Math.max(Byte.SIZE, DataTypes.bits(type));
    return elements * bits / Byte.SIZE > Long.MAX_VALUE / 2.0
        ? Long.MAX_VALUE
        : (long) (elements * bits / Byte.SIZE);
  }

  /**
   * How many elements an input has.
   *
   * @throws RunTooLargeException if it alone takes more than is allowed, or than the heap holds
   */
  static int elements(String input, long[] shape) {
    long bytes = bytes(shape, DataTypes.FLOAT);
    long allowed = Math.min(MOST_BYTES, (long) Float.BYTES * Integer.MAX_VALUE);
    // values are made as long numbers, beside what else the heap holds
    long most = Math.min(allowed, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    if (bytes > most) {
      throw new RunTooLargeException(
          "input '"
              + input
              + "' of shape "
              + Arrays.toString(shape)
              + " takes more than "
              + most
              + " bytes"
              + (most < allowed ? HEAP_REMEDY : REMEDY));
    }
    return (int) (bytes / Float.BYTES);
  }

  private RunTooLargeException tooLarge(NodeProto node, String output, long[] shape) {
    return new RunTooLargeException(
        "running "
            + name
            + " takes more than "
            + MOST_BYTES
            + " bytes for its values: '"
            + output
            + "' of "
            + node.getOpType()
            + " '"
            + node.getName()
            + "' has the shape "
            + Arrays.toString(shape)
            + REMEDY);
  }
}
