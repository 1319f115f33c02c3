package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Widths inside the groups of grouped convolutions. Whole groups go where their number is free;
 * where it is not, as between channel shuffles, all groups keep the same positions. Every network
 * here is proved against its masked reference, with a control.
 */
class GroupWidthTest {
  private static List<String> choices(SearchSpace space) {
    return space.configurableHparams().keySet().stream()
        .filter(name -> !name.endsWith("kernel_size") && !name.endsWith("depth"))
        .toList();
  }

  private static String grouped(Tiny t, String layer, String x, long out, long in, long groups) {
    return t.op(
        "Conv",
        with("group", groups),
        x,
        t.b.weights(layer + ".weight", out, in / groups, 1, 1),
        t.b.random(layer + ".bias", 0, 0.3, out));
  }

  /** Channels of which every group gives some to every group of what comes next. */
  private static String shuffled(Tiny t, String x, long groups, long channels) {
    String apart = t.op("Reshape", x, t.ints(0, groups, channels / groups, 8, 8));
    String turned = t.op("Transpose", with("perm", list(0, 2, 1, 3, 4)), apart);
    return t.op("Reshape", turned, t.ints(0, channels, 8, 8));
  }

  /** A bottleneck of the first ShuffleNet, between plain convolutions. */
  private static SearchSpace shuffleNet(long groups, long outer, long inner) {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), outer, 3));
    String first = t.op("Tanh", grouped(t, "first", x, inner, outer, groups));
    String deep = t.conv("deep", shuffled(t, first, groups, inner), inner, 1, inner);
    String second = grouped(t, "second", deep, outer, inner, groups);
    String sum = t.op("Tanh", t.op("Add", x, second));
    return Cuts.prove(t.model(t.conv1("head", sum, 2, outer), "N", 2, 8, 8));
  }

  @Test
  void theFirstShuffleNetOfSeveralGroupCounts() {
    for (long groups : list(2, 3, 4)) {
      SearchSpace space = shuffleNet(groups, groups * 5, groups * groups * 3);

      assertEquals(List.of("first.group_width", "second.group_width"), choices(space));
      assertEquals(5, space.hparam("first.group_width").choices().size(), "of 5 positions");
      assertEquals(3, space.hparam("second.group_width").choices().size(), "g x 3 of each group");
      assertTrue(space.hparam("stem.out_channels").isDerived());
    }
  }

  @Test
  void widthsThatDoNotNestInTheShuffleStay() {
    SearchSpace space = shuffleNet(4, 20, 24);

    assertEquals(List.of("first.group_width"), choices(space));
    assertTrue(Cuts.reasons(space, "second").stream().anyMatch(why -> why.contains("nest")));
  }

  @Test
  void wholeGroupsGoWhereTheirNumberIsFree() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 12, 3));
    String y = t.op("Tanh", t.conv("grouped", x, 18, 4, 3));
    SearchSpace space = t.proved(t.conv1("head", y, 2, 18), "N", 2, 8, 8);

    assertEquals(List.of("stem.out_channels"), choices(space));
    Cuts.assertFrozen(space, "grouped.group_width", "whole groups of 4");
    Cuts.assertLayout(space, "grouped.out_channels", "stem.out_channels(3) x 6");
  }

  @Test
  void groupsThatSomethingElseCountsKeepTheSamePositions() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 12, 3));
    String y = t.op("Tanh", t.conv("grouped", x, 18, 4, 3));
    String apart = t.op("Reshape", y, t.ints(0, 3, 6, 64));
    String attended = t.op("Mul", apart, t.op("Softmax", with("axis", 1L), apart));
    String back = t.op("Reshape", attended, t.ints(0, 18, 8, 8));
    SearchSpace space = t.proved(t.conv1("head", back, 2, 18), "N", 2, 8, 8);

    assertEquals(List.of("grouped.group_width_2", "grouped.group_width"), choices(space));
    Cuts.assertLayout(space, "stem.out_channels", "3 x grouped.group_width(4)");
    Cuts.assertLayout(space, "head.in_channels", "3 x grouped.group_width_2(6)");
  }

  @Test
  void groupedTransposedConvolutions() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 12, 3));
    String apart = t.op("Reshape", x, t.ints(0, 3, 4, 64));
    String attended = t.op("Mul", apart, t.op("Softmax", with("axis", 1L), apart));
    String back = t.op("Reshape", attended, t.ints(0, 12, 8, 8));
    String up =
        t.op(
            "ConvTranspose",
            with("group", 3L, "strides", list(2, 2), "pads", list(1, 1, 1, 1)),
            back,
            t.b.weights("up.weight", 12, 5, 4, 4),
            t.b.random("up.bias", 0, 0.3, 15));
    SearchSpace space = t.proved(t.conv1("head", t.op("Tanh", up), 2, 15), "N", 2, 16, 16);

    assertEquals(List.of("stem.group_width", "up.group_width"), choices(space));
    Cuts.assertLayout(space, "head.in_channels", "3 x up.group_width(5)");
  }

  @Test
  void twoHalvesThatAreShuffledAsInSpeechEnhancement() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 16, 3));
    List<String> halves = t.several("Split", 2, with("axis", 1L), x);
    String first = t.op("Tanh", grouped(t, "first", halves.get(0), 8, 8, 2));
    String pair = t.op("Concat", with("axis", 1L), first, halves.get(1));
    String y = t.op("Tanh", shuffled(t, pair, 2, 16));
    String second = grouped(t, "second", y, 16, 16, 2);
    SearchSpace space =
        t.proved(t.conv1("head", t.op("Add", t.op("Tanh", second), x), 2, 16), "N", 2, 8, 8);

    assertFalse(choices(space).isEmpty(), () -> space.frozen().toString());
  }

  @Test
  void aPositionalConvolution() {
    Tiny t = new Tiny(17);
    String x = t.b.input("input", "N", 3, 10);
    String stem = t.op("Conv", x, t.b.weights("stem.weight", 12, 3, 1));
    String position =
        t.op(
            "Conv", with("pads", list(2, 2), "group", 4L), stem, t.b.weights("p.weight", 12, 3, 5));
    String sum = t.op("Add", stem, t.op("Tanh", position));
    SearchSpace space =
        t.proved(t.op("Conv", sum, t.b.weights("last.weight", 2, 12, 1)), "N", 2, 10);

    assertEquals(List.of("stem.out_channels"), choices(space));
    assertEquals(4, space.hparam("stem.out_channels").choices().size());
    Cuts.assertFrozen(space, "p.group_width", "whole groups of 3");
  }

  @Test
  void theSharedCase() {
    OnnxModel model = OnnxModel.read(SharedData.path("cases/grouped_inner_width.onnx"));
    SearchSpace space = Cuts.prove(model);

    assertEquals(8, space.hparam("gconv1.group_width").choices().size());
    assertEquals(3, space.hparam("gconv2.group_width").choices().size(), "12 is 4 x 3");
  }
}
