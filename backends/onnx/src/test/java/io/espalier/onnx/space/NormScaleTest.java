package io.espalier.onnx.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.SearchSpace;
import io.espalier.spi.EspalierException;
import org.junit.jupiter.api.Test;

/** Units ranked by what batch norms scale them by, and by weights where there are none. */
class NormScaleTest {
  private static final float[] FIRST = {0.5f, -4, 1, 2};
  private static final float[] SECOND = {1.5f, 0, 1, 0};

  private final Tiny t = new Tiny(17);

  private String norm(String name, String x, float... scale) {
    int n = scale.length;
    String scales = t.b.floats(name + ".weight", scale, n);
    String mean = t.parameter(0, n);
    String variance = t.b.random(name + ".running_var", 2, 0.3, n);
    return t.op("BatchNormalization", x, scales, t.parameter(0, n), mean, variance);
  }

  private static SearchSpace ranked(SearchSpace space, String criterion) {
    space.setCriterion(criterion);
    space.sortParameters();
    return space;
  }

  @Test
  void theSignOfAScaleDoesNotMatter() {
    String x = t.op("Relu", norm("norm", t.conv("first", t.image(), 4, 3), FIRST));
    SearchSpace space = t.proved(t.conv("last", x, 2, 4), "N", 2, 8, 8);
    ranked(space, "batch_norm_scale");
    assertArrayEquals(
        new double[] {0.125, 1, 0.25, 0.5},
        space.hparam("first.out_channels").importance().orElseThrow());
    assertArrayEquals(new int[] {1, 3, 2, 0}, space.hparam("first.out_channels").order());
  }

  @Test
  void severalNormsOfOneWidthCountAlike() {
    String x = norm("norm1", t.conv("first", t.image(), 4, 3), FIRST);
    String y = norm("norm2", t.conv("second", t.op("Relu", x), 4, 4), SECOND);
    SearchSpace space = t.proved(t.conv("last", t.op("Add", x, y), 2, 4), "N", 2, 8, 8);
    ranked(space, "batch_norm_scale");
    // 1, 2, 1 and 1 on average, as two weights read them
    assertArrayEquals(
        new double[] {1, 2, 1, 1}, space.hparam("first.out_channels").importance().orElseThrow());
  }

  @Test
  void unitsAreFoundInConcatenationsAndBehindAFlatten() {
    String image = t.image();
    String x = norm("norm1", t.conv("first", image, 4, 3), FIRST);
    String y = norm("norm2", t.conv("second", image, 2, 3), 8, -2);
    String both = t.op("Relu", t.op("Concat", Tiny.with("axis", 1L), x, y));
    String flat = t.op("Flatten", both);
    SearchSpace space = t.proved(t.linear("last", flat, 6 * 64, 3), "N", 3);
    ranked(space, "batch_norm_scale");
    double[] first = space.hparam("first.out_channels").importance().orElseThrow();
    double[] second = space.hparam("second.out_channels").importance().orElseThrow();
    // either width by the largest of its own, since the weight reads them as one
    assertArrayEquals(new double[] {0.125, 1, 0.25, 0.5}, first, 1e-9);
    assertArrayEquals(new double[] {1, 0.25}, second, 1e-9);
  }

  @Test
  void whereAUnitHasNoNormWeightsTell() {
    String image = t.image();
    String x = norm("norm1", t.conv("first", image, 4, 3), FIRST);
    String y = t.conv("second", image, 4, 3);
    String both = t.op("Relu", t.op("Concat", Tiny.with("axis", 1L), x, y));
    SearchSpace space = t.proved(t.conv("last", both, 2, 8), "N", 2, 8, 8);
    double[] own =
        ranked(space, "batch_norm_scale").hparam("first.out_channels").importance().orElseThrow();
    double[] byWeights =
        ranked(space, "l2").hparam("first.out_channels").importance().orElseThrow();
    assertArrayEquals(byWeights, own);
  }

  @Test
  void aScaleThatIsNoNumberIsNamed() {
    String x = norm("norm", t.conv("first", t.image(), 4, 3), 1, Float.NaN, 1, 1);
    String out = t.conv("last", t.op("Relu", x), 2, 4);
    SearchSpace space = Cuts.space(t.model(out, "N", 2, 8, 8));
    space.setCriterion("batch_norm_scale");
    EspalierException thrown = assertThrows(EspalierException.class, space::sortParameters);
    assertTrue(
        String.valueOf(thrown.getMessage()).contains("a scale that is not finite"),
        thrown::getMessage);
    assertEquals("batch_norm_scale", space.criterion());
  }
}
