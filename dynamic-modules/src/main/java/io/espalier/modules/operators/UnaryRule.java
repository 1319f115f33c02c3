package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Functions of one tensor, element by element: y has the axes of x, and so has a second output (the
 * mask of Dropout). Further inputs are scalars, such as the bounds of Clip.
 */
@AutoService(OperatorRule.class)
public final class UnaryRule implements OperatorRule {
  /** Those that a masked zero would turn into infinity or NaN. */
  private static final Set<OpId> UNMASKABLE =
      Operators.standard("Acosh", "Exp", "Log", "Reciprocal", "Sqrt");

  private static final Set<OpId> MASKABLE =
      Operators.standard(
          "Abs",
          "Acos",
          "Affine",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BitwiseNot",
          "Cast",
          "CastLike",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "Dropout",
          "Elu",
          "Erf",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Mish",
          "Neg",
          "Not",
          "ParametricSoftplus",
          "Relu",
          "Round",
          "ScaledTanh",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu");

  /** Those that only hand on what they read, at inference. */
  private static final Set<OpId> COPIES = Operators.standard("Dropout", "Identity");

  private static final OpId RELU = OpId.of("Relu");
  private static final OpId CLIP = OpId.of("Clip");

  private static final Set<OpId> OF_ONNX_RUNTIME =
      Set.of(OpId.of("com.microsoft", "Gelu"), OpId.of("com.microsoft", "QuickGelu"));

  @Override
  public Set<OpId> operators() {
    Set<OpId> all = new LinkedHashSet<>(MASKABLE);
    all.addAll(UNMASKABLE);
    all.addAll(OF_ONNX_RUNTIME);
    return all;
  }

  @Override
  public void type(Node node, Typing t) {
    if (UNMASKABLE.contains(node.op())) {
      t.unmaskable(0);
    }
    if (COPIES.contains(node.op())) {
      t.affine(-1, 0);
    }
    if (node.op().equals(RELU) || isPositiveClip(node)) {
      t.rectifies(0);
    }
    Axes.outputs(node, t, node.input(0).axes());
  }

  /** Whether it cuts off all that is negative. */
  private static boolean isPositiveClip(Node node) {
    if (!node.op().equals(CLIP)) {
      return false;
    }
    double least =
        node.input(1)
            .floats()
            .map(values -> (double) values[0])
            .orElseGet(() -> node.attributes().real("min", Double.NEGATIVE_INFINITY));
    return least == 0;
  }
}
