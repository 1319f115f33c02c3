package io.espalier.djl.trace.methods;

import ai.djl.ndarray.types.DataType;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.tape.Ops;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Shapes;
import io.espalier.djl.trace.values.Types;
import io.espalier.djl.trace.values.Value;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Functions of elements: arithmetic, comparisons and activations. */
final class ElementMethods {
  /** Functions of one number that keep the type of it. */
  private static final Map<String, String> PLAIN =
      Map.ofEntries(
          Map.entry("abs", "Abs"),
          Map.entry("neg", "Neg"),
          Map.entry("sign", "Sign"),
          Map.entry("relu", "Relu"));

  /** Functions of one number that make integers real. */
  private static final Map<String, String> REAL =
      Map.ofEntries(
          Map.entry("exp", "Exp"),
          Map.entry("log", "Log"),
          Map.entry("sqrt", "Sqrt"),
          Map.entry("sin", "Sin"),
          Map.entry("cos", "Cos"),
          Map.entry("tan", "Tan"),
          Map.entry("asin", "Asin"),
          Map.entry("acos", "Acos"),
          Map.entry("atan", "Atan"),
          Map.entry("sinh", "Sinh"),
          Map.entry("cosh", "Cosh"),
          Map.entry("tanh", "Tanh"),
          Map.entry("asinh", "Asinh"),
          Map.entry("acosh", "Acosh"),
          Map.entry("atanh", "Atanh"),
          Map.entry("erf", "Erf"),
          Map.entry("sigmoid", "Sigmoid"),
          Map.entry("softPlus", "Softplus"),
          Map.entry("softSign", "Softsign"),
          Map.entry("selu", "Selu"));

  /** Functions that leave integers as they are. */
  private static final Map<String, String> ROUNDING =
      Map.of("floor", "Floor", "ceil", "Ceil", "round", "Round");

  private static final Map<String, BiFunction<Ops, Invocation, Value>> BINARY =
      Map.ofEntries(
          binary("add", "Add"),
          binary("sub", "Sub"),
          binary("mul", "Mul"),
          binary("pow", "Pow"),
          binary("maximum", "Max"),
          binary("minimum", "Min"),
          Map.entry("div", (ops, call) -> ops.divide(call.self(), call.value(0))),
          Map.entry("rdiv", (ops, call) -> ops.divide(call.value(0), call.self())),
          Map.entry("mod", (ops, call) -> modulo(ops, call.self(), call.value(0))),
          Map.entry("sign", (ops, call) -> ops.unary("Sign", call.self())),
          Map.entry("neg", (ops, call) -> ops.unary("Neg", call.self())));

  private static final Map<String, String> COMPARISONS =
      Map.of(
          "eq", "Equal",
          "gt", "Greater",
          "gte", "GreaterOrEqual",
          "lt", "Less",
          "lte", "LessOrEqual");

  private static final Map<String, String> LOGIC =
      Map.of("logicalAnd", "And", "logicalOr", "Or", "logicalXor", "Xor");

  private ElementMethods() {}

  private static Map.Entry<String, BiFunction<Ops, Invocation, Value>> binary(
      String name, String op) {
    return Map.entry(name, (ops, call) -> ops.binary(op, call.self(), call.value(0)));
  }

  /** What a method would compute that exists in place, too. */
  static Value compute(String name, Invocation call) {
    BiFunction<Ops, Invocation, Value> function = BINARY.get(name);
    if (function == null) {
      throw new IllegalStateException("no function is called " + name);
    }
    return function.apply(call.ops(), call);
  }

