package io.espalier.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Dials;
import io.espalier.core.SearchSpace;
import io.espalier.core.cost.CostFunction;
import io.espalier.core.cost.CostHandler;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.cost.CostedNetwork;
import io.espalier.core.rules.Rules;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CostProfileTest {
  /** 8 features in, widths of 16 and 4; the last stays. */
  private static SearchSpace space() {
    return new Mlp(8).linear("a", 16).linear("b", 4).space(Rules.everything());
  }

  private static CostHandler counting(String key, long answer) {
    return new CostHandler() {
      @Override
      public String key() {
        return key;
      }

      @Override
      public String plural() {
        return "answers";
      }

      @Override
      public CostFunction of(CostedNetwork network) {
        return extents -> answer;
      }
    };
  }

  private static CostProfile profile(String key) {
    return Objects.requireNonNull(CostProfile.of(space(), CostHandlers.builtIn()).get(key), key);
  }

  @Test
  void parametersReachFromOneUnitToAll() {
    CostProfile params = profile("params");
    assertEquals(8 + 4, params.smallest());
    assertEquals(8 * 16 + 16 * 4, params.largest());
    assertTrue(params.smallest() < params.median() && params.median() < params.largest());
  }

  @Test
  void bytesAreThoseOfTheParameters() {
    assertEquals(4 * (8 + 4), profile("bytes").smallest());
    assertEquals(4 * (8 * 16 + 16 * 4), profile("bytes").largest());
  }

  @Test
  void activationsAreWhatIsHeldAtOnce() {
    // the product of a and what the Relu makes of it; the input is no longer needed then
    assertEquals(4 * (16 + 16), profile("activations").largest());
    // 8 features and one unit, more than anything later
    assertEquals(4 * (8 + 1), profile("activations").smallest());
  }

  @Test
  void costsAgreeWithTheSpaceAtAnySetting() {
    SearchSpace space = space();
    Dials dials = space.dials(CostHandlers.builtIn().all().values());
    int[] setting = dials.original();
    setting[0] = 4;
    space.select(dials.config(setting));
    assertEquals(space.macs(), dials.costs(setting)[2]);
    assertEquals(space.params(), dials.costs(setting)[3]);
    assertEquals(List.of(4), List.of(dials.setting(space.config())[0]));
  }

  @Test
  void aPluginAddsACost() {
    CostHandlers handlers = CostHandlers.of(List.of(counting("answers", 42)));
    Map<String, CostProfile> profiles = CostProfile.of(space(), handlers);
    assertEquals(Map.of("answers", new CostProfile("answers", 42, 42, 42)), profiles);
  }

  @Test
  void aNegativeCostNamesItsHandler() {
    CostHandlers handlers = CostHandlers.of(List.of(counting("answers", -1)));
    EspalierException thrown =
        assertThrows(EspalierException.class, () -> CostProfile.of(space(), handlers));
    assertTrue(String.valueOf(thrown.getMessage()).contains("\"answers\""), thrown::getMessage);
  }

  @Test
  void twoCostsOfOneKeyAreRefused() {
    List<CostHandler> both = List.of(counting("params", 1), counting("params", 2));
    EspalierException thrown = assertThrows(EspalierException.class, () -> CostHandlers.of(both));
    assertTrue(
        String.valueOf(thrown.getMessage()).contains("two costs are called \"params\""),
        thrown::getMessage);
  }

  @Test
  void anUnknownCostSuggestsTheNearest() {
    EspalierException thrown =
        assertThrows(EspalierException.class, () -> CostHandlers.builtIn().get("byte"));
    assertTrue(String.valueOf(thrown.getMessage()).contains("bytes"), thrown::getMessage);
  }

  @Test
  void theClassPathHoldsThoseThatComeWithEspalier() {
    CostHandlers found = CostHandlers.discover(CostProfileTest.class.getClassLoader());
    assertEquals(CostHandlers.builtIn().all().keySet(), found.all().keySet());
  }
}
