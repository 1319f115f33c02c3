package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.RuleOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final String EXAMPLE =
      """
      {"nn.Sequential": {"min_depth": 2},
       "nn.Conv2d": {"*": {"channels_ratio": [1], "channel_divisor": 16, "kernel_size": []},
                     "backbone.stages.[1-5]*.spatial_conv*": {"channels_ratio": [0.334, 0.5, 0.667, 1]},
                     "det_blocks.*.spatial_conv*": {"channels_ratio": [0.667, 1]}},
       "nn.Linear": {}, "nn.BatchNorm2d": {}, "nn.SyncBatchNorm": {}}
      """;

  @Test
  void noRulesOpenEverything() {
    ResolvedRules rules = Rules.everything().resolve(Types.ALL);
    LayerOptions conv = open(rules, "nn.Conv2d", "conv1");
    assertEquals(Optional.empty(), conv.ratios(Types.CHANNELS));
    assertEquals(1, conv.divisor(Types.CHANNEL_DIVISOR));
    assertTrue(conv.sizes(Types.KERNEL, 2).all());
    assertEquals(0, open(rules, "nn.Sequential", "blocks").least(Types.MIN_DEPTH));
    rules.checkGlobs(Map.of("nn.Conv2d", List.of("conv1")));
  }

  @Test
  void theTextNullIsNoRules() {
    assertEquals(Rules.everything(), Rules.parse(" null "));
    assertTrue(Rules.parse("null").isEverything());
    assertFalse(Rules.parse("{}").isEverything());
  }

  @Test
  void absentTypesAndNullsAreFrozen() {
    ResolvedRules rules = resolve("{'nn.Conv2d': {}, 'nn.Linear': null}");
    assertTrue(rules.options("nn.Conv2d", "conv1").isPresent());
    assertEquals(Optional.empty(), rules.options("nn.Linear", "fc"));
    assertEquals(Optional.empty(), rules.options("nn.BatchNorm2d", "bn"));
    assertEquals(Optional.empty(), resolve("{}").options("nn.Conv2d", "conv1"));
  }

  @Test
  void withinARuleKernelsStayAsTheyAre() {
    LayerOptions conv = open(resolve("{'nn.Conv2d': {}}"), "nn.Conv2d", "conv1");
    assertEquals(Optional.empty(), conv.ratios(Types.CHANNELS));
    assertEquals(1, conv.divisor(Types.CHANNEL_DIVISOR));
    assertEquals(KernelSizes.ORIGINAL, conv.sizes(Types.KERNEL, 2));
    assertEquals(
        0,
        open(resolve("{'nn.Sequential': {}}"), "nn.Sequential", "blocks").least(Types.MIN_DEPTH));
  }

  @Test
  void valuesAreRead() {
    ResolvedRules rules =
        resolve(
            """
            {'nn.Conv2d': {'channels_ratio': [0.5, 1], 'channel_divisor': 8.0, 'kernel_size': [1, [3, 5]]},
             'nn.Linear': {'features_ratio': null, 'feature_divisor': 4}, 'nn.Sequential': {'min_depth': 2}}
            """);
    LayerOptions conv = open(rules, "nn.Conv2d", "conv1");
    assertEquals(Optional.of(List.of(0.5, 1.0)), conv.ratios(Types.CHANNELS));
    assertEquals(8, conv.divisor(Types.CHANNEL_DIVISOR));
    assertEquals("[1, [3, 5]]", conv.sizes(Types.KERNEL, 2).toString());
    LayerOptions linear = open(rules, "nn.Linear", "fc");
    assertEquals(Optional.empty(), linear.ratios(Types.FEATURES));
    assertEquals(4, linear.divisor(Types.FEATURE_DIVISOR));
    assertEquals(2, open(rules, "nn.Sequential", "blocks").least(Types.MIN_DEPTH));
  }

  @Test
  void anEmptyListOfFractionsLeavesTheOriginal() {
    LayerOptions conv =
        open(resolve("{'nn.Conv2d': {'channels_ratio': []}}"), "nn.Conv2d", "conv1");
    assertEquals(Optional.of(List.of()), conv.ratios(Types.CHANNELS));
  }

  @Test
  void kernelSizes() {
    KernelSizes sizes =
        open(resolve("{'nn.Conv2d': {'kernel_size': [1, [3, 5]]}}"), "nn.Conv2d", "c")
            .sizes(Types.KERNEL, 2);
    int[] original = {7, 7};
    assertTrue(sizes.allows(new int[] {1, 1}, original));
    assertTrue(sizes.allows(new int[] {3, 5}, original));
    assertTrue(sizes.allows(original, original));
    assertFalse(sizes.allows(new int[] {5, 3}, original));
    assertFalse(sizes.allows(new int[] {1, 3}, original));
    assertFalse(sizes.all());
    assertArrayEquals(new int[][] {{1, 1}, {3, 5}}, sizes.listed(2).toArray(int[][]::new));
    assertTrue(KernelSizes.ALL.allows(new int[] {5, 3}, original));
    assertTrue(KernelSizes.ORIGINAL.allows(original, original));
    assertFalse(KernelSizes.ORIGINAL.allows(new int[] {1, 1}, original));
  }

  @Test
  void aKernelSizeOfAnotherRankIsRefused() {
    LayerOptions conv =
        open(resolve("{'nn.Conv1d': {'kernel_size': [1, [3, 5]]}}"), "nn.Conv1d", "conv1");
    assertEquals(
        "the rules for nn.Conv1d give kernel_size sizes with 2 numbers, but layer \"conv1\" has 1; give that many,"
            + " or a single number for all",
        assertThrows(RulesException.class, () -> conv.sizes(Types.KERNEL, 1)).getMessage());
  }

  @Test
  void laterGlobsOverrideOptionByOption() {
    ResolvedRules rules =
        resolve(
            """
            {'nn.Conv2d': {'*': {'channels_ratio': [0.25, 1], 'channel_divisor': 8},
                           'conv[12]': {'kernel_size': [1, 3]},
                           'conv2': {'channels_ratio': null}}}
            """);
    LayerOptions first = open(rules, "nn.Conv2d", "conv1");
    assertEquals(Optional.of(List.of(0.25, 1.0)), first.ratios(Types.CHANNELS));
    assertEquals(8, first.divisor(Types.CHANNEL_DIVISOR));
    assertEquals("[1, 3]", first.sizes(Types.KERNEL, 2).toString());
    LayerOptions second = open(rules, "nn.Conv2d", "conv2");
    assertEquals(Optional.empty(), second.ratios(Types.CHANNELS));
    assertEquals(8, second.divisor(Types.CHANNEL_DIVISOR));
    assertEquals(KernelSizes.ORIGINAL, open(rules, "nn.Conv2d", "conv3").sizes(Types.KERNEL, 2));
  }

  @Test
  void aLayerThatNoGlobMatchesIsFrozen() {
    ResolvedRules rules = resolve("{'nn.Conv2d': {'conv1': {}}}");
    assertTrue(rules.options("nn.Conv2d", "conv1").isPresent());
    assertEquals(Optional.empty(), rules.options("nn.Conv2d", "conv2"));
  }

  @Test
  void aNullFreezesAndWhatFollowsStartsAfresh() {
    ResolvedRules rules =
        resolve(
            """
            {'nn.Conv2d': {'*': {'channel_divisor': 8}, 'layer1.*': null, 'layer1.0.*': {'channels_ratio': [0.5]}}}
            """);
    assertEquals(8, open(rules, "nn.Conv2d", "stem").divisor(Types.CHANNEL_DIVISOR));
    assertEquals(Optional.empty(), rules.options("nn.Conv2d", "layer1.1.conv1"));
    LayerOptions afresh = open(rules, "nn.Conv2d", "layer1.0.conv1");
    assertEquals(1, afresh.divisor(Types.CHANNEL_DIVISOR));
    assertEquals(Optional.of(List.of(0.5)), afresh.ratios(Types.CHANNELS));
  }

  @Test
  void theOrderOfGlobsCounts() {
    ResolvedRules rules =
        resolve("{'nn.Conv2d': {'conv1': {'channel_divisor': 8}, '*': {'channel_divisor': 2}}}");
    assertEquals(2, open(rules, "nn.Conv2d", "conv1").divisor(Types.CHANNEL_DIVISOR));
    assertNotEquals(
        parse("{'nn.Conv2d': {'conv1': {}, '*': null}}"),
        parse("{'nn.Conv2d': {'*': null, 'conv1': {}}}"));
  }

  @Test
  void theReferencesExample() {
    ResolvedRules rules = Rules.parse(EXAMPLE).resolve(Types.ALL);
    assertConv(rules, "backbone.stem.conv", 1.0);
    assertConv(rules, "backbone.stages.1.spatial_conv1", 0.334, 0.5, 0.667, 1.0);
    assertConv(rules, "backbone.stages.1.conv2", 1.0);
    assertConv(rules, "backbone.stages.0.spatial_conv1", 1.0);
    assertConv(rules, "det_blocks.0.spatial_conv", 0.667, 1.0);
    assertEquals(2, open(rules, "nn.Sequential", "backbone.stages.1").least(Types.MIN_DEPTH));
    assertEquals(Optional.empty(), open(rules, "nn.Linear", "head").ratios(Types.FEATURES));
    assertEquals(1, open(rules, "nn.BatchNorm2d", "bn").divisor(Types.FEATURE_DIVISOR));
    assertTrue(rules.options("nn.SyncBatchNorm", "bn").isPresent());
    assertEquals(Optional.empty(), rules.options("nn.LayerNorm", "norm"));
    rules.checkGlobs(
        Map.of(
            "nn.Conv2d",
                List.of("stem", "backbone.stages.1.spatial_conv1", "det_blocks.0.spatial_conv"),
            "nn.Sequential", List.of("backbone.stages.1")));
  }

  @Test
  void aTypeOrAnOptionThatTheModulesLackIsABugOfTheCaller() {
    ResolvedRules rules = Rules.everything().resolve(Types.ALL);
    assertThrows(IllegalArgumentException.class, () -> rules.options("nn.Conv9d", "x"));
    LayerOptions conv = open(rules, "nn.Conv2d", "conv1");
    assertThrows(IllegalArgumentException.class, () -> conv.ratios(Types.FEATURES));
    assertThrows(
        IllegalArgumentException.class, () -> conv.ratios(RuleOption.ratio("kernel_size")));
  }

  @Test
  void jsonGoesThereAndBack() {
    Rules rules = Rules.parse(EXAMPLE);
    assertEquals(rules, Rules.parse(rules.toJson()));
    assertEquals(rules.hashCode(), Rules.parse(rules.toJson()).hashCode());
    assertEquals(Rules.everything(), Rules.parse(Rules.everything().toJson()));
    assertEquals("{}", Rules.parse("{}").toJson());
    assertEquals(
        """
        {
          "nn.Linear": null,
          "nn.Conv2d": {"*":{"channels_ratio":[0.5,1]},"a\\"b":null}
        }""",
        parse(
                "{'nn.Linear': null, 'nn.Conv2d': {'*': {'channels_ratio': [0.5, 1.0]}, 'a\\\"b': null}}")
            .toJson());
  }

  @Test
  void equalRulesAreWrittenAlike() {
    assertEquals(parse("{'a': {'x': 1.0}, 'b': null}"), parse("{'b': null, 'a': {'x': 1}}"));
    assertNotEquals(parse("{'a': {'x': 1}}"), parse("{'a': {'x': 2}}"));
    assertNotEquals(parse("{}"), Rules.everything());
  }

  private static void assertConv(ResolvedRules rules, String layer, Double... ratios) {
    LayerOptions conv = open(rules, "nn.Conv2d", layer);
    assertEquals(Optional.of(List.of(ratios)), conv.ratios(Types.CHANNELS), layer);
    assertEquals(16, conv.divisor(Types.CHANNEL_DIVISOR));
    assertEquals(KernelSizes.ORIGINAL, conv.sizes(Types.KERNEL, 2));
  }

  private static LayerOptions open(ResolvedRules rules, String key, String layer) {
    return rules.options(key, layer).orElseThrow();
  }

  private static Rules parse(String json) {
    return Rules.parse(json.replace('\'', '"'));
  }

  private static ResolvedRules resolve(String json) {
    return parse(json).resolve(Types.ALL);
  }
}
