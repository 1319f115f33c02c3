package io.espalier.onnx.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rule;
import io.espalier.core.rules.Rules;
import io.espalier.core.rules.RulesBuilder;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.RuleOption;
import io.espalier.trace.TrialSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random networks, cut at random: whatever is carved computes what the masked network does.
 *
 * <p>{@code -Despalier.fuzz.first=N -Despalier.fuzz.count=N} runs other seeds than those of the
 * build, {@code -Despalier.fuzz.cuts=N} cuts each network as often.
 */
class FuzzTest {
  private static final int FIRST = Integer.getInteger("espalier.fuzz.first", 0);
  private static final int COUNT = Integer.getInteger("espalier.fuzz.count", 500);
  private static final int CUTS = Integer.getInteger("espalier.fuzz.cuts", 5);
  private static final int RETRIES = 4;

  /** It was 8 before all uses of one weight were tied. */
  private static final double LEAST_WIDTHS = 7.9;

  /** One network of so many starts with its narrowest config. */
  private static final int NARROWEST = 3;

  /** In one network of so many, wrong masks have to be seen. */
  private static final int CONTROLLED = 10;

  /** For so many networks there is one with the constructs of exported networks. */
  private static final int CONSTRUCTS = 10;

  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(FuzzTest.class.getClassLoader()));

  private static final int CONTROLS = 2;

  private static int networks;
  private static long widths;
  private static int conclusive;

  static IntStream seeds() {
    return IntStream.range(FIRST, FIRST + COUNT);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aCarvedNetworkIsWhatTheMaskedOneComputes(int seed) {
    RandomNetwork network = RandomNetwork.of(seed);
    SearchSpace space = space(network);
    for (int again = 1; widths(space) == 0; again++) {
      network = RandomNetwork.of(seed + ((long) again << Integer.SIZE));
      space = space(network);
    }
    networks++;
    widths += widths(space);
    conclusive += provedConfigs(network, space, seed) ? 1 : 0;
  }

  static IntStream seedsOfConstructs() {
    return IntStream.range(FIRST, FIRST + Math.max(1, COUNT / CONSTRUCTS));
  }

  /**
   * Networks with the constructs of exported ones, under rules that open what is closed without
   * them: what is inside groups, and learned queries.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seedsOfConstructs")
  void constructsOfExportedNetworksAreCutRightToo(int seed) {
    RandomNetwork network = RandomNetwork.withConstructs(seed);
    provedConfigs(network, space(network, opening()), seed);
  }

  /** Every layer type with all its options, those of closed widths too. */
  private static Rules opening() {
    RulesBuilder rules = Rules.builder();
    SPACES.registry().modules().forEach((key, module) -> rules.put(key, opened(module)));
    return rules.build();
  }

  private static Rule opened(DynamicModule module) {
    Rule rule = Rule.options();
    for (RuleOption option : module.options()) {
      if (option.kind() == RuleOption.Kind.OPENING_RATIO) {
        rule = rule.with(option.name(), null);
      }
    }
    return rule;
  }

  /**
   * Cuts a network at random, and says whether the outputs tell of the last cut.
   *
   * <p>Where numbers are rounded to integers, one that lies in the middle between two goes to
   * either as sums are added up in another order. On other inputs there is none, and a wrong cut is
   * wrong on all.
   */
  private static boolean provedConfigs(RandomNetwork network, SearchSpace space, int seed) {
    boolean told = false;
    int retries = network.rounds() ? RETRIES : 0;
    Random random = new Random(seed);
    VerifyOptions options = VerifyOptions.defaults().withShapes(network.shapes());
    Verifier verifier = new Verifier(network.model(), options);
    Verifier quick = new Verifier(network.model(), options.withQuickness());
    for (int i = 0; i < CUTS; i++) {
      shuffle(space, random);
      boolean narrowest = i == 0 && seed % NARROWEST == 0;
      space.sample(narrowest ? Samplers.min() : Samplers.random(random));
      boolean last = i == CUTS - 1;
      OnnxModel carved = carved(space);
      Verification verification = (last ? verifier : quick).verify(carved, space.manifest());
      for (int again = 1; !verification.passed() && again <= retries; again++) {
        VerifyOptions other = options.withSeed(seed + again);
        verification = Verifier.verify(network.model(), carved, space.manifest(), other);
      }
      assertTrue(verification.passed(), verification + " at " + space.configurableConfig());
      told = verification.conclusive();
    }
    if (seed % CONTROLLED == 0 && !network.rounds()) {
      assertWrongMasksAreSeen(network, space, options, random);
    }
    return told;
  }

  /** Widths of a half and more, so that the signal stays strong. */
  private static void assertWrongMasksAreSeen(
      RandomNetwork network, SearchSpace space, VerifyOptions options, Random random) {
    space.sample(choices -> choices.get(choices.size() / 2));
    Manifest manifest = space.manifest();
    Verifier verifier = new Verifier(network.model(), options);
    OnnxModel carved = carved(space);
    assertTrue(verifier.verify(carved, manifest).passed());
    List<Manifest> wrong =
        Control.shiftedByOne(network.model(), manifest, random, CONTROLS, network.shapes());
    assertTrue(
        wrong.isEmpty()
            || wrong.stream().anyMatch(shifted -> !verifier.verify(carved, shifted).agrees()),
        "a wrong mask passes too");
  }

  @AfterAll
  static void networksAreElastic() {
    if (networks == COUNT) {
      double average = (double) widths / networks;
      assertTrue(average >= LEAST_WIDTHS, "only " + average + " widths on average");
      double told = (double) conclusive / networks;
      assertTrue(told > 0.9, "the signal dies out in all but " + told + " of the networks");
    }
  }

  private static SearchSpace space(RandomNetwork network) {
    return space(network, Rules.everything());
  }

  private static SearchSpace space(RandomNetwork network, Rules rules) {
    TrialSizes sizes = network.sized() ? TrialSizes.of(network.shapes()) : TrialSizes.automatic();
    return SPACES.generate(network.model(), rules, sizes);
  }

  private static long widths(SearchSpace space) {
    return space.configurableHparams().values().stream()
        .filter(hparam -> !hparam.original().sizes() && !hparam.name().endsWith("depth"))
        .count();
  }

  private static OnnxModel carved(SearchSpace space) {
    return ((OnnxNetwork) space.export()).model();
  }

  /** Any units may go, not the last ones alone. */
  private static void shuffle(SearchSpace space, Random random) {
    for (Hparam hparam : space.configurableHparams().values()) {
      List<Integer> order = new ArrayList<>(Arrays.stream(hparam.order()).boxed().toList());
      if (!order.isEmpty()) {
        Collections.shuffle(order, random);
        hparam.setOrder(order.stream().mapToInt(Integer::intValue).toArray());
      }
    }
  }
}
