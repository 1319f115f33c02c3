package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.UncountedNode;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a network costs is counted wholly, or what is left out is named. */
class CostsTest {
  private final Tiny t = new Tiny(17);

  private String integers(String name, int type, long... dims) {
    int size = (int) Arrays.stream(dims).reduce(1, Math::multiplyExact);
    byte[] bytes = new byte[size * (type == DataTypes.INT32 ? 4 : 1)];
    Arrays.fill(bytes, (byte) 1);
    return t.b.initializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .addAllDims(Arrays.stream(dims).boxed().toList())
            .setRawData(ByteString.copyFrom(bytes))
            .build());
  }

  private static void assertCosts(SearchSpace space, long params, long macs) {
    assertEquals(List.of(), space.uncounted());
    assertEquals(params, space.params());
    assertEquals(macs, space.macs());
  }

  private static void assertLeftOut(SearchSpace space, String... operators) {
    assertEquals(List.of(operators), space.uncounted().stream().map(UncountedNode::op).toList());
  }

  private List<String> quantised(String x) {
    return t.several("DynamicQuantizeLinear", 3, with(), x);
  }

  @Test
  void integerConvolution() {
    List<String> x = quantised(t.image());
    String w = integers("w", DataTypes.INT8, 6, 3, 3, 3);
    String zero = integers("zero", DataTypes.INT8);
    String y = t.op("ConvInteger", with("strides", list(2, 2)), x.get(0), w, x.get(2), zero);
    SearchSpace space =
        Cuts.space(t.model(t.op("Cast", with("to", DataTypes.FLOAT), y), "N", 6, 3, 3));

    assertCosts(space, 6 * 3 * 9, 6 * 3 * 9 * 3 * 3);
  }

  /** Scales and zero points are settings; the bias is one, of 32 bits. */
  @Test
  void quantisedConvolutionInGroups() {
    String scale = t.number(0.1f);
    String zero = integers("zero", DataTypes.UINT8);
    String x = t.op("QuantizeLinear", t.image(), scale, zero);
    String w = integers("w", DataTypes.INT8, 6, 1, 3, 3);
    String scales = t.parameter(1, 6);
    String zeros = integers("zeros", DataTypes.INT8, 6);
    String bias = integers("bias", DataTypes.INT32, 6);
    String y =
        t.op("QLinearConv", with("group", 3), x, scale, zero, w, scales, zeros, scale, zero, bias);
    SearchSpace space = Cuts.space(t.model(t.op("DequantizeLinear", y, scale, zero), "N", 6, 6, 6));

    assertCosts(space, 6 * 9 + 6, 6 * 9 * 36);
  }

  @Test
  void quantisedProducts() {
    String scale = t.number(0.1f);
    String zero = integers("zero", DataTypes.UINT8);
    String x = t.op("QuantizeLinear", t.b.input("input", "N", 4, 5), scale, zero);
    String w = integers("w", DataTypes.INT8, 5, 7);
    String zeros = integers("zeros", DataTypes.INT8);
    String y = t.op("QLinearMatMul", x, scale, zero, w, scale, zeros, scale, zero);
    String v = integers("v", DataTypes.INT8, 7, 3);
    String columns = integers("columns", DataTypes.INT8, 3);
    String z = t.op("MatMulInteger", y, v, zero, columns);
    SearchSpace space =
        Cuts.space(t.model(t.op("Cast", with("to", DataTypes.FLOAT), z), "N", 4, 3));

    assertCosts(space, 5 * 7 + 7 * 3, 4 * 5 * 7 + 4 * 7 * 3);
  }

  /** Indices are integers too, but no weights. */
  @Test
  void indicesAreNoWeights() {
    String picked = t.op("Gather", with("axis", 1), t.b.input("input", "N", 5), t.ints(4, 2, 0));

    assertCosts(Cuts.space(t.model(t.linear("last", picked, 3, 2), "N", 2)), 3 * 2 + 2, 3 * 2);
  }

  private static GraphProto branch(String name, boolean multiplies) {
    OnnxGraphBuilder b = new OnnxGraphBuilder(name, 17, 3);
    String x = "x";
    String y =
        multiplies
            ? b.node("MatMul", name, List.of(x, b.random(name + ".weight", 0, 1, 5, 5)))
            : b.node("Neg", name, List.of(x));
    b.output(name + "_result", y, "N", 5);
    return b.toProto().getGraph();
  }

  private SearchSpace choice(boolean multiplies) {
    t.b.input("x", "N", 5);
    String condition = t.op("Greater", t.number(1), t.number(0));
    String y =
        t.op(
            "If",
            with("then_branch", branch("yes", multiplies), "else_branch", branch("no", multiplies)),
            condition);
    return Cuts.space(t.model(t.linear("last", y, 5, 2), "N", 2));
  }

  @Test
  void bothBranchesAreCounted() {
    assertCosts(choice(true), 2 * 25 + 12, 2 * 25 + 10);
  }

  @Test
  void branchesWithoutProductsAreComplete() {
    assertCosts(choice(false), 12, 10);
  }

  private SearchSpace behindUnknown(String operator, boolean declared, String... weights) {
    t.b.opset("com.acme", 1);
    String x = t.linear("first", t.b.input("input", "N", 5), 5, 6);
    String[] inputs = new String[weights.length + 1];
    inputs[0] = x;
    System.arraycopy(weights, 0, inputs, 1, weights.length);
    String y = t.b.node("com.acme:" + operator, "unknown", List.of(inputs));
    if (declared) {
      t.b.valueInfo(y, "N", 6);
    }
    return Cuts.space(t.model(t.linear("last", y, 6, 2), "N", 2));
  }

  @Test
  void anUnknownOperatorWithWeightsIsLeftOut() {
    assertLeftOut(behindUnknown("Mix", true, t.b.weights("mix.weight", 6, 6)), "com.acme:Mix");
  }

  @Test
  void anUnknownOperatorOnOneTensorMultipliesNothing() {
    assertCosts(behindUnknown("Bend", true), 36 + 14, 30 + 12);
  }

  /** Nobody can run it, so that nobody knows how much the product behind it costs. */
  @Test
  void whatStandsBehindAnUnknownShapeIsLeftOut() {
    SearchSpace space = behindUnknown("Bend", false);

    assertLeftOut(space, "MatMul");
    assertEquals(30, space.macs());
  }

  /** ONNX Runtime knows an operator that has no rule. */
  @Test
  void shapesComeFromARun() {
    t.b.opset("com.microsoft", 1);
    String x = t.linear("first", t.b.input("input", "N", "tokens", 5), 5, 6);
    String y = t.b.node("com.microsoft:BiasGelu", "unruled", List.of(x, t.parameter(0, 6)));
    OnnxModel model = t.model(t.linear("last", t.linear("mid", y, 6, 8), 8, 2), "N", "tokens", 2);
    SearchSpace space = Cuts.space(model, "input", 1, 10, 5);

    assertCosts(space, 36 + 6 + 56 + 18, 10 * (30 + 48 + 16));
    Cuts.assertFrozen(space, "first.out_features", "has no rule");
    Cuts.assertFree(space, "mid.out_features");
    assertCosts(Cuts.space(Cuts.export(space), "input", 1, 10, 5), 36 + 6 + 56 + 18, 940);
  }

  /** The table has as many rows as there are tokens, which only the network knows. */
  @Test
  void sizesAreFoundThatTheNetworkRunsAt() {
    String x = t.linear("first", t.b.input("input", "N", "tokens", 5), 5, 6);
    String y = t.op("Add", x, t.b.random("table", 0, 1, 19, 6));
    SearchSpace space = Cuts.space(t.model(t.linear("last", y, 6, 2), "N", "tokens", 2));

    assertCosts(space, 36 + 19 * 6 + 14, 19 * (30 + 12));
    Cuts.assertFree(space, "first.out_features");
  }

  @Test
  void imagesAreFoundThatAFlattenedNetworkRunsAt() {
    String x = t.op("Relu", t.conv("conv", t.b.input("input", "N", 3, "?", "?"), 4, 3));
    String y = t.op("Flatten", x);
    SearchSpace space = Cuts.space(t.model(t.linear("last", y, 4 * 32 * 32, 2), "N", 2));

    assertEquals(4 * 27 * 1024 + 4 * 1024 * 2, space.macs());
    Cuts.assertFree(space, "conv.out_channels");
  }

  /** As the sizes that are given say, though they call two lengths alike. */
  @Test
  void aNameIsAWish() {
    String x = t.b.input("input", "N", 3, "?", "?");
    OnnxModel model = t.model(t.conv("conv", x, 4, 3), "N", 4, "?", "?");

    assertEquals(4 * 27 * 6 * 10, Cuts.space(model, "input", 1, 3, 6, 10).macs());
    assertEquals(4 * 27 * 320 * 320, Cuts.space(model).macs());
  }

  @Test
  void deformableConvolution() {
    SearchSpace space = Cuts.space(OnnxModel.read(SharedData.path("cases/deform_conv.onnx")));

    assertCosts(space, 15_756, 3_393_792);
    Cuts.assertFree(space, "mix.out_channels");
  }

  @Test
  void integerCases() {
    SearchSpace dynamic =
        Cuts.space(OnnxModel.read(SharedData.path("cases/int8_dynamic_noop.onnx")));
    assertCosts(dynamic, 22_277, 5_677_056);
    SearchSpace columns =
        Cuts.space(OnnxModel.read(SharedData.path("cases/int8_matmul_columns.onnx")));
    assertCosts(columns, 2_666, 2_464);
  }

  @Test
  void networkInsideAnIf() {
    SearchSpace space = Cuts.space(OnnxModel.read(SharedData.path("cases/if_hides_network.onnx")));

    assertLeftOut(space);
    assertEquals(2_696, space.params());
  }

  /** One name for two sizes is a wish: sizes that are given count, and a square runs, too. */
  @Test
  void sizesOfOneNameThatDiffer() {
    OnnxModel model = OnnxModel.read(SharedData.path("cases/dim_name_shared.onnx"));

    assertCosts(Cuts.space(model, "x", 1, 3, 96, 160), 496, 7_618_560);
    assertCosts(Cuts.space(model, "x", 1, 3, 64, 64), 496, 7_618_560 / 15 * 4);
    Cuts.assertFree(Cuts.space(model), "Conv_0.out_channels");
  }
}
