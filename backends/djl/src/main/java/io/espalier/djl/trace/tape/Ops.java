package io.espalier.djl.trace.tape;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Shapes;
import io.espalier.djl.trace.values.Types;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Records operators, each with the shape and type it computes. */
public final class Ops {
  private final Tape tape;

  public Ops(Tape tape) {
    this.tape = tape;
  }

  Tape tape() {
    return tape;
  }

  public Value unary(String op, Value x) {
    return unary(op, x, Settings.NONE);
  }

  public Value unary(String op, Value x, Settings settings) {
    return tape.record(op, settings, x.shape(), x.type(), x);
  }

  public Value cast(Value x, DataType type) {
    return x.type() == type
        ? x
        : tape.record("Cast", Settings.of("to", Types.onnx(type)), x.shape(), type, x);
  }

  /** A function of real numbers: integers become 32-bit floats. */
  public Value real(Value x) {
    return x.type().isFloating() ? x : cast(x, DataType.FLOAT32);
  }

  /** Element by element, in the type that both make. */
  public Value binary(String op, Value a, Value b) {
    return binary(op, a, b, Types.promote(a, b));
  }

  private Value binary(String op, Value a, Value b, DataType type) {
    Value x = fit(a, type);
    Value y = fit(b, type);
    return tape.record(op, Settings.NONE, Shapes.broadcast(x.shape(), y.shape()), type, x, y);
  }

  /** Casts, unless it is a number that can be written in the type at once. */
  private Value fit(Value x, DataType type) {
    if (x.type() != type
        && x.source() instanceof Value.Given given
        && given.literal() instanceof Literal.Uniform uniform
        && x.isScalar()) {
      return tape.scalar(uniform.value(), type);
    }
    return cast(x, type);
  }

  public Value divide(Value a, Value b) {
    DataType type = Types.promote(a, b);
    return binary("Div", a, b, type.isFloating() ? type : DataType.FLOAT32);
  }

  public Value compare(String op, Value a, Value b) {
    DataType type = Types.promote(a, b);
    Value x = fit(a, type);
    Value y = fit(b, type);
    return tape.record(
        op, Settings.NONE, Shapes.broadcast(x.shape(), y.shape()), DataType.BOOLEAN, x, y);
  }

  public Value logical(String op, Value a, Value b) {
    return binary(op, cast(a, DataType.BOOLEAN), cast(b, DataType.BOOLEAN), DataType.BOOLEAN);
  }

  public Value number(String op, Value x, double number) {
    return binary(op, x, tape.scalar(number, DataType.FLOAT32));
  }

  public Value reshape(Value x, long... to) {
    Shape shape = Shapes.resolve(x.shape(), to);
    return tape.record("Reshape", Settings.NONE, shape, x.type(), x, tape.integers(to));
  }

  public Value transpose(Value x, int... perm) {
    int[] axes = Arrays.stream(perm).map(x::axis).toArray();
    if (axes.length != x.rank() || Arrays.stream(axes).distinct().count() != axes.length) {
      throw new IllegalArgumentException(
          "axes " + Arrays.toString(perm) + " do not permute an array of shape " + x.shape());
    }
    return tape.record(
        "Transpose",
        Settings.of("perm", Shapes.longs(axes)),
        Shapes.permuted(x.shape(), axes),
        x.type(),
        x);
  }

  public Value swap(Value x, int a, int b) {
    int[] perm = IntStream.range(0, x.rank()).toArray();
    perm[x.axis(a)] = x.axis(b);
    perm[x.axis(b)] = x.axis(a);
    return transpose(x, perm);
  }

  public Value unsqueeze(Value x, int axis) {
    int at = axis < 0 ? axis + x.rank() + 1 : axis;
    List<Long> dims = new ArrayList<>(Arrays.stream(x.shape().getShape()).boxed().toList());
    dims.add(at, 1L);
    Shape shape = new Shape(dims.stream().mapToLong(Long::longValue).toArray());
    return tape.record("Unsqueeze", Settings.NONE, shape, x.type(), x, tape.integers(at));
  }

  public Value squeeze(Value x, int... axes) {
    int[] gone = Arrays.stream(axes).map(x::axis).toArray();
    for (int axis : gone) {
      if (x.dim(axis) != 1) {
        throw new IllegalArgumentException(
            "axis " + axis + " of an array of shape " + x.shape() + " has more than one element");
      }
    }
    return gone.length == 0
        ? x
        : tape.record(
            "Squeeze",
            Settings.NONE,
            Shapes.without(x.shape(), gone),
            x.type(),
            x,
            tape.integers(Shapes.longs(gone)));
  }

