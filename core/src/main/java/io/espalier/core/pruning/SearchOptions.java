package io.espalier.core.pruning;

import io.espalier.core.search.SearchStrategy;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How candidates are looked for, and who decides between them.
 *
 * @param strategy who proposes candidates; null for curves of errors, refined step by step
 * @param evaluations how many candidates a strategy may score
 * @param threads how many of them are scored side by side
 * @param checkpoint the folder that keeps scores, so that a search goes on there; null for none
 * @param labels the class of each of the data; none where outputs decide
 * @param screening who scores what a strategy proposes, before the best of that is repaired
 * @param evaluator who decides in place of outputs and labels; null for nobody
 */
@SuppressWarnings("ArrayRecordComponent") // labels are not compared
public record SearchOptions(
    @Nullable SearchStrategy strategy,
    int evaluations,
    int threads,
    @Nullable Path checkpoint,
    Optional<int[]> labels,
    Screening screening,
    @Nullable CandidateEvaluator evaluator) {
  /** Who scores many candidates cheaply. */
  public enum Screening {
    /** Their outputs, each weight repaired by itself. */
    AGREEMENT,
    /** Curves of errors; no candidate is run. */
    PREDICTED
  }

  private static final int EVALUATIONS = 200;

  /** Curves of errors; outputs decide. */
  public static SearchOptions usual() {
    int threads = Runtime.getRuntime().availableProcessors();
    return new SearchOptions(
        null, EVALUATIONS, threads, null, Optional.empty(), Screening.AGREEMENT, null);
  }

  public SearchOptions withStrategy(SearchStrategy other) {
    return new SearchOptions(other, evaluations, threads, checkpoint, labels, screening, evaluator);
  }

  public SearchOptions withEvaluations(int most) {
    return new SearchOptions(strategy, most, threads, checkpoint, labels, screening, evaluator);
  }

  public SearchOptions withThreads(int count) {
    return new SearchOptions(
        strategy, evaluations, count, checkpoint, labels, screening, evaluator);
  }

  public SearchOptions withCheckpoint(Path folder) {
    return new SearchOptions(strategy, evaluations, threads, folder, labels, screening, evaluator);
  }

  public SearchOptions withLabels(int[] classes) {
    Optional<int[]> own = Optional.of(classes.clone());
    return new SearchOptions(strategy, evaluations, threads, checkpoint, own, screening, evaluator);
  }

  /**
   * The same with another screening. By curves it takes a strategy, and a criterion that ranks by
   * data.
   */
  public SearchOptions withScreening(Screening other) {
    return new SearchOptions(strategy, evaluations, threads, checkpoint, labels, other, evaluator);
  }

  public SearchOptions withEvaluator(CandidateEvaluator own) {
    return new SearchOptions(strategy, evaluations, threads, checkpoint, labels, screening, own);
  }
}
