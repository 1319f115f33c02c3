package io.espalier.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.pooling.Pool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What a forward pass may do to arrays, one thing at a time. */
public final class ArrayCases {
  private ArrayCases() {}

  /**
   * Functions of an array [N, 4, 6] and another [N, 4, 6].
   *
   * <p>The second has positive elements where {@code positive} is in the name.
   */
  public static Map<String, Function<NDList, NDList>> all() {
    Map<String, Function<NDList, NDList>> cases = new LinkedHashMap<>();
    arithmetic(cases);
    functions(cases);
    activations(cases);
    shapes(cases);
    reductions(cases);
    indexing(cases);
    made(cases);
    return cases;
  }

  /** A case as a block. */
  public static DjlBlock block(NDManager manager, Function<NDList, NDList> function) {
    LambdaBlock block = new LambdaBlock(function);
    Shape[] shapes = {new Shape(2, 4, 6), new Shape(2, 4, 6)};
    block.initialize(manager, DataType.FLOAT32, shapes);
    return DjlBlock.of(block, shapes);
  }

  private static void one(
      Map<String, Function<NDList, NDList>> cases,
      String name,
      Function<NDArray, NDArray> function) {
    put(cases, name, list -> new NDList(function.apply(list.get(0))));
  }

  private static void two(
      Map<String, Function<NDList, NDList>> cases,
      String name,
      java.util.function.BinaryOperator<NDArray> function) {
    put(cases, name, list -> new NDList(function.apply(list.get(0), list.get(1))));
  }

  private static void put(
      Map<String, Function<NDList, NDList>> cases, String name, Function<NDList, NDList> function) {
    if (cases.put(name, function) != null) {
      throw new IllegalStateException("two cases are called " + name);
    }
  }

  private static NDArray whole(NDArray x) {
    return x.mul(3).round().toType(DataType.INT32, false);
  }

  private static void arithmetic(Map<String, Function<NDList, NDList>> cases) {
    two(cases, "add", NDArray::add);
    two(cases, "sub", NDArray::sub);
    two(cases, "mul", NDArray::mul);
    two(cases, "div", (x, y) -> x.div(y.abs().add(1)));
    two(cases, "mod", (x, y) -> x.mod(y.abs().add(0.5)));
    two(cases, "pow", (x, y) -> x.abs().pow(y));
    two(cases, "maximum", NDArray::maximum);
    two(cases, "minimum", NDArray::minimum);
    one(cases, "add a number", x -> x.add(2));
    one(cases, "sub a number", x -> x.sub(2.5));
    one(cases, "mul a number", x -> x.mul(2L));
    one(cases, "div a number", x -> x.div(3));
    one(cases, "mod a number", x -> x.mod(2));
    one(cases, "pow a number", x -> x.pow(2));
    one(cases, "a number less x", x -> NDArrays.sub(2, x));
    one(cases, "a number by x", x -> NDArrays.div(2, x.abs().add(1)));
    one(cases, "a number to the x", x -> NDArrays.pow(2, x));
    one(cases, "relu6", Activation::relu6);
    two(cases, "in place", (x, y) -> x.mul(1).addi(y).muli(2).subi(1).divi(3).powi(2).negi());
    two(cases, "broadcast", (x, y) -> x.add(y.get(":, 0:1, :")).mul(y.get("0, 0, :")));
    one(cases, "integers", x -> whole(x).add(3).mul(2));
    one(cases, "integers divided", x -> whole(x).div(2));
    one(cases, "integers times a real", x -> whole(x).mul(0.5f));
    one(cases, "integers modulo", x -> whole(x).mod(4));
    one(cases, "integers and reals", x -> whole(x).add(x));
    one(cases, "integers in place", x -> whole(x).addi(2));
    two(cases, "gt", NDArray::gt);
    two(cases, "lte", NDArray::lte);
    one(cases, "eq", x -> whole(x).eq(1));
    one(cases, "neq", x -> whole(x).neq(1));
    one(cases, "gte a number", x -> x.gte(0.25));
    two(cases, "and", (x, y) -> x.gt(0).logicalAnd(y.lt(0)));
    two(cases, "or", (x, y) -> x.gt(0).logicalOr(y.lt(0)));
    two(cases, "xor", (x, y) -> x.gt(0).logicalXor(y.lt(0)));
    one(cases, "not", x -> x.gt(0).logicalNot());
    two(cases, "where", (x, y) -> NDArrays.where(x.gt(0), x, y));
    one(cases, "clip", x -> x.clip(-0.5, 0.75));
    one(cases, "booleans as numbers", x -> x.gt(0).toType(DataType.FLOAT32, false));
    two(cases, "matMul", (x, y) -> x.matMul(y.transpose(0, 2, 1)));
    two(cases, "batchMatMul", (x, y) -> x.batchMatMul(y.swapAxes(1, 2)));
    two(cases, "dot", (x, y) -> x.get("0").dot(y.get("0").transpose()));
  }

