package io.espalier.onnx.space;

import static io.espalier.onnx.space.SampleSpaces.alias;
import static io.espalier.onnx.space.SampleSpaces.firstWidth;
import static io.espalier.onnx.space.SampleSpaces.resnet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Sampling by functions of choices, for all hparams and by globs. */
class SamplingTest {
  @Test
  void samplesFollowChoicesThatWereNarrowedSince() {
    SearchSpace space = resnet();
    Hparam hparam = space.hparam(firstWidth(space));
    Choice smallest = space.sample(Samplers.min()).choices().get(hparam.name());
    assertEquals(hparam.choices().get(0), smallest);
    space.sample(Samplers.max());
    List<Choice> narrowed = hparam.choices().subList(2, hparam.choices().size());

    hparam.setChoices(narrowed);

    assertEquals(narrowed.get(0), space.sample(Samplers.min()).choices().get(hparam.name()));
    assertThrows(EspalierException.class, () -> space.sample(choices -> smallest));
  }

  @Test
  void laterGlobsWinWhenSampling() {
    SearchSpace space = resnet();
    String name = firstWidth(space);
    LinkedHashMap<String, Function<List<Choice>, Choice>> functions = new LinkedHashMap<>();
    functions.put("*", Samplers.min());
    functions.put(name, Samplers.max());
    Config config = space.sample(functions);
    assertEquals(space.hparam(name).original(), config.choices().get(name));
    assertEquals(config, space.config());
    space.hparam(name).setActive(space.hparam(name).min());
    functions.put(name, null);
    assertEquals(space.hparam(name).min(), space.sample(functions).choices().get(name));
  }

  @Test
  void noFunctionSamplesNothing() {
    SearchSpace space = resnet();
    Config before = space.sample(Samplers.random(new Random(5)));
    Function<List<Choice>, Choice> none = null;
    assertEquals(before, space.sample(none));
    assertEquals(before, space.sample(new LinkedHashMap<>()));
    assertEquals(before, space.config());
  }

  @Test
  void aGlobThatMatchesNothingIsAMistake() {
    SearchSpace space = resnet();
    Config before = space.config();
    LinkedHashMap<String, Function<List<Choice>, Choice>> functions = new LinkedHashMap<>();
    functions.put("*", Samplers.min());
    functions.put("no.such.layer.*", Samplers.min());
    EspalierException e = assertThrows(EspalierException.class, () -> space.sample(functions));
    assertTrue(
        String.valueOf(e.getMessage())
            .startsWith("\"no.such.layer.*\" matches no hparam (hparams: "),
        e.getMessage());
    assertEquals(before, space.config());
  }

  @Test
  void globsWithoutAnOrderAreRefused() {
    SearchSpace space = resnet();
    String name = firstWidth(space);
    space.sample(Map.of(name, Samplers.min()));
    assertEquals(space.hparam(name).min(), space.hparam(name).active());
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> space.sample(Map.of("*", Samplers.max(), name, Samplers.min())));
    assertTrue(String.valueOf(e.getMessage()).contains("give a LinkedHashMap"), e.getMessage());
    assertEquals(space.hparam(name).min(), space.hparam(name).active());
  }

  @Test
  void aGlobMatchesAnyNameOfAChoiceAndSeesTheChoicesUnderIt() {
    SearchSpace space = resnet();
    Hparam alias = alias(space);
    List<List<Choice>> seen = new ArrayList<>();
    LinkedHashMap<String, Function<List<Choice>, Choice>> functions = new LinkedHashMap<>();
    functions.put(
        alias.name(),
        choices -> {
          seen.add(choices);
          return choices.get(0);
        });
    space.sample(functions);
    assertEquals(List.of(alias.choices()), seen);
    assertEquals(alias.min(), alias.active());
  }
}
