package io.espalier.onnx.verify;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.values.Manifest;
import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.SpelledOut;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.SessionSettings.Optimisation;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.spi.EspalierException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One carved model, its masked reference, and the controls beside it. */
final class Trial {
  private final OnnxModel original;
  private final OnnxModel carved;
  private final Manifest manifest;
  private final VerifyOptions options;
  private final boolean spelled;

  /** Whether the reference is masked only where it sums, since with masks it gave NaN. */
  private boolean sumsOnly;

  private @Nullable OnnxModel spelledOut;
  private @Nullable KnownValues values;
  private @Nullable OnnxEdit reference;

  Trial(OnnxModel original, OnnxModel carved, Manifest manifest, VerifyOptions options) {
    this(original, carved, manifest, options, false);
  }

  private Trial(
      OnnxModel original,
      OnnxModel carved,
      Manifest manifest,
      VerifyOptions options,
      boolean spelled) {
    this.original = original;
    this.carved = carved;
    this.manifest = manifest;
    this.options = options;
    this.spelled = spelled;
  }

  /** The same with sigmoids spelled out in all models. */
  Trial spelled() {
    Trial trial = new Trial(original, carved, manifest, options, true);
    trial.sumsOnly = sumsOnly;
    return trial;
  }

  /** The masked reference; it also gives out what stands before functions that saturate. */
  OnnxEdit reference(Drawn drawn) {
    if (reference == null) {
      reference = masked(manifest, drawn);
    }
    return reference;
  }

  private OnnxEdit masked(Manifest cut, Drawn drawn) {
    if (spelledOut == null || values == null) {
      spelledOut = MaskedReference.spelledOut(original, manifest);
      values = drawn.values(spelledOut, options.settings(Optimisation.NONE));
      values.learn(MaskedReference.wanted(spelledOut, manifest));
    }
    OnnxEdit edit = MaskedReference.of(spelledOut, cut, values, sumsOnly);
    return prepared(Drawn.watched(edit, original, drawn.before()));
  }

  /** The carved model; it gives out the same. */
  OnnxEdit carved() {
    return prepared(Drawn.watched(new OnnxEdit(carved), carved, Saturations.before(original)));
  }

  private OnnxSession openCarved(Drawn drawn, SessionSettings settings) {
    return spelled || !drawn.before().isEmpty()
        ? OnnxSession.open(carved(), settings)
        : OnnxSession.open(carved, settings);
  }

  private OnnxEdit prepared(OnnxEdit edit) {
    return spelled ? SpelledSigmoids.of(edit) : edit;
  }

