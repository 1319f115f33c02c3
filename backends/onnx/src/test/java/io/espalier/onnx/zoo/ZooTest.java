package io.espalier.onnx.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.ExactHparams;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.SeededWeights;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The masked reference over whole networks: files of the shared zoo, and networks built in code, on
 * which the test stands where the zoo is absent.
 */
@Execution(ExecutionMode.CONCURRENT)
class ZooTest {
  private static final int CONFIGS = 20;
  private static final int EXACT_CONFIGS = 5;
  private static final int CONTROLS = 5;

  /** Files of the zoo with the fewest widths that must be searchable in each. */
  private static final Map<String, Integer> LEAST_WIDTHS =
      Map.ofEntries(
          Map.entry("zoo/resnet18", 13),
          Map.entry("zoo/resnet18_dynamo", 13),
          Map.entry("zoo/resnet50", 37),
          Map.entry("zoo/resnet50_unfold", 37),
          Map.entry("zoo/resnext50", 21),
          Map.entry("zoo/densenet", 32),
          Map.entry("zoo/mobilenet_v2", 24),
          Map.entry("zoo/mobilenet_v2_dynamo", 24),
          Map.entry("zoo/efficientnet", 19),
          Map.entry("zoo/squeezenet", 25),
          Map.entry("zoo/unet", 12),
          Map.entry("zoo/convnext", 9),
          Map.entry("zoo/vit", 10),
          Map.entry("zoo/gpt2_dynamo", 13),
          Map.entry("zoo/llama_gqa_dynamo", 13),
          Map.entry("zoo/bert_dynamo", 12),
          Map.entry("zoo/bert_dynamic", 8),
          Map.entry("zoo/swin", 13),
          Map.entry("zoo/zoo_of_ops", 4),
          Map.entry("zoo/lstm", 4),
          Map.entry("zoo/real/mnist", 2),
          Map.entry("zoo/real/cnn_mnist", 3),
          Map.entry("zoo/real/version-RFB-320", 25),
          Map.entry("zoo/real/candy", 10),
          Map.entry("zoo/real/SqueezeNet_fp16", 25),
          Map.entry("zoo/real/super_resolution_10", 3),
          Map.entry("zoo/real/light_resnet50", 37),
          Map.entry("zoo/real/light_squeezenet", 25));

