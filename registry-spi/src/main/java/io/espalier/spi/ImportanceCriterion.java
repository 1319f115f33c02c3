package io.espalier.spi;

/**
 * Scores how much each unit of a width matters to one of its consumers. A criterion is stateless:
 * several threads ask it at once, in any order, and it must give the same answers each time. It is
 * registered with {@code @AutoService(ImportanceCriterion.class)}, or a line in {@code
 * META-INF/services/io.espalier.spi.ImportanceCriterion}, and an application chooses it by its key:
 *
 * <pre>{@code
 * @AutoService(ImportanceCriterion.class)
 * public final class LargestWeight implements ImportanceCriterion {
 *   @Override
 *   public String key() {
 *     return "acme.largest";
 *   }
 *
 *   @Override
 *   public double[] score(Use use, int axis) {
 *     int[] shape = use.shape(); // [out, in], say, and axis 1
 *     int inner = 1;
 *     for (int i = axis + 1; i < shape.length; i++) {
 *       inner *= shape[i];
 *     }
 *     double[] scores = new double[shape[axis]];
 *     FloatBuffer values = use.values();
 *     for (int i = 0; i < values.limit(); i++) {
 *       int index = i / inner % shape[axis];
 *       scores[index] = Math.max(scores[index], Math.abs(values.get(i)));
 *     }
 *     return scores;
 *   }
 * }
 * }</pre>
 *
 * <p>What is made of the scores: they are divided by the largest of their consumer, those of the
 * elements of one unit are joined as a Euclidean norm, and those of all consumers of a width are
 * added up. Scores of one consumer need a scale in common, but no unit.
 */
public interface ImportanceCriterion {
  /** The criterion's name, by which an application chooses it; unique in a registry. */
  String key();

  /**
   * Scores every index along one axis of a parameter.
   *
   * <p>An {@link ArithmeticException} says that the parameter's values are no finite numbers, and
   * ends the sort. Any other exception, a score that is negative, infinite or NaN, or a wrong
   * number of scores leaves the width out of the sort and freezes it, with a reason that names this
   * class, its JAR and the layer; in a {@linkplain DMRegistry#strict strict} registry it ends the
   * sort.
   *
   * @param use the parameter, and the node that reads from the width
   * @param axis the axis of the parameter that the units lie on, counted from 0
   * @return one non-negative finite number for each index, larger for what matters more; of length
   *     0 where the criterion has nothing to say
   */
  double[] score(Use use, int axis);
}
