package io.espalier.text;

import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The inputs of a network that reads text.
 *
 * @param inputs each by what it holds
 * @param length how many tokens it insists on; 0 where that is left open
 */
record TextInputs(Map<TextPart, InputSpec> inputs, int length) {
  private static final Optional<TextPart> IDS = Optional.of(TextPart.IDS);

  TextInputs {
    inputs = Collections.unmodifiableMap(new EnumMap<>(inputs));
  }

  /**
   * Finds out which input is which, by their names; the only one that picks rows of a table is that
   * of the ids, whatever it is called.
   *
   * @param location what a message calls the data
   * @throws DataException if an input holds no text
   */
  static TextInputs of(String location, List<InputSpec> inputs) {
    Map<TextPart, InputSpec> found = new EnumMap<>(TextPart.class);
    for (InputSpec input : inputs) {
      TextPart part = part(input, inputs).orElseThrow(() -> noText(location, input));
      if (!fits(part, input)) {
        throw noText(location, input);
      }
      InputSpec other = found.putIfAbsent(part, input);
      if (other != null) {
        throw new DataException(
            location
                + " is one text a line, but the model reads "
                + part.usualName()
                + " twice, as "
                + other
                + " and as "
                + input
                + "; give a .jsonl file with an array for each, by its name");
      }
    }
    if (!found.containsKey(TextPart.IDS)) {
      throw noText(location, inputs.get(0));
    }
    TextInputs text = new TextInputs(found, length(location, found));
    if (text.length > 0 && !found.containsKey(TextPart.MASK)) {
      throw new DataException(
          location
              + " has lines of different lengths, but the model reads "
              + text.length
              + " tokens and has no attention_mask to tell text from what fills up; export it"
              + " with that length left open");
    }
    return text;
  }

  private static Optional<TextPart> part(InputSpec input, List<InputSpec> all) {
    Optional<TextPart> named = TextPart.of(input.name());
    if (named.isPresent() || all.stream().anyMatch(i -> TextPart.of(i.name()).equals(IDS))) {
      return named;
    }
    return input.plausible() instanceof Draw.Ids ? IDS : named;
  }

  private static boolean fits(TextPart part, InputSpec input) {
    boolean numbers = part != TextPart.IDS || input.type().isInteger();
    boolean several = part == TextPart.MASK || input.type() != ElementType.BOOL;
    return input.shape().size() == 2 && numbers && several;
  }

  private static DataException noText(String location, InputSpec input) {
    return new DataException(
        location
            + " is text, but the model reads "
            + input
            + ", which no text fills; text fills inputs of [samples, tokens] called "
            + Arrays.stream(TextPart.values())
                .map(TextPart::usualName)
                .collect(Collectors.joining(", "))
            + " or alike");
  }

  private static int length(String location, Map<TextPart, InputSpec> inputs) {
    long length = 0;
    for (InputSpec input : inputs.values()) {
      long own = input.shape().get(1);
      if (own > 0 && length > 0 && own != length) {
        throw new DataException(
            location
                + " cannot fill input "
                + input
                + " together with another of "
                + length
                + " tokens; the inputs of a text are of one length");
      }
      length = Math.max(length, own);
    }
    return Math.toIntExact(Math.max(0, length));
  }

  /** Whether shorter texts can stand beside longer ones. */
  boolean hasMask() {
    return inputs.containsKey(TextPart.MASK);
  }

  /** How many samples the network insists on; 0 where that is left open. */
  int batch() {
    return InputSpec.batchSize(List.copyOf(inputs.values()), 0);
  }

  /**
   * The arrays of some texts.
   *
   * @param texts one for each row
   * @param width how many tokens a row has; those behind a text are filled up
   * @param filler the id of what fills up
   */
  Map<String, DataArray> arrays(List<LineTokenizer.Tokens> texts, int width, long filler) {
    Map<String, DataArray> arrays = new LinkedHashMap<>();
    inputs.forEach(
        (part, input) -> {
          long[] values = new long[texts.size() * width];
          for (int row = 0; row < texts.size(); row++) {
            fill(part, texts.get(row), values, row * width, width, filler);
          }
          arrays.put(input.name(), array(input.type(), values, texts.size(), width));
        });
    return arrays;
  }

  private static void fill(
      TextPart part, LineTokenizer.Tokens text, long[] to, int from, int width, long filler) {
    int length = text.length();
    switch (part) {
      case IDS -> {
        System.arraycopy(text.ids(), 0, to, from, length);
        Arrays.fill(to, from + length, from + width, filler);
      }
      case MASK -> Arrays.fill(to, from, from + length, 1);
      case TYPES -> System.arraycopy(text.types(), 0, to, from, length);
      case POSITIONS -> {
        for (int i = 0; i < width; i++) {
          to[from + i] = i;
        }
      }
    }
  }

  private static DataArray array(ElementType type, long[] values, int rows, int width) {
    if (type.isInteger()) {
      return DataArray.ofLongs(type, values, rows, width);
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return DataArray.ofFloats(type, floats, rows, width);
  }
}
