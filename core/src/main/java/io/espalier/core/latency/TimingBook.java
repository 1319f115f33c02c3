package io.espalier.core.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.values.Config;
import io.espalier.core.values.Json;
import io.espalier.core.values.LineFile;
import io.espalier.core.values.Sum;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What was timed, perhaps kept in folders, so that it is not timed again. Only what is asked for is
 * answered: a search that goes on asks in the order it asked before, and so decides as it did.
 */
final class TimingBook implements AutoCloseable {
  private static final int NAME = 32;

  private final Map<String, String> known = new LinkedHashMap<>();
  private final List<LineFile> files = new ArrayList<>();
  private final List<Map<String, String>> kept = new ArrayList<>();

  /**
   * A network that was timed.
   *
   * @param taken how long all of that took, in nanoseconds
   */
  record Entry(Timing timing, double taken) {}

  /**
   * The book of one network under some conditions.
   *
   * @param folders where it is kept; none for nowhere
   * @param subject what the timings are of: they are found again for the same alone
   */
  TimingBook(Collection<Path> folders, String subject) {
    for (Path folder : folders) {
      LineFile file =
          LineFile.in(folder, digest(subject).substring(0, NAME) + ".timings", "timings");
      files.add(file);
      kept.add(new LinkedHashMap<>(file.lines()));
      file.lines().forEach(known::putIfAbsent);
    }
  }

  /**
   * What is known of a config, or found out now.
   *
   * @param kind of timing, in a word
   */
  Entry of(Config config, String kind, Supplier<Entry> timed) {
    String key = key(config, kind);
    String text = known.get(key);
    Entry entry = text == null ? timed.get() : read(text);
    String line = text == null ? write(entry) : text;
    known.put(key, line);
    for (int i = 0; i < files.size(); i++) {
      if (kept.get(i).putIfAbsent(key, line) == null) {
        files.get(i).append(key, line);
      }
    }
    return entry;
  }

  boolean knows(Config config, String kind) {
    return known.containsKey(key(config, kind));
  }

  private static String key(Config config, String kind) {
    return kind + "-" + digest(new TreeMap<>(config.choices()).toString());
  }

  private static String write(Entry entry) {
    Timing timing = entry.timing();
    ObjectNode object = Json.object();
    object
        .put("run", timing.run())
        .put("original", timing.original())
        .put("noise", timing.noise())
        .put("taken", entry.taken());
    ArrayNode nodes = object.putArray("nodes");
    timing.nodes().forEach(node -> nodes.addArray().add(node.output()).add(node.nanoseconds()));
    return object.toString();
  }

  private static Entry read(String text) {
    JsonNode object = Json.any(text);
    List<Timing.NodeTime> nodes = new ArrayList<>();
    for (JsonNode node : object.required("nodes")) {
      nodes.add(new Timing.NodeTime(node.required(0).textValue(), node.required(1).doubleValue()));
    }
    Timing timing =
        new Timing(
            nodes,
            object.required("run").doubleValue(),
            object.required("original").doubleValue(),
            object.required("noise").doubleValue());
    return new Entry(timing, object.required("taken").doubleValue());
  }

  private static String digest(String text) {
    Sum sum = new Sum();
    sum.text(text);
    return HexFormat.of().formatHex(sum.digest());
  }

  @Override
  public void close() {
    files.forEach(LineFile::close);
  }
}