  /** Whether the outputs of a model are finite where those of the reference are. */
  boolean staysFinite(OnnxModel other, Drawn drawn) {
    SessionSettings settings = options.settings(Optimisation.BASIC);
    List<Map<String, Tensor>> expected = run(reference(drawn), drawn, settings);
    List<Map<String, Tensor>> actual;
    try {
      actual = run(new OnnxEdit(other), drawn, settings);
    } catch (OnnxRunException e) {
      return false;
    }
    for (int run = 0; run < actual.size(); run++) {
      for (Map.Entry<String, Tensor> output : actual.get(run).entrySet()) {
        Tensor reference = expected.get(run).get(output.getKey());
        if (reference != null && isFinite(reference) && !isFinite(output.getValue())) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * How far the outputs of a model are from those of the reference: the root of the summed squared
   * differences over that of the reference's numbers, of the output that is furthest off.
   */
  double distance(OnnxModel other, Drawn drawn) {
    SessionSettings settings = options.settings(Optimisation.BASIC);
    List<Map<String, Tensor>> expected = run(reference(drawn), drawn, settings);
    List<Map<String, Tensor>> actual = run(new OnnxEdit(other), drawn, settings);
    double worst = 0;
    for (String output : outputs(expected.get(0)).keySet()) {
      double differences = 0;
      double squares = 0;
      for (int run = 0; run < actual.size(); run++) {
        Tensor wanted = expected.get(run).get(output);
        Tensor given = actual.get(run).get(output);
        if (wanted == null || given == null || wanted.elementCount() != given.elementCount()) {
          return Double.POSITIVE_INFINITY;
        }
        float[] from = wanted.floats();
        float[] to = given.floats();
        for (int i = 0; i < from.length; i++) {
          differences += Math.pow((double) to[i] - from[i], 2);
          squares += Math.pow(from[i], 2);
        }
      }
      worst = Math.max(worst, differences == 0 ? 0 : Math.sqrt(differences / squares));
    }
    return worst;
  }

  private static boolean isFinite(Tensor tensor) {
    for (float value : tensor.floats()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The original's values in the place of those that the manifest lists as compensated. */
  OriginalValues.Restored restored(Drawn drawn) {
    return OriginalValues.of(
        MaskedReference.spelledOut(original, manifest),
        SpelledOut.opened(carved),
        manifest,
        () -> reference(drawn),
        options.settings(Optimisation.NONE));
  }

  /** What of the parameters is not as it should be. */
  List<String> changed(Drawn drawn, double tolerance) {
    OnnxModel whole = MaskedReference.spelledOut(original, manifest);
    OnnxModel smaller = SpelledOut.opened(carved);
    List<String> wrong = MappedPositions.check(whole, smaller, manifest);
    wrong.addAll(
        ParameterCheck.of(
            original,
            whole,
            smaller,
            manifest,
            () -> reference(drawn),
            options.settings(Optimisation.NONE),
            tolerance));
    return wrong;
  }

  /** Runs both models. */
  Verification compare(Drawn drawn, SessionSettings settings) {
    List<Map<String, Tensor>> expected = expected(drawn, settings);
    if (!sumsOnly && expected.stream().anyMatch(Trial::hasNan)) {
      sumsOnly = true;
      reference = null;
      expected = run(reference(drawn), drawn, settings);
    }
    Map<String, Tensor> first = expected.get(0);
    double tolerance =
        options.tolerance().orElseGet(() -> Tolerance.of(original, outputs(first).values()));
    Map<String, Comparison> places = new LinkedHashMap<>();
    try (OnnxSession session = openCarved(drawn, settings)) {
      for (int run = 0; run < expected.size(); run++) {
        compare(expected.get(run), session.run(drawn.inputs().get(run)), places);
      }
    } catch (OnnxRunException e) {
      return new Verification(
          Double.POSITIVE_INFINITY,
          List.of(),
          tolerance,
          List.of(),
          List.of(),
          List.of(),
          0,
          String.valueOf(e.getMessage()));
    }
    Map<String, Double> scales = drawn.scales(settings);
    Map<String, OutputVerdict> verdicts = new LinkedHashMap<>();
    for (String output : outputs(first).keySet()) {
      String before = drawn.before().getOrDefault(output, "");
      verdicts.put(output, new OutputVerdict(output, before, places, scales, tolerance));
    }
    boolean asked = verdicts.values().stream().allMatch(OutputVerdict::agrees);
    if (asked && !options.quick()) {
      tell(drawn, expected, settings, verdicts);
    }
    if (asked && verdicts.values().stream().anyMatch(OutputVerdict::isCoarse)) {
      Map<String, Comparison> rounding = rounding(drawn);
      verdicts.values().forEach(verdict -> verdict.explain(rounding));
    }
    return summary(verdicts, tolerance, asked);
  }

  private List<Map<String, Tensor>> expected(Drawn drawn, SessionSettings settings) {
    try {
      return run(reference(drawn), drawn, settings);
    } catch (OnnxRunException e) {
      throw drawn.explain(e, settings);
    }
  }

  private Map<String, Tensor> outputs(Map<String, Tensor> values) {
    List<String> names = original.outputs().stream().map(ValueInfoProto::getName).toList();
    Map<String, Tensor> outputs = new LinkedHashMap<>(values);
    outputs.keySet().retainAll(names);
    return outputs;
  }

  private static boolean hasNan(Map<String, Tensor> values) {
    for (Tensor tensor : values.values()) {
      for (float value : tensor.floats()) {
        if (Float.isNaN(value)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Map<String, Tensor>> run(
      OnnxEdit edit, Drawn drawn, SessionSettings settings) {
    List<Map<String, Tensor>> results = new ArrayList<>();
    try (OnnxSession session = OnnxSession.open(ClosedBranches.of(edit), settings)) {
      drawn.inputs().forEach(values -> results.add(session.run(values)));
    }
    return results;
  }

  private void compare(
      Map<String, Tensor> expected, Map<String, Tensor> actual, Map<String, Comparison> places) {
    expected.forEach(
        (name, tensor) -> {
          if (actual.containsKey(name) || outputs(expected).containsKey(name)) {
            places.computeIfAbsent(name, key -> new Comparison()).add(tensor, actual.get(name));
          }
        });
  }

  /** How far both models are from themselves when sums are added up in another order. */
  private Map<String, Comparison> rounding(Drawn drawn) {
    Map<String, Comparison> places = new LinkedHashMap<>();
    for (OnnxEdit model : List.of(reference(drawn), carved())) {
      List<Map<String, Tensor>> plain = run(model, drawn, options.settings(Optimisation.NONE));
      List<Map<String, Tensor>> fast = run(model, drawn, options.settings(Optimisation.ALL));
      for (int run = 0; run < plain.size(); run++) {
        compare(plain.get(run), fast.get(run), places);
      }
    }
    return places;
  }

  /** Whether a wrong cut would have been seen. */
  private void tell(
      Drawn drawn,
      List<Map<String, Tensor>> expected,
      SessionSettings settings,
      Map<String, OutputVerdict> verdicts) {
    List<Manifest> controls = ControlCuts.of(manifest);
    if (controls.isEmpty()) {
      verdicts.values().forEach(verdict -> verdict.follow(expected, drawn.areEqual()));
    }
    for (Manifest control : controls) {
      OnnxEdit wrong = ClosedBranches.of(masked(control, drawn));
      try (OnnxSession session = OnnxSession.open(wrong, settings)) {
        Map<String, Comparison> moved = new LinkedHashMap<>();
        compare(expected.get(0), session.run(drawn.inputs().get(0)), moved);
        verdicts.values().forEach(verdict -> verdict.control(moved));
      } catch (EspalierException e) {
        // no network is left by this wrong cut: another has to do
        continue;
      }
      if (verdicts.values().stream().anyMatch(OutputVerdict::tells)) {
        return;
      }
    }
  }

  private static Verification summary(
      Map<String, OutputVerdict> verdicts, double tolerance, boolean asked) {
    List<Verification.Output> outputs =
        verdicts.values().stream().map(verdict -> verdict.result(asked)).toList();
    double worst = 0;
    for (Verification.Output output : outputs) {
      worst = Math.max(worst, output.error());
    }
    String note =
        outputs.stream()
            .filter(output -> !output.note().isEmpty())
            .map(output -> "output '" + output.name() + "': " + output.note())
            .collect(Collectors.joining("; "));
    return new Verification(worst, outputs, tolerance, List.of(), List.of(), List.of(), 0, note);
  }
}
