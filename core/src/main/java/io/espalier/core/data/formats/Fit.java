package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether arrays of data are what an input reads. */
final class Fit {
  private Fit() {}

  /**
   * The shape of a sample as the input reads it: the same, or the same but for dimensions of 1.
   *
   * @param what how a message names the array
   * @param sample the shape of one sample of the data
   * @throws DataException if that is another shape
   */
  static long[] shape(String what, List<Long> sample, InputSpec input) {
    List<Long> due = input.sampleShape();
    if (matches(sample, due)) {
      return array(sample);
    }
    List<Long> core = sample.stream().filter(size -> size != 1).toList();
    List<Long> dueCore = due.stream().filter(size -> size != 1).toList();
    if (!matches(core, dueCore)) {
      throw new DataException(
          what
              + " holds samples of shape "
              + text(sample)
              + ", but input "
              + input
              + " reads samples of shape "
              + text(due)
              + "; give data of that shape");
    }
    List<Long> shape = new ArrayList<>();
    int next = 0;
    for (long size : due) {
      shape.add(size == 1 ? Long.valueOf(1) : core.get(next++));
    }
    return array(shape);
  }

  private static boolean matches(List<Long> sample, List<Long> due) {
    boolean fits = sample.size() == due.size();
    for (int axis = 0; fits && axis < due.size(); axis++) {
      fits = sample.get(axis) > 0 && (due.get(axis) < 0 || due.get(axis).equals(sample.get(axis)));
    }
    return fits;
  }

  /**
   * Checks that elements of a type mean something to an input: integers and booleans are read as
   * floats and as other integers where they are in range, floats as floats.
   *
   * @throws DataException if floats are to be read as integers
   */
  static void requireType(String what, ElementType type, InputSpec input) {
    if (type.isFloating() && !input.type().isFloating()) {
      throw new DataException(
          what
              + " holds "
              + type
              + ", but input "
              + input
              + " reads "
              + input.type()
              + "; give whole numbers of an integer type");
    }
  }

  static String text(List<Long> shape) {
    return shape.stream()
        .map(size -> size < 0 ? "?" : size.toString())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  static String text(long[] shape) {
    return text(list(shape));
  }

  static List<Long> list(long[] shape) {
    return java.util.Arrays.stream(shape).boxed().toList();
  }

  private static long[] array(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
