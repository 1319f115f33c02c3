package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Cuts.assertLayout;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks in which it is easy to find a freedom that is none, or to miss one. */
class CornersTest {
  private static final String DEPENDS = "depends on the size of an open dimension";

  /** Rows [batch, 8] in two halves: features are cut with the rest only if the batch is even. */
  private static OnnxModel halves(Object batch) {
    Tiny t = new Tiny(17);
    String x = t.op("Relu", t.linear("first", t.b.input("input", batch, 5), 5, 8));
    String halves = t.op("Sigmoid", t.op("Reshape", x, t.ints(2, -1)));
    String back = t.op("Reshape", halves, t.ints(-1, 8));
    return t.model(t.linear("last", back, 8, 3), batch, 3);
  }

  @Test
  void aReshapeThatIsFreeAtSomeBatchSizesOnlyFreezes() {
    SearchSpace open = Cuts.space(halves("N"));
    assertFalse(open.hparam("first.out_features").isConfigurable());
    assertTrue(
        Cuts.reasons(open, "first").stream()
            .anyMatch(why -> why.contains("do not nest") || why.contains(DEPENDS)),
        open.frozen().toString());
  }

  /** Some of them divide by two, one of them is a single row; the model leaves the batch open. */
  @ParameterizedTest(name = "a batch of {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void itFreezesAtWhateverBatchTheAnalysisTries(long batch) {
    SearchSpace space = Cuts.space(halves("N"), "input", batch, 5);
    assertFalse(space.hparam("first.out_features").isConfigurable());
  }

  @ParameterizedTest(name = "a batch of {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void theSameReshapeIsFreeWhereTheModelFixesAnEvenBatch(long batch) {
    SearchSpace space = Cuts.prove(halves(batch));
    assertEquals(batch % 2 == 0, space.hparam("first.out_features").isConfigurable());
  }

  private static OnnxModel twoCalls(boolean frozen) {
    Tiny t = new Tiny(17);
    String x = t.image();
    String weight = t.b.weights("shared.weight", 8, 6, 3, 3);
    String left = t.op("Elu", t.conv("left", x, 6, 3));
    String right = t.op("Tanh", t.conv("right", x, 6, 3));
    String a = t.op("Conv", with("pads", list(1, 1, 1, 1)), left, weight);
    String b = t.op("Conv", with("pads", list(1, 1, 1, 1)), right, weight);
    if (frozen) {
      t.b.output("raw", b, "N", 8, 8, 8);
      b = t.op("Relu", "raw");
    }
    return t.model(t.conv("last", t.op("Concat", with("axis", 1), a, b), 4, 16), "N", 4, 8, 8);
  }

  @Test
  void aWeightThatTwoBranchesUseIsOneLayer() {
    SearchSpace space = Cuts.prove(twoCalls(false));
    assertFree(space, "shared.out_channels");
    space.sample(Samplers.min());
    OnnxModel carved = Cuts.export(space);
    assertArrayEquals(list(1, 1, 1, 1), carved.initializers().get("shared.weight").dims());
    assertEquals(2, readers(carved, "shared.weight"));
  }

  @Test
  void aWeightIsTwoLayersWhereOneOfThemIsFrozen() {
    SearchSpace space = Cuts.prove(twoCalls(true));
    assertFree(space, "shared.out_channels");
    assertFalse(space.hparam("shared_2.out_channels").isConfigurable());
    space.sample(Samplers.min());
    assertEquals(1, readers(Cuts.export(space), "shared.weight"));
  }

  private static long readers(OnnxModel model, String tensor) {
    return model.nodes().stream().filter(node -> node.getInputList().contains(tensor)).count();
  }

  @ParameterizedTest(name = "operator set {0}")
  @ValueSource(ints = {11, 13, 21})
  void aSqueezeWithoutAxesDoesNotTakeAWidthOfOne(int opset) {
    Tiny t = new Tiny(opset);
    String x = t.op("MatMul", t.b.input("input", 2, 1, 5), t.b.random("first.weight", 0, 1, 5, 6));
    SearchSpace space = t.proved(t.linear("last", t.op("Squeeze", x), 6, 3), 2, 3);
    assertFree(space, "first.out_features");
    assertEquals(1, space.hparam("first.out_features").min().number());
  }

