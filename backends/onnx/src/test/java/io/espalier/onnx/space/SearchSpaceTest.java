package io.espalier.onnx.space;

import static io.espalier.onnx.space.SampleSpaces.REGISTRY;
import static io.espalier.onnx.space.SampleSpaces.RESNET;
import static io.espalier.onnx.space.SampleSpaces.SPACES;
import static io.espalier.onnx.space.SampleSpaces.alias;
import static io.espalier.onnx.space.SampleSpaces.detector;
import static io.espalier.onnx.space.SampleSpaces.firstWidth;
import static io.espalier.onnx.space.SampleSpaces.resnet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Cut;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The public API of a search space, on networks built in code. */
class SearchSpaceTest {
  @Test
  void rulesOfADetectorNarrowWhatTheyName() {
    SearchSpace space = detector();
    Hparam stage = space.hparam("backbone.stages.1.spatial_conv1.out_channels");
    Hparam block = space.hparam("det_blocks.0.spatial_conv.out_channels");
    Hparam stem = space.hparam("backbone.stages.0.spatial_conv1.out_channels");
    assertTrue(stage.choices().size() >= 3, stage.toString());
    assertTrue(block.choices().size() >= 2, block.toString());
    assertFalse(stem.isConfigurable(), stem.toString());
    for (Choice choice : stage.choices()) {
      assertTrue(choice.equals(stage.original()) || choice.number() % 16 == 0, stage.toString());
    }
    Hparam depth = space.hparam("neck.depth");
    assertEquals(List.of(Choice.of(2), Choice.of(3), Choice.of(4)), depth.choices());
    assertTrue(
        space.namedHparams().values().stream()
            .filter(hparam -> hparam.name().endsWith("kernel_size"))
            .noneMatch(Hparam::isConfigurable));
  }

  @Test
  void emptyRulesFreezeEverything() {
    SearchSpace space = SPACES.generate(RESNET, Rules.parse("{}"));
    assertFalse(space.isConfigurable());
    assertTrue(space.isDynamic());
    assertEquals(BigInteger.ONE, space.size());
  }

  @Test
  void layerTypesThatAreAbsentFreezeWhatTheyTouch() {
    SearchSpace open =
        SPACES.generate(
            RESNET, Rules.parse("{\"nn.Conv2d\": {}, \"nn.BatchNorm2d\": {}, \"nn.Linear\": {}}"));
    SearchSpace noLinear =
        SPACES.generate(RESNET, Rules.parse("{\"nn.Conv2d\": {}, \"nn.BatchNorm2d\": {}}"));
    assertTrue(open.hparam("fc.in_features").isConfigurable());
    assertFalse(noLinear.hparam("fc.in_features").isConfigurable());
    assertTrue(noLinear.isConfigurable());
  }

  @Test
  void everyChoiceHoldsTheOriginalAndAscends() {
    for (Hparam hparam : resnet().namedHparams().values()) {
      List<Choice> choices = hparam.choices();
      assertTrue(choices.contains(hparam.original()), hparam.toString());
      assertEquals(choices.stream().sorted().distinct().toList(), choices);
      assertEquals(hparam.min(), choices.get(0));
      assertEquals(hparam.max(), hparam.original());
    }
  }

  @Test
  void theSizeIsTheProductOfTheChoices() {
    SearchSpace space = resnet();
    BigInteger product =
        space.configurableHparams().values().stream()
            .map(hparam -> BigInteger.valueOf(hparam.choices().size()))
            .reduce(BigInteger.ONE, BigInteger::multiply);
    assertEquals(product, space.size());
  }

  @Test
  void settingOneNameSetsEveryNameOfTheChoice() {
    SearchSpace space = resnet();
    Hparam first = space.hparam(firstWidth(space));
    first.setActive(first.min());
    for (Hparam other : space.namedHparams().values()) {
      if (other.group() == first.group()) {
        assertEquals(other.min(), other.active(), other.name());
      }
    }
  }

  @Test
  void aValueThatIsNoChoiceIsRefused() {
    SearchSpace space = resnet();
    Hparam width = space.hparam(firstWidth(space));
    assertThrows(EspalierException.class, () -> width.setActive(Choice.of(0)));
    assertThrows(EspalierException.class, () -> width.setActive(Choice.of(List.of(1, 1))));
    assertEquals(width.original(), width.active());
  }

  @Test
  void choicesCanBeNarrowedButKeepTheOriginal() {
    SearchSpace space = resnet();
    Hparam width = space.hparam(firstWidth(space));
    width.setChoices(List.of(width.min(), width.original()));
    assertEquals(List.of(width.min(), width.original()), width.choices());
    assertThrows(EspalierException.class, () -> width.setChoices(List.of(width.min())));
    assertThrows(
        EspalierException.class, () -> width.setChoices(List.of(Choice.of(2), width.original())));
  }

