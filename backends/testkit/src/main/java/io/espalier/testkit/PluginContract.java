package io.espalier.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rule;
import io.espalier.core.rules.Rules;
import io.espalier.core.rules.RulesBuilder;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.Refusal;
import io.espalier.onnx.verify.Control;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.DynamicModule;
import io.espalier.spi.EspalierException;
import io.espalier.spi.OpId;
import io.espalier.spi.RuleOption;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every plugin for an operator and its layer has to keep. A plugin author extends this class
 * and gives a small network; JUnit runs the rest:
 *
 * <pre>{@code
 * class GatedLinearTest extends PluginContract {
 *   @Override
 *   protected String key() {
 *     return "acme.GatedLinear";
 *   }
 *
 *   @Override
 *   protected OnnxModel model() {
 *     OnnxGraphBuilder b = new OnnxGraphBuilder("gated", 17).opset("com.acme", 1);
 *     ...
 *   }
 * }
 * }</pre>
 *
 * <p>The network should have a layer of the plugin between two others, such as linear layers, so
 * that its widths are neither inputs nor outputs of the network; random weights and biases, since a
 * zero hides a wrong cut; widths of 8 units and more; and open dimensions, if the operator meets
 * such. ONNX Runtime must be able to run it: an operator without a kernel is defined as a function
 * of the model.
 *
 * <p>In all of these tests a plugin that throws is an error.
 */
public abstract class PluginContract {
  /**
   * How often something random is drawn: what comes out in one of two orders, comes out in both.
   */
  private static final int REPETITIONS = 20;

  private static final int CONTROLS = 3;
  private static final double HALF = 0.5;

  /**
   * The key of the module under test. A node without a stored weight is no layer and has no module:
   * for its rule alone, the key of the layers around it.
   */
  protected abstract String key();

  /** A small network with a layer of that key. */
  protected abstract OnnxModel model();

  /** The plugins; by default all that are on the class path of this test. */
  protected DMRegistry registry() {
    return DMRegistry.discover(getClass().getClassLoader());
  }

  /** What random sub-networks are drawn from. */
  protected long seed() {
    return 0;
  }

  private Subject open() {
    return open(registry(), Rules.everything());
  }

  private Subject open(DMRegistry registry, Rules rules) {
    return Subject.open(registry, model(), key(), rules);
  }

  @Test
  final void theLayerIsClaimedAndCanChange() {
    Subject subject = open();
    assertFalse(
        subject.layers().isEmpty(),
        () ->
            "no layer of the model is claimed by the module "
                + key()
                + "; it has "
                + subject.claims()
                + "; a node without a stored weight is no layer");
    assertTrue(
        subject.choosable().stream().anyMatch(Hparam::isConfigurable),
        () ->
            "nothing of "
                + subject.layers()
                + " can be chosen: "
                + subject.hparams()
                + "; frozen is "
                + subject.space().frozen());
  }

  @Test
  final void everyAxisOfItsWeightsIsTied() {
    assertEquals(List.of(), open().typed().untied());
  }

  @Test
  final void attributesFollowTheirWidths() {
    Subject subject = open();
    assertEquals(List.of(), subject.typed().misdeclared());
    subject.space().sample(Samplers.min());
    assertEquals(List.of(), subject.typed().stale(subject.space().cut()));
  }

  @Test
  final void carvedNetworksComputeWhatTheMaskedOnesDo() {
    Subject subject = open();
    assertSound(subject, "", true);
  }

  @Test
  final void sortingChangesNothingButWhichUnitsStay() {
    OnnxModel model = model();
    Subject subject = open();
    SearchSpace space = subject.space();
    space.sortParameters();
    assertEquals(
        model.fingerprint(),
        subject.carve().fingerprint(),
        "sorted, and at full width, the network is another one");
    Map<String, List<Integer>> orders = orders(space);
    space.sortParameters();
    assertEquals(orders, orders(space), "sorting twice gives another order");
    assertSound(subject, "once sorted, ", false);
  }