  /** An attribute or input that says "no axes" cannot be written: it would mean all of them. */
  @ParameterizedTest(name = "operator set {0}")
  @ValueSource(ints = {11, 13, 21})
  void aSqueezeThatTakesNothingFreezes(int opset) {
    Tiny t = new Tiny(opset);
    String x = t.op("MatMul", t.b.input("input", 2, 5), t.b.random("first.weight", 0, 1, 5, 6));
    String y = t.linear("middle", t.op("Squeeze", x), 6, 8);
    SearchSpace space = t.proved(t.linear("last", y, 8, 3), 2, 3);
    assertFrozen(space, "first.out_features", "any axis that has one element");
    assertFree(space, "middle.out_features");
  }

  /** ONNX Runtime folds the norm into the product, as if there were no shuffle between them. */
  @Test
  void aNormBehindAShuffleThatIsOptimisedWrongly() {
    Tiny t = new Tiny(17);
    String x = t.op("MatMul", t.b.input("input", 1, 5), t.b.random("first.weight", 0, 1, 5, 16));
    String apart = t.op("Reshape", x, t.ints(1, 2, 8));
    String turned = t.op("Transpose", with("perm", list(0, 2, 1)), apart);
    String shuffled = t.op("Reshape", turned, t.ints(1, 16));
    String scale = t.b.random("norm.weight", 1, 0.3, 16);
    String shift = t.b.random("norm.bias", 0, 0.3, 16);
    String mean = t.b.random("norm.running_mean", 0, 0.3, 16);
    String variance = t.b.random("norm.running_var", 2, 0.3, 16);
    String y = t.op("BatchNormalization", shuffled, scale, shift, mean, variance);
    OnnxModel model = t.model(t.linear("last", y, 16, 3), 1, 3);
    SearchSpace space = Cuts.prove(model);
    assertLayout(
        space, "first.out_features", "first.out_features.part1(2) x first.out_features.part2(8)");
    space.sample(choices -> choices.get(choices.size() / 2));
    assertTrue(
        Verifier.verify(model, Cuts.export(space), space.manifest()).note().contains("optimis"));
  }

  @Test
  void aResizeBySizesFollows() {
    Tiny t = new Tiny(13);
    String x = t.conv("first", t.b.input("input", 2, 3, 8, 8), 6, 3);
    String y = t.op("Resize", with("mode", "nearest"), x, "", "", t.ints(2, 6, 16, 12));
    assertFree(t.proved(t.conv("last", y, 4, 6), 2, 4, 16, 12), "first.out_channels");
  }

  @Test
  void aResizeBySizesThatAreComputedFollows() {
    Tiny t = new Tiny(13);
    String x = t.conv("first", t.image(), 6, 3);
    String front = t.op("Slice", t.op("Shape", x), t.ints(0), t.ints(2));
    String sizes = t.op("Concat", with("axis", 0), front, t.ints(16, 12));
    String y = t.op("Resize", with("mode", "linear"), x, "", "", sizes);
    assertFree(t.proved(t.conv("last", y, 4, 6), "N", 4, 16, 12), "first.out_channels");
  }