  @Test
  void anUnknownHparamNamesTheNearest() {
    SearchSpace space = resnet();
    String name = firstWidth(space);
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> space.hparam(name.replace("out_channels", "out_chanels")));
    assertTrue(String.valueOf(e.getMessage()).contains(name), e.getMessage());
  }

  @Test
  void strictSelectReportsEverythingAtOnce() {
    SearchSpace space = resnet();
    String name = firstWidth(space);
    Map<String, Choice> wrong = new LinkedHashMap<>();
    wrong.put(name, Choice.of(space.hparam(name).original().number() + 1));
    wrong.put("no.such.hparam", Choice.of(1));
    EspalierException e =
        assertThrows(EspalierException.class, () -> space.select(Config.of(wrong)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(name), message);
    assertTrue(message.contains("no.such.hparam"), message);
    assertTrue(message.contains("missing"), message);
    assertEquals(space.hparam(name).original(), space.hparam(name).active());
  }

  @Test
  void contradictionsAreRefusedEvenWhenNotStrict() {
    SearchSpace space = resnet();
    Hparam width = space.hparam(firstWidth(space));
    Hparam alias =
        space.namedHparams().values().stream()
            .filter(other -> other.group() == width.group() && !other.name().equals(width.name()))
            .findFirst()
            .orElseThrow();
    Map<String, Choice> config = new LinkedHashMap<>();
    config.put(width.name(), width.min());
    config.put(alias.name(), alias.max());
    EspalierException e =
        assertThrows(EspalierException.class, () -> space.selectPartly(Config.of(config)));
    assertTrue(String.valueOf(e.getMessage()).contains("inconsistent"), e.getMessage());
  }

  @Test
  void partialConfigsAreSelectedWhenNotStrict() {
    SearchSpace space = resnet();
    String name = firstWidth(space);
    space.selectPartly(Config.of(Map.of(name, space.hparam(name).min())));
    assertEquals(space.hparam(name).min(), space.hparam(name).active());
    assertThrows(
        EspalierException.class,
        () -> space.select(Config.of(Map.of(name, space.hparam(name).min()))));
  }

  @Test
  void aConfigOfASpaceChangesUnderAnyName() {
    SearchSpace space = resnet();
    Hparam alias = alias(space);
    Config whole = space.config();
    Config changed = whole.with(alias.name(), alias.min());
    assertEquals(alias.min(), changed.choices().get(alias.name()));
    assertEquals(whole, space.config());
    space.select(changed);
    assertEquals(changed, space.config());
    assertEquals(whole, changed.with(alias.name(), alias.original()));
    assertThrows(EspalierException.class, () -> whole.with(alias.name(), Choice.of(1_000_000)));
    assertThrows(EspalierException.class, () -> whole.with(alias.name() + "x", alias.min()));
  }

  @Test
  void bytesAreOpenedAndWrittenAsFilesAre() throws IOException {
    OnnxNetwork network = (OnnxNetwork) resnet().model();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    network.save(out);
    assertArrayEquals(new OnnxEdit(network.model()).toBytes(), out.toByteArray());
    SearchSpace space = SPACES.generate(out.toByteArray(), Rules.everything());
    assertEquals(resnet().config(), space.config());
    EspalierException e =
        assertThrows(EspalierException.class, () -> SPACES.open(new byte[] {1, 2, 3}));
    assertTrue(String.valueOf(e.getMessage()).startsWith("the model in memory"), e.getMessage());
  }

  @Test
  void sortingFiltersByTheLastComponentOfNames() {
    SearchSpace space = resnet();
    EspalierException e =
        assertThrows(EspalierException.class, () -> space.sortParameters(List.of("out_chanels")));
    assertTrue(
        String.valueOf(e.getMessage()).contains("did you mean \"out_channels\"?"), e.getMessage());
    Hparam width = space.hparam(firstWidth(space));
    int[] natural = IntStream.range(0, width.order().length).toArray();
    assertArrayEquals(natural, width.order());
    assertTrue(space.sortParameters(List.of("out_channels")).contains(width.name()));
    double[] importance = width.importance().orElseThrow();
    int[] order = width.order();
    for (int i = 1; i < order.length; i++) {
      assertTrue(importance[order[i - 1]] >= importance[order[i]]);
    }
  }

  @Test
  void aCriterionNeedNotBeInTheRegistryAndIsAskedAtEachSort() {
    SearchSpace space = resnet();
    int[] scale = {1};
    space.setCriterion(
        new ImportanceCriterion() {
          @Override
          public String key() {
            return "test.index";
          }

          @Override
          public double[] score(Use use, int axis) {
            int length = use.shape()[axis];
            return IntStream.range(0, length).mapToDouble(i -> length + scale[0] * i).toArray();
          }
        });
    Hparam width = space.hparam(firstWidth(space));
    int last = width.order().length - 1;
    space.sortParameters();
    assertEquals(last, width.order()[0]);
    scale[0] = -1;
    space.sortParameters();
    assertEquals(0, width.order()[0]);
    assertEquals("test.index", space.criterion());
  }

  @Test
  void theFirstUnitsOfTheOrderAreKept() {
    SearchSpace space = resnet();
    Hparam width = space.hparam(firstWidth(space));
    int n = width.order().length;
    int[] reversed = IntStream.range(0, n).map(i -> n - 1 - i).toArray();
    width.setOrder(reversed);
    width.setActive(width.choices().get(1));
    int kept = width.active().number();
    assertArrayEquals(IntStream.range(n - kept, n).toArray(), width.activeIndices());
    assertThrows(EspalierException.class, () -> width.setOrder(new int[] {0, 0}));
  }

  @Test
  void hparamsAreListedInEveryWay() {
    SearchSpace space = resnet();
    Set<String> choices = space.configurableHparams().keySet();
    Set<String> free = space.namedHparams(Hparam::isConfigurable).keySet();
    Set<String> fixed = space.namedHparams(hparam -> !hparam.isConfigurable()).keySet();
    assertTrue(free.containsAll(choices) && choices.size() < free.size());
    assertFalse(fixed.isEmpty());
    Set<String> both = new LinkedHashSet<>(free);
    both.addAll(fixed);
    assertEquals(free.size() + fixed.size(), both.size());
    assertEquals(space.namedHparams().keySet(), both);
    assertEquals(choices, space.configurableConfig().choices().keySet());
    assertEquals(both, space.config().choices().keySet());
  }

  @Test
  void aSpaceThatWasNotGeneratedHasNothing() {
    SearchSpace space = new SearchSpace(resnet().model(), null, REGISTRY);
    assertFalse(space.isDynamic());
    assertFalse(space.isConfigurable());
    EspalierException e = assertThrows(EspalierException.class, space::size);
    assertTrue(String.valueOf(e.getMessage()).contains("has not been generated"), e.getMessage());
  }

  @Test
  void aCutStaysWhatItWasWhenUnitsAreSortedAnew() {
    SearchSpace space = resnet();
    Hparam width = space.hparam(firstWidth(space));
    width.setActive(width.choices().get(1));
    Cut cut = space.cut();
    int n = width.order().length;
    width.setOrder(IntStream.range(0, n).map(i -> n - 1 - i).toArray());
    assertNotEquals(space.manifest(), cut.manifest());
    width.setOrder(IntStream.range(0, n).toArray());
    assertEquals(space.manifest(), cut.manifest());
  }

  /** The model does not even say how many dimensions its input has. */
  @Test
  void costsShrinkWithTheNetworkAndDoNotTouchIt() {
    SearchSpace space = resnet();
    Config before = space.config();
    Config drawn = space.draw(new Random(1));
    assertTrue(space.params(drawn) < space.params());
    assertTrue(space.macs(drawn) < space.macs());
    assertEquals(before, space.config());
    assertEquals(drawn, space.draw(new Random(1)));
    assertNotEquals(drawn, space.draw(new Random(2)));
  }

  @Test
  void manyThreadsEvaluateOneSpace() {
    SearchSpace space = resnet();
    List<Config> configs = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 64; i++) {
      configs.add(space.draw(random));
    }
    List<Long> alone = configs.stream().map(space::macs).toList();
    assertEquals(alone, configs.parallelStream().map(space::macs).toList());
  }

  @Test
  void theSummaryMarksEachChoiceOnce() {
    SearchSpace space = resnet();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    space.printSummary(Set.of("kernel_size"), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    long marked =
        lines.stream()
            .filter(line -> line.startsWith("* ") && !line.startsWith("* configurable;"))
            .count();
    long choices =
        space.configurableHparams().keySet().stream()
            .filter(name -> !name.endsWith("kernel_size"))
            .count();
    assertEquals(choices, marked);
    assertTrue(lines.stream().noneMatch(line -> line.contains("kernel_size")));
  }

  @Test
  void theSameConfigGivesTheSameBytes() {
    SearchSpace space = resnet();
    space.sortParameters();
    space.sample(Samplers.random(new Random(5)));
    byte[] once = new OnnxEdit(((OnnxNetwork) space.export()).model()).toBytes();
    SearchSpace again = resnet();
    again.sortParameters();
    again.select(space.config());
    assertArrayEquals(once, new OnnxEdit(((OnnxNetwork) again.export(REGISTRY)).model()).toBytes());
  }

  @Test
  void frozenAxesSayWhatStoppedThem() {
    assertTrue(
        resnet().frozen().stream()
            .anyMatch(axis -> axis.layer().equals("fc") && axis.reason().contains("graph output")));
  }
}