  private static final Coverage COVERAGE = new Coverage();
  private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();

  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(ZooTest.class.getClassLoader()));

  static Stream<String> networks() {
    return Stream.concat(
        LEAST_WIDTHS.keySet().stream().sorted(),
        SampleNetworks.all().stream().map(network -> "built/" + network.name()));
  }

  private static OnnxModel model(String network) {
    if (network.startsWith("built/")) {
      return SampleNetworks.all().stream()
          .filter(sample -> network.equals("built/" + sample.name()))
          .findFirst()
          .orElseThrow()
          .model();
    }
    return OnnxModel.read(SharedData.path(network + ".onnx"));
  }

  private static SearchSpace space(OnnxModel model) {
    return SPACES.generate(model, Rules.everything());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void everyWidthIsFound(String network) {
    SearchSpace space = space(model(network));
    long widths = Coverage.widths(space);
    int least = LEAST_WIDTHS.getOrDefault(network, 1);
    assertTrue(widths >= least, network + " has " + widths + " searchable widths, not " + least);
  }

  /** A config of one export fits the others: kernels, widths and depths, by name and choices. */
  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "resnet50, resnet50_unfold",
    "resnet18, resnet18_dynamo",
    "mobilenet_v2, mobilenet_v2_dynamo"
  })
  void exportersAgreeOnWhatCanBeChosen(String one, String other) {
    Map<String, List<Choice>> choices = choices("zoo/" + one);
    assertTrue(choices.keySet().stream().filter(name -> name.endsWith(".depth")).count() >= 4);
    assertEquals(choices, choices("zoo/" + other));
  }

  private static Map<String, List<Choice>> choices(String network) {
    Map<String, List<Choice>> choices = new TreeMap<>();
    space(model(network))
        .configurableHparams()
        .forEach((name, hparam) -> choices.put(name, hparam.choices()));
    return choices;
  }

  /** Random configs and the narrowest, with sorted units. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void carvedNetworksEqualTheMaskedReference(String network) {
    OnnxModel original = seeing(model(network));
    SearchSpace space = space(original);
    space.sortParameters();
    Random random = new Random(network.hashCode());
    Verifier verifier = new Verifier(original, VerifyOptions.defaults());
    int conclusive = 0;
    double worst = 0;
    for (int i = 0; i <= CONFIGS; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      Verification verification = check(space, verifier, space.manifest());
      assertTrue(
          verification.passed(),
          () -> network + ": " + verification + " at " + space.configurableConfig());
      conclusive += verification.conclusive() ? 1 : 0;
      worst = Math.max(worst, verification.worst());
    }
    assertTrue(conclusive >= CONFIGS / 2, network + ": the signal dies out in most configs");
    if (LEAST_WIDTHS.containsKey(network)) {
      COVERAGE.add(network.substring("zoo/".length()), space, worst);
      CHECKED.add(network);
    }
  }

  /** Only where all of them were checked. */
  @AfterAll
  static void theTableIsUpToDate() throws IOException {
    if (CHECKED.containsAll(LEAST_WIDTHS.keySet())) {
      COVERAGE.check();
    }
  }

  @Test
  void everyFileIsHere() {
    Set<String> files = new TreeSet<>();
    for (Path file : SharedData.zoo()) {
      String name = SharedData.path("zoo").relativize(file).toString();
      files.add("zoo/" + name.substring(0, name.length() - ".onnx".length()));
    }
    assertEquals(files, new TreeSet<>(LEAST_WIDTHS.keySet()));
  }

  /** Cuts that leave norms and depth alone are proved by masks alone. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void exactCutsEqualThePlainlyMaskedNetwork(String network) {
    OnnxModel original = seeing(model(network));
    SearchSpace space = space(original);
    space.sortParameters();
    Set<String> whole = ExactHparams.of(space);
    Random random = new Random(network.hashCode());
    Verifier verifier = new Verifier(original, VerifyOptions.defaults().withMasksOnly());
    for (int i = 0; i <= EXACT_CONFIGS; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      whole.stream().map(space::hparam).forEach(hparam -> hparam.setActive(hparam.original()));
      Manifest manifest = space.manifest();
      assertEquals(List.of(), manifest.skipped());
      assertEquals(List.of(), manifest.normalised());
      Verification verification = check(space, verifier, manifest);
      assertTrue(
          verification.passed(),
          () -> network + ": " + verification + " at " + space.configurableConfig());
    }
  }

  /**
   * A check that passes proves something only if it fails where one edge keeps the wrong units.
   * Only edges that matter to the original count: a bias cancels before an instance norm, and in
   * the keys of an attention.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void theCheckSeesAWrongCut(String network) {
    OnnxModel original = seeing(model(network));
    SearchSpace space = space(original);
    Random random = new Random(network.hashCode());
    shuffle(space, random);
    space.sample(upperHalf(random));
    Manifest manifest = space.manifest();
    List<Manifest> wrong = Control.shiftedByOne(original, manifest, random, CONTROLS);
    Verifier verifier = new Verifier(original, VerifyOptions.defaults());
    assertFalse(wrong.isEmpty(), "no edge was cut");
    assertTrue(check(space, verifier, manifest).passed(), network);
    for (Manifest shifted : wrong) {
      Verification verification = check(space, verifier, shifted);
      assertFalse(
          verification.agrees() && verification.conclusive(),
          () ->
              network
                  + ": a shifted edge went unseen: "
                  + changed(manifest, shifted).initializer()
                  + " "
                  + verification);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void atFullWidthNothingChanges(String network) throws IOException {
    OnnxModel original = model(network);
    SearchSpace space = space(original);
    space.sortParameters();
    byte[] exported = new OnnxEdit(((OnnxNetwork) space.export()).model()).toBytes();
    byte[] before =
        original.path().isPresent()
            ? Files.readAllBytes(original.path().get())
            : new OnnxEdit(original).toBytes();
    assertArrayEquals(before, exported);
    assertEquals(new Manifest(List.of(), List.of(), List.of()), space.manifest());
  }

  private static Verification check(SearchSpace space, Verifier verifier, Manifest manifest) {
    return verifier.verify(((OnnxNetwork) space.export()).model(), manifest);
  }

  /**
   * The network itself, or with seeded weights where its own are all equal and a check would be
   * blind.
   */
  private static OnnxModel seeing(OnnxModel model) {
    return model.toString().contains("light_") ? SeededWeights.replace(model, 1) : model;
  }

  /** Widths of a half and more, so that the signal stays strong. */
  private static Function<List<Choice>, Choice> upperHalf(Random random) {
    return choices -> choices.get(choices.size() - 1 - random.nextInt((choices.size() + 1) / 2));
  }

  /** Units in random orders, so that a shift changes many of those that are kept. */
  private static void shuffle(SearchSpace space, Random random) {
    for (Hparam hparam : space.configurableHparams().values()) {
      List<Integer> order = new ArrayList<>(Arrays.stream(hparam.order()).boxed().toList());
      if (!order.isEmpty()) {
        Collections.shuffle(order, random);
        hparam.setOrder(order.stream().mapToInt(Integer::intValue).toArray());
      }
    }
  }

  /** The edge on which two manifests differ. */
  private static CutParameter changed(Manifest right, Manifest wrong) {
    for (int i = 0; i < right.parameters().size(); i++) {
      if (!right.parameters().get(i).equals(wrong.parameters().get(i))) {
        return wrong.parameters().get(i);
      }
    }
    throw new IllegalArgumentException("two equal manifests");
  }
}