  private static Map<String, List<Integer>> orders(SearchSpace space) {
    Map<String, List<Integer>> orders = new LinkedHashMap<>();
    space
        .configurableHparams()
        .forEach(
            (name, h) -> orders.put(name, java.util.Arrays.stream(h.order()).boxed().toList()));
    return orders;
  }

  @Test
  final void costsAreThoseOfTheCarvedNetwork() {
    Subject subject = open();
    SearchSpace space = subject.space();
    Random random = new Random(seed());
    for (int i = 0; i < CONTROLS; i++) {
      Config config = i == 0 ? space.sample(Samplers.min()) : space.sample(Samplers.random(random));
      SearchSpace carved =
          Subject.open(registry(), subject.carve(), key(), Rules.everything()).space();
      assertEquals(carved.params(), space.params(config), () -> "parameters of " + config);
      assertEquals(carved.macs(), space.macs(config), () -> "MACs of " + config);
    }
  }

  @Test
  final void everyRuleOptionIsHonoured() {
    DMRegistry registry = registry();
    Subject open = open(registry, rules(registry, Rule.options()));
    for (RuleOption option : module(registry).options()) {
      Rule rule = Rule.options();
      Subject restricted = open;
      for (Object value : values(option.kind())) {
        if (restricted.choices().equals(open.choices())) {
          rule = Rule.options().with(option.name(), value);
          restricted = open(registry, rules(registry, rule));
        }
      }
      String last = rule.toString();
      assertFalse(
          restricted.choices().equals(open.choices()),
          () ->
              "the option "
                  + option.name()
                  + " is ignored: with "
                  + last
                  + " as without it, the choices are "
                  + open.choices());
      if (option.kind() == RuleOption.Kind.RATIO) {
        for (Hparam hparam : open.choosable()) {
          assertHalved(option, hparam, restricted);
        }
      }
    }
  }

  private DynamicModule module(DMRegistry registry) {
    return registry
        .module(key())
        .orElseThrow(
            () ->
                new AssertionError(
                    "there is no module " + key() + "; there are " + registry.modules().keySet()));
  }

  /** Values of which one makes a difference: a divisor of few units may make none. */
  private static List<@Nullable Object> values(RuleOption.Kind kind) {
    return switch (kind) {
      case RATIO, OPENING_RATIO -> List.of(List.of(HALF));
      case DIVISOR -> List.of(4, 16, 64, 256);
      case SIZES -> Collections.singletonList(null);
      case DEPTH -> List.of(Integer.MAX_VALUE);
    };
  }

  /** A width that a ratio touches keeps its original, and what is nearest to the half of it. */
  private static void assertHalved(RuleOption option, Hparam before, Subject restricted) {
    Hparam after = restricted.space().hparam(before.name());
    if (!after.choices().equals(before.choices()) && !after.original().sizes()) {
      int original = after.original().number();
      for (Choice choice : after.choices()) {
        assertTrue(
            choice.number() == original || Math.abs(choice.number() - original * HALF) <= 1,
            () ->
                "with "
                    + option.name()
                    + " [0.5], the choices of "
                    + after.name()
                    + " are "
                    + after.choices()
                    + " of "
                    + original);
      }
    }
  }

  @Test
  final void rulesThatLeaveTheLayerOutFreezeIt() {
    DMRegistry registry = registry();
    Subject subject = open(registry, rules(registry, Rule.frozen()));
    for (Hparam hparam : subject.choosable()) {
      assertFalse(
          hparam.isConfigurable(),
          () -> hparam + " can be chosen, though the rule of " + key() + " is null");
    }
  }

  /** All other layers with what options they have by default. */
  private Rules rules(DMRegistry registry, Rule own) {
    RulesBuilder rules = Rules.builder();
    for (String other : registry.modules().keySet()) {
      rules = rules.put(other, other.equals(key()) ? own : Rule.options());
    }
    return rules.build();
  }

  @Test
  final void theSameNetworkGivesTheSameSpace() {
    Subject first = open();
    String described = first.describe();
    first.space().sample(Samplers.min());
    String carved = first.carve().fingerprint();
    for (int i = 1; i < REPETITIONS; i++) {
      Subject again = open();
      assertEquals(described, again.describe(), "the same network gave another space");
      again.space().sample(Samplers.min());
      assertEquals(carved, again.carve().fingerprint(), "the same choices gave another network");
    }
  }

