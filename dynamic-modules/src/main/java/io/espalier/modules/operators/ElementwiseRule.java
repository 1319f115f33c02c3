package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Functions of several tensors, element by element. Shapes are right-aligned and broadcast: axes
 * longer than 1 are one axis, so that a residual sum, a mask, a layer scale and a position table
 * tie what they meet.
 *
 * <p>Before operator set 7 only the second operand stretches, where the attribute {@code broadcast}
 * says so, and {@code axis} says where its first axis lies.
 */
@AutoService(OperatorRule.class)
public final class ElementwiseRule implements OperatorRule {
  private static final int FREE_BROADCAST = 7;

  /** Inputs that a masked zero would turn into infinity or NaN: divisors, bases and exponents. */
  private static final Map<OpId, Set<Integer>> UNMASKABLE =
      Map.of(
          OpId.of("Div"), Set.of(1),
          OpId.of("Mod"), Set.of(1),
          OpId.of("Pow"), Set.of(0, 1));

  private static final Set<OpId> SUMS = Operators.standard("Add", "Sum");
  private static final Set<OpId> SCALINGS = Operators.standard("Mul", "Sub");
  private static final OpId ADD = OpId.of("Add");
  private static final OpId DIV = OpId.of("Div");
  private static final OpId POWER = OpId.of("Pow");

  @Override
  public Set<OpId> operators() {
    return Operators.standard(
        "Add",
        "And",
        "BitShift",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "Div",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Max",
        "Mean",
        "Min",
        "Mod",
        "Mul",
        "Or",
        "Pow",
        "Sub",
        "Sum",
        "Where",
        "Xor");
  }

  @Override
  public void type(Node node, Typing t) {
    List<List<Axis>> shapes = new ArrayList<>();
    for (Value input : node.inputs()) {
      shapes.add(input.axes());
    }
    if (node.opset() < FREE_BROADCAST
        && shapes.size() > 1
        && node.attributes().number("broadcast", 0) != 0) {
      int rank = shapes.get(0).size();
      List<Axis> second = shapes.get(1);
      int axis = node.axis("axis", rank - second.size(), rank);
      if (axis < 0 || axis + second.size() > rank) {
        t.unsupported("its second operand does not fit into the first from axis " + axis + " on");
        return;
      }
      List<Axis> padded = new ArrayList<>(second);
      padded.addAll(Collections.nCopies(rank - axis - second.size(), t.fixed(1)));
      shapes.set(1, padded);
    }
    if (!isPositivePower(node)) {
      UNMASKABLE.getOrDefault(node.op(), Set.of()).forEach(t::unmaskable);
    }
    t.output(0, t.broadcast(shapes));
    declareAffine(node, t);
  }

  /** Sums, and one tensor that parameters are added to, multiplied onto, or divide. */
  private static void declareAffine(Node node, Typing t) {
    int[] data =
        IntStream.range(0, node.inputs().size())
            .filter(i -> node.input(i).present() && !node.input(i).parameter())
            .toArray();
    boolean scaled =
        data.length == 1
            && (SCALINGS.contains(node.op()) || (node.op().equals(DIV) && data[0] == 0));
    if (scaled || (data.length > 0 && SUMS.contains(node.op()))) {
      boolean shifted = data.length == 1 && node.op().equals(ADD) && node.inputs().size() == 2;
      t.affine(shifted ? 1 - data[0] : -1, data);
    }
  }

  /** Squares and the like, whose base may be zero. */
  private static boolean isPositivePower(Node node) {
    if (!node.op().equals(POWER)) {
      return false;
    }
    float[] exponents = node.input(1).floats().orElse(new float[0]);
    boolean positive = exponents.length > 0;
    for (float exponent : exponents) {
      positive &= exponent > 0;
    }
    return positive;
  }
}
