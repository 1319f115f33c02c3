package io.espalier.cli;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.Refusal;
import io.espalier.onnx.runtime.RunTooLargeException;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.spi.PluginException;
import java.util.Optional;

/**
 * Loads a carved model and runs it once, before it appears: some mistakes pass every check of a
 * file, and show only then.
 */
final class TrialRun {
  private TrialRun() {}

  /**
   * Runs a carved model at batch 1.
   *
   * @param space what it was carved from
   * @param given what a user said of inputs
   * @return why it was not run, where the original cannot be run either
   * @throws RunTooLargeException if a run takes more memory than is allowed
   * @throws PluginException if it does not run although the original does, for which a plugin's
   *     rule is to blame
   * @throws IllegalStateException if it does not run although the original does
   */
  static Optional<String> of(
      OnnxModel original, OnnxModel carved, SearchSpace space, GivenInputs given) {
    try {
      run(carved, given);
      return Optional.empty();
    } catch (RunTooLargeException e) {
      throw e;
    } catch (OnnxRunException failure) {
      try {
        run(original, given);
      } catch (OnnxRunException e) {
        return Optional.of("it was not run, as the original cannot be run: " + e.getMessage());
      }
      Refusal.of(failure, space.model().graph(), space.registry())
          .ifPresent(
              plugin -> {
                throw plugin;
              });
      throw new IllegalStateException(
          "the carved network does not run, although the original does: " + failure.getMessage(),
          failure);
    }
  }

  private static void run(OnnxModel model, GivenInputs given) {
    // from its file, from which the runtime maps external data: they may be larger than the memory
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.sparing())) {
      session.run(Stopwatch.inputs(session, given));
    }
  }
}
