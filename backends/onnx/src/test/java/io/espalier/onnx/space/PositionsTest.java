package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Elements picked or written by positions that are constants: where these spell a range, a view or
 * a box, widths stay free, and the positions are counted anew. Each network is proved against its
 * masked reference, with a control.
 */
class PositionsTest {
  private static final String PICKED = "picked from it by index";

  private static String stem(Tiny t) {
    return t.op("Tanh", t.conv("stem", t.image(), 12, 3));
  }

  private static SearchSpace read(Tiny t, String x, long channels) {
    return t.proved(t.conv("last", x, 4, channels), "N", 4, 8, 8);
  }

  private static String picked(Tiny t, long... positions) {
    return t.op("Gather", with("axis", 1L), stem(t), t.ints(positions));
  }

  @Test
  void aRangeInTheMiddle() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, 3, 4, 5, 6, 7), 5);
    Cuts.assertLayout(space, "last.in_channels", "last.in_channels(5)");
    assertEquals(
        2, space.configurableHparams().keySet().stream().filter(n -> n.contains("part")).count());
  }

  @Test
  void positionsFromTheEnd() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, -4, -3, -2, -1), 4);
    Cuts.assertLayout(space, "last.in_channels", "last.in_channels(4)");
  }

  @Test
  void halvesThatAreExchanged() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5), 12);
    Cuts.assertLayout(
        space, "last.in_channels", "[stem.out_channels.part2(6) | stem.out_channels.part1(6)]");
  }

  @Test
  void aRangeThatIsReadTwice() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, 0, 1, 2, 3, 0, 1, 2, 3), 8);
    Cuts.assertLayout(space, "last.in_channels", "[last.in_channels(4) | last.in_channels(4)]");
  }

  @Test
  void everySecondOne() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, 1, 3, 5, 7, 9, 11), 6);
    assertTrue(space.hparam("last.in_channels").isConfigurable());
  }

  @Test
  void aJumbleFreezes() {
    Tiny t = new Tiny(17);
    SearchSpace space = read(t, picked(t, 5, 2, 9, 0, 7, 4), 6);
    Cuts.assertFrozen(space, "stem.out_channels", PICKED);
  }

  /** As an exporter writes a view by strides: one axis, and where to find each element in it. */
  @Test
  void aTranspositionOfAFlattenedTensor() {
    Tiny t = new Tiny(20);
    String x = t.b.input("input", 2, 6);
    String h = t.op("Tanh", t.linear("stem", x, 6, 12));
    String flat = t.op("Reshape", h, t.ints(-1));
    long[] places = LongStream.range(0, 24).map(i -> i % 2 * 12 + i / 2).toArray();
    String turned = t.op("Gather", flat, t.b.longs("places", places, 12, 2, 1));
    String back = t.op("Transpose", with("perm", list(1, 2, 0)), turned);
    SearchSpace space =
        t.proved(t.linear("last", t.op("Reshape", back, t.ints(2, 12)), 12, 3), 2, 3);

    Cuts.assertFree(space, "stem.out_features");
    assertEquals(
        space.hparam("stem.out_features").group(), space.hparam("last.in_features").group());
  }

  @Test
  void headsThatListsPick() {
    Tiny t = new Tiny(20);
    String x = t.b.input("tokens", "N", 5, 10);
    String qkv = t.op("Reshape", t.linear("qkv", x, 10, 36), t.ints(0, 0, 6, 6));
    String front = t.op("Transpose", with("perm", list(2, 0, 1, 3)), qkv);
    String key = t.op("GatherND", front, t.b.longs("key", new long[] {-2}, 1, 1));
    String value = t.op("GatherND", front, t.b.longs("value", new long[] {-1}, 1, 1));
    String queries = t.op("Slice", front, t.ints(0), t.ints(-2), t.ints(0));
    String turned = t.op("Transpose", with("perm", list(0, 1, 3, 2)), key);
    String scores = t.op("Softmax", with("axis", -1L), t.op("MatMul", queries, turned));
    String read = t.op("MatMul", scores, value);
    String merged =
        t.op("Reshape", t.op("Transpose", with("perm", list(1, 2, 0, 3)), read), t.ints(0, 0, 24));
    SearchSpace space = t.proved(t.linear("out", merged, 24, 3), "N", 5, 3);

    assertEquals(
        Set.of("attention.num_heads", "attention.qk_dim"), space.configurableHparams().keySet());
  }

  private static String assigned(Tiny t, String reduction, long... places) {
    String h = t.op("Transpose", with("perm", list(1, 0, 2, 3)), stem(t));
    String part = t.op("Slice", h, t.ints(4), t.ints(8), t.ints(0));
    String changed =
        t.op(
            "Transpose",
            with("perm", list(1, 0, 2, 3)),
            t.conv("part", t.op("Transpose", with("perm", list(1, 0, 2, 3)), part), 4, 4));
    String indices = t.b.longs("places", places, places.length, 1);
    String written = t.op("ScatterND", with("reduction", reduction), h, indices, changed);
    return t.op("Transpose", with("perm", list(1, 0, 2, 3)), written);
  }

  @Test
  void aSliceThatIsAssigned() {
    for (String reduction : List.of("none", "add")) {
      Tiny t = new Tiny(18);
      SearchSpace space = read(t, assigned(t, reduction, 4, 5, 6, 7), 12);
      Cuts.assertFree(space, "part.out_channels");
      assertEquals(
          "[stem.out_channels.part1(4) | part.out_channels(4) | stem.out_channels.part3(4)]",
          space.hparam("last.in_channels").layout());
    }
  }

  @Test
  void placesInNoOrderFreeze() {
    Tiny t = new Tiny(18);
    SearchSpace space = read(t, assigned(t, "none", 4, 6, 5, 7), 12);
    Cuts.assertFrozen(space, "stem.out_channels", PICKED);
  }

  @Test
  void aKernelOfOneCarriesItsAxisOver() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 10);
    String h = t.op("Reshape", t.linear("stem", x, 10, 24), t.ints(0, 1, 1, 24));
    String mixed = t.conv1("mix", h, 5, 1);
    String pooled =
        t.op(
            "AveragePool",
            with("kernel_shape", list(5, 1)),
            t.op("Transpose", with("perm", list(0, 2, 1, 3)), mixed));
    String rows = t.op("Reshape", pooled, t.ints(0, 24));
    SearchSpace space = t.proved(t.linear("last", rows, 24, 3), "N", 3);
    Cuts.assertFree(space, "stem.out_features");
  }

  @Test
  void aWiderKernelFreezesIt() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 10);
    String h = t.op("Reshape", t.linear("stem", x, 10, 24), t.ints(0, 1, 1, 24));
    String mixed = t.op("Relu", t.conv("mix", h, 5, 1));
    String rows =
        t.op("Reshape", t.op("ReduceMean", with("axes", list(1, 2)), mixed), t.ints(0, 24));
    SearchSpace space = t.proved(t.linear("last", rows, 24, 3), "N", 3);
    Cuts.assertFrozen(space, "stem.out_features", "slides over it");
  }

  @Test
  void theSharedCases() {
    for (String name :
        List.of("as_strided_pool", "heads_by_list", "slice_assignment", "kernel_of_one")) {
      SearchSpace space = Cuts.prove(OnnxModel.read(SharedData.path("cases/" + name + ".onnx")));
      assertTrue(
          space.frozen().stream()
              .noneMatch(
                  axis ->
                      axis.reason().contains("by index")
                          || axis.reason().contains("slides over it")),
          () -> name + ": " + space.frozen());
    }
  }
}