  private static void functions(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "neg", NDArray::neg);
    one(cases, "abs", NDArray::abs);
    one(cases, "sign", NDArray::sign);
    one(cases, "square", NDArray::square);
    one(cases, "sqrt", x -> x.abs().sqrt());
    one(cases, "cbrt", x -> x.abs().cbrt());
    one(cases, "floor", NDArray::floor);
    one(cases, "ceil", NDArray::ceil);
    one(cases, "round", NDArray::round);
    one(cases, "trunc", x -> x.mul(3).trunc());
    one(cases, "exp", NDArray::exp);
    one(cases, "exp of integers", x -> whole(x).exp());
    one(cases, "floor of integers", x -> whole(x).floor());
    one(cases, "log", x -> x.abs().add(1).log());
    one(cases, "log10", x -> x.abs().add(1).log10());
    one(cases, "log2", x -> x.abs().add(1).log2());
    one(cases, "sin", NDArray::sin);
    one(cases, "cos", NDArray::cos);
    one(cases, "tan", NDArray::tan);
    one(cases, "asin", x -> x.tanh().asin());
    one(cases, "acos", x -> x.tanh().acos());
    one(cases, "atan", NDArray::atan);
    one(cases, "sinh", NDArray::sinh);
    one(cases, "cosh", NDArray::cosh);
    one(cases, "tanh", NDArray::tanh);
    one(cases, "toDegrees", NDArray::toDegrees);
    one(cases, "toRadians", NDArray::toRadians);
    one(cases, "erf", NDArray::erf);
    one(cases, "isNaN", NDArray::isNaN);
    one(cases, "isInfinite", NDArray::isInfinite);
    one(cases, "stopGradient", NDArray::stopGradient);
    one(cases, "duplicate", NDArray::duplicate);
  }

  private static void activations(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "relu", Activation::relu);
    one(cases, "sigmoid", Activation::sigmoid);
    one(cases, "softPlus", Activation::softPlus);
    one(cases, "softSign", Activation::softSign);
    one(cases, "leakyRelu", x -> Activation.leakyRelu(x, 0.1f));
    one(cases, "elu", x -> Activation.elu(x, 0.7f));
    one(cases, "selu", Activation::selu);
    one(cases, "gelu", Activation::gelu);
    one(cases, "swish", x -> Activation.swish(x, 1.5f));
    one(cases, "mish", Activation::mish);
    one(cases, "softmax", x -> x.softmax(1));
    one(cases, "softmax of the last axis", x -> x.softmax(-1));
    one(cases, "logSoftmax", x -> x.logSoftmax(2));
    one(cases, "max pool", x -> Pool.maxPool1d(x, new Shape(3), new Shape(2), new Shape(1), false));
    one(
        cases,
        "max pool, rounded up",
        x -> Pool.maxPool1d(x, new Shape(3), new Shape(2), new Shape(1), true));
    one(
        cases,
        "average pool",
        x -> Pool.avgPool1d(x, new Shape(3), new Shape(2), new Shape(1), false, true));
    one(
        cases,
        "average pool without padding",
        x -> Pool.avgPool1d(x, new Shape(3), new Shape(2), new Shape(1), false, false));
    one(
        cases,
        "average pool, rounded up",
        x -> Pool.avgPool1d(x, new Shape(4), new Shape(3), new Shape(1), true, true));
    one(cases, "global max pool", Pool::globalMaxPool1d);
    one(cases, "global average pool", Pool::globalAvgPool1d);
    one(
        cases,
        "resize to the nearest",
        x -> x.expandDims(1).getNDArrayInternal().interpolation(new long[] {8, 9}, 0, false));
    one(
        cases,
        "resize by lines",
        x -> x.expandDims(1).getNDArrayInternal().interpolation(new long[] {8, 9}, 1, false));
    one(
        cases,
        "norm pool",
        x -> Pool.lpPool1d(x.abs(), 2, new Shape(3), new Shape(2), new Shape(0), false));
  }

  private static void shapes(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "reshape", x -> x.reshape(-1, 24));
    one(cases, "reshape by the batch", x -> x.reshape(x.size(0), 3, 8));
    one(cases, "reshape by the batch in between", x -> x.reshape(2, x.size(0), 12));
    one(cases, "reshape of the product", x -> x.reshape(x.size(0) * 4, 6));
    one(cases, "reshape by batch and rest", x -> x.reshape(x.size(0), -1));
    one(cases, "flatten", NDArray::flatten);
    one(cases, "flatten some", x -> x.flatten(1, 2));
    one(cases, "expandDims", x -> x.expandDims(1));
    one(cases, "expandDims last", x -> x.expandDims(-1));
    one(cases, "squeeze", x -> x.expandDims(1).squeeze(1));
    one(cases, "squeeze all", x -> x.expandDims(1).expandDims(3).squeeze());
    one(cases, "squeeze some", x -> x.expandDims(1).expandDims(3).squeeze(new int[] {1, 3}));
    one(cases, "squeeze what is long", x -> x.squeeze(1));
    one(cases, "transpose", NDArray::transpose);
    one(cases, "transpose axes", x -> x.transpose(0, 2, 1));
    one(cases, "swapAxes", x -> x.swapAxes(1, -1));
    one(cases, "broadcast to", x -> x.get(":, :, 0:1").broadcast(new Shape(x.size(0), 4, 5)));
    one(cases, "tile", x -> x.tile(new long[] {1, 2, 3}));
    one(cases, "tile all", x -> x.tile(2));
    one(cases, "repeat", x -> x.repeat(1, 3));
    one(cases, "repeat all", x -> x.repeat(2));
    one(cases, "repeat to a shape", x -> x.repeat(new Shape(x.size(0), 8, 6)));
    one(cases, "pad", x -> x.pad(new Shape(1, 2, 0, 1), 0.5));
    one(cases, "flip", x -> x.flip(1, 2));
    two(cases, "concat", (x, y) -> x.concat(y, 1));
    two(cases, "concat last", (x, y) -> NDArrays.concat(new NDList(x, y, x), -1));
    two(cases, "stack", (x, y) -> NDArrays.stack(new NDList(x, y), 1));
    two(cases, "stack last", (x, y) -> x.stack(y, -1));
    put(cases, "split", list -> list.get(0).split(3, 2));
    put(cases, "split unevenly", list -> list.get(0).split(new long[] {1, 4}, 2));
    put(cases, "several outputs", list -> new NDList(list.get(0), list.get(1), list.get(0)));
    two(cases, "add several", (x, y) -> NDArrays.add(x, y, x));
  }

  private static void reductions(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "sum", NDArray::sum);
    one(cases, "sum of an axis", x -> x.sum(new int[] {1}));
    one(cases, "sum of axes", x -> x.sum(new int[] {1, -1}, true));
    one(cases, "sum of integers", x -> whole(x).sum(new int[] {1}));
    one(cases, "sum of booleans", x -> x.gt(0).sum());
    one(cases, "mean", NDArray::mean);
    one(cases, "mean of an axis", x -> x.mean(new int[] {2}, true));
    one(cases, "max", NDArray::max);
    one(cases, "max of an axis", x -> x.max(new int[] {1}));
    one(cases, "min of an axis", x -> x.min(new int[] {-1}, true));
    one(cases, "prod of an axis", x -> x.prod(new int[] {1}));
    one(cases, "argMax", NDArray::argMax);
    one(cases, "argMax of an axis", x -> x.argMax(1));
    one(cases, "argMin of an axis", x -> x.argMin(-1));
    one(cases, "cumSum", x -> x.cumSum(1));
    one(cases, "norm", NDArray::norm);
    one(cases, "norm of an axis", x -> x.norm(new int[] {1}, true));
    one(cases, "norm of order 1", x -> x.norm(1, new int[] {2}, false));
    one(cases, "normalize", x -> x.normalize(2, 1));
    put(cases, "topK", list -> list.get(0).topK(3, -1));
    put(cases, "the least", list -> list.get(0).topK(2, 1, false, true));
    one(cases, "mean by hand", x -> x.sum(new int[] {0}).div(x.size(0)));
    one(cases, "layer norm by hand", ArrayCases::layerNorm);
  }

  private static NDArray layerNorm(NDArray x) {
    NDArray centred = x.sub(x.mean(new int[] {-1}, true));
    NDArray variance = centred.square().mean(new int[] {-1}, true);
    return centred.div(variance.add(1e-5).sqrt());
  }

  private static void indexing(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "get a range", x -> x.get(":, 1:3"));
    one(cases, "get from the end", x -> x.get(":, -2:, :-1"));
    one(cases, "get with a step", x -> x.get(":, :, 1::2"));
    one(cases, "get one", x -> x.get(":, 1"));
    one(cases, "get the last", x -> x.get("..., -1"));
    one(cases, "get by numbers", x -> x.get(1, 2));
    one(cases, "get with a new axis", x -> x.get(":, null, 1:"));
    one(cases, "get after an ellipsis", x -> x.get("..., 0, 1:4"));
    one(cases, "get by arguments", x -> x.get("{}:, {}", 1, 2));
    one(cases, "get half the batch", x -> x.get(new NDIndex("{}:", x.size(0) - 1)));
    one(cases, "get by indices", x -> x.get(":, {}", x.getManager().create(new long[] {2, 0, 3})));
    one(
        cases,
        "get by negative indices",
        x -> x.get("..., {}", x.getManager().create(new int[] {-1, 0})));
    one(cases, "gather", x -> x.gather(x.argMax(2).expandDims(2), 2));
    one(cases, "gatherNd", x -> x.gatherNd(x.getManager().create(new long[][] {{0, 1}, {2, 3}})));
    one(cases, "take", x -> x.take(x.getManager().create(new long[] {5, 0})));
    one(cases, "oneHot", x -> x.argMax(2).oneHot(6));
    one(cases, "oneHot of integers", x -> x.argMax(1).oneHot(4, DataType.INT64));
  }

  private static void made(Map<String, Function<NDList, NDList>> cases) {
    one(cases, "zeros of its shape", x -> x.zerosLike().add(x));
    one(cases, "ones of its shape", NDArray::onesLike);
    one(cases, "zeros by the batch", x -> x.getManager().zeros(new Shape(x.size(0), 3)));
    one(cases, "full", x -> x.add(x.getManager().full(new Shape(6), 0.5f)));
    one(cases, "arange", x -> x.mul(x.getManager().arange(6f)));
    one(
        cases,
        "arange of the batch",
        x -> x.add(x.getManager().arange(0f, (float) x.size(0), 1f).reshape(-1, 1, 1)));
    one(cases, "linspace", x -> x.mul(x.getManager().linspace(0f, 1f, 6)));
    one(cases, "eye", x -> x.matMul(x.getManager().eye(6)));
    one(
        cases,
        "numbers",
        x -> x.add(x.getManager().create(new float[] {1, 2, 3, 4}).expandDims(1)));
    one(
        cases,
        "rows of numbers",
        x -> x.matMul(x.getManager().create(new float[][] {{1}, {0}, {2}, {0}, {3}, {1}})));
    one(cases, "a number", x -> x.mul(x.getManager().create(0.5f)));
  }
}
