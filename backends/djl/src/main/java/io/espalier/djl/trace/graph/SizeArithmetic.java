package io.espalier.djl.trace.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Types;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the operators that compute numbers from the lengths of open dimensions. */
final class SizeArithmetic {
  private final GraphWriter writer;
  private final DjlBlock source;
  private final Map<OpenSizes.Dimension, String> lengths = new HashMap<>();

  /**
   * An element of a vector of integers.
   *
   * @param formula how it follows from open dimensions
   * @param number what it is if it does not
   */
  record Entry(Optional<OpenSizes.Formula> formula, long number) {}

  SizeArithmetic(GraphWriter writer, DjlBlock source) {
    this.writer = writer;
    this.source = source;
  }

  /** A vector of integers. */
  String vector(List<Entry> entries, String name) {
    List<String> parts = new ArrayList<>();
    List<Long> run = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.formula().isEmpty()) {
        run.add(entry.number());
        continue;
      }
      flush(run, parts, name);
      parts.add(number(entry.formula().get(), DataType.INT64, name));
    }
    flush(run, parts, name);
    return parts.size() == 1
        ? parts.get(0)
        : node("Concat", Settings.of("axis", 0), DataType.INT64, name, parts);
  }

  private void flush(List<Long> run, List<String> parts, String name) {
    if (!run.isEmpty()) {
      long[] numbers = run.stream().mapToLong(Long::longValue).toArray();
      parts.add(writer.literal(name + "/numbers", Literal.integers(numbers)));
      run.clear();
    }
  }

  /** An array of one value, of a shape that is computed. */
  String filled(List<Entry> dims, double value, DataType type, String name) {
    Settings settings =
        type.isFloating()
            ? Settings.NONE.and("value", new double[] {value})
            : Settings.of("value", new long[] {(long) value});
    return node("ConstantOfShape", settings, type, name, List.of(vector(dims, name)));
  }

  /** Evenly spaced numbers up to one that is computed. */
  String range(double start, OpenSizes.Formula end, double step, DataType type, String name) {
    return node(
        "Range",
        Settings.NONE,
        type,
        name,
        List.of(
            constant(start, new Shape(), type, name + "/start"),
            scalar(end, type, name + "/end"),
            constant(step, new Shape(), type, name + "/step")));
  }

  /** A single number, as an array without axes. */
  String scalar(OpenSizes.Formula formula, DataType type, String name) {
    String axes = writer.literal(name + "/axes", Literal.integers(0));
    return node("Squeeze", Settings.NONE, type, name, List.of(number(formula, type, name), axes));
  }

  /** A single number, as an array of one element. */
  private String number(OpenSizes.Formula formula, DataType type, String name) {
    String product = "";
    for (OpenSizes.Dimension dim : formula.dims()) {
      String length = lengths.computeIfAbsent(dim, this::length);
      product = product.isEmpty() ? length : binary("Mul", product, length, DataType.INT64, name);
    }
    boolean whole =
        Math.rint(formula.factor()) == formula.factor()
            && Math.rint(formula.more()) == formula.more();
    DataType in = whole ? DataType.INT64 : type;
    String result = cast(product, DataType.INT64, in, name);
    if (formula.factor() != 1) {
      result = with("Mul", result, formula.factor(), in, name);
    }
    if (formula.divisor() != 1) {
      result = with("Div", result, (double) formula.divisor(), in, name);
    }
    if (formula.more() != 0) {
      result = with("Add", result, formula.more(), in, name);
    }
    return cast(result, in, type, name);
  }

  private String with(String op, String x, double number, DataType type, String name) {
    return binary(op, x, constant(number, new Shape(1), type, name + "/" + op), type, name);
  }

  private String constant(double number, Shape shape, DataType type, String name) {
    return writer.literal(name, new Literal.Uniform(shape, type, number));
  }

  private String cast(String x, DataType from, DataType to, String name) {
    return from == to ? x : node("Cast", Settings.of("to", Types.onnx(to)), to, name, List.of(x));
  }

  private String binary(String op, String x, String y, DataType type, String name) {
    return node(op, Settings.NONE, type, name, List.of(x, y));
  }

  private String length(OpenSizes.Dimension dim) {
    String input = source.inputs().get(dim.input()).name();
    String shape = node("Shape", Settings.NONE, DataType.INT64, input + "/shape", List.of(input));
    String axis = writer.literal(input + "/axis", Literal.integers(dim.axis()));
    return node(
        "Gather", Settings.of("axis", 0), DataType.INT64, input + "/length", List.of(shape, axis));
  }

  private String node(
      String op, Settings settings, DataType type, String name, List<String> inputs) {
    String output = writer.unique(name + "/" + op);
    writer.node(
        writer.root(),
        OpId.of(op),
        Assembler.OPSET,
        inputs,
        List.of(output),
        settings,
        Map.of(),
        List.of(type));
    return output;
  }
}
