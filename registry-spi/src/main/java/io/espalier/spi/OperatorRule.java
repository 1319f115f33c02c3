package io.espalier.spi;

import java.util.Set;

/**
 * Types an operator: says how the axes of its inputs and outputs depend on one another. Each
 * operator has exactly one rule, besides any that {@link #givesWay}, and it serves every backend. A
 * rule is stateless and may be used by several threads. It is registered with
 * {@code @AutoService(OperatorRule.class)}, or a line in {@code
 * META-INF/services/io.espalier.spi.OperatorRule}, and needs a public constructor without
 * parameters.
 *
 * <p>The package's description holds a complete example.
 */
public interface OperatorRule {
  /** The operators this rule types; at least one. */
  Set<OpId> operators();

  /**
   * Types one node. The rule ties axes together, gives every present output its axes, and declares
   * what carving must rewrite and what the node costs. It never sees an input of unknown shape.
   * Where it cannot say for sure what an axis depends on, it freezes the axis with a reason.
   *
   * <p>An exception, an error of linking, or a present output without axes freezes every axis that
   * touches the node, with a reason that names this class, its JAR and the layer; in a {@linkplain
   * DMRegistry#strict strict} registry it ends the analysis.
   *
   * <p>A node is typed several times. Where the model leaves a dimension open, its extent is a
   * large prime or the like, another one each time, so nothing may hang on its value.
   *
   * @param node the node; its inputs have axes already, with extents in elements
   * @param typing records what the rule says; of no use once this method has returned
   */
  void type(Node node, Typing typing);

  /**
   * Whether this rule gives way to any other of the same operator: it only says why the operator
   * freezes, until a plugin knows better.
   */
  default boolean givesWay() {
    return false;
  }

  /**
   * Whether nodes of an operator multiply and accumulate, as convolutions and matrix products do.
   * One that could not be typed is then named among those that a count of MACs leaves out.
   *
   * @param operator one of those that this rule types
   */
  default boolean multiplies(OpId operator) {
    return false;
  }
}
