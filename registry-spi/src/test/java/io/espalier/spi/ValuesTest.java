package io.espalier.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The records of the vocabulary. */
class ValuesTest {
  @Test
  void theStandardDomainHasTwoNames() {
    assertEquals(OpId.of("Conv"), OpId.of("ai.onnx", "Conv"));
    assertEquals("Conv", OpId.of("ai.onnx", "Conv").toString());
    assertEquals("com.acme:Conv", OpId.of("com.acme", "Conv").toString());
    assertTrue(OpId.of("Zero").compareTo(OpId.of("com.acme", "Add")) < 0);
    assertThrows(IllegalArgumentException.class, () -> OpId.of("com.acme", ""));
  }

  @Test
  void integersFillTheirShape() {
    assertEquals(0, new Ints(List.of(0, 3), List.of()).size());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Ints(List.of(2, 3), List.<Element>of()));
    assertEquals("a tensor of shape [2, 3] has 6 elements, not 0", e.getMessage());
  }

  @Test
  void anAxisThatIsNotThereIsNamedWithItsValue() {
    assertNoAxis("the value 'x' has no axis -1; it has 0", "x", -1);
    assertNoAxis("a value that the node leaves out has no axis 0; it has 0", "", 0);
  }

  private static void assertNoAxis(String message, String name, int axis) {
    Value value = new Scalar(name);
    assertEquals(
        message,
        assertThrows(IndexOutOfBoundsException.class, () -> value.axis(axis)).getMessage());
  }

  private record Scalar(String name) implements Value {
    @Override
    public boolean present() {
      return !name.isEmpty();
    }

    @Override
    public boolean parameter() {
      return false;
    }

    @Override
    public List<Axis> axes() {
      return List.of();
    }

    @Override
    public Optional<Ints> ints() {
      return Optional.empty();
    }

    @Override
    public Optional<float[]> floats() {
      return Optional.empty();
    }

    @Override
    public boolean zero() {
      return false;
    }
  }
}
