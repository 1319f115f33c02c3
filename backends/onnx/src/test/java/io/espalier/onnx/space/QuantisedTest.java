package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Networks whose products are those of integers: what is cut is what the restricted sums say. */
class QuantisedTest {
  private final Tiny t = new Tiny(17);

  /** Different numbers on both sides of {@code middle}. */
  private String bytes(String name, int type, int middle, long... dims) {
    byte[] values = new byte[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (middle + i * 37 % 61 - (dims.length == 0 ? 0 : 30));
    }
    return t.b.initializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .addAllDims(Arrays.stream(dims).boxed().toList())
            .setRawData(ByteString.copyFrom(values))
            .build());
  }

  private String weights(String name, long... dims) {
    return bytes(name, DataTypes.UINT8, 128, dims);
  }

  private String points(String name, long... dims) {
    return bytes(name, DataTypes.UINT8, 128, dims);
  }

  private String real(String integers, String scale) {
    return t.op("Mul", t.op("Cast", with("to", DataTypes.FLOAT), integers), scale);
  }

  /** A layer of integers on data that are quantised on the fly, each channel with its own scale. */
  private String dynamic(String layer, String x, String zero, long groups, long... dims) {
    List<String> quantised = t.several("DynamicQuantizeLinear", 3, with(), x);
    String weight = weights(layer + ".weight", dims);
    boolean matrix = dims.length == 2;
    String y =
        matrix
            ? t.b.node(
                "MatMulInteger", layer, List.of(quantised.get(0), weight, quantised.get(2), zero))
            : t.b.node(
                "ConvInteger",
                layer,
                List.of(quantised.get(0), weight, quantised.get(2), zero),
                with("pads", list(1, 1, 1, 1), "group", groups));
    long[] each = matrix ? list(dims[1]) : list(dims[0], 1, 1);
    String scales = t.op("Mul", quantised.get(1), t.b.random(layer + ".scales", 0.01, 0.003, each));
    return t.op("Relu", t.op("Add", real(y, scales), t.b.random(layer + ".bias", 0, 0.3, each)));
  }

  @Test
  void dynamicMatrixWithOneZeroPointForEachColumn() {
    String x = dynamic("first", t.b.input("input", "N", 5), points("z1", 8), 1, 5, 8);
    SearchSpace space = t.proved(dynamic("second", x, points("z2", 4), 1, 8, 4), "N", 4);

    assertFree(space, "first.out_features");
    space.sample(Samplers.max());
    assertEquals(5 * 8 + 8 * 4 + 2 * (8 + 4), space.params());
    assertEquals(5 * 8 + 8 * 4, space.macs());
    space.sample(choices -> choices.get(choices.size() / 2 - 1));
    OnnxModel carved = Cuts.export(space);
    assertArrayEquals(list(5, 4), carved.initializers().get("first.weight").dims());
    assertArrayEquals(list(4), carved.initializers().get("z1").dims());
    assertArrayEquals(list(4), carved.initializers().get("first.scales").dims());
  }

  @Test
  void dynamicMatrixWithOneZeroPoint() {
    String x = dynamic("first", t.b.input("input", "N", 5), points("z1"), 1, 5, 8);
    assertFree(t.proved(dynamic("second", x, points("z2"), 1, 8, 4), "N", 4), "first.out_features");
  }

  @Test
  void dynamicConvolutionWithOneZeroPoint() {
    String x = dynamic("first", t.image(), points("z1"), 1, 6, 3, 3, 3);
    x = dynamic("depthwise", x, points("z2"), 6, 6, 1, 3, 3);
    SearchSpace space = t.proved(dynamic("last", x, points("z3"), 1, 4, 6, 3, 3), "N", 4, 8, 8);

    assertFree(space, "first.out_channels");
    assertFalse(space.hparam("first.kernel_size").isConfigurable());
    space.sample(Samplers.max());
    assertEquals((6 * 3 + 6 + 4 * 6) * 9 * 64, space.macs());
  }

  @Test
  void quantisedTogetherWithAScaleForEachChannel() {
    String scale = t.number(0.02f);
    String zero = points("zero");
    String x = t.op("QuantizeLinear", t.conv("first", t.image(), 6, 3), scale, zero);
    String y =
        t.b.node(
            "QLinearConv",
            "second",
            List.of(
                x,
                scale,
                zero,
                bytes("second.weight", DataTypes.INT8, 0, 5, 6, 3, 3),
                t.b.random("second.scales", 0.01, 0.003, 5),
                bytes("second.points", DataTypes.INT8, 30, 5),
                scale,
                zero,
                t.b.initializer(
                    TensorProto.newBuilder()
                        .setName("second.bias")
                        .setDataType(DataTypes.INT32)
                        .addDims(5)
                        .addAllInt32Data(List.of(300, -200, 100, 50, -70))
                        .build())));
    y = t.op("Transpose", with("perm", list(0, 2, 3, 1)), y);
    y =
        t.b.node(
            "QLinearMatMul",
            "third",
            List.of(
                y,
                scale,
                zero,
                bytes("third.weight", DataTypes.INT8, 0, 5, 7),
                t.number(0.01f),
                bytes("third.point", DataTypes.INT8, 9),
                scale,
                zero));
    String back = t.op("DequantizeLinear", y, scale, zero);
    SearchSpace space = t.proved(t.linear("last", back, 7, 4), "N", 6, 6, 4);

    assertFree(space, "first.out_channels");
    assertFree(space, "second.out_channels");
    assertFree(space, "third.out_features");
  }

  @Test
  void dataWithAScaleForEachChannelAreRefused() {
    String scale = t.number(0.02f);
    String zero = points("zero");
    String x = t.op("QuantizeLinear", t.conv("first", t.image(), 6, 3), scale, zero);
    String several = t.parameter(0.02, 6);
    String weight = bytes("second.weight", DataTypes.INT8, 0, 5, 6, 3, 3);
    String point = bytes("point", DataTypes.INT8, 0);
    String y =
        t.b.node(
            "QLinearConv", "second", List.of(x, several, zero, weight, scale, point, scale, zero));
    String back = t.op("DequantizeLinear", y, scale, zero);
    SearchSpace space = Cuts.space(t.model(back, "N", 5, 6, 6));

    assertFrozen(space, "first.out_channels", "one scale and one zero point");
  }

  @Test
  void filesThatWereCopied() {
    SearchSpace convolutions =
        Cuts.prove(OnnxModel.read(SharedData.path("cases/int8_dynamic_noop.onnx")));
    assertEquals(32, convolutions.hparam("layer0_quant.out_channels").choices().size());
    assertEquals(64, convolutions.hparam("layer1_quant.out_channels").choices().size());
    SearchSpace matrices =
        Cuts.prove(OnnxModel.read(SharedData.path("cases/int8_matmul_columns.onnx")));
    assertEquals(32, matrices.hparam("layer0_quant.out_features").choices().size());
    assertEquals(64, matrices.hparam("layer1_quant.out_features").choices().size());
  }

  @Test
  void aDeformableConvolution() {
    SearchSpace space = Cuts.prove(OnnxModel.read(SharedData.path("cases/deform_conv.onnx")));
    assertFree(space, "dcn.out_channels");
    assertEquals(8, space.hparam("stem.out_channels.part2").choices().size());
    assertFalse(space.hparam("dcn.kernel_size").isConfigurable());
  }
}