  /** What was cut is not zero, so that a mask on the weights alone would add it up. */
  @Test
  void aProductOfActivationsThatAreNotZeroAtZero() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 7, 5);
    String q = t.op("Softplus", t.linear("q", x, 5, 6));
    String k = t.op("Sigmoid", t.linear("k", x, 5, 6));
    String products = t.op("MatMul", q, t.op("Transpose", with("perm", list(0, 2, 1)), k));
    SearchSpace space = t.proved(t.op("MatMul", t.op("Tanh", products), x), "N", 7, 5);
    assertFree(space, "q.out_features");
    assertLayout(space, "k.out_features", space.hparam("q.out_features").layout());
  }

  /** Learned queries that meet one another before they meet data, as in a decoder of DETR. */
  @Test
  void aProductOfParametersIsSummedOverWhatIsKept() {
    Tiny t = new Tiny(17);
    String x = t.linear("first", t.b.input("input", "N", 5, 4), 4, 6);
    String queries = t.parameter(0, 5, 6);
    String weights = t.op("Softmax", t.linear("scores", queries, 6, 5));
    String mixed = t.op("Add", queries, t.op("MatMul", weights, queries));
    String y = t.op("Add", x, t.op("Add", mixed, t.linear("query", queries, 6, 6)));
    SearchSpace space = t.proved(t.linear("last", t.op("Tanh", y), 6, 3), "N", 5, 3);
    assertFree(space, "first.out_features");
    assertEquals(1, space.hparam("first.out_features").min().number());
  }

  @Test
  void aNormOverNeighbouringChannelsFreezes() {
    Tiny t = new Tiny(17);
    String x = t.conv("second", t.conv("first", t.image(), 6, 3), 8, 6);
    String y = t.op("LRN", with("size", 3, "alpha", 0.5f), x);
    SearchSpace space = t.proved(t.conv("last", y, 4, 8), "N", 4, 8, 8);
    assertFree(space, "first.out_channels");
    assertFrozen(space, "second.out_channels", "neighbouring channels");
  }

  /** Before operator set 13, every axis from the given one on is one with it. */
  @Test
  void aSoftmaxOfOldRunsOverWhatLiesBehindItsAxis() {
    for (int opset : new int[] {11, 13}) {
      Tiny t = new Tiny(opset);
      String x = t.linear("first", t.b.input("input", "N", 4, 5), 5, 6);
      String y = t.op("Mul", x, t.op("Softmax", with("axis", 1), x));
      SearchSpace space = t.proved(t.linear("last", y, 6, 3), "N", 4, 3);
      if (opset < 13) {
        assertFrozen(space, "first.out_features", "Softmax runs over it");
      } else {
        assertFree(space, "first.out_features");
      }
    }
  }

  @Test
  void aGroupNormWrittenAsReshapesIsGroupsTimesUnits() {
    Tiny t = new Tiny(17);
    String x = t.conv("first", t.image(), 8, 3);
    String rows = t.op("Reshape", x, t.ints(0, 4, -1));
    String norm = t.op("InstanceNormalization", rows, t.parameter(1, 4), t.parameter(0, 4));
    String y = t.op("Reshape", norm, t.op("Shape", x));
    y = t.op("Add", t.op("Mul", y, t.parameter(1, 8, 1, 1)), t.parameter(0, 8, 1, 1));
    SearchSpace space = t.proved(t.conv("last", y, 4, 8), "N", 4, 8, 8);
    assertTrue(space.hparam("first.out_channels").isDerived());
    assertFree(space, "first.out_channels.part2");
    assertFree(space, "InstanceNormalization5.num_features");
  }

  private static SearchSpace padded(String mode, long before, long after) {
    Tiny t = new Tiny(17);
    String x = t.conv("first", t.image(), 8, 3);
    long[] pads = {0, before, 0, 0, 0, after, 0, 0};
    String y = t.op("Pad", with("mode", mode), x, t.ints(pads));
    long channels = 8 + before + after;
    return t.proved(t.conv("last", y, 4, channels), "N", 4, 8, 8);
  }

  @Test
  void channelsThatMirrorOthersFreezeThem() {
    for (String mode : List.of("reflect", "edge")) {
      assertFrozen(padded(mode, 0, 2), "first.out_channels", "elements of its own");
    }
  }

  @Test
  void channelsThatAPadAddsOrTakesAwayDoNot() {
    assertFree(padded("constant", 1, 3), "last.kernel_size");
    assertFree(padded("constant", 1, 3), "first.out_channels");
    SearchSpace space = padded("constant", -2, -1);
    assertTrue(space.hparam("first.out_channels").isDerived());
    assertFree(space, "last.in_channels");
    assertFree(space, "first.out_channels.part1");
  }

  /** A mask on the scale must not make the variance zero. */
  @Test
  void oneConstantAsScaleAndVarianceOfANorm() {
    Tiny t = new Tiny(17);
    String x = t.conv("first", t.image(), 8, 3);
    String both = t.parameter(1, 8);
    String y = t.op("BatchNormalization", x, both, t.parameter(0, 8), t.parameter(0, 8), both);
    assertFree(t.proved(t.conv("last", y, 4, 8), "N", 4, 8, 8), "first.out_channels");
  }

  @Test
  void divisionByAParameterAndANormalisedWeight() {
    Tiny t = new Tiny(17);
    String x = t.op("Div", t.conv("first", t.image(), 8, 3), t.parameter(1, 8, 1, 1));
    String direction = t.b.weights("second.weight_v", 6, 8, 3, 3);
    String length = t.op("ReduceL2", with("axes", list(1, 2, 3)), direction);
    String unit = t.op("Div", direction, length);
    String weight = t.op("Mul", unit, t.parameter(1, 6, 1, 1, 1));
    String y = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, weight);
    SearchSpace space = t.proved(t.conv("last", t.op("Tanh", y), 4, 6), "N", 4, 8, 8);
    assertFree(space, "first.out_channels");
    assertFree(space, "second.out_channels");
  }

  /** Four groups of six channels, read as eight groups of three: four groups twice over. */
  @Test
  void groupsOfGroupsNest() {
    Tiny t = new Tiny(17);
    String x = t.conv("second", t.conv("first", t.image(), 16, 3), 24, 4, 4);
    SearchSpace space = t.proved(t.conv("last", t.conv("third", x, 16, 3, 8), 4, 16), "N", 4, 8, 8);
    assertFree(space, "first.out_channels");
    assertLayout(space, "second.out_channels", "first.out_channels(4) x 6");
    assertLayout(space, "third.out_channels", "first.out_channels(4) x 2 x 2");
  }

  @Test
  void groupsThatDoNotNestFreeze() {
    Tiny t = new Tiny(17);
    String x = t.conv("second", t.conv("first", t.image(), 16, 3), 24, 4, 4);
    SearchSpace space = t.proved(t.conv("last", t.conv("third", x, 12, 4, 6), 4, 12), "N", 4, 8, 8);
    assertFrozen(space, "second.out_channels", "do not nest");
  }

  private static SearchSpace scattered(String reduction) {
    Tiny t = new Tiny(18);
    String x = t.b.input("input", "N", 5);
    String places = t.op("Expand", t.b.longs("places", new long[] {6, 0, 3}, 1, 3), batchBy(t, x));
    String y =
        t.op(
            "ScatterElements",
            Tiny.with("axis", 1, "reduction", reduction),
            t.linear("data", x, 5, 8),
            places,
            t.linear("updates", x, 5, 3));
    return t.proved(t.linear("last", y, 8, 4), "N", 4);
  }

  /** The batch of a value, and 3. */
  private static String batchBy(Tiny t, String x) {
    String batch = t.op("Gather", t.op("Shape", x), t.ints(0));
    return t.op("Concat", Tiny.with("axis", 0), batch, t.ints(3));
  }

  /** What is cut leaves a place as it was, where the masked network writes a zero. */
  @Test
  void elementsThatAreWrittenByIndexFreeze() {
    for (String reduction : List.of("none", "mul", "max")) {
      Cuts.assertFrozen(scattered(reduction), "updates.out_features", "written by index");
    }
  }

  @Test
  void elementsThatAreAddedByIndexDoNot() {
    Cuts.assertFree(scattered("add"), "updates.out_features");
  }

  private static SearchSpace rowsWritten(String reduction) {
    Tiny t = new Tiny(18);
    String x = t.b.input("input", 2, 5);
    String rows = t.op("Transpose", t.linear("updates", x, 5, 3));
    String y =
        t.op(
            "ScatterND",
            Tiny.with("reduction", reduction),
            t.op("Transpose", t.linear("data", x, 5, 8)),
            t.b.longs("rows", new long[] {6, 0, 3}, 3, 1),
            rows);
    return t.proved(t.linear("last", t.op("Transpose", y), 8, 4), 2, 4);
  }

  @Test
  void rowsThatAreWrittenByIndexFreezeUnlessTheyAreAdded() {
    Cuts.assertFrozen(rowsWritten("none"), "updates.out_features", "written by index");
    Cuts.assertFree(rowsWritten("add"), "updates.out_features");
  }

  /** A zero of the mask is no zero of a weight whose zero point is another number. */
  @Test
  void aProductOfBytesWithZeroPointsIsRestricted() {
    Tiny t = new Tiny(17);
    String x = t.op("Sigmoid", t.linear("first", t.b.input("input", "N", 5), 5, 8));
    String y =
        t.op(
            "MatMulInteger",
            t.op("Cast", with("to", DataTypes.UINT8), t.op("Mul", x, t.number(60))),
            bytes(t, "weight", DataTypes.INT8, 8, 6),
            bytes(t, "dataZero", DataTypes.UINT8),
            bytes(t, "weightZero", DataTypes.INT8));
    String real = t.op("Mul", t.op("Cast", with("to", DataTypes.FLOAT), y), t.number(0.001f));
    assertFree(t.proved(t.linear("last", real, 6, 4), "N", 4), "first.out_features");
  }

  /** Different numbers, from 5 on. */
  private static String bytes(Tiny t, String name, int type, long... dims) {
    long count = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    byte[] values = new byte[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (5 + i * 7 % 31);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(values));
    Arrays.stream(dims).forEach(tensor::addDims);
    return t.b.initializer(tensor.build());
  }
}
