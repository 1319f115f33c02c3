package io.espalier.modules.criteria;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Node;
import io.espalier.spi.Use;
import java.lang.reflect.Proxy;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Criteria that read weights alone, on numbers that are worked out by hand. */
class WeightCriteriaTest {
  private record Weight(List<Integer> dims, List<Float> numbers) implements Use {
    @Override
    public Node node() {
      return (Node)
          Proxy.newProxyInstance(
              Node.class.getClassLoader(),
              new Class<?>[] {Node.class},
              (proxy, method, args) -> "conv1");
    }

    @Override
    public int input() {
      return 1;
    }

    @Override
    public int[] shape() {
      return dims.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public FloatBuffer values() {
      FloatBuffer values = FloatBuffer.allocate(numbers.size());
      numbers.forEach(values::put);
      return values.flip();
    }
  }

  /** Columns [3, 4], [0, 0] and [-1, 2]. */
  private static final Use COLUMNS = new Weight(List.of(2, 3), List.of(3f, 0f, -1f, 4f, 0f, 2f));

  private static void assertScores(ImportanceCriterion criterion, double... expected) {
    assertArrayEquals(expected, criterion.score(COLUMNS, 1), 1e-6);
  }

  @Test
  void magnitudesAreAddedUp() {
    assertScores(new L1Importance(), 7, 0, 3);
  }

  @Test
  void squaresAreAddedUp() {
    assertScores(new GroupNormImportance(), 25, 0, 5);
  }

  @Test
  void withoutNormsTheirScaleIsThatOfTheWeights() {
    assertScores(new BatchNormScaleImportance(), 5, 0, Math.sqrt(5));
  }

  @Test
  void aSquareIsAPartOfThoseAsLarge() {
    assertScores(new LampImportance(), 1, 0, 5 / 30.0);
  }

  @Test
  void whatIsNearTheOthersMattersLess() {
    double first = Math.sqrt(16 + 4);
    assertScores(new FpgmImportance(), 5 + first, 5 + Math.sqrt(5), first + Math.sqrt(5));
  }

  @Test
  void slicesOfAMiddleAxisAreReadInOrder() {
    Use use = new Weight(List.of(2, 2, 2), List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f));
    assertArrayEquals(new float[] {1, 2, 5, 6}, Slices.of(use, 1)[0]);
    assertArrayEquals(new double[] {14, 22}, new L1Importance().score(use, 1));
  }

  @Test
  void randomNumbersAreTheSameAgain() {
    RandomImportance random = new RandomImportance();
    assertArrayEquals(random.score(COLUMNS, 1), random.score(COLUMNS, 1));
  }

  @Test
  void numbersThatAreNotFiniteAreRefused() {
    Use use = new Weight(List.of(1, 2), List.of(1f, Float.NaN));
    for (ImportanceCriterion criterion :
        List.of(
            new L1Importance(),
            new GroupNormImportance(),
            new LampImportance(),
            new FpgmImportance())) {
      assertThrows(ArithmeticException.class, () -> criterion.score(use, 1), criterion.key());
    }
  }
}
