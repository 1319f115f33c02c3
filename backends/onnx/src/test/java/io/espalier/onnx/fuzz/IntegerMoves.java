package io.espalier.onnx.fuzz;

import static io.espalier.onnx.fuzz.Sketch.with;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.onnx.file.DataTypes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Layers whose products are those of integers, and data that are rounded to integers. */
final class IntegerMoves {
  private static final int DYNAMIC = 11;
  private static final int QUANTISED = 10;

  /**
   * With more numbers, some lie so near to the middle between two integers that either is right.
   */
  private static final long MOST_ELEMENTS = 600;

  private IntegerMoves() {}

  static List<Move> ofImages() {
    return List.of(IntegerMoves::convolution, IntegerMoves::depthwise, IntegerMoves::rounded);
  }

  static List<Move> ofTokens() {
    return List.of(IntegerMoves::matrix, IntegerMoves::rounded);
  }

  /** A convolution of data that are quantised on the fly. */
  private static List<Wire> convolution(Sketch s, Wire x, List<Wire> others) {
    long out = s.between(4, 8);
    long kernel = s.any(1L, 3L);
    return dynamic(s, x, "ConvInteger", x.with(1, out), 1, out, x.dim(1), kernel, kernel);
  }

  private static List<Wire> depthwise(Sketch s, Wire x, List<Wire> others) {
    return dynamic(s, x, "ConvInteger", x.dims(), x.dim(1), x.dim(1), 1, 3, 3);
  }

  private static List<Wire> matrix(Sketch s, Wire x, List<Wire> others) {
    long out = s.between(4, 8);
    return dynamic(s, x, "MatMulInteger", x.with(2, out), 1, x.dim(2), out);
  }

  private static List<Wire> dynamic(
      Sketch s, Wire x, String operator, List<Long> dims, long groups, long... weight) {
    if (s.opset() < DYNAMIC || x.size() > MOST_ELEMENTS) {
      return List.of();
    }
    boolean matrix = weight.length == 2;
    long out = weight[matrix ? 1 : 0];
    String layer = s.fresh("integer");
    List<String> quantised = s.several("DynamicQuantizeLinear", Map.of(), List.of(x.name()), 3);
    int type = s.any(DataTypes.UINT8, DataTypes.INT8);
    int middle = type == DataTypes.UINT8 ? 128 : 0;
    String weights = integers(s, layer + ".weight", type, middle, 40, weight);
    // ONNX Runtime takes one zero point for each column, but not for each output channel
    String zero =
        matrix && s.chance(0.5)
            ? integers(s, layer + ".points", type, middle, 9, out)
            : integers(s, layer + ".point", type, middle, 9);
    long margin = matrix ? 0 : weight[2] / 2;
    Map<String, Object> attributes =
        matrix
            ? Map.of()
            : with("group", groups, "pads", new long[] {margin, margin, margin, margin});
    String sums =
        s.node(operator, attributes, List.of(quantised.get(0), weights, quantised.get(2), zero));
    Wire y = s.op("Cast", with("to", DataTypes.FLOAT), dims, new Wire(sums, dims));
    double scale = Math.sqrt(2.0 * out / Arrays.stream(weight).reduce(1, (a, b) -> a * b)) / 25;
    long[] each = matrix ? new long[] {out} : new long[] {out, 1, 1};
    String scales = s.parameter(layer + ".scales", scale, scale / 4, each);
    String all = s.op("Mul", new Wire(scales, List.of()), quantised.get(1)).name();
    Wire scaled = s.op("Mul", y, all);
    return List.of(s.op("Add", scaled, s.parameter(layer + ".bias", 0, 0.3, each)));
  }

  /** Rounded to integers and back, as networks are that were trained for it. */
  private static List<Wire> rounded(Sketch s, Wire x, List<Wire> others) {
    if (s.opset() < QUANTISED || x.size() > MOST_ELEMENTS) {
      return List.of();
    }
    String scale = s.number(0.05f);
    String zero = integers(s, s.fresh("point"), DataTypes.UINT8, 128, 9);
    Wire integers = s.op("QuantizeLinear", x, scale, zero);
    return List.of(s.op("DequantizeLinear", integers, scale, zero));
  }

  private static String integers(
      Sketch s, String name, int type, int middle, int spread, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
    Arrays.stream(dims).forEach(tensor::addDims);
    long size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < size; i++) {
      tensor.addInt32Data(middle + s.between(-spread, spread));
    }
    return s.stored(tensor.build());
  }
}
