package io.espalier.djl.trace.methods;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.values.Buffers;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Shapes;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What runs along axes: sums and their kin, softmax, the largest elements. */
final class ReductionMethods {
  private ReductionMethods() {}

  static void register(Methods methods) {
    put(methods, "max", call -> reduce("ReduceMax", call, call.self()));
    put(methods, "min", call -> reduce("ReduceMin", call, call.self()));
    put(methods, "mean", call -> reduce("ReduceMean", call, call.self()));
    put(methods, "sum", call -> reduce("ReduceSum", call, counted(call)));
    put(methods, "prod", call -> reduce("ReduceProd", call, counted(call)));
    put(methods, "softmax", call -> along("Softmax", call));
    put(methods, "logSoftmax", call -> along("LogSoftmax", call));
    put(methods, "argMax", call -> arg("ArgMax", call));
    put(methods, "argMin", call -> arg("ArgMin", call));
    put(methods, "cumSum", ReductionMethods::cumSum);
    put(methods, "norm", ReductionMethods::norm);
    methods.put(
        "normalize", call -> call.has(0, float[].class) ? standardize(call) : normalize(call));
    methods.put("topK", ReductionMethods::topK);
  }

  private static void put(Methods methods, String name, Function<Invocation, Value> function) {
    Function<Invocation, @Nullable Object> method = call -> call.result(function.apply(call));
    methods.put(name, method);
  }

  private static Value reduce(String op, Invocation call, Value x) {
    int[] axes = call.has(0, int[].class) ? call.ints(0) : new int[0];
    return call.ops().reduce(op, x, axes, call.count() > 1 && call.flag(1));
  }

  /** Sums of integers are 64 bits wide. */
  private static Value counted(Invocation call) {
    return call.self().type().isFloating()
        ? call.self()
        : call.ops().cast(call.self(), DataType.INT64);
  }

  private static Value along(String op, Invocation call) {
    Value x = call.self();
    return call.ops().unary(op, x, Settings.of("axis", x.axis(call.integer(0))));
  }

  private static Value arg(String op, Invocation call) {
    Value x = call.count() == 0 ? call.ops().reshape(call.self(), -1) : call.self();
    int axis = call.count() == 0 ? 0 : x.axis(call.integer(0));
    return call.tape()
        .record(
            op,
            Settings.of("axis", axis).and("keepdims", 0),
            Shapes.without(x.shape(), axis),
            DataType.INT64,
            x);
  }

  private static Value cumSum(Invocation call) {
    Value x = counted(call);
    int axis = call.count() == 0 ? 0 : x.axis(call.integer(0));
    return call.tape()
        .record(
            "CumSum",
            Settings.NONE,
            x.shape(),
            x.type(),
            x,
            call.tape().scalar(axis, DataType.INT64));
  }

  /** norm(keep), norm(axes, keep) or norm(order, axes, keep). */
  private static Value norm(Invocation call) {
    int order = call.has(0, Number.class) ? call.integer(0) : 2;
    int[] axes = new int[0];
    boolean keep = false;
    for (int i = 0; i < call.count(); i++) {
      axes = call.has(i, int[].class) ? call.ints(i) : axes;
      keep = call.has(i, Boolean.class) ? call.flag(i) : keep;
    }
    return norm(call, order, axes, keep);
  }

  private static Value norm(Invocation call, double order, int[] axes, boolean keep) {
    if (order != 1 && order != 2) {
      throw new Untraceable("takes a norm of order " + order + ", and only 1 and 2 are followed");
    }
    return call.ops().reduce(order == 1 ? "ReduceL1" : "ReduceL2", call.self(), axes, keep);
  }

  private static Object normalize(Invocation call) {
    double order = call.count() > 0 ? call.real(0) : 2;
    int axis = call.count() > 1 ? call.integer(1) : 1;
    double least = call.count() > 2 ? call.real(2) : 1e-12;
    Value length = norm(call, order, new int[] {axis}, true);
    return call.result(call.ops().divide(call.self(), call.ops().number("Max", length, least)));
  }

  /** Images: less a mean and divided by a deviation for each channel. */
  private static Object standardize(Invocation call) {
    Value x = call.self();
    Shape shape = x.rank() == 3 ? new Shape(3, 1, 1) : new Shape(1, 3, 1, 1);
    Value mean = call.tape().literal(Buffers.literal(call.floats(0), shape));
    Value deviation = call.tape().literal(Buffers.literal(call.floats(1), shape));
    return call.result(call.ops().divide(call.ops().binary("Sub", x, mean), deviation));
  }

  private static Object topK(Invocation call) {
    Value x = call.self();
    int axis = x.axis(call.integer(1));
    boolean largest = call.count() < 3 || call.flag(2);
    boolean sorted = call.count() < 4 || call.flag(3);
    Shape shape = Shapes.with(x.shape(), axis, call.integer(0));
    return call.results(
        call.tape()
            .record(
                OpId.of("TopK"),
                Settings.of("axis", axis)
                    .and("largest", largest ? 1 : 0)
                    .and("sorted", sorted ? 1 : 0),
                List.of(shape, shape),
                List.of(x.type(), DataType.INT64),
                x,
                call.tape().integers(call.integer(0))));
  }
}
