package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RememberedPassTest {
  private final RecentlyUsed<Object, List<DataArray>> room = new RecentlyUsed<>(16);

  private final Samples samples =
      new Samples() {
        @Override
        public int count() {
          return 2;
        }

        @Override
        public Batches read(int[] wanted, int size) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Optional<RecentlyUsed<Object, List<DataArray>>> results() {
          return Optional.of(room);
        }
      };

  private static List<DataArray> arrays(int elements) {
    return List.of(DataArray.ofFloats(ElementType.FLOAT32, new float[elements], elements));
  }

  @Test
  void whatOnePassComputedTheNextOneKnows() {
    RememberedPass first = new RememberedPass(samples, "key");
    List<DataArray> one = first.next(1, () -> arrays(2));
    List<DataArray> two = first.next(1, () -> arrays(1));
    first.end();
    RememberedPass second = new RememberedPass(samples, "key");
    assertSame(one.get(0), second.next(1, () -> fail("computed again")).get(0));
    assertSame(two.get(0), second.next(1, () -> fail("computed again")).get(0));
    second.end();
    RememberedPass other = new RememberedPass(samples, "another key");
    assertEquals(3, other.next(1, () -> arrays(3)).get(0).size());
  }

  @Test
  void aPassThatWasNotFinishedOrDoesNotFitIsNotKnown() {
    new RememberedPass(samples, "key").next(1, () -> arrays(1));
    RememberedPass second = new RememberedPass(samples, "key");
    assertEquals(5, second.next(1, () -> arrays(5)).get(0).size()); // 20 bytes
    assertEquals(1, second.next(1, () -> arrays(1)).get(0).size());
    second.end();
    RememberedPass third = new RememberedPass(samples, "key");
    assertEquals(2, third.next(1, () -> arrays(2)).get(0).size());
  }
}
