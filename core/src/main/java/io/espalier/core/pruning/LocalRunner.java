package io.espalier.core.pruning;

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
final class LocalRunner implements CandidateRunner {
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

  @Override
  public double[] scores(List<Config> candidates) {
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