  public Value expand(Value x, Shape to) {
    Shape shape = Shapes.broadcast(x.shape(), to);
    long[] asked = to.getShape().clone();
    for (int i = 0; i < asked.length; i++) {
      int own = i - asked.length + x.rank();
      // 1 leaves an axis as it is
      asked[i] = own >= 0 && x.dim(own) == asked[i] ? 1 : asked[i];
    }
    return shape.equals(x.shape())
        ? x
        : tape.record("Expand", Settings.NONE, shape, x.type(), x, tape.integers(asked));
  }

  public Value concat(List<Value> parts, int axis) {
    Value first = parts.get(0);
    int at = first.axis(axis);
    DataType type = parts.stream().reduce((a, b) -> wider(a, b)).orElseThrow().type();
    long length = 0;
    for (Value part : parts) {
      if (part.rank() != first.rank()
          || !Shapes.with(part.shape(), at, 1).equals(Shapes.with(first.shape(), at, 1))) {
        throw new IllegalArgumentException(
            "arrays of shapes " + first.shape() + " and " + part.shape() + " cannot be joined");
      }
      length += part.dim(at);
    }
    Value[] operands = parts.stream().map(part -> cast(part, type)).toArray(Value[]::new);
    return tape.record(
        "Concat", Settings.of("axis", at), Shapes.with(first.shape(), at, length), type, operands);
  }

  private static Value wider(Value a, Value b) {
    return Types.promote(a, b) == a.type() ? a : b;
  }

  public List<Value> split(Value x, int axis, long... sizes) {
    int at = x.axis(axis);
    if (Arrays.stream(sizes).anyMatch(size -> size < 1)
        || Arrays.stream(sizes).sum() != x.dim(at)) {
      throw new Untraceable(
          "splits " + x.dim(at) + " elements into pieces of " + Arrays.toString(sizes));
    }
    List<Shape> shapes =
        Arrays.stream(sizes).mapToObj(size -> Shapes.with(x.shape(), at, size)).toList();
    List<DataType> types = shapes.stream().map(shape -> x.type()).toList();
    return tape.record(
        OpId.of("Split"), Settings.of("axis", at), shapes, types, x, tape.integers(sizes));
  }

  /**
   * Part of an axis.
   *
   * @param length how many elements that leaves
   */
  public Value slice(Value x, int axis, long start, long end, long step, long length) {
    return tape.record(
        "Slice",
        Settings.NONE,
        Shapes.with(x.shape(), axis, length),
        x.type(),
        x,
        tape.integers(start),
        tape.integers(end),
        tape.integers(axis),
        tape.integers(step));
  }

  /** Elements or slices along an axis, by index. */
  public Value gather(Value x, Value indices, int axis) {
    int at = x.axis(axis);
    Shape shape = x.shape().slice(0, at).addAll(indices.shape()).addAll(x.shape().slice(at + 1));
    return tape.record(
        "Gather", Settings.of("axis", at), shape, x.type(), x, cast(indices, DataType.INT64));
  }

  public Value matMul(Value a, Value b) {
    DataType type = Types.promote(a, b);
    if (a.rank() == 0
        || b.rank() == 0
        || a.dim(a.rank() - 1) != b.dim(b.rank() == 1 ? 0 : b.rank() - 2)) {
      throw new IllegalArgumentException(
          "arrays of shapes " + a.shape() + " and " + b.shape() + " cannot be multiplied");
    }
    Shape batch =
        Shapes.broadcast(
            a.shape().slice(0, Math.max(0, a.rank() - 2)),
            b.shape().slice(0, Math.max(0, b.rank() - 2)));
    Shape shape = a.rank() > 1 ? batch.add(a.dim(a.rank() - 2)) : batch;
    shape = b.rank() > 1 ? shape.add(b.dim(b.rank() - 1)) : shape;
    return tape.record("MatMul", Settings.NONE, shape, type, cast(a, type), cast(b, type));
  }

  /** Reduces axes; none means all. Before operator set 18 only sums take their axes as an input. */
  public Value reduce(String op, Value x, int[] axes, boolean keep) {
    int[] gone =
        axes.length == 0
            ? IntStream.range(0, x.rank()).toArray()
            : Arrays.stream(axes).map(x::axis).toArray();
    Shape shape = Shapes.without(x.shape(), gone);
    if (keep) {
      shape = x.shape();
      for (int axis : gone) {
        shape = Shapes.with(shape, axis, 1);
      }
    }
    Settings kept = Settings.of("keepdims", keep ? 1 : 0);
    return op.equals("ReduceSum")
        ? tape.record(op, kept, shape, x.type(), x, tape.integers(Shapes.longs(gone)))
        : tape.record(op, kept.and("axes", Shapes.longs(gone)), shape, x.type(), x);
  }
}
