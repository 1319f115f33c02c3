package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.Pruned;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.training.FineTuned;
import io.espalier.djl.training.FineTuning;
import io.espalier.djl.training.FineTuningOptions;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains pruned blocks of DJL further. Apart from the others, so that DJL is loaded only where it
 * is needed.
 */
final class BlockTuning {
  private BlockTuning() {}

  /**
   * What came of it.
   *
   * @param pruned the network that was taken
   * @param text a line on it
   */
  record Tuned(Pruned pruned, String text) {}

  /**
   * Trains a network to compute what the original does.
   *
   * @param pruned of a space whose model is a block; it is closed where another network is taken
   * @param labels the class of each of the data; empty for none
   */
  static Tuned run(
      SearchSpace space,
      Pruned pruned,
      Samples data,
      int[] samples,
      int epochs,
      long seed,
      Optional<int[]> labels,
      Consumer<String> progress) {
    FineTuningOptions unlabelled = FineTuningOptions.of(epochs).withSeed(seed);
    FineTuningOptions options = labels.map(unlabelled::withLabels).orElse(unlabelled);
    progress.accept("training");
    FineTuned tuned =
        FineTuning.run(
            (DjlNetwork) space.model(),
            (DjlNetwork) pruned.model(),
            data,
            samples,
            options,
            epoch ->
                progress.accept(
                    "training, epoch " + epoch.number() + " of " + epochs + " is over"));
    String text =
        String.format(
            Locale.ROOT,
            "trained for %d epochs: error of outputs on %d samples held back from training: %.4g,"
                + " %.4g before%s%n",
            epochs,
            tuned.heldBack(),
            tuned.error(),
            tuned.errorBefore(),
            tuned.epoch() == 0 ? "; the network from before was taken" : "");
    if (tuned.epoch() == 0) {
      tuned.network().close();
      return new Tuned(pruned, text);
    }
    Pruned taken = pruned.trained(space, tuned.network());
    pruned.model().close();
    return new Tuned(taken, text);
  }
}
