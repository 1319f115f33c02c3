package io.espalier.onnx.runtime;

import io.espalier.onnx.file.DataTypes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Random inputs for trial runs; the same seed gives the same inputs.
 *
 * <p>Floats have mean 0 and standard deviation 1; integers are drawn evenly from 0 to below the
 * bound, as token ids are. Booleans are true; a single one that is no mask decides something, and
 * is true where the seed is even. Integers whose input's name holds "mask" are 1 and those whose
 * name holds "type" 0: an attention mask that hides something, or a segment that a table does not
 * have, would make results depend on chance.
 *
 * @param seed what to draw from
 * @param integerBound integers stay below it; at least 1
 */
public record RandomInputs(long seed, long integerBound) {
  public RandomInputs {
    if (integerBound < 1) {
      throw new IllegalArgumentException(
          "no integer is below " + integerBound + " and not negative");
    }
  }

  /** Gaussian floats, and integers that every vocabulary has. */
  public static RandomInputs seeded(long seed) {
    return new RandomInputs(seed, 100);
  }

  public RandomInputs withIntegerBound(long bound) {
    return new RandomInputs(seed, bound);
  }

  /**
   * One tensor for each input of a model.
   *
   * @param shapes trial shapes by input name; needed for those whose dimensions are not all known,
   *     and used instead of the model's own where given
   * @throws OnnxRunException if an input's shape is unknown or takes more memory than a run may, or
   *     it is neither float, integer nor boolean
   */
  public Map<String, Tensor> forModel(OnnxSession session, Map<String, long[]> shapes) {
    return forInputs(session.inputSpecs(), shapes);
  }

  /** As {@link #forModel}, for inputs that are known by their types. */
  public Map<String, Tensor> forInputs(List<ValueSpec> inputs, Map<String, long[]> shapes) {
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (ValueSpec input : inputs) {
      long[] shape = shapes.getOrDefault(input.name(), input.shape());
      if (Arrays.stream(shape).anyMatch(dim -> dim < 0)) {
        throw new OnnxRunException(
            "input " + input + " has dimensions that the model leaves open; give it a trial shape");
      }
      tensors.put(input.name(), tensor(input, shape, random));
    }
    return tensors;
  }

  private Tensor tensor(ValueSpec input, long[] shape, Random random) {
    int count = RunSize.elements(input.name(), shape);
    if (DataTypes.isFloating(input.dataType())) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.ofFloats(values, shape);
    }
    if (!DataTypes.isInteger(input.dataType())) {
      throw new OnnxRunException("input " + input + " does not hold numbers; give it a value");
    }
    long[] values = new long[count];
    Arrays.setAll(values, i -> integer(input, random));
    if (input.dataType() == DataTypes.BOOL && count == 1 && !isMask(input)) {
      values[0] = Math.floorMod(seed + 1, 2);
    }
    return Tensor.ofLongs(values, shape);
  }

  private static boolean isMask(ValueSpec input) {
    return input.name().toLowerCase(Locale.ROOT).contains("mask");
  }

  private long integer(ValueSpec input, Random random) {
    String name = input.name().toLowerCase(Locale.ROOT);
    if (input.dataType() == DataTypes.BOOL || isMask(input)) {
      return 1;
    }
    return name.contains("type") ? 0 : Math.floorMod(random.nextLong(), integerBound);
  }
}
