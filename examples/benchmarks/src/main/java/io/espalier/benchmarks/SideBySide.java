package io.espalier.benchmarks;

import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.Latency;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Times networks of a space beside the original. Some are open at a time and take turns, one after
 * the other with the original, since a machine may be another one for seconds: so what is measured
 * of each is of many seconds.
 */
final class SideBySide {
  private static final int OPEN = 20;
  private static final int TURNS = 21;

  /** The original is open so many times, since one session may be quicker than another. */
  private static final int ORIGINALS = 3;

  /** A turn of a network is to take so long, in nanoseconds. */
  private static final double TURN = 10e6;

  private static final int MOST_IN_A_TURN = 20;

  private final SearchSpace space;
  private final Map<String, Tensor> inputs;
  private final SessionSettings settings;
  private final OnnxEdit original;

  SideBySide(SearchSpace space, OnnxModel original, Map<String, Tensor> inputs, int threads) {
    this.space = space;
    this.inputs = inputs;
    this.settings = SessionSettings.fast().withThreads(threads);
    this.original = new OnnxEdit(original);
  }

  /** What networks take, as parts of the original: medians. */
  double[] parts(List<Config> configs) {
    double[] parts = new double[configs.size()];
    for (int from = 0; from < parts.length; from += OPEN) {
      double[] some = together(configs.subList(from, Math.min(parts.length, from + OPEN)));
      System.arraycopy(some, 0, parts, from, some.length);
    }
    return parts;
  }

  private double[] together(List<Config> configs) {
    List<OnnxSession> wholes = new ArrayList<>();
    List<OnnxSession> open = new ArrayList<>();
    try {
      for (int i = 0; i < ORIGINALS; i++) {
        wholes.add(OnnxSession.open(original, settings));
      }
      for (Config config : configs) {
        OnnxNetwork carved = (OnnxNetwork) space.export(config);
        open.add(OnnxSession.open(new OnnxEdit(carved.model()), settings));
      }
      double[][] turns = new double[open.size()][TURNS];
      int[] runs = open.stream().mapToInt(this::runs).toArray();
      for (int turn = 0; turn < TURNS; turn++) {
        OnnxSession whole = wholes.get(turn % ORIGINALS);
        for (int i = 0; i < turns.length; i++) {
          turns[i][turn] = part(whole, open.get(i), runs[i], turn % 2 == 0);
        }
      }
      double[] parts = new double[turns.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = PredictedLatency.median(turns[i]);
      }
      return parts;
    } finally {
      wholes.forEach(OnnxSession::close);
      open.forEach(OnnxSession::close);
    }
  }

  private int runs(OnnxSession session) {
    double once = Latency.measure(session, inputs, 1, 1);
    return (int) Math.max(1, Math.min(MOST_IN_A_TURN, TURN / once));
  }

  private double part(OnnxSession whole, OnnxSession session, int runs, boolean wholeFirst) {
    double before = Latency.measure(wholeFirst ? whole : session, inputs, 1, runs);
    double after = Latency.measure(wholeFirst ? session : whole, inputs, 1, runs);
    return wholeFirst ? after / before : before / after;
  }
}
