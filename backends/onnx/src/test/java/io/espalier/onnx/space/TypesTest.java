package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Networks of every type of number that files hold. */
class TypesTest {
  private final SplittableRandom random = new SplittableRandom(11);

  private static Tiny linear() {
    Tiny t = new Tiny(17);
    String x = t.op("Relu", t.linear("first", t.b.input("input", "N", 7, 5), 5, 8));
    String gate = t.op("Sigmoid", t.linear("gate", x, 8, 6));
    String sum = t.op("Mul", gate, t.linear("value", x, 8, 6));
    String y = t.op("Concat", with("axis", 2), sum, x);
    t.b.output("output", t.linear("last", y, 14, 3), "N", 7, 3);
    return t;
  }

  private static ModelProto convolutions() {
    Tiny t = new Tiny(17);
    String x = t.op("LeakyRelu", t.conv("first", t.image(), 8, 3));
    String y = t.op("Relu", t.conv("second", x, 8, 1, 8));
    String sum = t.op("Add", x, t.op("Mul", y, t.parameter(1, 8, 1, 1)));
    t.b.output("output", t.conv("last", sum, 4, 8), "N", 4, 8, 8);
    return t.b.toProto();
  }

  @Test
  void float64() {
    SearchSpace space = Cuts.prove(Retyped.of(linear().b.toProto(), DataTypes.DOUBLE));
    assertFree(space, "first.out_features");
    assertEquals(DataTypes.DOUBLE, halved(space).initializers().get("gate.weight").dataType());
  }

  @Test
  void float16() {
    SearchSpace space = Cuts.prove(Retyped.of(convolutions(), DataTypes.FLOAT16));
    assertFree(space, "first.out_channels");
    assertEquals(DataTypes.FLOAT16, halved(space).initializers().get("last.weight").dataType());
  }

  /**
   * ONNX Runtime has no kernels for this type on a CPU, so that nothing can be run: the carved
   * weights are those of the float32 network carved likewise, and its shapes have been proved.
   */
  @Test
  void bfloat16() {
    OnnxModel narrow = halved(Cuts.space(Retyped.of(convolutions(), DataTypes.BFLOAT16)));
    OnnxModel twin = halved(Cuts.prove(OnnxModel.of(convolutions())));
    assertEquals(twin.initializers().keySet(), narrow.initializers().keySet());
    twin.initializers()
        .forEach(
            (name, tensor) -> {
              OnnxTensor same = narrow.initializers().get(name);
              assertArrayEquals(tensor.dims(), same.dims());
              if (tensor.dataType() == DataTypes.FLOAT) {
                assertEquals(DataTypes.BFLOAT16, same.dataType());
                assertEquals(
                    Retyped.bytes(tensor.floats(), DataTypes.BFLOAT16),
                    ByteString.copyFrom(same.bytes()));
              }
            });
  }

  /** Stored in half the space, computed as float32. */
  @Test
  void bfloat16BehindACast() {
    Tiny t = new Tiny(17);
    float[] values = new float[6 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    TensorProto stored =
        TensorProto.newBuilder()
            .setName("first.weight")
            .setDataType(DataTypes.BFLOAT16)
            .addDims(5)
            .addDims(6)
            .setRawData(Retyped.bytes(values, DataTypes.BFLOAT16))
            .build();
    String weight = t.op("Cast", with("to", DataTypes.FLOAT), t.b.initializer(stored));
    String x = t.op("Tanh", t.op("MatMul", t.b.input("input", "N", 5), weight));
    SearchSpace space = t.proved(t.linear("last", x, 6, 3), "N", 3);
    assertFree(space, "first.out_features");
    assertArrayEquals(list(5, 3), halved(space).initializers().get("first.weight").dims());
  }

  private static OnnxModel halved(SearchSpace space) {
    space.sample(choices -> choices.get((choices.size() - 1) / 2));
    return Cuts.export(space);
  }

  private String bytes(Tiny t, String name, int type, int least, int most, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
    Arrays.stream(dims).forEach(tensor::addDims);
    int size = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < size; i++) {
      tensor.addInt32Data(random.nextInt(least, most + 1));
    }
    return t.b.initializer(tensor.build());
  }

