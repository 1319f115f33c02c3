package io.espalier.core.checks;

import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.Graph;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;

/**
 * Types a carved network anew, at what the original was typed at, and checks it as every network
 * that is solved, and against its cut.
 */
public final class Proof implements Prover {
  private static final String STAGE = "carved network";

  private final Cut cut;
  private final DMRegistry registry;

  /**
   * @param cut what the network is carved by
   * @param registry the rules it is typed by
   */
  public Proof(Cut cut, DMRegistry registry) {
    this.cut = cut;
    this.registry = registry;
  }

  @Override
  public void prove(Graph carved) {
    GraphChecks.check(STAGE, carved, registry);
    SymMap after = new Solver(registry).solve(carved, cut.map().trials());
    LayoutChecks.check(STAGE, after, registry);
    CarvedChecks.check(cut, after, registry);
  }
}
