package io.espalier.core.pruning;

import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import org.jspecify.annotations.Nullable;

/**
 * Lets outputs decide even where there are labels: how far those of a candidate are from the
 * original's, as {@link OutputError} says it.
 */
public final class AgreementEvaluator implements CandidateEvaluator {
  /** Its key. */
  public static final String KEY = "agreement";

  private @Nullable Known known;

  /** What the original computes, for all candidates of one search. */
  @SuppressWarnings("ArrayRecordComponent") // these are not compared
  private record Known(DataModel original, Samples data, int[] samples, OutputError outputs) {}

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public synchronized double error(
      DataModel original, DataModel candidate, Samples data, int[] samples) {
    Known now = known;
    if (now == null
        || now.original != original
        || now.data != data
        || !java.util.Arrays.equals(now.samples, samples)) {
      now = new Known(original, data, samples.clone(), new OutputError(original, data, samples));
      known = now;
    }
    return now.outputs.of(candidate);
  }
}
