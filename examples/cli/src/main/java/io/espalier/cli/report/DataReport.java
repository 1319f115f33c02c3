package io.espalier.cli.report;

import io.espalier.core.pruning.Pruned;
import io.espalier.core.search.Candidate;
import io.espalier.core.search.ErrorCurve;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What data said of a network that was pruned.
 *
 * @param measure what errors are, in words that go before a number
 * @param unit what they are a part of, in words that follow; empty for a number of its own
 * @param error of the result, on data that were held back
 * @param errorBefore the same without repair
 * @param heldBack how many samples that were
 * @param repaired how many parameters have other values than they were cut with
 * @param left nodes that were left as they were cut, and why, by name
 * @param curves what each width loses with its units
 * @param screened candidates that were scored cheaply
 * @param tried those that were scored as the result is
 */
public record DataReport(
    String measure,
    String unit,
    double error,
    double errorBefore,
    int heldBack,
    int repaired,
    Map<String, String> left,
    List<ErrorCurve> curves,
    List<Scored> screened,
    List<Scored> tried) {
  public DataReport {
    curves = List.copyOf(curves);
    screened = List.copyOf(screened);
    tried = List.copyOf(tried);
  }

  /**
   * A candidate.
   *
   * @param number in the order in which it was scored, from 1
   * @param front whether no other is better at both ends
   * @param chosen whether it is the result
   * @param costs by key
   */
  public record Scored(
      int number, Candidate candidate, boolean front, boolean chosen, Map<String, Long> costs) {
    /** Whether it is of any use, and can be drawn. */
    boolean isFinite() {
      return Double.isFinite(candidate.score());
    }
  }

  /** What errors are: {@code error of outputs, a part of their variance}. */
  String what() {
    return unit.isEmpty() ? measure : measure + ", a part" + unit;
  }

  /**
   * What data said.
   *
   * @param measure what errors are, in words that go before a number
   * @param unit what they are a part of, in words that follow
   */
  public static DataReport of(Pruned pruned, CandidateCosts costs, String measure, String unit) {
    Set<Config> front = new HashSet<>();
    pruned.history().front().forEach(candidate -> front.add(candidate.config()));
    Config chosen = pruned.costs().config();
    return new DataReport(
        measure,
        unit,
        pruned.error(),
        pruned.errorBefore(),
        pruned.heldBack(),
        pruned.manifest().compensated().size(),
        new TreeMap<>(pruned.left()),
        pruned.history().curves(),
        scored(pruned.history().screened(), front, chosen, costs),
        scored(pruned.history().tried(), Set.of(), chosen, costs));
  }

  private static List<Scored> scored(
      List<Candidate> candidates, Set<Config> front, Config chosen, CandidateCosts costs) {
    List<Scored> scored = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Config config = candidate.config();
      scored.add(
          new Scored(
              scored.size() + 1,
              candidate,
              front.contains(config),
              config.equals(chosen),
              costs.of(config)));
    }
    return scored;
  }
}
