package io.espalier.djl.trace.tape;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.blocks.BlockCalls;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one run of a forward pass records: operators in order, and the values between them. */
public final class Tape {
  private final BlockCalls calls;
  private final List<Step> steps = new ArrayList<>();
  private final List<Value> values = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final IdentityHashMap<Parameter, Value> parameters = new IdentityHashMap<>();

  public Tape(BlockCalls calls) {
    this.calls = calls;
  }

  /** How much was recorded at some moment. */
  public record Mark(int steps, int values) {}

  public Mark mark() {
    return new Mark(steps.size(), values.size());
  }

  /** Forgets what was recorded since. */
  public void reset(Mark mark) {
    steps.subList(mark.steps(), steps.size()).clear();
    values.subList(mark.values(), values.size()).clear();
    parameters.values().removeIf(value -> value.index() >= mark.values());
  }

  public List<Step> steps() {
    return steps;
  }

  public List<Value> values() {
    return values;
  }

  public List<Value> inputs() {
    return inputs;
  }

  public List<Value> outputs() {
    return outputs;
  }

  public Value input(Shape shape, DataType type) {
    Value value = add(shape, type, new Value.Fed(inputs.size()));
    inputs.add(value);
    return value;
  }

  public void output(Value value) {
    outputs.add(value);
  }

  /** The value of a parameter, the same one each time. */
  public Value parameter(Parameter parameter) {
    Value known = parameters.get(parameter);
    if (known == null) {
      known =
          add(
              parameter.getArray().getShape(),
              parameter.getArray().getDataType(),
              new Value.Stored(parameter));
      parameters.put(parameter, known);
    }
    return known;
  }

  public Value literal(Literal literal) {
    return add(literal.shape(), literal.type(), new Value.Given(literal));
  }

  public Value scalar(double value, DataType type) {
    return literal(new Literal.Uniform(new Shape(), type, value));
  }

  /** Integers along one axis: a shape, axes, or bounds. */
  public Value integers(long... numbers) {
    return literal(Literal.integers(numbers));
  }

  /** Records an operator of the ONNX standard domain with one output. */
  public Value record(
      String op, Settings settings, Shape shape, DataType type, @Nullable Value... operands) {
    return record(OpId.of(op), settings, List.of(shape), List.of(type), operands).get(0);
  }

  /** Records an operator. */
  public List<Value> record(
      OpId op,
      Settings settings,
      List<Shape> shapes,
      List<DataType> types,
      @Nullable Value... operands) {
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      results.add(add(shapes.get(i), types.get(i), new Value.Computed(steps.size(), i)));
    }
    List<Optional<Value>> read = Arrays.stream(operands).map(Optional::ofNullable).toList();
    BlockCall call = calls.current();
    steps.add(new Step(op, settings, read, results, call));
    return results;
  }

  private Value add(Shape shape, DataType type, Value.Source source) {
    Value value = new Value(values.size(), shape, type, source);
    values.add(value);
    return value;
  }
}
