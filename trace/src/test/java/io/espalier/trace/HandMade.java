package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Element;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Rules that are just enough for the driver's own tests. */
final class HandMade {
  private HandMade() {}

  /** A rule of one operator. */
  static OperatorRule rule(String op, BiConsumer<Node, Typing> type) {
    return new OperatorRule() {
      @Override
      public Set<OpId> operators() {
        return Set.of(OpId.of(op));
      }

      @Override
      public void type(Node node, Typing typing) {
        type.accept(node, typing);
      }
    };
  }

  /** Makes two channels out of many. */
  static OperatorRule narrow() {
    return rule("Narrow", (node, t) -> t.output(0, List.of(node.input(0).axis(0), t.symbol(2))));
  }

  static List<OperatorRule> rules() {
    return List.of(
        rule("Conv", HandMade::conv),
        rule("MatMul", HandMade::matMul),
        rule("Add", HandMade::elementwise),
        rule("Mul", HandMade::elementwise),
        rule("Relu", (node, t) -> t.output(0, node.input(0).axes())),
        rule("Identity", (node, t) -> t.output(0, node.input(0).axes())),
        rule("Cast", (node, t) -> t.output(0, node.input(0).axes())),
        rule("Ceil", (node, t) -> t.output(0, node.input(0).axes())),
        rule("Div", HandMade::elementwise),
        rule("Concat", HandMade::concat),
        rule("Split", HandMade::split),
        rule("Transpose", HandMade::transpose),
        rule("Reshape", HandMade::reshape),
        rule("Softmax", HandMade::softmax));
  }

  private static void conv(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    List<Axis> w = node.input(1).axes();
    long groups = node.attributes().number("group", 1);
    if (groups == 1) {
      t.unify(x.get(1), w.get(1));
    } else {
      Axis group = t.symbol(groups);
      t.unify(x.get(1), t.product(List.of(group, w.get(1))));
      long each = w.get(0).extent() / groups;
      t.unify(w.get(0), t.product(List.of(group, t.symbol(each))));
      t.attribute("group", -1, t.extentOf(group));
    }
    if (node.input(2).present()) {
      t.unify(node.input(2).axis(0), w.get(0));
    }
    List<Axis> y = new ArrayList<>(List.of(x.get(0), w.get(0)));
    y.addAll(x.subList(2, x.size()));
    t.output(0, y);
  }

  private static void matMul(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    List<Axis> w = node.input(1).axes();
    t.unify(x.get(x.size() - 1), w.get(w.size() - 2));
    List<Axis> y = new ArrayList<>(x.subList(0, x.size() - 1));
    y.add(w.get(w.size() - 1));
    t.output(0, y);
    t.macs(w.get(w.size() - 2), w.get(w.size() - 1));
  }

  private static void elementwise(Node node, Typing t) {
    t.output(0, t.broadcast(node.inputs().stream().map(Value::axes).toList()));
  }

  private static void concat(Node node, Typing t) {
    List<Axis> y = new ArrayList<>(node.input(0).axes());
    int axis = node.axis("axis", 0, y.size());
    for (int i = 0; i < y.size(); i++) {
      for (Value input : node.inputs()) {
        if (i != axis) {
          t.unify(y.get(i), input.axis(i));
        }
      }
    }
    y.set(axis, t.concat(node.inputs().stream().map(input -> input.axis(axis)).toList()));
    t.output(0, y);
  }

  private static void split(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    int axis = node.axis("axis", 0, x.size());
    long[] sizes = new long[node.outputs().size()];
    Arrays.fill(sizes, x.get(axis).extent() / sizes.length);
    List<Axis> pieces = t.split(x.get(axis), node.attributes().numbers("split").orElse(sizes));
    for (int i = 0; i < pieces.size(); i++) {
      List<Axis> y = new ArrayList<>(x);
      y.set(axis, pieces.get(i));
      t.output(i, y);
    }
  }

  private static void transpose(Node node, Typing t) {
    List<Axis> y = new ArrayList<>();
    for (long axis : node.attributes().numbers("perm").orElseThrow()) {
      y.add(node.input(0).axis((int) axis));
    }
    t.output(0, y);
  }

  private static void softmax(Node node, Typing t) {
    List<Axis> x = node.input(0).axes();
    t.freeze(x.get(node.axis("axis", -1, x.size())), "Softmax compares all elements");
    t.output(0, x);
  }

  private static void reshape(Node node, Typing t) {
    List<Axis> from = node.input(0).axes();
    Ints shape = node.input(1).ints().orElse(null);
    if (shape == null) {
      t.unsupported("its shape is computed from data");
      return;
    }
    long[] to = shape.values();
    long size = from.stream().mapToLong(Axis::extent).reduce(1, (x, y) -> x * y);
    long known = 1;
    for (int i = 0; i < to.length; i++) {
      to[i] = to[i] == 0 ? from.get(i).extent() : to[i];
      known *= to[i] == -1 ? 1 : to[i];
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = to[i] == -1 ? size / known : to[i];
    }
    List<Axis> y = t.reshape(from, to);
    for (int i = 0; i < to.length; i++) {
      if (shape.value(i) > 0) {
        Element target = t.extentOf(y.get(i));
        t.element(1, i, target);
      }
    }
    t.output(0, y);
  }
}