  @Test
  final void everythingSurvivesJson() {
    Subject subject = open();
    SearchSpace space = subject.space();
    space.sortParameters();
    Config config = space.sample(Samplers.random(new Random(seed())));
    assertEquals(config, Config.parse(config.toJson()));
    Manifest manifest = space.manifest();
    assertEquals(manifest, Manifest.parse(manifest.toJson(), "the manifest"));
    DMRegistry registry = registry();
    Rules rules = rules(registry, Rule.options());
    assertEquals(rules, Rules.parse(rules.toJson()));

    SavedSpace saved = SavedSpace.parse(space.save().toJson(), "the space");
    Subject restored = open();
    restored.space().restore(saved);
    assertEquals(config, restored.space().config(), "a restored space has another config");
    assertEquals(
        subject.carve().fingerprint(),
        restored.carve().fingerprint(),
        "a restored space carves another network");
  }

  @Test
  final void whatIsNotKnownIsFrozenAndNotGuessed() {
    DMRegistry registry = registry();
    Subject known = open(registry, Rules.everything());
    Set<OpId> own = known.operators();
    Set<OpId> operators = new LinkedHashSet<>();
    known.space().model().graph().nodes().stream().map(GraphNode::op).forEach(operators::add);
    for (OpId operator : operators) {
      if (registry.rule(operator).isEmpty()) {
        continue;
      }
      Subject subject = open(registry.without(operator), Rules.everything());
      String without = "without a rule for " + operator + ", ";
      if (own.size() == 1 && own.contains(operator)) {
        for (Hparam hparam : subject.choosable()) {
          assertFalse(hparam.isConfigurable(), () -> without + hparam + " can be chosen");
        }
      }
      assertSound(subject, without, false);
    }
  }

  private static Verification verify(Verifier verifier, OnnxModel carved, SearchSpace space) {
    try {
      return verifier.verify(carved, space.manifest());
    } catch (OnnxRunException e) {
      throw Refusal.of(e, space.model().graph(), space.registry())
          .<EspalierException>map(plugin -> plugin)
          .orElse(e);
    }
  }

  /** What does not agree, in words. */
  private static String wrong(Verification verification) {
    List<String> wrong = new ArrayList<>(verification.changed());
    for (Verification.Output output : verification.outputs()) {
      wrong.add("output '" + output.name() + "' is off by " + output.error());
    }
    if (!verification.note().isEmpty()) {
      wrong.add(verification.note());
    }
    return String.join("; ", wrong);
  }

  /** The smallest network and random ones equal their masked originals. */
  private void assertSound(Subject subject, String when, boolean controlled) {
    OnnxModel model = model();
    Verifier verifier = new Verifier(model, VerifyOptions.defaults().withSeed(seed()));
    SearchSpace space = subject.space();
    Random random = new Random(seed());
    boolean conclusive = false;
    int seen = 0;
    for (int i = 0; i < REPETITIONS && (i == 0 || space.isConfigurable()); i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      OnnxModel carved = subject.carve();
      Manifest manifest = space.manifest();
      Verification verification = verify(verifier, carved, space);
      assertTrue(
          verification.passed(),
          () ->
              when
                  + "a carved network is not what the masked one is: "
                  + wrong(verification)
                  + "; at "
                  + space.config());
      conclusive |= verification.conclusive();
      if (controlled && verification.conclusive() && seen < CONTROLS) {
        for (Manifest wrong : Control.shiftedByOne(model, manifest, random, CONTROLS)) {
          seen += verifier.verify(carved, wrong).agrees() ? 0 : 1;
        }
      }
    }
    assertTrue(
        conclusive,
        () ->
            when + "no comparison shows anything, as the output is a constant; use other weights");
    assertTrue(
        !controlled || seen > 0,
        "no wrong mask is seen, so that right ones prove nothing; use random weights");
  }
}
