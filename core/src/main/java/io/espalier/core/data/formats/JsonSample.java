package io.espalier.core.data.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.rules.Names;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A sample as a JSON object. */
final class JsonSample {
  private static final JsonFactory JSON =
      new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** Deeper than any input's rank. */
  private static final int DEEPEST = 16;

  private final String what;
  private final InputSpec input;
  private long[] shape = new long[0];
  private int depth;
  private final int[] counts = new int[DEEPEST + 1];
  private boolean seen;
  private double[] values = new double[16];
  private long[] wholes = new long[16];
  private int size;

  private JsonSample(String what, InputSpec input) {
    this.what = what;
    this.input = input;
  }

  /**
   * Parses a line.
   *
   * @param what how a message names it
   * @return an array for each input, without an axis for the sample
   * @throws DataException if it is no object that has one
   */
  static Map<String, DataArray> parse(String what, byte[] line, List<InputSpec> inputs) {
    Map<String, DataArray> arrays = new LinkedHashMap<>();
    Set<String> names = new TreeSet<>();
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new DataException(what + " is no JSON object; write {\"input\": [...], ...}");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        names.add(name);
        parser.nextToken();
        InputSpec input =
            inputs.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
        if (input == null) {
          parser.skipChildren();
        } else {
          arrays.put(name, new JsonSample(what, input).array(parser));
        }
      }
      if (parser.nextToken() != null) {
        throw new DataException(what + " goes on behind its object; write one object a line");
      }
    } catch (JsonProcessingException e) {
      throw new DataException(
          what
              + " is not JSON: "
              + (e.getLocation() == null ? "" : "column " + e.getLocation().getColumnNr() + ": ")
              + e.getOriginalMessage().replaceAll(" \\([^(\\[]*\\[Source.*", ""),
          e);
    } catch (IOException e) {
      throw DataFiles.unreadable(what, e);
    }
    for (InputSpec input : inputs) {
      if (!arrays.containsKey(input.name())) {
        throw new DataException(
            what
                + " has no '"
                + input.name()
                + "' for input "
                + input
                + Names.hint(input.name(), "it has", names));
      }
    }
    return arrays;
  }

  /** The value that the parser stands at. */
  private DataArray array(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    do {
      if (token == null) {
        throw new DataException(what + " breaks off within '" + input.name() + "'");
      }
      switch (token) {
        case START_ARRAY -> open();
        case END_ARRAY -> close();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> add(token, parser);
        default ->
            throw new DataException(
                element() + " is " + parser.getText() + ", and must be a number or a list");
      }
      token = depth == 0 ? token : parser.nextToken();
    } while (depth > 0);
    long[] fitted = Fit.shape(what + ", '" + input.name() + "'", Fit.list(shape), input);
    if (input.type().isFloating()) {
      float[] floats = new float[size];
      for (int i = 0; i < size; i++) {
        floats[i] = (float) values[i];
      }
      return DataArray.ofFloats(input.type(), floats, fitted);
    }
    return DataArray.ofLongs(input.type(), Arrays.copyOf(wholes, size), fitted);
  }

  private void open() {
    if (depth == DEEPEST) {
      throw new DataException(element() + " is nested deeper than any input is");
    }
    if (seen && depth == shape.length) {
      throw ragged();
    }
    counts[++depth] = 0;
    if (!seen && depth > shape.length) {
      shape = Arrays.copyOf(shape, depth);
    }
  }

  private void close() {
    if (!seen) {
      throw new DataException(element() + " is an empty list; give numbers");
    }
    int axis = depth - 1;
    if (shape[axis] == 0) {
      shape[axis] = counts[depth];
    } else if (shape[axis] != counts[depth]) {
      throw ragged();
    }
    depth--;
    counts[depth]++;
  }

  private void add(JsonToken token, JsonParser parser) throws IOException {
    if (depth != shape.length) {
      throw ragged();
    }
    ElementType type = input.type();
    boolean whole = token != JsonToken.VALUE_NUMBER_FLOAT;
    double value =
        whole && !token.isNumeric()
            ? (token == JsonToken.VALUE_TRUE ? 1 : 0)
            : parser.getDoubleValue();
    boolean fits = type.holds(value);
    long exact = (long) value;
    if (token == JsonToken.VALUE_NUMBER_INT) {
      boolean big = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
      exact = big ? 0 : parser.getLongValue();
      fits = type.isFloating() ? fits : !big && type.holds(exact);
    }
    if (!fits || (type.isInteger() && !whole)) {
      throw new DataException(
          element()
              + " is "
              + parser.getText()
              + ", which input '"
              + input.name()
              + "' of "
              + type
              + " cannot hold");
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
      wholes = Arrays.copyOf(wholes, 2 * size);
    }
    values[size] = value;
    wholes[size++] = exact;
    seen = true;
    counts[depth]++;
  }

  private DataException ragged() {
    return new DataException(
        element() + " is of another length than those before it; give lists of equal lengths");
  }

  /** Where in the sample the parser stands. */
  private String element() {
    long[] at = new long[depth];
    for (int i = 0; i < depth; i++) {
      at[i] = counts[i + 1];
    }
    return what + ", '" + input.name() + "'" + (depth == 0 ? "" : ", element " + Fit.text(at));
  }
}
