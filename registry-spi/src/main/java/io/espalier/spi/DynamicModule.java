package io.espalier.spi;

import java.util.List;

/**
 * Makes one kind of layer elastic by naming its widths. It never types operators; that is the part
 * of an {@link OperatorRule}. A module is stateless and may be used by several threads.
 */
public interface DynamicModule {
  /** The key of this kind of layer in a rules file, such as {@code nn.Conv2d}. */
  String key();

  /** The options that a rule for this kind of layer may give: all that {@link #describe} names. */
  List<RuleOption> options();

  /** Whether a layer is of this kind; at most one module of a registry may claim a layer. */
  boolean matches(Layer layer);

  /**
   * Names the widths, windows and depths of a layer. The layer's values show the axes as they were
   * solved; one whose shape is not known {@linkplain Value#axes() has none}. A width that is frozen
   * should be named too: that is how users get to see the reason. An exception ends the analysis.
   */
  void describe(Layer layer, Hparams hparams);
}
