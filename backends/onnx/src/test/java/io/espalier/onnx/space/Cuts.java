package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.TrialSizes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Cuts of small networks, and their proof. */
final class Cuts {
  private static final int CONFIGS = 6;
  private static final int CONTROLS = 3;
  private static final SearchSpaces SPACES =
      new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(Cuts.class.getClassLoader()));

  private Cuts() {}

  static SearchSpaces spaces() {
    return SPACES;
  }

  static SearchSpace space(OnnxModel model) {
    return SPACES.generate(model, Rules.everything());
  }

  /** A space that is found at given sizes of one input. */
  static SearchSpace space(OnnxModel model, String input, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    return SPACES.generate(model, Rules.everything(), TrialSizes.of(Map.of(input, sizes)));
  }

  /** As below, for a network that leaves no size open but that of the batch. */
  static SearchSpace prove(OnnxModel model) {
    return prove(model, Map.of());
  }

  /**
   * The space of a network, whose narrowest config and some random ones compute what the masked
   * network does, and whose cuts are seen if they are wrong.
   *
   * @param shapes shapes to run it with, by input name
   */
  static SearchSpace prove(OnnxModel model, Map<String, List<Long>> shapes) {
    return prove(space(model), model, shapes);
  }

  /** As above, under rules. */
  static SearchSpace prove(OnnxModel model, Rules rules) {
    return prove(SPACES.generate(model, rules), model, Map.of());
  }

  private static SearchSpace prove(
      SearchSpace space, OnnxModel model, Map<String, List<Long>> shapes) {
    Verifier verifier = new Verifier(model, VerifyOptions.defaults().withShapes(shapes));
    Random random = new Random(7);
    for (int i = 0; i < CONFIGS; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      Verification verification = verifier.verify(export(space), space.manifest());
      assertTrue(verification.passed(), () -> verification + " at " + space.configurableConfig());
    }
    space.sample(choices -> choices.get((choices.size() - 1) / 2));
    OnnxModel carved = export(space);
    assertTrue(verifier.verify(carved, space.manifest()).passed());
    List<Manifest> wrong = Control.shiftedByOne(model, space.manifest(), random, CONTROLS, shapes);
    assertTrue(
        wrong.isEmpty()
            || wrong.stream().anyMatch(shifted -> !verifier.verify(carved, shifted).agrees()),
        "a wrong mask passes too");
    return space;
  }

  static OnnxModel export(SearchSpace space) {
    return ((OnnxNetwork) space.export()).model();
  }

  /** Every reason for which a width of a layer is frozen. */
  static List<String> reasons(SearchSpace space, String layer) {
    return space.frozen().stream()
        .filter(axis -> axis.layer().equals(layer))
        .map(FrozenAxis::reason)
        .toList();
  }

  static void assertFrozen(SearchSpace space, String hparam, String reason) {
    assertFalse(space.hparam(hparam).isConfigurable(), hparam + " is free");
    String layer = hparam.substring(0, hparam.lastIndexOf('.'));
    assertTrue(
        reasons(space, layer).stream().anyMatch(why -> why.contains(reason)),
        () -> space.frozen().toString());
  }

  static void assertFree(SearchSpace space, String hparam) {
    assertTrue(space.hparam(hparam).isConfigurable(), () -> space.frozen().toString());
  }

  static void assertLayout(SearchSpace space, String hparam, String layout) {
    assertEquals(layout, space.hparam(hparam).layout());
  }

  /**
   * A manifest that says of a parameter that the units behind those kept along its first axis were.
   */
  static Manifest shifted(Manifest manifest, String initializer) {
    List<Manifest.CutParameter> cuts =
        manifest.parameters().stream()
            .map(cut -> cut.initializer().equals(initializer) ? shifted(cut) : cut)
            .toList();
    return new Manifest(cuts, manifest.skipped(), manifest.normalised());
  }

  private static Manifest.CutParameter shifted(Manifest.CutParameter cut) {
    Map<Integer, List<Integer>> keep = new TreeMap<>(cut.keep());
    keep.computeIfPresent(
        0,
        (axis, kept) -> {
          int extent = cut.shape().get(axis).intValue();
          return kept.stream().map(unit -> (unit + 1) % extent).sorted().toList();
        });
    return new Manifest.CutParameter(
        cut.node(), cut.output(), cut.input(), cut.initializer(), cut.shape(), keep, cut.mask());
  }
}
