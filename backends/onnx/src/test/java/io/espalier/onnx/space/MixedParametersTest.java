package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Weights that are computed of parameters over a whole axis of them, by their norm, their mean and
 * variance or their largest gain: the smaller network holds a part of what the whole computed,
 * once. Every network here is proved against its masked reference, with a control.
 */
class MixedParametersTest {
  private static long held(OnnxModel model) {
    return model.initializers().values().stream()
        .filter(tensor -> tensor.rank() > 0 && DataTypes.isFloating(tensor.dataType()))
        .mapToLong(OnnxTensor::elementCount)
        .sum();
  }

  private static Set<String> operators(OnnxModel model) {
    return model.nodes().stream().map(node -> node.getOpType()).collect(Collectors.toSet());
  }

  /** The proved space, of which cuts hold what is counted, and compute none of these any more. */
  private static SearchSpace folded(OnnxModel model, String... gone) {
    SearchSpace space = Cuts.prove(model);
    Random random = new Random(5);
    for (int i = 0; i < 4; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      OnnxModel carved = Cuts.export(space);
      assertEquals(held(carved), space.params(), () -> "at " + space.config());
      assertTrue(held(carved) <= held(model));
      Set<String> operators = operators(carved);
      assertTrue(Arrays.stream(gone).noneMatch(operators::contains), operators::toString);
    }
    return space;
  }

  /** v of these dimensions, by its length over all axes but some, times g. */
  private static String normed(Tiny t, String layer, long[] over, long[] lengths, long... dims) {
    String v = t.b.weights(layer + ".weight_v", dims);
    String g = t.b.random(layer + ".weight_g", 1, 0.3, lengths);
    String norm = t.op("ReduceL2", with("axes", over, "keepdims", 1L), v);
    return t.op("Mul", v, t.op("Div", g, norm));
  }

  /** A convolution of 8 to 12 channels by a weight, between two plain ones. */
  private static OnnxModel between(Tiny t, String weight, long groups) {
    String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
    String y = t.op("Conv", with("pads", list(1, 1, 1, 1), "group", groups), x, weight);
    return t.model(t.conv("third", t.op("Tanh", y), 2, 12), "N", 2, 8, 8);
  }

  @Test
  void weightNormOfAConvolution() {
    Tiny t = new Tiny(17);
    SearchSpace space =
        folded(
            between(t, normed(t, "second", list(1, 2, 3), list(12, 1, 1, 1), 12, 8, 3, 3), 1),
            "ReduceL2");

    Cuts.assertFree(space, "second.in_channels");
    Cuts.assertFree(space, "second.out_channels");
    Cuts.assertFree(space, "second.kernel_size");
  }

  @Test
  void weightNormOfATransposedConvolutionByEitherAxis() {
    for (boolean first : new boolean[] {true, false}) {
      Tiny t = new Tiny(17);
      long[] over = first ? list(1, 2, 3) : list(0, 2, 3);
      long[] lengths = first ? list(8, 1, 1, 1) : list(1, 12, 1, 1);
      String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
      String weight = normed(t, "up", over, lengths, 8, 12, 4, 4);
      String y =
          t.op("ConvTranspose", with("pads", list(1, 1, 1, 1), "strides", list(2, 2)), x, weight);
      SearchSpace space =
          folded(t.model(t.conv("third", t.op("Tanh", y), 2, 12), "N", 2, 16, 16), "ReduceL2");

      Cuts.assertFree(space, "up.in_channels");
      Cuts.assertFree(space, "up.out_channels");
    }
  }

