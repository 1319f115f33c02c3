package io.espalier.cli;

import io.espalier.spi.EspalierException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long {@code prune} trains what it has pruned. */
final class TrainingOptions {
  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Then train a DJL Block for so long on the data, so that it computes what the original"
              + " does, and with --labels says the classes.")
  private @Nullable Integer epochs;

  /** How many epochs; null for no training. */
  @Nullable Integer epochs() {
    return epochs;
  }

  /**
   * Checks that there is something to train, and to train with.
   *
   * @throws EspalierException if there is not
   */
  void check(SourceOptions source, boolean data, boolean lossless) {
    if (epochs == null) {
      return;
    }
    if (epochs < 1) {
      throw new EspalierException(
          "--epochs is " + epochs + ", and must be at least 1; leave it out for no training");
    }
    if (!source.isBlock()) {
      throw new EspalierException(
          "--epochs trains a Block of DJL, and "
              + source.name()
              + " is an ONNX file, whose runtime computes no gradients; open the network by"
              + " --block, or train the pruned file where the original was trained");
    }
    if (lossless) {
      throw new EspalierException(
          "--epochs trains what has lost something, and --lossless loses nothing; leave one out");
    }
    if (!data) {
      throw new EspalierException("--epochs trains on data; give --data, or leave it out");
    }
  }
}
