package io.espalier.cli;

import io.espalier.core.pruning.AgreementEvaluator;
import io.espalier.core.pruning.CandidateEvaluators;
import io.espalier.core.pruning.SearchOptions;
import io.espalier.spi.EspalierException;
import java.util.List;

/**
 * Who judges candidates, by names: what is cheap screens, what is dear decides.
 *
 * @param screening who scores many
 * @param decider who decides between the best
 */
record Judges(SearchOptions.Screening screening, String decider) {
  /**
   * What names mean.
   *
   * @param names at most two, who decides last; none for the usual
   * @param labelled whether there are labels
   * @throws EspalierException if one cannot do what its place asks for
   */
  static Judges of(List<String> names, boolean labelled) {
    String usual = labelled ? CandidateEvaluators.LABELS : AgreementEvaluator.KEY;
    if (names.isEmpty()) {
      return new Judges(SearchOptions.Screening.AGREEMENT, usual);
    }
    String last = names.get(names.size() - 1);
    if (names.equals(List.of(CandidateEvaluators.PREDICTED))) {
      return new Judges(SearchOptions.Screening.PREDICTED, usual);
    }
    if (last.equals(CandidateEvaluators.PREDICTED)) {
      throw new EspalierException(
          "predicted errors screen candidates, and cannot decide between repaired ones; name who"
              + " decides last, as in --evaluator predicted,agreement");
    }
    if (last.equals(CandidateEvaluators.LABELS) && !labelled) {
      throw new EspalierException(
          "--evaluator labels needs the classes of the data; give --labels, or leave it out");
    }
    return new Judges(names.size() == 1 ? SearchOptions.Screening.AGREEMENT : screen(names), last);
  }

  private static SearchOptions.Screening screen(List<String> names) {
    if (names.size() == 2 && names.get(0).equals(CandidateEvaluators.PREDICTED)) {
      return SearchOptions.Screening.PREDICTED;
    }
    if (names.size() == 2 && names.get(0).equals(AgreementEvaluator.KEY)) {
      return SearchOptions.Screening.AGREEMENT;
    }
    throw new EspalierException(
        "--evaluator names who screens and who decides, and not "
            + names
            + "; give one name, or two of which the first is predicted or agreement");
  }

  /** Whether outputs decide. */
  boolean byOutputs() {
    return decider.equals(AgreementEvaluator.KEY);
  }

  /** Whether labels decide. */
  boolean byLabels() {
    return decider.equals(CandidateEvaluators.LABELS);
  }

  /**
   * A search that is judged so.
   *
   * @param loader finds what plugins add
   * @throws EspalierException if there is no such evaluator
   */
  SearchOptions in(SearchOptions search, ClassLoader loader) {
    SearchOptions screened = search.withScreening(screening);
    boolean usual = byLabels() || (byOutputs() && search.labels().isEmpty());
    return usual
        ? screened
        : screened.withEvaluator(CandidateEvaluators.discover(loader).get(decider));
  }
}
