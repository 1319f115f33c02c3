package io.espalier.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.file.DataTypes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void relativeErrorIsMeasuredAgainstTheLargestValue() {
    Tensor reference = Tensor.ofFloats(new float[] {1, -4, 0}, 3);
    assertEquals(0.25, Tensor.ofFloats(new float[] {1, -4, 1}, 3).relativeError(reference));
    assertEquals(0, reference.relativeError(reference));
  }

  @Test
  void whatIsNotANumberOrOfAnotherShapeNeverPasses() {
    Tensor reference = Tensor.ofFloats(new float[] {1, 2}, 2);
    Tensor broken = Tensor.ofFloats(new float[] {1, Float.NaN}, 2);
    assertEquals(Double.POSITIVE_INFINITY, broken.relativeError(reference));
    assertEquals(Double.POSITIVE_INFINITY, reference.relativeError(broken));
    assertEquals(Double.POSITIVE_INFINITY, broken.relativeError(broken));
    assertEquals(
        Double.POSITIVE_INFINITY,
        Tensor.ofFloats(new float[] {1, 2}, 1, 2).relativeError(reference));
    Tensor zero = Tensor.ofFloats(new float[2], 2);
    assertEquals(Double.POSITIVE_INFINITY, reference.relativeError(zero));
  }

  @Test
  void valuesCannotBeChangedFromOutside() {
    float[] values = {1, 2};
    Tensor tensor = Tensor.ofFloats(values, 2);
    values[0] = 5;
    tensor.floats()[1] = 5;
    tensor.shape()[0] = 5;
    assertArrayEquals(new float[] {1, 2}, tensor.floats());
    assertArrayEquals(new long[] {2}, tensor.shape());
  }

  @Test
  void valuesMustFillTheShape() {
    assertThrows(IllegalArgumentException.class, () -> Tensor.ofFloats(new float[3], 2));
    assertThrows(IllegalStateException.class, () -> Tensor.ofFloats(new float[2], 2).longs());
  }

  @Test
  void randomInputsDependOnTheSeedAlone() {
    List<ValueSpec> specs =
        List.of(
            new ValueSpec("x", DataTypes.FLOAT16, List.of(-1L, 50L)),
            new ValueSpec("ids", DataTypes.INT64, List.of(100L)),
            new ValueSpec("attention_mask", DataTypes.INT64, List.of(4L)),
            new ValueSpec("token_type_ids", DataTypes.INT32, List.of(4L)),
            new ValueSpec("flag", DataTypes.BOOL, List.of()));
    Map<String, long[]> shapes = Map.of("x", new long[] {3, 50});
    RandomInputs random = RandomInputs.seeded(7).withIntegerBound(9);

    Map<String, Tensor> inputs = random.forInputs(specs, shapes);

    float[] x = tensor(inputs, "x").floats();
    assertArrayEquals(x, tensor(random.forInputs(specs, shapes), "x").floats());
    RandomInputs other = RandomInputs.seeded(8).withIntegerBound(9);
    for (long id : tensor(inputs, "ids").longs()) {
      assertTrue(id >= 0 && id < 9);
    }
    assertArrayEquals(new long[] {1, 1, 1, 1}, tensor(inputs, "attention_mask").longs());
    assertArrayEquals(new long[4], tensor(inputs, "token_type_ids").longs());
    assertArrayEquals(new long[] {0}, tensor(inputs, "flag").longs());
    assertArrayEquals(new long[] {1}, tensor(other.forInputs(specs, shapes), "flag").longs());
    assertFalse(x[0] == tensor(other.forInputs(specs, shapes), "x").floats()[0]);
    OnnxRunException e =
        assertThrows(OnnxRunException.class, () -> random.forInputs(specs, Map.of()));
    assertEquals(
        "input x: float16[-1, 50] has dimensions that the model leaves open; give it a trial shape",
        e.getMessage());
  }

  @Test
  void inputsThatTheHeapDoesNotHoldAreRefused() {
    long half = Runtime.getRuntime().maxMemory() / Float.BYTES / 2;
    ValueSpec wide = new ValueSpec("x", DataTypes.FLOAT, List.of(half));
    RandomInputs random = RandomInputs.seeded(1);
    OnnxRunException e =
        assertThrows(OnnxRunException.class, () -> random.forInputs(List.of(wide), Map.of()));
    assertTrue(
        String.valueOf(e.getMessage())
            .startsWith("input 'x' of shape [" + half + "] takes more than"));
    assertEquals(
        3,
        tensor(random.forInputs(List.of(wide), Map.of("x", new long[] {3})), "x").floats().length);
  }

  private static Tensor tensor(Map<String, Tensor> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name));
  }
}
