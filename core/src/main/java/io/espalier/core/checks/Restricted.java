package io.espalier.core.checks;

import io.espalier.core.space.Dial;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.space.Space;
import io.espalier.trace.Layout;
import java.util.List;
import java.util.Set;

/**
 * What is checked of a search space.
 *
 * @param symbols the widths of the network
 * @param dials its choices
 * @param hparams their names
 * @param ruled the widths that rules leave no choice
 */
record Restricted(
    List<Layout.Symbol> symbols,
    List<Dial> dials,
    List<HparamSpec> hparams,
    Set<Layout.Symbol> ruled) {

  static Restricted of(Space space) {
    return new Restricted(
        space.map().symbols(), space.dials(), space.hparams(), space.ruledSymbols());
  }
}
