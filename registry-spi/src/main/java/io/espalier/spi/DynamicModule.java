package io.espalier.spi;

import java.util.List;

/**
 * Makes one kind of layer elastic by naming its widths. It never types operators; that is the part
 * of an {@link OperatorRule}: a width that no rule has left free is shown as frozen, whatever a
 * module calls it. A module is stateless and may be used by several threads. It is registered with
 * {@code @AutoService(DynamicModule.class)}, or a line in {@code
 * META-INF/services/io.espalier.spi.DynamicModule}, and needs a public constructor without
 * parameters.
 *
 * <p>The package's description holds a complete example.
 *
 * <p>An exception from {@link #matches} or {@link #describe}, or an error of linking, freezes the
 * layer, with a reason that names this class, its JAR and the layer; in a {@linkplain
 * DMRegistry#strict strict} registry it ends the analysis. One from {@link #key} or {@link
 * #options} is an error at start-up.
 */
public interface DynamicModule {
  /**
   * The key of this kind of layer in a rules file, such as {@code nn.Conv2d}; always the same, and
   * unique in a registry.
   */
  String key();

  /**
   * The options that a rule for this kind of layer may give: all that {@link #describe} names, each
   * under a name of its own; always the same.
   */
  List<RuleOption> options();

  /**
   * Whether a layer is of this kind; at most one module of a registry may claim a layer, and two
   * that do are an error that names both JARs. It is asked of every layer, containers too, which
   * have no nodes of their own.
   */
  boolean matches(Layer layer);

  /**
   * Names the widths, windows and depths of a layer. The layer's values show the axes as they were
   * solved; one whose shape is not known {@linkplain Value#axes() has none}. A width that is frozen
   * should be named too: that is how users get to see the reason.
   *
   * @param layer a layer that {@link #matches}
   * @param hparams takes the names; the extents behind them are numbers of elements
   */
  void describe(Layer layer, Hparams hparams);
}