  static void register(Methods methods) {
    PLAIN.forEach((name, op) -> unary(methods, name, call -> call.ops().unary(op, call.self())));
    REAL.forEach(
        (name, op) ->
            unary(methods, name, call -> call.ops().unary(op, call.ops().real(call.self()))));
    ROUNDING.forEach(
        (name, op) ->
            unary(
                methods,
                name,
                call ->
                    call.self().type().isFloating()
                        ? call.ops().unary(op, call.self())
                        : call.self()));
    BINARY.forEach(
        (name, function) -> {
          if (!PLAIN.containsKey(name)) {
            unary(methods, name, call -> function.apply(call.ops(), call));
          }
        });
    COMPARISONS.forEach(
        (name, op) ->
            unary(methods, name, call -> call.ops().compare(op, call.self(), call.value(0))));
    unary(
        methods,
        "neq",
        call -> call.ops().unary("Not", call.ops().compare("Equal", call.self(), call.value(0))));
    LOGIC.forEach(
        (name, op) ->
            unary(methods, name, call -> call.ops().logical(op, call.self(), call.value(0))));
    unary(
        methods,
        "logicalNot",
        call -> call.ops().unary("Not", call.ops().cast(call.self(), DataType.BOOLEAN)));
    unary(methods, "isNaN", call -> test("IsNaN", call));
    unary(methods, "isInfinite", call -> test("IsInf", call));
    activations(methods);
    scaled(methods, "log2", "Log", x -> 1 / Math.log(2));
    scaled(methods, "log10", "Log", x -> 1 / Math.log(10));
    unary(methods, "square", call -> call.ops().binary("Mul", call.self(), call.self()));
    unary(methods, "cbrt", call -> number(call, "Pow", 1.0 / 3));
    unary(methods, "toDegrees", call -> number(call, "Mul", 180 / Math.PI));
    unary(methods, "toRadians", call -> number(call, "Mul", Math.PI / 180));
    unary(
        methods,
        "trunc",
        call -> {
          Ops ops = call.ops();
          Value size = ops.unary("Floor", ops.unary("Abs", ops.real(call.self())));
          return ops.binary("Mul", ops.unary("Sign", ops.real(call.self())), size);
        });
    unary(methods, "clip", ElementMethods::clip);
    unary(
        methods,
        "where",
        call -> {
          Ops ops = call.ops();
          DataType type = Types.promote(call.self(), call.value(1));
          Value condition = ops.cast(call.value(0), DataType.BOOLEAN);
          Value x = ops.cast(call.self(), type);
          Value y = ops.cast(call.value(1), type);
          return call.tape()
              .record(
                  "Where",
                  Settings.NONE,
                  Shapes.broadcast(condition.shape(), Shapes.broadcast(x.shape(), y.shape())),
                  type,
                  condition,
                  x,
                  y);
        });
  }

  private static void activations(Methods methods) {
    unary(
        methods,
        "leakyRelu",
        call -> call.ops().unary("LeakyRelu", call.self(), Settings.of("alpha", call.real(0))));
    unary(
        methods,
        "elu",
        call -> call.ops().unary("Elu", call.self(), Settings.of("alpha", call.real(0))));
    unary(
        methods,
        "gelu",
        call -> {
          // x / 2 * (1 + erf(x / sqrt(2)))
          Ops ops = call.ops();
          Value erf = ops.unary("Erf", ops.number("Mul", call.self(), Math.sqrt(0.5)));
          Value twice = ops.binary("Mul", call.self(), ops.number("Add", erf, 1));
          return ops.number("Mul", twice, 0.5);
        });
  }

  private static void unary(Methods methods, String name, Function<Invocation, Value> function) {
    Function<Invocation, @Nullable Object> method = call -> call.result(function.apply(call));
    methods.put(name, method);
  }

  private static void scaled(
      Methods methods, String name, String op, ToDoubleFunction<String> factor) {
    unary(
        methods,
        name,
        call ->
            call.ops()
                .number(
                    "Mul",
                    call.ops().unary(op, call.ops().real(call.self())),
                    factor.applyAsDouble(name)));
  }

  private static Value number(Invocation call, String op, double number) {
    return call.ops().number(op, call.ops().real(call.self()), number);
  }

  private static Value test(String op, Invocation call) {
    Value x = call.ops().real(call.self());
    return call.tape().record(op, Settings.NONE, x.shape(), DataType.BOOLEAN, x);
  }

  /** The remainder has the sign of the divisor. */
  private static Value modulo(Ops ops, Value x, Value y) {
    if (!Types.promote(x, y).isFloating()) {
      return ops.binary("Mod", x, y);
    }
    Value quotient = ops.unary("Floor", ops.divide(x, y));
    return ops.binary("Sub", x, ops.binary("Mul", quotient, y));
  }

  private static Value clip(Invocation call) {
    Value x = call.self();
    return call.tape()
        .record(
            "Clip",
            Settings.NONE,
            x.shape(),
            x.type(),
            x,
            call.tape().scalar(call.real(0), x.type()),
            call.tape().scalar(call.real(1), x.type()));
  }
}
