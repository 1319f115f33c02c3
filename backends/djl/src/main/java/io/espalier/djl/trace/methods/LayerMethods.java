package io.espalier.djl.trace.methods;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.session.Invocation;
import io.espalier.djl.trace.session.Methods;
import io.espalier.djl.trace.session.SymbolicArray;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Shapes;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Layers of neural networks, and pools. */
final class LayerMethods {
  private LayerMethods() {}

  static void register(Methods methods) {
    methods.put("convolution", call -> call.results(convolution(call)));
    methods.put("linear", call -> call.results(linear(call)));
    methods.put(
        "embedding", call -> call.results(call.ops().gather(call.value(1), call.value(0), 0)));
    methods.put(
        "prelu", call -> call.results(call.ops().binary("PRelu", call.value(0), call.value(1))));
    methods.put("dropout", LayerMethods::dropout);
    methods.put("layerNorm", call -> call.results(layerNorm(call)));
    methods.put("batchNorm", call -> call.results(batchNorm(call)));
    methods.put("maxPool", call -> call.result(pool("MaxPool", call, 0, Settings.NONE)));
    // DJL's PyTorch engine counts the padding whether or not it is told to
    methods.put(
        "avgPool",
        call -> call.result(pool("AveragePool", call, 0, Settings.of("count_include_pad", 1))));
    methods.put("lpPool", call -> call.result(normPool(call)));
    methods.put("globalMaxPool", call -> call.result(global("GlobalMaxPool", call, Settings.NONE)));
    methods.put(
        "globalAvgPool", call -> call.result(global("GlobalAveragePool", call, Settings.NONE)));
    methods.put(
        "globalLpPool",
        call -> call.result(global("GlobalLpPool", call, Settings.of("p", order(call.real(0))))));
    methods.put("interpolation", call -> call.result(interpolation(call)));
    methods.put("matMul", call -> call.result(call.ops().matMul(call.self(), call.value(0))));
    methods.put("batchMatMul", call -> call.result(call.ops().matMul(call.self(), call.value(0))));
    methods.put("dot", call -> call.result(call.ops().matMul(call.self(), call.value(0))));
  }

  /** Outside training nothing is dropped, and the engine returns the array itself. */
  private static NDList dropout(Invocation call) {
    Value x = call.value(0);
    Value rate = call.tape().scalar(call.real(1), DataType.FLOAT32);
    Value y = call.tape().record("Dropout", Settings.NONE, x.shape(), x.type(), x, rate);
    SymbolicArray array = call.symbolic(0);
    return array == null ? call.results(y) : new NDList(array.view(y));
  }

  private static long order(double order) {
    if (order != Math.rint(order)) {
      throw new Untraceable(
          "pools by a norm of order " + order + ", and only integers are followed");
    }
    return (long) order;
  }

  private static Value convolution(Invocation call) {
    Value x = call.value(0);
    Value w = call.value(1);
    Value bias = call.optional(2);
    Shape stride = call.shape(3);
    Shape pads = call.shape(4);
    Shape dilation = call.shape(5);
    Shape kernel = w.shape().slice(2);
    if (x.rank() != w.rank() || x.dim(1) != w.dim(1) * call.integer(6)) {
      throw new IllegalArgumentException(
          "a convolution with a weight of shape "
              + w.shape()
              + " does not fit an array of shape "
              + x.shape());
    }
    Shape shape = new Shape(x.dim(0), w.dim(0));
    for (int i = 0; i < kernel.dimension(); i++) {
      shape =
          shape.add(
              Shapes.slide(
                  x.dim(i + 2), kernel.get(i), stride.get(i), pads.get(i), dilation.get(i), false));
    }
    Settings settings =
        Settings.of("kernel_shape", kernel.getShape())
            .and("strides", stride.getShape())
            .and("pads", Shapes.bothEnds(pads))
            .and("dilations", dilation.getShape())
            .and("group", call.integer(6));
    return bias == null
        ? call.tape().record("Conv", settings, shape, x.type(), x, w)
        : call.tape().record("Conv", settings, shape, x.type(), x, w, bias);
  }

  /** The weight is [out, in]. */
  private static Value linear(Invocation call) {
    Value x = call.value(0);
    Value w = call.value(1);
    Value bias = call.optional(2);
    if (x.rank() == 0 || x.dim(x.rank() - 1) != w.dim(1)) {
      throw new IllegalArgumentException(
          "a linear layer with a weight of shape "
              + w.shape()
              + " does not fit an array of shape "
              + x.shape());
    }
    if (x.rank() == 2) {
      Shape shape = new Shape(x.dim(0), w.dim(0));
      Settings settings = Settings.of("transB", 1);
      return bias == null
          ? call.tape().record("Gemm", settings, shape, x.type(), x, w)
          : call.tape().record("Gemm", settings, shape, x.type(), x, w, bias);
    }
    Value product = call.ops().matMul(x, call.ops().transpose(w, 1, 0));
    return bias == null ? product : call.ops().binary("Add", product, bias);
  }

