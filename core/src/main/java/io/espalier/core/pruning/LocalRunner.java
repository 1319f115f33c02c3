package io.espalier.core.pruning;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.KeptSamples;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.CandidateRunner;
import io.espalier.core.search.ScoreBook;
import io.espalier.core.values.Config;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/**
 * Scores candidates here, several side by side. Each is scored by itself, so that it does not
 * matter by how many threads.
 */
public final class LocalRunner implements CandidateRunner {
  private final int threads;
  private final ScoreBook book;
  private final String kind;
  private final ToDoubleFunction<Config> score;

  LocalRunner(int threads, ScoreBook book, String kind, ToDoubleFunction<Config> score) {
    this.threads = threads;
    this.book = book;
    this.kind = kind;
    this.score = score;
  }

  /**
   * Scores candidates by their outputs, with their weights as they are cut.
   *
   * @param space that candidates are cut from; no order of units may change while it is used
   * @param data what candidates are run on
   * @param samples which of them, ascending
   * @param threads how many candidates are run side by side, each on one thread
   * @throws EspalierException if the network of the space cannot be run on data
   */
  public static CandidateRunner ofOutputs(
      SearchSpace space, Samples data, int[] samples, int threads) {
    DataModel original = DataPruning.runnable(space);
    Samples kept = new LockedSamples(new KeptSamples(data, DataPruning.ROOM));
    OutputError judge = new OutputError(original, kept, samples);
    return new LocalRunner(
        threads,
        ScoreBook.inMemory(),
        "outputs",
        config -> Repairs.errorAsCut(space, config, judge));
  }

  @Override
  public double[] scores(List<Config> candidates) {
    if (candidates.isEmpty()) {
      return new double[0];
    }
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, candidates.size()));
    try {
      List<Future<Double>> found = new ArrayList<>();
      for (Config candidate : candidates) {
        found.add(
            pool.submit(() -> book.of(kind, candidate, () -> score.applyAsDouble(candidate))));
      }
      double[] scores = new double[found.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = found.get(i).get();
      }
      return scores;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EspalierException("the search was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException own) {
        throw own;
      }
      throw new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
  }
}
