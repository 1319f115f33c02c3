package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetSearchTest {
  private static Mlp deep() {
    return new Mlp(16)
        .linear("a", 128)
        .linear("b", 96)
        .linear("c", 48)
        .linear("d", 20)
        .linear("e", 10);
  }

  private static int width(BudgetResult result, String name) {
    return Objects.requireNonNull(result.config().choices().get(name), name).number();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.75, 0.5, 0.3, 0.1})
  void comesCloseToItsBudget(double fraction) {
    SearchSpace space = deep().space(Rules.everything());
    BudgetResult macs = BudgetSearch.find(space, Budget.of(Cost.MACS, fraction));
    assertTrue(macs.macs() <= fraction * macs.originalMacs());
    assertTrue(macs.macs() >= 0.95 * fraction * macs.originalMacs());
    BudgetResult params = BudgetSearch.find(space, Budget.of(Cost.PARAMS, fraction));
    assertTrue(params.params() <= fraction * params.originalParams());
    assertTrue(params.params() >= 0.95 * fraction * params.originalParams());
  }

  @Test
  void statesTheCostsOfItsConfig() {
    SearchSpace space = deep().space(Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    assertEquals(space.macs(), result.originalMacs());
    assertEquals(space.params(), result.originalParams());
    assertEquals(space.macs(result.config()), result.macs());
    assertEquals(space.params(result.config()), result.params());
    space.select(result.config());
    assertEquals(space.macs(), result.macs());
  }

  @Test
  void widthsAreMultiples() {
    SearchSpace space = deep().space(Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.3));
    assertEquals(0, width(result, "a.out_features") % 8);
    assertEquals(0, width(result, "b.out_features") % 8);
    assertEquals(0, width(result, "c.out_features") % 4);
    assertEquals(0, width(result, "d.out_features") % 2);
  }

  @Test
  void noWidthFallsBelowItsFloor() {
    SearchSpace space = deep().space(Rules.everything());
    Budget budget = Budget.of(Cost.MACS, 0.45).withFloor(0.6);
    BudgetResult result = BudgetSearch.find(space, budget);
    assertTrue(width(result, "a.out_features") >= 0.6 * 128);
    assertTrue(width(result, "d.out_features") >= 0.6 * 20);
  }

  @Test
  void theSameAgain() {
    Budget budget = Budget.of(Cost.MACS, 0.4);
    SearchSpace space = deep().space(Rules.everything());
    BudgetResult result = BudgetSearch.find(space, budget);
    assertEquals(result, BudgetSearch.find(space, budget));
    assertEquals(result, BudgetSearch.find(deep().space(Rules.everything()), budget));
  }

  @Test
  void leavesTheSpaceAsItWas() {
    SearchSpace space = deep().space(Rules.everything());
    space.selectPartly(Config.of(Map.of("b.out_features", Choice.of(17))));
    Config before = space.config();
    BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    assertEquals(before, space.config());
    assertThrows(
        EspalierException.class, () -> BudgetSearch.find(space, Budget.of(Cost.MACS, 1e-6)));
    assertEquals(before, space.config());
  }

  @Test
  void theWholeBudgetIsTheOriginal() {
    SearchSpace space = deep().space(Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 1));
    assertEquals(result.originalMacs(), result.macs());
    assertEquals(result.originalParams(), result.params());
  }

  @ParameterizedTest
  @ValueSource(strings = {"MACS", "PARAMS"})
  void refusesTheImpossibleWithTheSmallestThatIsPossible(String cost) {
    SearchSpace space = deep().space(Rules.everything());
    Budget tiny = Budget.of(Cost.valueOf(cost), 0.001);
    EspalierException e =
        assertThrows(EspalierException.class, () -> BudgetSearch.find(space, tiny));
    Matcher smallest =
        Pattern.compile("smallest this space allows is ([0-9.]+)")
            .matcher(String.valueOf(e.getMessage()));
    assertTrue(smallest.find(), e.getMessage());
    double fraction = Double.parseDouble(smallest.group(1));
    BudgetSearch.find(space, Budget.of(Cost.valueOf(cost), fraction));
    assertThrows(
        EspalierException.class,
        () -> BudgetSearch.find(space, Budget.of(Cost.valueOf(cost), fraction - 0.001)));
  }

  @Test
  void refusesAnyCutWhereEverythingIsFrozen() {
    SearchSpace space = deep().space(Rules.parse("{}"));
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> BudgetSearch.find(space, Budget.of(Cost.MACS, 0.9)));
    assertTrue(
        String.valueOf(e.getMessage()).contains("the smallest this space allows is 1"),
        e.getMessage());
  }

  @Test
  void keepsToTheChoicesThatRulesLeave() {
    SearchSpace space =
        deep().space(Rules.parse("{\"nn.Linear\": {\"features_ratio\": [0.3, 0.7, 1]}}"));
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    assertTrue(result.macs() <= 0.5 * result.originalMacs());
    assertTrue(result.macs() >= 0.45 * result.originalMacs());
    result
        .config()
        .choices()
        .forEach((name, choice) -> assertTrue(space.hparam(name).choices().contains(choice)));
  }

  @Test
  void widthsShrinkAlikeWhereNothingTellsUnitsApart() {
    SearchSpace space =
        new Mlp(16)
            .alike()
            .linear("a", 128)
            .linear("b", 256)
            .linear("c", 128)
            .linear("d", 10)
            .space(Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    double a = width(result, "a.out_features") / 128.0;
    double b = width(result, "b.out_features") / 256.0;
    double c = width(result, "c.out_features") / 128.0;
    assertEquals(0.7, a, 0.1);
    assertEquals(0.7, b, 0.1);
    assertEquals(0.7, c, 0.1);
  }

  @Test
  void exactKeepsWhatIsNormalisedOver() {
    Mlp mlp = new Mlp(16).linear("a", 64).norm("n").linear("b", 64).linear("c", 10);
    SearchSpace space = mlp.space(Rules.everything());
    assertEquals(Set.of("a.out_features"), ExactHparams.of(space));
    Budget budget = Budget.of(Cost.MACS, 0.6);
    assertEquals(64, width(BudgetSearch.find(space, budget.exactly()), "a.out_features"));
    assertFalse(width(BudgetSearch.find(space, Budget.of(Cost.MACS, 0.3)), "a.out_features") == 64);
  }

  @Test
  void exchangesWidthsWhereNoSingleStepFits() {
    // 8 x 8 + 8 x 16 + 16 x 10: steps of an eighth and more of the whole
    SearchSpace space =
        new Mlp(8).linear("a", 8).linear("b", 16).linear("c", 10).space(Rules.everything());
    for (double fraction = 0.3; fraction <= 1; fraction += 0.01) {
      BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, fraction));
      assertTrue(result.macs() <= fraction * result.originalMacs());
      assertTrue(result.macs() >= 0.9 * fraction * result.originalMacs(), fraction + ": " + result);
    }
  }
}