  private static Value layerNorm(Invocation call) {
    Value x = call.value(0);
    Shape normalized = call.shape(1);
    int axis = x.rank() - normalized.dimension();
    Value scale = orUniform(call, call.optional(2), normalized, 1, x.type());
    Value shift = call.optional(3);
    Settings settings = Settings.of("axis", axis).and("epsilon", call.real(4));
    return shift == null
        ? call.tape().record("LayerNormalization", settings, x.shape(), x.type(), x, scale)
        : call.tape().record("LayerNormalization", settings, x.shape(), x.type(), x, scale, shift);
  }

  private static Value orUniform(
      Invocation call, @Nullable Value given, Shape shape, double value, DataType type) {
    return given == null ? call.tape().literal(new Literal.Uniform(shape, type, value)) : given;
  }

  /** The channels are brought to axis 1, and back. */
  private static Value batchNorm(Invocation call) {
    Value x = call.value(0);
    Value mean = call.value(1);
    Value variance = call.value(2);
    int axis = call.integer(5) == -1 ? 1 : x.axis(call.integer(5));
    Value scale = orUniform(call, call.optional(3), mean.shape(), 1, mean.type());
    Value shift = orUniform(call, call.optional(4), mean.shape(), 0, mean.type());
    Value channelsFirst = axis == 1 ? x : call.ops().swap(x, 1, axis);
    Value y =
        call.tape()
            .record(
                "BatchNormalization",
                Settings.of("epsilon", call.real(7)),
                channelsFirst.shape(),
                x.type(),
                channelsFirst,
                scale,
                shift,
                mean,
                variance);
    return axis == 1 ? y : call.ops().swap(y, 1, axis);
  }

  private static Value pool(String op, Invocation call, int first, Settings more) {
    Value x = call.self();
    Shape kernel = call.shape(first);
    Shape stride = call.shape(first + 1);
    Shape pads = call.shape(first + 2);
    boolean roundUp = call.flag(first + 3);
    Shape shape = x.shape().slice(0, 2);
    for (int i = 0; i < kernel.dimension(); i++) {
      shape =
          shape.add(
              Shapes.slide(x.dim(i + 2), kernel.get(i), stride.get(i), pads.get(i), 1, roundUp));
    }
    Settings settings =
        more.and("kernel_shape", kernel.getShape())
            .and("strides", stride.getShape())
            .and("pads", Shapes.bothEnds(pads));
    return call.tape()
        .record(op, roundUp ? settings.and("ceil_mode", 1) : settings, shape, x.type(), x);
  }

  private static Value normPool(Invocation call) {
    if (call.flag(4)) {
      throw new Untraceable("rounds the size of a norm pool up, which ONNX has no way to say");
    }
    return pool("LpPool", call, 1, Settings.of("p", order(call.real(0))));
  }

  private static Value global(String op, Invocation call, Settings settings) {
    Value x = call.self();
    Shape ones = x.shape().slice(0, 2);
    int[] spatial = IntStream.range(2, x.rank()).toArray();
    for (int i = 0; i < spatial.length; i++) {
      ones = ones.add(1);
    }
    List<Value> pooled =
        call.tape().record(OpId.of(op), settings, List.of(ones), List.of(x.type()), x);
    return call.ops().squeeze(pooled.get(0), Arrays.copyOf(spatial, spatial.length));
  }

  /** Of an image [N, C, spatial...]. */
  private static Value interpolation(Invocation call) {
    Value x = call.self();
    long[] size = call.longs(0);
    Settings settings =
        switch (call.integer(1)) {
          case 0 ->
              Settings.of("mode", "nearest")
                  .and("coordinate_transformation_mode", "asymmetric")
                  .and("nearest_mode", "floor");
          case 1 ->
              Settings.of("mode", "linear").and("coordinate_transformation_mode", "half_pixel");
          default ->
              throw new Untraceable("interpolates in another way than to the nearest or by lines");
        };
    Shape shape = x.shape().slice(0, 2).addAll(new Shape(size));
    Value sizes = call.tape().integers(shape.getShape());
    return call.tape().record("Resize", settings, shape, x.type(), x, null, null, sizes);
  }
}
