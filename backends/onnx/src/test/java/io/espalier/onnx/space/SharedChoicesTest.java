package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.EspalierException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers that share a choice: it is what the rules of all of them allow. */
class SharedChoicesTest {
  /** Two layers of one weight, a sum of two layers, and a layer that reads both. */
  private static OnnxModel model() {
    Tiny t = new Tiny(17);
    String x = t.image();
    String weight = t.b.weights("shared.weight", 8, 6, 7, 7);
    String left = t.op("Tanh", t.conv("left", x, 6, 3));
    String right = t.op("Elu", t.conv("right", x, 6, 3));
    String a = t.op("Conv", with("pads", list(3, 3, 3, 3)), left, weight);
    String b = t.op("Conv", with("pads", list(3, 3, 3, 3)), right, weight);
    return t.model(t.conv("last", t.op("Mul", a, b), 4, 8), "N", 4, 8, 8);
  }

  private static SearchSpace space(String rules) {
    return Cuts.prove(model(), Rules.parse("{\"nn.Conv2d\": " + rules + "}"));
  }

  private static void assertChoices(SearchSpace space, String hparam, String choices) {
    assertEquals(choices, space.hparam(hparam).choices().toString(), hparam);
  }

  @Test
  void kernelSizesThatEveryLayerAllows() {
    String one =
        "{\"shared\": {\"kernel_size\": [1, 3, 5]}, \"shared_2\": {\"kernel_size\": [3, 5]}}";
    String other = "{\"shared_2\": {\"kernel_size\": [1, 3]}, \"shared\": {\"kernel_size\": null}}";
    for (String layer : List.of("shared", "shared_2")) {
      assertChoices(space(one), layer + ".kernel_size", "[[3, 3], [5, 5], [7, 7]]");
      assertChoices(space(other), layer + ".kernel_size", "[[1, 1], [3, 3], [7, 7]]");
    }
  }

  @Test
  void oneLayerThatAllowsNoneFreezesThemAll() {
    for (String frozen : List.of("shared", "shared_2")) {
      SearchSpace space =
          space("{\"*\": {\"kernel_size\": null}, \"" + frozen + "\": {\"kernel_size\": []}}");
      assertChoices(space, "shared.kernel_size", "[[7, 7]]");
      assertChoices(space, "shared_2.kernel_size", "[[7, 7]]");
    }
  }

  @Test
  void widthsThatEveryLayerAllows() {
    SearchSpace space =
        space(
            """
            {"*": {}, "left": {"channels_ratio": [0.5, 1]}, "right": {"channel_divisor": 2},
             "shared": {"channels_ratio": [0.25, 0.5, 1]}, "shared_2": {"channel_divisor": 4}}
            """);
    assertChoices(space, "shared.out_channels", "[4, 8]");
    assertChoices(space, "shared_2.out_channels", "[4, 8]");
  }

  @Test
  void choicesThatAreNarrowedUnderTwoNames() {
    SearchSpace space = space("{\"*\": {\"channels_ratio\": null}}");
    space.sample(Samplers.max());
    Hparam first = space.hparam("shared.out_channels");
    Hparam second = space.hparam("shared_2.out_channels");
    first.setChoices(first.choices().subList(3, 8));
    second.setChoices(second.choices().subList(2, 5));
    assertChoices(space, "shared.out_channels", "[6, 7, 8]");
    assertThrows(EspalierException.class, () -> first.setChoices(first.choices().subList(0, 2)));
  }
}
