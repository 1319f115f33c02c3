package io.espalier.core.pruning;

import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.search.ScoreBook;
import io.espalier.spi.EspalierException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Who decides between candidates, and what is kept of that.
 *
 * @param samples which of the data are used
 */
@SuppressWarnings("ArrayRecordComponent") // these are not compared
record Deciding(PruneOptions options, DataModel original, Samples data, int[] samples) {
  /**
   * Who decides.
   *
   * @param heldBack the samples that nothing is fitted to
   * @param count how many data there are, without copies of images
   */
  Judge judge(OutputError outputs, int[] heldBack, int count) {
    SearchOptions search = options.search();
    CandidateEvaluator own = search.evaluator();
    if (own != null) {
      return network -> own.error(original, network, data, heldBack);
    }
    int[] labels = search.labels().orElse(null);
    if (labels == null) {
      return outputs::of;
    }
    if (labels.length != count) {
      throw new EspalierException(
          "there are " + labels.length + " labels for " + count + " samples; give one for each");
    }
    return new LabelError(data, heldBack, labels, outputs::of);
  }

  /** The scores that are known of the same network, data and options, whatever the budget. */
  ScoreBook book(OutputError outputs) {
    Path folder = options.search().checkpoint();
    if (folder == null) {
      return ScoreBook.inMemory();
    }
    CandidateEvaluator own = options.search().evaluator();
    String subject =
        String.join(
            " ",
            original.fingerprint(),
            outputs.subject(),
            options.criterion(),
            options.repair().name(),
            Long.toString(options.seed()),
            Arrays.toString(samples),
            own == null ? "" : own.key(),
            Arrays.toString(options.search().labels().orElse(new int[0])));
    return ScoreBook.in(folder, subject);
  }
}
