package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Dials;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.cost.CostHandlers;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.core.search.FileLimit;
import io.espalier.core.search.Limit;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets of several costs, and those that widths alone cannot meet. */
class BudgetsTest {
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(BudgetsTest.class.getClassLoader()));

  private static Limit part(Cost cost, double part) {
    return Limit.part(cost.handler(), part);
  }

  /** A space in which only one kind of choice is left. */
  private static SearchSpace only(Dials.Kind kind, OnnxModel model) {
    SearchSpace space = SPACES.generate(model, Rules.everything());
    Dials dials = space.dials(List.of());
    for (int i = 0; i < dials.size(); i++) {
      if (dials.kind(i) != kind) {
        Hparam hparam = space.hparam(dials.name(i));
        hparam.setChoices(List.of(hparam.original()));
      }
    }
    return space;
  }

  private static boolean turned(SearchSpace space, BudgetResult result, Dials.Kind kind) {
    Dials dials = space.dials(List.of());
    int[] setting = dials.setting(result.config());
    for (int i = 0; i < setting.length; i++) {
      if (dials.kind(i) == kind && setting[i] < dials.original()[i]) {
        return true;
      }
    }
    return false;
  }

  private static void assertMet(SearchSpace space, BudgetResult result, double macs) {
    space.select(result.config());
    assertTrue(space.macs() <= macs * result.originalMacs(), () -> result.toString());
    assertTrue(space.export().sizes().total() > 0);
  }

  @Test
  void kernelsMeetWhatNothingElseCould() {
    SearchSpace space = only(Dials.Kind.KERNEL, SampleNetworks.thinResnet());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    assertTrue(turned(space, result, Dials.Kind.KERNEL), () -> result.toString());
    assertMet(space, result, 0.5);
  }

  @Test
  void depthsMeetWhatNothingElseCould() {
    SearchSpace space = only(Dials.Kind.DEPTH, SampleNetworks.visionTransformer());
    Dials dials = space.dials(List.of(Cost.MACS.handler()));
    long least = dials.cost(new int[dials.size()], 0);
    double part = (least + 1.0) / dials.cost(dials.original(), 0);
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, part));
    assertTrue(turned(space, result, Dials.Kind.DEPTH), () -> result.toString());
    assertMet(space, result, part);
  }

  @Test
  void widthsAndKernelsTogetherMeetWhatNeitherCould() {
    SearchSpace space = SPACES.generate(SampleNetworks.thinResnet(), Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.01));
    assertTrue(turned(space, result, Dials.Kind.WIDTH), () -> result.toString());
    assertTrue(turned(space, result, Dials.Kind.KERNEL), () -> result.toString());
    assertMet(space, result, 0.01);
  }

  @Test
  void kernelsAndDepthsStayWhereWidthsDo() {
    SearchSpace space = SPACES.generate(SampleNetworks.thinResnet(), Rules.everything());
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.3));
    assertEquals(false, turned(space, result, Dials.Kind.KERNEL));
    assertEquals(false, turned(space, result, Dials.Kind.DEPTH));
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18.onnx", "vit.onnx", "mobilenet_v2.onnx"})
  void twoAndThreeAtOnceInTheFileThatIsWritten(String file) {
    SearchSpace space = SPACES.generate(SharedData.path("zoo").resolve(file), Rules.everything());
    List<Limit> three =
        List.of(
            part(Cost.MACS, 0.6),
            Limit.absolute(Cost.BYTES.handler(), 300_000),
            part(Cost.ACTIVATIONS, 0.8));
    for (List<Limit> limits : List.of(three.subList(0, 2), three)) {
      Budget budget = Budget.of(limits);
      BudgetResult result = BudgetSearch.find(space, FileLimit.of(space, budget));
      Dials dials = space.dials(CostHandlers.builtIn().all().values());
      long[] whole = dials.costs(dials.original());
      long[] costs = dials.costs(dials.setting(result.config()));
      space.select(result.config());
      assertTrue(costs[2] <= 0.6 * whole[2]);
      assertTrue(space.export().sizes().total() <= 300_000);
      assertTrue(limits.size() == 2 || costs[0] <= 0.8 * whole[0]);
    }
    Budget impossible =
        Budget.of(List.of(part(Cost.MACS, 0.9), Limit.absolute(Cost.BYTES.handler(), 10)));
    String said =
        String.valueOf(
            assertThrows(EspalierException.class, () -> BudgetSearch.find(space, impossible))
                .getMessage());
    assertTrue(said.contains("what cannot be met is 10 bytes"), said);
  }

  @Test
  void whatWasCarvedIsHeldAgainstItsBytes() {
    SearchSpace space = SPACES.generate(SampleNetworks.thinResnet(), Rules.everything());
    TracedModel whole = space.export();
    long bytes = whole.sizes().total();
    FileLimit.check(
        Budget.of(List.of(Limit.absolute(Cost.BYTES.handler(), (double) bytes))), space, whole);
    FileLimit.check(Budget.of(Cost.MACS, 0.5), space, whole);
    Budget less = Budget.of(List.of(Limit.absolute(Cost.BYTES.handler(), (double) bytes - 1)));
    String said =
        String.valueOf(
            assertThrows(EspalierException.class, () -> FileLimit.check(less, space, whole))
                .getMessage());
    assertTrue(said.contains("bytes, and") && said.contains("allow a little less"), said);
  }
}