  @Test
  void weightNormOverChannelsOfAPositionalConvolution() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 3, 10);
    String stem = t.op("Conv", x, t.b.weights("stem.weight", 8, 3, 1));
    String weight = normed(t, "position", list(0, 1), list(1, 1, 5), 8, 2, 5);
    String y = t.op("Conv", with("pads", list(2, 2), "group", 4L), stem, weight);
    String sum = t.op("Add", stem, t.op("Tanh", y));
    SearchSpace space =
        folded(
            t.model(t.op("Conv", sum, t.b.weights("last.weight", 2, 8, 1)), "N", 2, 10),
            "ReduceL2");

    Cuts.assertFree(space, "stem.out_channels");
  }

  /** A weight less its mean and by its deviation, over all that one output reads. */
  private static String standardised(Tiny t, String raw) {
    String centred = t.op("Sub", raw, t.op("ReduceMean", with("axes", list(1, 2, 3)), raw));
    String square = t.op("Mul", centred, centred);
    String variance = t.op("ReduceMean", with("axes", list(1, 2, 3)), square);
    String deviation = t.op("Sqrt", t.op("Add", variance, t.number(1e-5f)));
    return t.op("Mul", t.op("Div", centred, deviation), t.parameter(1, 12, 1, 1, 1));
  }

  @Test
  void aStandardisedWeightKeepsWhatItsWholeKernelMadeOfIt() {
    Tiny t = new Tiny(17);
    String weight = standardised(t, t.b.weights("second.weight", 12, 8, 3, 3));
    SearchSpace space = folded(between(t, weight, 1), "ReduceMean");

    Cuts.assertFree(space, "second.kernel_size");
    Cuts.assertFree(space, "second.in_channels");
  }

  @Test
  void aWeightStandardisedByBatchNorm() {
    Tiny t = new Tiny(17);
    String raw = t.b.weights("second.weight", 12, 8, 3, 3);
    String flat = t.op("Reshape", raw, t.ints(1, 12, -1));
    String norm =
        t.op(
            "InstanceNormalization",
            flat,
            t.parameter(1, 12),
            t.b.floats("shift", new float[12], 12));
    SearchSpace space =
        folded(between(t, t.op("Reshape", norm, t.ints(12, 8, 3, 3)), 1), "InstanceNormalization");

    Cuts.assertFree(space, "first.out_channels");
  }

  @Test
  void aWeightByItsLargestGain() {
    Tiny t = new Tiny(17);
    String raw = t.b.weights("second.weight", 12, 8, 3, 3);
    String rows = t.op("Reshape", raw, t.ints(12, 72));
    String gain = t.op("MatMul", t.parameter(1, 12), t.op("MatMul", rows, t.parameter(0.5, 72)));
    SearchSpace space = folded(between(t, t.op("Div", raw, gain), 1), "Div");

    Cuts.assertFree(space, "second.out_channels");
    Cuts.assertFree(space, "second.in_channels");
  }

  @Test
  void aWeightMadeOrthogonal() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 5, 6);
    String h = t.op("Tanh", t.linear("first", x, 6, 8));
    String raw = t.b.random("second.weight", 0, 0.3, 8, 10);
    String turned = t.op("Transpose", with("perm", list(1, 0)), raw);
    String cube = t.op("MatMul", raw, t.op("MatMul", turned, raw));
    String weight = t.op("Sub", raw, t.op("Mul", t.number(0.5f), cube));
    String y = t.op("Tanh", t.op("MatMul", h, weight));
    SearchSpace space = folded(t.model(t.linear("third", y, 10, 2), "N", 5, 2), "Transpose");

    Cuts.assertFree(space, "second.out_features");
    Cuts.assertFree(space, "first.out_features");
  }

  @Test
  void oneValueThatTwoNodesRead() {
    Tiny t = new Tiny(17);
    String weight = normed(t, "second", list(1, 2, 3), list(8, 1, 1, 1), 8, 8, 3, 3);
    String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
    String pads = "pads";
    String once = t.op("Tanh", t.op("Conv", with(pads, list(1, 1, 1, 1)), x, weight));
    String twice = t.op("Tanh", t.op("Conv", with(pads, list(1, 1, 1, 1)), once, weight));
    SearchSpace space = folded(t.model(t.conv("third", twice, 2, 8), "N", 2, 8, 8), "ReduceL2");

    Cuts.assertFree(space, "second.out_channels");
  }

  @Test
  void oneWeightThatIsReadByItselfTooStaysAsItIs() {
    Tiny t = new Tiny(17);
    String raw = t.b.weights("second.weight", 12, 8, 3, 3);
    String norm = t.op("ReduceL2", with("axes", list(1, 2, 3)), raw);
    String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
    String plain = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, raw);
    String divided = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, t.op("Div", raw, norm));
    String sum = t.op("Tanh", t.op("Add", plain, divided));

    // another layer is folded all the same
    String other = normed(t, "third", list(1, 2, 3), list(6, 1, 1, 1), 6, 12, 3, 3);
    String y = t.op("Tanh", t.op("Conv", with("pads", list(1, 1, 1, 1)), sum, other));
    OnnxModel model = t.model(t.conv("last", y, 2, 6), "N", 2, 8, 8);
    SearchSpace space = Cuts.prove(model);

    Cuts.assertFree(space, "third.in_channels");
    Cuts.assertFree(space, "third.out_channels");
    space.sample(Samplers.min());
    OnnxModel carved = Cuts.export(space);
    assertTrue(held(carved) < held(model));
    assertEquals(1, carved.nodes().stream().filter(n -> n.getOpType().equals("ReduceL2")).count());
  }

  @Test
  void theSharedCases() {
    SearchSpace norm = folded(OnnxModel.read(SharedData.path("cases/weight_norm.onnx")));
    for (String width : List.of("a.out_channels", "b.out_channels", "c.out_channels")) {
      Cuts.assertFree(norm, width);
    }
    SearchSpace standardised =
        folded(OnnxModel.read(SharedData.path("cases/weight_standardised.onnx")), "Sqrt");
    Cuts.assertFree(standardised, "a.out_channels");
  }
}
