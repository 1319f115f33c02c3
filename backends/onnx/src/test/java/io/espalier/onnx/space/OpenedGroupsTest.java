package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.rules.RulesException;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Widths inside groups that rules open where whole groups may go too. Every network here is proved
 * against its masked reference with both of them cut.
 */
class OpenedGroupsTest {
  private static final Rules OPENED = rules("{\"group_width_ratio\": null}");

  private static Rules rules(String convolutions) {
    return Rules.parse(
        "{\"nn.Conv2d\": " + convolutions + ", \"nn.ConvTranspose2d\": " + convolutions + "}");
  }

  private static List<String> choices(SearchSpace space) {
    return List.copyOf(space.configurableHparams().keySet());
  }

  private static List<Integer> widths(SearchSpace space, String hparam) {
    return space.hparam(hparam).choices().stream().map(Choice::number).toList();
  }

  private static FrozenAxis frozen(SearchSpace space, String layer) {
    return space.frozen().stream()
        .filter(axis -> axis.layer().equals(layer) && axis.axis().equals("group_width"))
        .findFirst()
        .orElseThrow();
  }

  /** Two blocks of a ResNeXt: reduce to 3 groups of 4, to 3 groups of 6, expand, add. */
  private static OnnxModel resNeXt() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 8, 3));
    for (String block : List.of("a", "b")) {
      String y = t.op("Tanh", t.conv1(block + ".reduce", x, 12, 8));
      y = t.op("Tanh", t.conv(block + ".grouped", y, 18, 4, 3));
      x = t.op("Tanh", t.op("Add", x, t.conv1(block + ".expand", y, 8, 18)));
    }
    return t.model(t.conv1("head", x, 2, 8), "N", 2, 8, 8);
  }

  @Test
  void groupsAndWhatIsInsideThemAreChoices() {
    SearchSpace space = Cuts.prove(resNeXt(), OPENED);

    assertEquals(
        List.of(
            "stem.out_channels",
            "a.grouped.groups",
            "a.grouped.group_width_2",
            "a.grouped.group_width",
            "b.grouped.groups",
            "b.grouped.group_width_2",
            "b.grouped.group_width"),
        choices(space));
    Cuts.assertLayout(
        space, "a.reduce.out_channels", "a.grouped.groups(3) x a.grouped.group_width(4)");
    Cuts.assertLayout(
        space, "a.expand.in_channels", "a.grouped.groups(3) x a.grouped.group_width_2(6)");
    assertEquals(List.of(1, 2, 3), widths(space, "a.grouped.groups"));
    assertEquals(List.of(1, 2, 3, 4), widths(space, "a.grouped.group_width"));
  }

  @Test
  void unlessTheOptionOpensThemAllIsAsWithoutIt() {
    SearchSpace open = Cuts.space(resNeXt());
    for (String closed : List.of("{}", "{\"group_width_ratio\": []}")) {
      SearchSpace space = Cuts.prove(resNeXt(), rules(closed));

      assertEquals(
          List.of("stem.out_channels", "a.reduce.out_channels", "b.reduce.out_channels"),
          choices(space));
      assertEquals(widths(open, "a.reduce.out_channels"), widths(space, "a.reduce.out_channels"));
      assertTrue(frozen(space, "a.grouped").remedy().contains("group_width_ratio"));
    }
    assertTrue(frozen(open, "a.grouped").remedy().contains("group_width_ratio"));
  }

  @Test
  void oneLayerIsOpenedByItsName() {
    SearchSpace space =
        Cuts.prove(
            resNeXt(), rules("{\"*\": {}, \"b.grouped\": {\"group_width_ratio\": [0.5, 1]}}"));

    assertEquals(
        List.of(
            "stem.out_channels",
            "a.reduce.out_channels",
            "b.grouped.groups",
            "b.grouped.group_width_2",
            "b.grouped.group_width"),
        choices(space));
    assertEquals(List.of(2, 4), widths(space, "b.grouped.group_width"));
    assertEquals(List.of(3, 6), widths(space, "b.grouped.group_width_2"));
    assertTrue(frozen(space, "a.grouped").reason().contains("whole groups of 4"));
  }

  @Test
  void theOptionAloneSaysWhatIsInsideAndTheOtherHowManyGroups() {
    SearchSpace space =
        Cuts.prove(resNeXt(), rules("{\"channels_ratio\": [], \"group_width_ratio\": [0.5]}"));

    assertEquals(
        List.of(
            "a.grouped.group_width_2",
            "a.grouped.group_width",
            "b.grouped.group_width_2",
            "b.grouped.group_width"),
        choices(space));
    assertEquals(List.of(2, 4), widths(space, "a.grouped.group_width"));
    assertTrue(
        Cuts.reasons(space, "stem").get(0).contains("allow no other width"),
        () -> space.frozen().toString());
  }

  @Test
  void aLayerThatRulesLeaveOutHoldsWhatItShows() {
    SearchSpace space =
        Cuts.prove(resNeXt(), rules("{\"*\": {\"group_width_ratio\": null}, \"a.reduce\": null}"));

    assertEquals(
        List.of(
            "a.grouped.group_width_2",
            "b.grouped.groups",
            "b.grouped.group_width_2",
            "b.grouped.group_width"),
        choices(space));
    assertTrue(
        frozen(space, "a.grouped").reason().contains("at a.reduce"),
        () -> space.frozen().toString());
  }

  @Test
  void whatTwoConvolutionsShareBothHaveToOpen() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 12, 3));
    x = t.op("Tanh", t.conv("first", x, 18, 4, 3));
    x = t.op("Tanh", t.conv("second", x, 15, 6, 3));
    OnnxModel model = t.model(t.conv1("head", x, 2, 15), "N", 2, 8, 8);

    SearchSpace one =
        Cuts.prove(model, rules("{\"*\": {}, \"first\": {\"group_width_ratio\": null}}"));
    assertEquals(List.of("first.out_channels", "first.group_width"), choices(one));
    assertTrue(frozen(one, "second").reason().contains("whole groups of 6"));

    SearchSpace both = Cuts.prove(model, OPENED);
    assertEquals(
        List.of("first.group_width", "first.groups", "second.group_width", "second.group_width_2"),
        choices(both).stream().sorted().toList());
  }

  @Test
  void depthwiseConvolutionsAndTransposedOnesBetweenGroups() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv1("stem", t.image(), 12, 3));
    x = t.op("Tanh", t.conv("deep", x, 12, 1, 12));
    x = t.op("Tanh", t.conv("grouped", x, 12, 3, 4));
    x =
        t.op(
            "ConvTranspose",
            with("group", 4L, "strides", list(2, 2), "pads", list(1, 1, 1, 1)),
            x,
            t.b.weights("up.weight", 12, 5, 4, 4),
            t.b.random("up.bias", 0, 0.3, 20));
    OnnxModel model = t.model(t.conv1("head", t.op("Tanh", x), 2, 20), "N", 2, 16, 16);

    SearchSpace space = Cuts.prove(model, OPENED);
    Cuts.assertLayout(space, "stem.out_channels", "grouped.groups(4) x grouped.group_width(3)");
    Cuts.assertLayout(space, "head.in_channels", "grouped.groups(4) x up.group_width(5)");
    assertEquals(4, choices(space).size(), () -> choices(space).toString());
  }

  /** Four groups of six channels that a shuffle turns to six of four. */
  private static String shuffled(Tiny t) {
    String x = t.op("Tanh", t.conv1("stem", t.image(), 20, 3));
    String first = t.op("Tanh", t.conv("first", x, 24, 5, 4));
    String apart = t.op("Reshape", first, t.ints(0, 4, 6, 8, 8));
    String turned = t.op("Transpose", with("perm", list(0, 2, 1, 3, 4)), apart);
    return t.conv("deep", t.op("Reshape", turned, t.ints(0, 24, 8, 8)), 24, 1, 24);
  }

  @Test
  void groupsAndPositionsTradePlacesInAShuffle() {
    Tiny t = new Tiny(17);
    OnnxModel model = t.model(t.conv1("head", shuffled(t), 2, 24), "N", 2, 8, 8);

    assertEquals(List.of("stem.out_channels"), choices(Cuts.prove(model, rules("{}"))));
    SearchSpace space = Cuts.prove(model, OPENED);
    assertEquals(
        List.of("first.groups", "first.group_width_2", "first.group_width"), choices(space));
    Cuts.assertLayout(space, "head.in_channels", "first.group_width_2(6) x first.groups(4)");
  }

  @Test
  void whatCountsGroupsBehindAShuffleStaysOpenedOrNot() {
    Tiny t = new Tiny(17);
    String second = t.op("Tanh", t.conv("second", shuffled(t), 12, 12, 2));
    OnnxModel model = t.model(t.conv1("head", second, 2, 12), "N", 2, 8, 8);

    SearchSpace space = Cuts.prove(model, OPENED);
    assertEquals(choices(Cuts.prove(model, rules("{}"))), choices(space));
    Cuts.assertFree(space, "first.group_width");
  }

  @Test
  void aSavedSpaceRemembersWhatItsRulesOpened() {
    SearchSpace space = Cuts.prove(resNeXt(), OPENED);
    SearchSpaces spaces = Cuts.spaces();

    SearchSpace restored =
        spaces.restore(resNeXt(), SavedSpace.parse(space.save().toJson(), "the space"));
    assertEquals(space.config(), restored.config());
    assertEquals(choices(space), choices(restored));
  }

  @Test
  void aRatioThatIsNoneIsRefused() {
    RulesException refused =
        assertThrows(
            RulesException.class,
            () -> Cuts.prove(resNeXt(), rules("{\"group_width_ratio\": [2]}")));
    assertTrue(String.valueOf(refused.getMessage()).contains("group_width_ratio"));
  }
}
