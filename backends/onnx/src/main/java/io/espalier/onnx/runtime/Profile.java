package io.espalier.onnx.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.core.latency.Timing;
import io.espalier.core.values.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a profile of ONNX Runtime says of nodes. The runtime fuses nodes, lays tensors out anew and
 * adds nodes of its own; it names what comes out after a node that went in, or after the tensor
 * that the last of them computes. So nodes are given names to be known by before they go in.
 */
final class Profile {
  private static final Pattern NODE = Pattern.compile("@(\\d+)(?!\\d)");
  private static final Pattern LAID_OUT = Pattern.compile("(.*)_nchwc(?:_token_\\d+)?");
  private static final String KERNEL = "_kernel_time";
  private static final double NANOSECONDS = 1000;

  /** Times are whole microseconds, rounded down. */
  private static final double ROUNDED = 0.5;

  private Profile() {}

  /** The name that a node has to have, by its index. */
  static String name(int index) {
    return "@" + index;
  }

  /**
   * A node that the runtime runs.
   *
   * @param index what tells it from others of its name
   */
  private record Kernel(String name, int index) {}

  /**
   * One run of it.
   *
   * @param start when, in microseconds
   * @param time how long, in microseconds
   */
  private record Event(Kernel kernel, long start, long time) {}

  /**
   * What one run spent on each node: the median of all runs.
   *
   * @param json the profile
   * @param runs how many runs it is of
   * @param outputs the first output of each node of the model, by its index
   * @throws io.espalier.spi.EspalierException if it cannot be read
   */
  static List<Timing.NodeTime> nodes(String json, int runs, List<String> outputs) {
    Map<Kernel, List<Double>> times = new LinkedHashMap<>();
    for (Event event : kernels(json)) {
      times
          .computeIfAbsent(event.kernel(), kernel -> new ArrayList<>())
          .add(event.time() + ROUNDED);
    }
    Set<String> known = Set.copyOf(outputs);
    List<Timing.NodeTime> nodes = new ArrayList<>();
    times.forEach(
        (kernel, all) -> {
          double median = all.stream().sorted().toList().get(all.size() / 2);
          double each = median * all.size() / runs;
          String output = output(kernel.name(), outputs, known);
          nodes.add(new Timing.NodeTime(output, each * NANOSECONDS));
        });
    return nodes;
  }

  /** What ran, in order, but for what ran within something else: that counts with it. */
  private static List<Event> kernels(String json) {
    List<Event> all = new ArrayList<>();
    for (JsonNode event : Json.parse("{\"all\":" + json + "}", "the profile").required("all")) {
      String name = event.path("name").asText();
      if (event.path("cat").asText().equals("Node") && name.endsWith(KERNEL)) {
        all.add(
            new Event(
                new Kernel(
                    name.substring(0, name.length() - KERNEL.length()),
                    event.path("args").path("node_index").asInt()),
                event.path("ts").asLong(),
                event.path("dur").asLong()));
      }
    }
    all.sort(
        Comparator.comparingLong(Event::start)
            .thenComparing(Comparator.comparingLong(Event::time).reversed()));
    List<Event> outer = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (Event event : all) {
      if (event.start() >= end) {
        outer.add(event);
        end = event.start() + event.time();
      }
    }
    return outer;
  }

  /** The tensor that tells where something belongs; empty for what the runtime has added. */
  private static String output(String name, List<String> outputs, Set<String> known) {
    Matcher laidOut = LAID_OUT.matcher(name);
    if (laidOut.matches() && known.contains(laidOut.group(1))) {
      return laidOut.group(1);
    }
    Matcher node = NODE.matcher(name);
    if (!node.find()) {
      return "";
    }
    int index = Integer.parseInt(node.group(1));
    return index < outputs.size() ? outputs.get(index) : "";
  }
}
