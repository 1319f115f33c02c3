package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A budget that cannot be met names what makes it impossible. */
class RefusalTest {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(RefusalTest.class.getClassLoader()));

  /** Kernels and depths stay whole, as they could meet what widths cannot. */
  private static SearchSpace space(String rules) {
    SearchSpace space =
        SPACES.generate(
            SampleNetworks.thinResnet(), rules.isEmpty() ? Rules.everything() : Rules.parse(rules));
    for (Hparam hparam : space.configurableHparams().values()) {
      if (hparam.order().length == 0) {
        hparam.setChoices(List.of(hparam.original()));
      }
    }
    return space;
  }

  private static String refused(SearchSpace space, Budget budget) {
    EspalierException e =
        assertThrows(EspalierException.class, () -> BudgetSearch.find(space, budget));
    return String.valueOf(e.getMessage());
  }

  private static Budget loose(double fraction) {
    return Budget.of(Cost.MACS, fraction).withFloor(0).withDivisor(1);
  }

  @Test
  void theFloor() {
    String said = refused(space(""), loose(0.2).withFloor(0.75));
    assertTrue(said.contains("what stops it is the floor of 0.75, without which"), said);
    assertFalse(said.contains("stops it is the divisor"), said);
    assertTrue(BudgetSearch.find(space(""), loose(0.2)).macs() > 0);
  }

  @Test
  void theDivisor() {
    String said = refused(space(""), loose(0.06).withDivisor(64));
    assertTrue(said.contains("what stops it is the divisor of 64, without which"), said);
  }

  @Test
  void bothWhereNeitherAloneHelps() {
    String said = refused(space(""), loose(0.06).withDivisor(64).withFloor(0.75));
    assertTrue(
        said.contains("the floor of 0.75 together with the divisor of 64, without which"), said);
  }

  @Test
  void theRules() {
    SearchSpace space =
        space("{\"nn.Conv2d\": {\"channels_ratio\": [0.75, 1]}, \"nn.BatchNorm2d\": {}}");
    String said = refused(space, loose(0.2));
    assertTrue(said.contains("what the rules allow is no smaller than"), said);
    assertFalse(said.contains("what stops it"), said);
  }

  @Test
  void nothingOfTheseWhereNoneHelps() {
    String said = refused(space(""), loose(1e-9));
    assertFalse(said.contains("what stops it"), said);
    assertEquals(-1, said.indexOf("the rules"));
  }
}
