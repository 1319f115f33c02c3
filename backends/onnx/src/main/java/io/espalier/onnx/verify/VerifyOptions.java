package io.espalier.onnx.verify;

import io.espalier.onnx.runtime.InputValue;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.SessionSettings.Optimisation;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a carved model is compared with the masked reference.
 *
 * @param seed what the inputs are drawn from
 * @param runs how many different inputs are tried, at least 1
 * @param shapes shapes by input name, for inputs that leave dimensions open
 * @param tolerance the largest relative error that passes; by default it follows the element types
 * @param masksOnly whether the reference ignores blocks that were taken out and norms over axes
 *     that were cut, as an exact cut needs neither
 * @param values what inputs are, by name, where random numbers would not mean anything
 * @param customOperators libraries of operators that ONNX Runtime does not have itself
 * @param quick whether nothing is optimised that is run, and nobody asks whether a wrong cut would
 *     have been seen: the result is never conclusive
 */
public record VerifyOptions(
    long seed,
    int runs,
    Map<String, List<Long>> shapes,
    OptionalDouble tolerance,
    boolean masksOnly,
    Map<String, InputValue> values,
    List<Path> customOperators,
    boolean quick) {

  public VerifyOptions {
    if (runs < 1) {
      throw new IllegalArgumentException("a comparison needs a run");
    }
    Map<String, List<Long>> copies = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> copies.put(name, List.copyOf(shape)));
    shapes = Collections.unmodifiableMap(copies);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    customOperators = List.copyOf(customOperators);
  }

  /** Two inputs of usual sizes, and everything that the manifest says. */
  public static VerifyOptions defaults() {
    return new VerifyOptions(
        0, 2, Map.of(), OptionalDouble.empty(), false, Map.of(), List.of(), false);
  }

  public VerifyOptions withSeed(long number) {
    return new VerifyOptions(
        number, runs, shapes, tolerance, masksOnly, values, customOperators, quick);
  }

  public VerifyOptions withRuns(int count) {
    return new VerifyOptions(
        seed, count, shapes, tolerance, masksOnly, values, customOperators, quick);
  }

  public VerifyOptions withShapes(Map<String, List<Long>> trialShapes) {
    return new VerifyOptions(
        seed, runs, trialShapes, tolerance, masksOnly, values, customOperators, quick);
  }

  public VerifyOptions withTolerance(double error) {
    return new VerifyOptions(
        seed, runs, shapes, OptionalDouble.of(error), masksOnly, values, customOperators, quick);
  }

  public VerifyOptions withMasksOnly() {
    return new VerifyOptions(seed, runs, shapes, tolerance, true, values, customOperators, quick);
  }

  public VerifyOptions withValues(Map<String, InputValue> inputs) {
    return new VerifyOptions(
        seed, runs, shapes, tolerance, masksOnly, inputs, customOperators, quick);
  }

  public VerifyOptions withCustomOperators(List<Path> libraries) {
    return new VerifyOptions(seed, runs, shapes, tolerance, masksOnly, values, libraries, quick);
  }

  /** As a test does that tries many cuts of small networks, of which it asks one all questions. */
  public VerifyOptions withQuickness() {
    return new VerifyOptions(
        seed, runs, shapes, tolerance, masksOnly, values, customOperators, true);
  }

  /** One thread, and as much of the graph rewritten as given. */
  SessionSettings settings(Optimisation optimisation) {
    return SessionSettings.plain()
        .withOptimisation(quick ? Optimisation.NONE : optimisation)
        .withCustomOperators(customOperators);
  }
}
