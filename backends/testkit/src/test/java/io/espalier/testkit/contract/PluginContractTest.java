package io.espalier.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract finds what is wrong with a plugin, and nothing wrong with one that is right. */
class PluginContractTest {
  private static final int TESTS = 11;

  /** What each test of a contract said; empty where it passed. */
  private static Map<String, String> run(Class<?> contract) {
    Map<String, String> results = new TreeMap<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(contract))
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
            .build();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        request,
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
              results.put(
                  test.getDisplayName().replace("()", ""),
                  result.getThrowable().map(Throwable::toString).orElse(""));
            }
          }
        });
    assertEquals(TESTS, results.size(), results.toString());
    return results;
  }

  private static void assertFound(Class<?> contract, String test, String message) {
    String said = run(contract).getOrDefault(test, "no such test");
    assertTrue(said.contains(message), said);
  }

  @Test
  void aPluginThatIsRightPasses() {
    assertEquals(Set.of(""), Set.copyOf(run(WrongPlugins.Right.class).values()));
  }

  @Test
  void aPluginWhoseWidthsAreAllMadeOfOthersPasses() {
    assertEquals(Set.of(""), Set.copyOf(run(WrongPlugins.RightInGroups.class).values()));
  }

  @Test
  void aPluginWithAnAttributeThatFollowsItsWidthPasses() {
    assertEquals(Set.of(""), Set.copyOf(run(WrongPlugins.RightWithAnAttribute.class).values()));
  }

  @Test
  void oneThatMisspellsAnAttribute() {
    assertFound(
        WrongPlugins.MisspellsTheAttribute.class,
        "attributesFollowTheirWidths",
        "the rule says what attribute groups must be, and /filter/ChannelFilter has only [group];"
            + " spell it as the node does");
  }

  @Test
  void oneWhoseAttributeGoesStale() {
    assertFound(
        WrongPlugins.ForgetsTheAttribute.class,
        "attributesFollowTheirWidths",
        "attribute group of /filter/ChannelFilter is 12, as an axis of the node is, and stays when"
            + " that is cut to 1; declare it by Typing.attribute");
  }

  @Test
  void oneWhoseAttributeFollowsAnotherAxis() {
    assertFound(
        WrongPlugins.FollowsAnotherAxis.class,
        "attributesFollowTheirWidths",
        "the rule says what attribute group must be, 4, and at /filter/ChannelFilter it is 12");
  }

  @Test
  void oneThatLeavesAWidthUntied() {
    assertFound(
        WrongPlugins.ForgetsTheInput.class,
        "everyAxisOfItsWeightsIsTied",
        "axis 1 of input 1 of /gate/BiasedGate is tied to nothing; tie it by Typing.unify");
    assertFound(
        WrongPlugins.ForgetsTheBias.class,
        "everyAxisOfItsWeightsIsTied",
        "axis 0 of input 2 of /gate/BiasedGate is tied to nothing; tie it by Typing.unify");
  }

  @Test
  void oneThatSlicesOneAxisOnly() {
    assertFound(
        WrongPlugins.SlicesOneAxisOnly.class,
        "carvedNetworksComputeWhatTheMaskedOnesDo",
        "with shape [127, 12] where [127, 1] was meant");
  }

  @Test
  void oneThatForgetsTheBias() {
    assertFound(
        WrongPlugins.ForgetsTheBias.class,
        "carvedNetworksComputeWhatTheMaskedOnesDo",
        "a carved network is not what the masked one is: ");
  }

  @Test
  void oneThatDeclaresAnAxisThatDoesNotExist() {
    assertFound(
        WrongPlugins.DeclaresAnAxisThatDoesNotExist.class,
        "theLayerIsClaimedAndCanChange",
        "failed on layer gate: IllegalArgumentException: consumes names axis 2 of input 1, which"
            + " has 2");
  }

  @Test
  void oneThatHasNoOrder() {
    assertFound(
        WrongPlugins.HasNoOrder.class,
        "theSameNetworkGivesTheSameSpace",
        "the same network gave another space");
  }

  @Test
  void oneThatIgnoresAnOption() {
    assertFound(
        WrongPlugins.IgnoresAnOption.class,
        "everyRuleOptionIsHonoured",
        "the option gates_ratio is ignored: with {\"gates_ratio\":[0.5]} as without it");
  }

  @Test
  void oneThatRunsAndComputesSomethingElse() {
    assertFound(
        WrongPlugins.TakesHalvesForPairs.class,
        "carvedNetworksComputeWhatTheMaskedOnesDo",
        "a carved network is not what the masked one is: output 'output' is off by 0.");
  }

  @Test
  void oneWithAnotherKey() {
    assertFound(
        WrongPlugins.HasAnotherKey.class,
        "theLayerIsClaimedAndCanChange",
        "claimed by the module test.BiassedGate; it has {fc1=nn.Linear, gate=test.BiasedGate,");
    assertFound(
        WrongPlugins.HasAnotherKey.class,
        "everyRuleOptionIsHonoured",
        "there is no module test.BiassedGate; there are [");
  }

  @Test
  void oneThatLooksAtTheBatch() {
    assertFound(
        WrongPlugins.LooksAtTheBatch.class,
        "carvedNetworksComputeWhatTheMaskedOnesDo",
        "a carved network is not what the masked one is: ");
  }

  @Test
  void oneThatClaimsEverything() {
    assertFound(
        WrongPlugins.ClaimsEverything.class,
        "theLayerIsClaimedAndCanChange",
        "layer fc1 (Gemm) is claimed by io.espalier.modules.layers.Linear in ");
  }

  @Test
  void oneThatCostsAlwaysTheSame() {
    assertFound(
        WrongPlugins.CostsAlwaysTheSame.class, "costsAreThoseOfTheCarvedNetwork", "MACs of {");
  }

  @Test
  void oneThatNamesNothing() {
    assertFound(
        WrongPlugins.NamesNothing.class,
        "theLayerIsClaimedAndCanChange",
        "nothing of [gate] can be chosen: []");
  }
}
