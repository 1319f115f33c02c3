package io.espalier.cli;

import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.runtime.InputValue;
import io.espalier.onnx.runtime.Latency;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.runtime.ValueSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times two models side by side. They take turns, so that whatever else the machine does slows both
 * alike.
 */
final class Stopwatch {
  private static final int RUNS = 5;
  private static final int LEAST_TURNS = 3;
  private static final int MOST_TURNS = 40;
  private static final long SLOW_NANOSECONDS = 50_000_000L;
  private static final long PATIENCE_NANOSECONDS = 2_000_000_000L;
  private static final long SPACE = 64;
  private static final long SEQUENCE = 16;

  private Stopwatch() {}

  /**
   * Median times of one run, in nanoseconds.
   *
   * @param first of the first model
   * @param second of the second
   */
  record Times(long first, long second) {}

  /**
   * Times two models with the same inputs at batch 1.
   *
   * @param given what a user said of inputs; other open dimensions are 64 in images, else 16
   * @throws io.espalier.onnx.runtime.OnnxRunException if one of them cannot be run
   */
  static Times compare(OnnxModel first, OnnxModel second, GivenInputs given) {
    SessionSettings settings = SessionSettings.fast().withThreads(1);
    try (OnnxSession one = OnnxSession.open(first, settings);
        OnnxSession other = OnnxSession.open(second, settings)) {
      return compare(one, other, inputs(one, given));
    }
  }

  /**
   * Times two models with the same inputs.
   *
   * @throws io.espalier.onnx.runtime.OnnxRunException if one of them cannot be run
   */
  static Times compareOn(Map<String, Tensor> inputs, OnnxModel first, OnnxModel second) {
    SessionSettings settings = SessionSettings.fast().withThreads(1);
    try (OnnxSession one = OnnxSession.open(first, settings);
        OnnxSession other = OnnxSession.open(second, settings)) {
      return compare(one, other, inputs);
    }
  }

  private static Times compare(OnnxSession one, OnnxSession other, Map<String, Tensor> inputs) {
    long once = Latency.measure(one, inputs, 1, 1);
    Latency.measure(other, inputs, 1, 1);
    int warmup = once < SLOW_NANOSECONDS ? 1 : 0;
    int runs = once < SLOW_NANOSECONDS ? RUNS : 1;
    List<Long> firstTimes = new ArrayList<>();
    List<Long> secondTimes = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE_NANOSECONDS;
    for (int turn = 0;
        turn < LEAST_TURNS || (turn < MOST_TURNS && System.nanoTime() < end);
        turn++) {
      firstTimes.add(Latency.measure(one, inputs, warmup, runs));
      secondTimes.add(Latency.measure(other, inputs, warmup, runs));
    }
    return new Times(median(firstTimes), median(secondTimes));
  }

  /** Random inputs at batch 1; open dimensions are as given, else 64 in images and 16 elsewhere. */
  static Map<String, Tensor> inputs(OnnxSession session, GivenInputs given) {
    Map<String, long[]> shapes = new HashMap<>();
    for (ValueSpec input : session.inputSpecs()) {
      long[] shape = input.shape();
      List<Long> own = given.shapes().getOrDefault(input.name(), List.of());
      for (int axis = 0; axis < shape.length; axis++) {
        if (shape[axis] < 0) {
          shape[axis] =
              axis == 0 ? 1 : own.size() == shape.length ? own.get(axis) : usual(shape, axis);
        }
      }
      shapes.put(input.name(), shape);
    }
    Map<String, Tensor> inputs =
        new LinkedHashMap<>(RandomInputs.seeded(0).forModel(session, shapes));
    for (ValueSpec input : session.inputSpecs()) {
      InputValue value = given.values().get(input.name());
      if (value != null) {
        inputs.put(input.name(), value.of(sized(input, shapes)));
      }
    }
    return inputs;
  }

  private static ValueSpec sized(ValueSpec input, Map<String, long[]> shapes) {
    long[] shape = shapes.getOrDefault(input.name(), input.shape());
    return new ValueSpec(input.name(), input.dataType(), Arrays.stream(shape).boxed().toList());
  }

  private static long usual(long[] shape, int axis) {
    return shape.length >= 4 && axis >= 2 ? SPACE : SEQUENCE;
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