  /** Powers of two, with which sums are exact in any order. */
  private String scales(Tiny t, String name, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 1f / (1 << random.nextInt(6, 9));
    }
    return t.b.floats(name, values, count);
  }

  private static String rounded(Tiny t, String x, int type, int zero) {
    String scale = t.number(1f / 16);
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(x + "_zero").setDataType(type);
    String point = t.b.initializer(tensor.addInt32Data(zero).build());
    return t.op("DequantizeLinear", t.op("QuantizeLinear", x, scale, point), scale, point);
  }

  /** A weight in bytes with a scale and a zero point for each index of one axis. */
  private String dequantised(Tiny t, String layer, int axis, long... dims) {
    int count = (int) dims[axis];
    return t.op(
        "DequantizeLinear",
        with("axis", axis),
        bytes(t, layer + ".weight", DataTypes.INT8, -100, 100, dims),
        scales(t, layer + ".scale", count),
        bytes(t, layer + ".zero", DataTypes.INT8, -5, 5, count));
  }

  @Test
  void bytesBetweenQuantiseAndDequantise() {
    Tiny t = new Tiny(13);
    String x = rounded(t, t.image(), DataTypes.UINT8, 128);
    x = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, dequantised(t, "first", 0, 8, 3, 3, 3));
    x = rounded(t, t.op("Relu", x), DataTypes.UINT8, 0);
    String y =
        t.op(
            "Conv",
            with("pads", list(1, 1, 1, 1), "group", 8),
            x,
            dequantised(t, "second", 0, 8, 1, 3, 3));
    y = rounded(t, t.op("Add", x, y), DataTypes.INT8, 3);
    y =
        t.op(
            "ConvTranspose",
            with("strides", list(2, 2)),
            y,
            dequantised(t, "third", 1, 8, 6, 2, 2));
    y = t.op("GlobalAveragePool", rounded(t, y, DataTypes.INT8, 0));
    String row = rounded(t, t.op("Flatten", y), DataTypes.INT8, 0);
    String weight = dequantised(t, "fourth", 0, 3, 6);
    String last = t.op("Gemm", with("transB", 1), row, weight);
    SearchSpace space = t.proved(last, "N", 3);
    assertFree(space, "first.out_channels");
    assertFree(space, "third.out_channels");

    OnnxModel carved = halved(space);
    assertArrayEquals(list(4, 3), Arrays.copyOf(dims(carved, "first.weight"), 2));
    assertArrayEquals(list(4), dims(carved, "first.scale"));
    assertArrayEquals(list(4), dims(carved, "first.zero"));
    assertArrayEquals(list(4, 3), Arrays.copyOf(dims(carved, "third.weight"), 2));
    assertArrayEquals(list(3), dims(carved, "third.scale"));
    assertEquals(DataTypes.INT8, carved.initializers().get("third.weight").dataType());
  }

  private static long[] dims(OnnxModel model, String initializer) {
    return model.initializers().get(initializer).dims();
  }

  @Test
  void operatorsOnBytesAreCut() {
    Tiny t = new Tiny(13);
    String x = t.conv("second", t.conv("first", t.image(), 6, 3), 8, 6);
    String scale = t.number(1f / 16);
    String zero = bytes(t, "zero", DataTypes.UINT8, 128, 128);
    String some = t.op("QuantizeLinear", x, scale, zero);
    String weight = bytes(t, "third.weight", DataTypes.INT8, -100, 100, 4, 8, 3, 3);
    String point = bytes(t, "third.zero", DataTypes.INT8, 0, 0);
    String y = t.op("QLinearConv", some, scale, zero, weight, t.number(0.01f), point, scale, zero);
    String back = t.op("DequantizeLinear", y, scale, zero);
    SearchSpace space = t.proved(t.conv("last", t.conv("fourth", back, 6, 4), 4, 6), "N", 4, 6, 6);
    assertFree(space, "second.out_channels");
    assertFree(space, "third.out_channels");
    assertFree(space, "first.out_channels");
    assertFree(space, "fourth.out_channels");
  }

  /** A plugin can open them; without one they stay as they are. */
  @Test
  void fusedOperatorsFreezeWhatTheyTouch() {
    for (boolean declared : new boolean[] {true, false}) {
      Tiny t = new Tiny(17);
      t.b.opset("com.microsoft", 1);
      String x = t.linear("second", t.linear("first", t.b.input("input", "N", 5), 5, 6), 6, 8);
      String y = t.op("com.microsoft:BiasGelu", x, t.b.random("bias", 0, 0.3, 8));
      if (declared) {
        t.b.valueInfo(y, "N", 8);
      }
      SearchSpace space = t.proved(t.linear("last", t.linear("third", y, 8, 6), 6, 3), "N", 3);
      assertFree(space, "first.out_features");
      assertFrozen(space, "second.out_features", "com.microsoft:BiasGelu has no rule");
      // where the model does not declare the shape behind it, a run tells
      assertFree(space, "third.out_features");
      space.sample(Samplers.min());
      assertArrayEquals(list(8), dims(Cuts.export(space), "bias"));
    }
  }
}
