package io.espalier.onnx.operators;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator that ONNX Runtime runs, between two convolutions and a linear layer: whatever is
 * cut computes what the masked network does, and what is frozen says why.
 */
@Execution(ExecutionMode.CONCURRENT)
class OperatorSweepTest {
  private static final int CONFIGS = 5;
  private static final int CONTROLS = 3;

  private final SearchSpaces spaces =
      new SearchSpaces(Set.of(new OnnxBackend()), DMRegistry.discover(getClass().getClassLoader()));

  static Stream<OperatorCase> cases() {
    return Stream.of(
            ElementwiseCases.all(),
            ConvolutionCases.all(),
            RearrangementCases.all(),
            NormalisationCases.all(),
            ProductCases.all(),
            IndexCases.all(),
            MadeCases.all(),
            FrozenCases.all())
        .flatMap(List::stream);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void cutIsWhatTheMaskComputes(OperatorCase operatorCase) {
    OnnxModel model = Scene.model(operatorCase);
    SearchSpace space = spaces.generate(model, Rules.everything());
    Optional<FrozenAxis> frozen =
        space.frozen().stream()
            .filter(axis -> axis.layer().equals("conv1") && axis.axis().equals("out_channels"))
            .findFirst();
    if (operatorCase.reason() == null) {
      assertTrue(frozen.isEmpty(), () -> "frozen: " + frozen);
    } else {
      assertTrue(
          frozen.filter(axis -> axis.reason().contains(operatorCase.reason())).isPresent(),
          () -> "should say \"" + operatorCase.reason() + "\": " + frozen);
    }

    SplittableRandom random = new SplittableRandom(operatorCase.toString().hashCode());
    Verifier verifier = new Verifier(model, VerifyOptions.defaults());
    OnnxModel carved = model;
    for (int i = 0; i <= CONFIGS; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      carved = ((OnnxNetwork) space.export()).model();
      Verification verification = verifier.verify(carved, space.manifest());
      assertTrue(
          verification.passed(),
          () ->
              verification.worst()
                  + " "
                  + verification.note()
                  + " at "
                  + space.configurableConfig());
    }
    if (operatorCase.visible()) {
      assertControlFails(model, verifier, carved, space.manifest(), random);
    }
  }

  /** A wrong mask has to be seen, or a right one proves nothing. */
  private static void assertControlFails(
      OnnxModel model,
      Verifier verifier,
      OnnxModel carved,
      Manifest manifest,
      SplittableRandom random) {
    List<Manifest> wrong = Control.shiftedByOne(model, manifest, random, CONTROLS);
    assertFalse(wrong.isEmpty(), "nothing was cut");
    assertTrue(
        wrong.stream().anyMatch(shifted -> !verifier.verify(carved, shifted).agrees()),
        "a wrong mask passes too");
  }

  @Test
  void sweepCoversTheStandardDomain() {
    assertTrue(operators(c -> true).size() >= 150, () -> operators(c -> true).toString());
    assertTrue(
        operators(c -> c.reason() == null).size() >= 100,
        () -> operators(c -> c.reason() == null).toString());
    List<String> names = cases().map(OperatorCase::toString).toList();
    assertEquals(names.size(), Set.copyOf(names).size());
  }

  private static Set<String> operators(Predicate<OperatorCase> which) {
    Set<String> operators = new TreeSet<>();
    cases().filter(which).forEach(c -> operators.add(c.operator()));
    return operators;
  }
}
