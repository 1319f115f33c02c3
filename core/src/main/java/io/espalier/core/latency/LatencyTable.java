package io.espalier.core.latency;

import io.espalier.spi.EspalierException;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the segments of a network take at any sizes. Times of nodes are scaled so that they add up
 * to what the run took without a profile; and runs are seen as parts of what the original took
 * meanwhile, since a machine is quicker at one time than at another. Immutable, and safe for use by
 * several threads at once.
 */
final class LatencyTable {
  private static final double MOST_OVERHEAD = 0.9;

  private final double original;
  private final Map<String, Integer> byOutput;
  private final @Nullable SegmentTimes[] segments;
  private final WholeTimes wholes;
  private final double[] sums;

  /**
   * A network that was timed.
   *
   * @param sizes of each segment; empty where it is gone
   * @param timing what it took
   */
  @SuppressWarnings("ArrayRecordComponent") // these are not compared
  record Timed(long[][] sizes, Timing timing) {}

  /**
   * A table.
   *
   * @param graph the original network
   * @param segmentOf the segment of each node of it
   * @param all what was timed: one network at least
   * @throws EspalierException if the timings name no node of the network
   */
  LatencyTable(Graph graph, int[] segmentOf, List<Timed> all) {
    double[] originals = all.stream().mapToDouble(timed -> timed.timing().original()).toArray();
    Arrays.sort(originals);
    this.original = originals[originals.length / 2];
    this.byOutput = byOutput(graph, segmentOf);
    int count = all.get(0).sizes().length;
    List<List<SegmentTimes.Sample>> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(new ArrayList<>());
    }
    for (Timed timed : all) {
      double[] times = times(timed);
      for (int i = 0; i < count; i++) {
        if (timed.sizes()[i].length > 0) {
          samples.get(i).add(new SegmentTimes.Sample(timed.sizes()[i], times[i]));
        }
      }
    }
    this.segments = new SegmentTimes[count];
    for (int i = 0; i < count; i++) {
      segments[i] = samples.get(i).isEmpty() ? null : new SegmentTimes(samples.get(i));
    }
    this.sums = sums(all);
    this.wholes = WholeTimes.of(sums, parts(all));
  }

  private static double[] parts(List<Timed> all) {
    return all.stream().mapToDouble(timed -> timed.timing().part()).toArray();
  }

  /** What the segments of each network are said to take by the other networks. */
  private double[] sums(List<Timed> all) {
    int[] samples = new int[segments.length];
    double[] sums = new double[all.size()];
    for (int i = 0; i < sums.length; i++) {
      Timed timed = all.get(i);
      for (int segment = 0; segment < segments.length; segment++) {
        SegmentTimes times = segments[segment];
        if (times != null && timed.sizes()[segment].length > 0) {
          sums[i] += times.withoutItself(samples[segment]++) / original;
        }
      }
    }
    return sums;
  }

  /**
   * How far each network is from what the others let expect, as a logarithm.
   *
   * @param all the same that the table was made from
   */
  double[] surprises(List<Timed> all) {
    double[] surprises = parts(all);
    Arrays.setAll(surprises, i -> Math.log(surprises[i] / wholes.at(sums[i])));
    return surprises;
  }

  private static Map<String, Integer> byOutput(Graph graph, int[] segmentOf) {
    Map<String, Integer> byOutput = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      for (int output : node.outputs()) {
        if (output >= 0 && segmentOf[node.index()] >= 0) {
          byOutput.put(graph.tensor(output).name(), segmentOf[node.index()]);
        }
      }
    }
    return byOutput;
  }

  /**
   * What each segment took. What the runtime adds belongs to what ran before it, or, at the
   * beginning, to what comes first.
   */
  double[] times(Timed timed) {
    double[] times = new double[timed.sizes().length];
    double overhead = overhead(timed.timing());
    double sum = 0;
    double before = 0;
    int last = -1;
    for (Timing.NodeTime node : timed.timing().nodes()) {
      Integer segment = byOutput.get(node.output());
      if (segment != null && timed.sizes()[segment].length > 0) {
        last = segment;
        times[last] += before;
        before = 0;
      }
      double time = node.nanoseconds() - overhead;
      if (last < 0) {
        before += time;
      } else {
        times[last] += time;
      }
      sum += time;
    }
    if (last < 0 || !(sum > 0)) {
      throw new EspalierException(
          "the profile of a run names no node of the network, so that its latency cannot be"
              + " predicted; leave --latency out");
    }
    double scale = timed.timing().part() * original / sum;
    for (int i = 0; i < times.length; i++) {
      times[i] *= scale;
    }
    return times;
  }

  /**
   * What taking down a time takes, which counts with each node: where nodes take longer than the
   * run without a profile, but never more than most of what the quickest of them takes.
   */
  private static double overhead(Timing timing) {
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    for (Timing.NodeTime node : timing.nodes()) {
      sum += node.nanoseconds();
      least = Math.min(least, node.nanoseconds());
    }
    double more = (sum - timing.run()) / timing.nodes().size();
    return Math.max(0, Math.min(more, MOST_OVERHEAD * least));
  }

  /** What the original takes, in nanoseconds: the median of all that was measured. */
  double original() {
    return original;
  }

  /**
   * What a network takes as a whole, in nanoseconds.
   *
   * @param sum of what its segments take by {@link #at}
   */
  double whole(double sum) {
    return original * wholes.at(sum / original);
  }

  /** What a segment takes; nothing where it is gone, or never was there. */
  double at(int segment, long[] sizes) {
    SegmentTimes times = segments[segment];
    return times == null || sizes.length == 0 ? 0 : times.at(sizes);
  }
}
