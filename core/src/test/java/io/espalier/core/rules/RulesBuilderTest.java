package io.espalier.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.DynamicModule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulesBuilderTest {
  private static final DynamicModule CONV2D = new Types.Convolution("nn.Conv2d");

  @Test
  void buildsWhatAFileSays() {
    Rules built =
        Rules.builder()
            .put("nn.Sequential", Rule.options().with("min_depth", 2))
            .put(
                "nn.Conv2d",
                Rule.options()
                    .with("channels_ratio", List.of(1.0))
                    .with("channel_divisor", 16)
                    .with("kernel_size", List.of()))
            .put(
                "nn.Conv2d", "det*.conv*", Rule.options().with("channels_ratio", List.of(0.667, 1)))
            .put("nn.Conv2d", "det*.conv1", Rule.frozen())
            .put("nn.Linear", Rule.options())
            .put("nn.LayerNorm", Rule.frozen())
            .build();
    assertEquals(
        Rules.parse(
            """
            {"nn.Sequential": {"min_depth": 2}, "nn.Linear": {}, "nn.LayerNorm": null,
             "nn.Conv2d": {"*": {"channels_ratio": [1], "channel_divisor": 16, "kernel_size": []},
                           "det*.conv*": {"channels_ratio": [0.667, 1]}, "det*.conv1": null}}
            """),
        built);
    assertEquals(built, Rules.parse(built.toJson()));
  }

  @Test
  void aTypeMayBeGivenByItsModule() {
    assertEquals(
        Rules.builder().put("nn.Conv2d", "a*", Rule.options()).build(),
        Rules.builder().put(CONV2D, "a*", Rule.options()).build());
    assertEquals(
        Rules.builder().put("nn.Conv2d", Rule.frozen()).build(),
        Rules.builder().put(CONV2D, Rule.frozen()).build());
  }

  @Test
  void aTypeMayBeGivenByTheClassOfItsModule() {
    Rules rules =
        Rules.builder()
            .put(Types.Convolution.class, Rule.options().with("channel_divisor", 4))
            .put(Types.Sequential.class, "blocks*", Rule.options())
            .build();
    ResolvedRules resolved = rules.resolve(Types.ALL);
    for (String key : List.of("nn.Conv1d", "nn.Conv2d")) {
      assertEquals(4, resolved.options(key, "x").orElseThrow().divisor(Types.CHANNEL_DIVISOR));
    }
    assertTrue(resolved.options("nn.Sequential", "blocks1").isPresent());
    assertEquals(Optional.empty(), resolved.options("nn.Sequential", "stem"));
    assertEquals(Optional.empty(), resolved.options("nn.Linear", "x"));
    assertEquals(
        Rules.parse(
            """
            {"nn.Conv1d": {"channel_divisor": 4}, "nn.Conv2d": {"channel_divisor": 4},
             "nn.Sequential": {"blocks*": {}}}
            """),
        resolved.rules());
    assertThrows(IllegalStateException.class, rules::toJson);
  }

  @Test
  void aClassThatTheRegistryLacks() {
    Rules rules = Rules.builder().put(Types.Stranger.class, Rule.options()).build();
    assertEquals(
        "the rules speak of io.espalier.core.rules.Types$Stranger, but the registry has no such module"
            + " (types: nn.Conv2d)",
        message(() -> rules.resolve(List.of(CONV2D))));
  }

  @Test
  void oneTypeByItsKeyAndByItsClass() {
    Rules rules =
        Rules.builder()
            .put("nn.Conv2d", Rule.options())
            .put(Types.Convolution.class, Rule.options())
            .build();
    assertEquals(
        "the rules speak of nn.Conv2d twice; keep one of the two rules",
        message(() -> rules.resolve(Types.ALL)));
  }

  @Test
  void theSameGlobTwice() {
    RulesBuilder builder = Rules.builder().put("nn.Conv2d", Rule.options());
    assertEquals(
        "the rules for \"nn.Conv2d\" give the glob \"*\" twice; keep one of the two rules",
        message(() -> builder.put("nn.Conv2d", Rule.frozen())));
  }

  @Test
  void aNullOptionIsNoGlob() {
    Rules rules = Rules.builder().put("nn.Conv2d", Rule.options().with("dropout", null)).build();
    assertTrue(
        message(() -> rules.resolve(Types.ALL))
            .startsWith("unknown rule option \"dropout\" for nn.Conv2d"));
    Rules open = Rules.builder().put("nn.Conv2d", Rule.options().with("kernel_size", null)).build();
    LayerOptions options = open.resolve(Types.ALL).options("nn.Conv2d", "x").orElseThrow();
    assertTrue(options.sizes(Types.KERNEL, 2).all());
  }

  @Test
  void valuesThatNoRuleTakes() {
    assertEquals(
        "the value of \"channels_ratio\" must be null, a number or a list of numbers; found a java.lang.String",
        message(() -> Rule.options().with("channels_ratio", "all")));
    assertEquals(
        "the option \"a\" is given twice in one rule",
        message(() -> Rule.options().with("a", 1).with("a", 2)));
    assertEquals(
        "a rule that freezes has no options; begin with Rule.options() to give \"a\"",
        message(() -> Rule.frozen().with("a", 1)));
    Rules rules =
        Rules.builder()
            .put("nn.Conv2d", Rule.options().with("channels_ratio", List.of(Double.NaN)))
            .build();
    assertTrue(message(() -> rules.resolve(Types.ALL)).contains("above 0 and at most 1"));
  }

  @Test
  void aBuilderMayGoOn() {
    RulesBuilder builder = Rules.builder().put("nn.Linear", Rule.options());
    Rules before = builder.build();
    builder.put("nn.Conv2d", Rule.options());
    assertEquals(Rules.parse("{\"nn.Linear\": {}}"), before);
  }

  private static String message(org.junit.jupiter.api.function.Executable refused) {
    return String.valueOf(assertThrows(RulesException.class, refused).getMessage());
  }
}
