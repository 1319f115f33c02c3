package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Matrix product of integers: a [batch..., M, K], b [batch..., K, N], y [batch..., M, N]. Scales
 * and zero points are one number, one for each row of a, or one for each column of b.
 *
 * <p>Integers are not masked, and the zero of a mask is not what a zero point stands for: the
 * reference sums over what is kept.
 */
@AutoService(OperatorRule.class)
public final class QuantisedMatMulRule implements OperatorRule {
  private static final OpId INTEGER = OpId.of("MatMulInteger");

  /** The positions of the second factor, and of the settings of both and of the result. */
  private record Places(int b, List<Integer> ofA, List<Integer> ofB, List<Integer> ofY) {
    static Places of(Node node) {
      return node.op().equals(INTEGER)
          ? new Places(1, List.of(2), List.of(3), List.of())
          : new Places(3, List.of(1, 2), List.of(4, 5), List.of(6, 7));
    }
  }

  @Override
  public Set<OpId> operators() {
    return Operators.standard("MatMulInteger", "QLinearMatMul");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Places places = Places.of(node);
    for (List<Integer> settings : List.of(places.ofA(), places.ofB(), places.ofY())) {
      settings.forEach(t::statistic);
      settings.forEach(t::unmaskable);
    }
    Value a = node.input(0);
    Value b = node.input(places.b());
    if (a.rank() == 0 || b.rank() == 0) {
      t.unsupported("its operands must not be scalars");
      return;
    }
    if (places.ofY().stream().anyMatch(input -> isUneven(node.input(input)))) {
      t.unsupported("its result must have one scale and one zero point");
      return;
    }
    Axis rows = b.axis(b.rank() == 1 ? 0 : -2);
    t.unify(a.axis(-1), rows);
    t.normalised(a.axis(-1), 0);
    t.normalised(rows, places.b());
    places.ofA().forEach(input -> follow(t, node.input(input), a, -2));
    places.ofB().forEach(input -> follow(t, node.input(input), b, -1));
    List<Axis> y = MatMulRule.shape(t, a, b);
    t.output(0, y);
    if (b.parameter() && !a.parameter()) {
      MatMulRule.batch(b).forEach(axis -> t.role(axis, MatMulRule.STACK));
    }
    List<Axis> macs = new ArrayList<>(y);
    macs.add(a.axis(-1));
    t.macs(macs.toArray(Axis[]::new));
  }

  private static boolean isUneven(Value setting) {
    return Axes.size(setting.axes()) > 1;
  }

  /**
   * Ties a scale or zero point to its operand: a list to one axis of it, anything of more axes to
   * all of them.
   */
  private static void follow(Typing t, Value setting, Value operand, int axis) {
    if (isUneven(setting)) {
      List<Axis> along =
          setting.rank() > 1 || operand.rank() < 2 ? operand.axes() : List.of(operand.axis(axis));
      t.broadcast(List.of(along, setting.axes()));
    }
  }
}
