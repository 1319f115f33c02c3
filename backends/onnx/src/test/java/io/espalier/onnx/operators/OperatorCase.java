package io.espalier.onnx.operators;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network around one operator, and what has to come of it.
 *
 * @param operator the operator it is about
 * @param opset the operator set of the network
 * @param variant what is particular about it; empty if nothing
 * @param reason part of the reason for which the operator freezes; null if widths stay free
 * @param visible whether a wrong cut must show in what comes out
 * @param network adds the operator to a scene and returns the value that is read
 */
record OperatorCase(
    String operator,
    int opset,
    String variant,
    @Nullable String reason,
    boolean visible,
    Function<Scene, String> network) {

  /** The width in front of the operator stays free. */
  static OperatorCase elastic(String operator, int opset, Function<Scene, String> network) {
    return elastic(operator, opset, "", network);
  }

  /** As above, one of several networks around the operator. */
  static OperatorCase elastic(
      String operator, int opset, String variant, Function<Scene, String> network) {
    return new OperatorCase(operator, opset, variant, null, true, network);
  }

  /** The width in front of the operator is frozen, for this reason. */
  static OperatorCase frozen(
      String operator, int opset, String reason, Function<Scene, String> network) {
    return new OperatorCase(operator, opset, "", reason, true, network);
  }

  /** This case as one of several networks around its operator. */
  OperatorCase called(String name) {
    return new OperatorCase(operator, opset, name, reason, visible, network);
  }

  /**
   * This case, where a wrong cut need not show: much of what goes in has no part in what comes out.
   */
  OperatorCase hidden() {
    return new OperatorCase(operator, opset, variant, reason, false, network);
  }

  /** A network of this case. */
  Scene scene() {
    return new Scene(opset, toString().hashCode());
  }

  @Override
  public String toString() {
    return operator + " " + opset + (variant.isEmpty() ? "" : ": " + variant);
  }
}
