package io.espalier.modules.criteria;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.espalier.spi.Node;
import io.espalier.spi.Use;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The norm of slices, against the plain sum. */
class L2ImportanceTest {
  private final L2Importance criterion = new L2Importance();

  @Test
  void normOfEachColumnAndRow() {
    Use use = new Weight(new int[] {2, 3}, FloatBuffer.wrap(new float[] {3, 0, 1, 4, 0, 2}));

    assertArrayEquals(new double[] {5, 0, Math.sqrt(5)}, criterion.score(use, 1), 1e-12);
    assertArrayEquals(new double[] {Math.sqrt(10), Math.sqrt(20)}, criterion.score(use, 0), 1e-12);
  }

  @Test
  void agreesWithThePlainSumOnEveryAxis() {
    int[] shape = {37, 41, 3, 5};
    FloatBuffer values = random(37 * 41 * 3 * 5);
    for (int axis = 0; axis < shape.length; axis++) {
      assertArrayEquals(
          plain(shape, values, axis), criterion.score(new Weight(shape, values), axis), 1e-9);
    }
  }

  /** Units that are copies of one another are equally important, to the last bit. */
  @Test
  void equalSlicesHaveEqualNorms() {
    for (int run : new int[] {3, 16, 17, 768, 1024, 1025, 3000}) {
      float[] slice = new float[run];
      random(run).get(slice);
      FloatBuffer values = FloatBuffer.allocate(2 * 9 * run);
      for (int i = 0; i < 2 * 9; i++) {
        values.put(slice);
      }
      double[] norms = criterion.score(new Weight(new int[] {2, 9, run}, values.flip()), 1);
      for (double norm : norms) {
        assertEquals(norms[0], norm, 0, "runs of " + run);
      }
    }
  }

  @Test
  void readingLeavesTheBufferAsItWas() {
    FloatBuffer values = random(64);
    Use use = new Weight(new int[] {8, 8}, values);

    assertArrayEquals(criterion.score(use, 0), criterion.score(use, 0));
    assertEquals(64, values.remaining());
  }

  @Test
  void numbersThatAreNotFiniteAreRefused() {
    Use use = new Weight(new int[] {1, 2}, FloatBuffer.wrap(new float[] {1, Float.NaN}));

    ArithmeticException refused =
        assertThrows(ArithmeticException.class, () -> criterion.score(use, 1));
    assertEquals(
        "input 1 of conv1 holds a number that is not finite, at index 1 of axis 1",
        refused.getMessage());
  }

  private static FloatBuffer random(int count) {
    FloatBuffer values =
        ByteBuffer.allocateDirect(count * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    Random random = new Random(7);
    for (int i = 0; i < count; i++) {
      values.put(i, (float) random.nextGaussian());
    }
    return values;
  }

  private static double[] plain(int[] shape, FloatBuffer values, int axis) {
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    double[] sums = new double[shape[axis]];
    for (int i = 0; i < values.limit(); i++) {
      double value = values.get(i);
      sums[i / inner % shape[axis]] += value * value;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.sqrt(sums[i]);
    }
    return sums;
  }

  /** A parameter of a node that nobody asks about. */
  private static final class Weight implements Use {
    private final int[] shape;
    private final FloatBuffer values;

    Weight(int[] shape, FloatBuffer values) {
      this.shape = shape.clone();
      this.values = values;
    }

    @Override
    public Node node() {
      return (Node)
          Proxy.newProxyInstance(
              Node.class.getClassLoader(),
              new Class<?>[] {Node.class},
              (proxy, method, arguments) -> "conv1");
    }

    @Override
    public int input() {
      return 1;
    }

    @Override
    public int[] shape() {
      return shape.clone();
    }

    @Override
    public FloatBuffer values() {
      return values;
    }
  }
}
