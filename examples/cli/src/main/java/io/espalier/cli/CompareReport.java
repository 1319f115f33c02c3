package io.espalier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;

/**
 * What a comparison of two models found.
 *
 * @param samples on how many samples
 * @param findings how far they are apart
 * @param macs their multiply-accumulate operations
 * @param params their parameters
 * @param bytes the bytes of their files
 * @param latency how long a run takes
 * @param latencyOfMany how long a run on {@link #MANY} samples takes, where that was asked for
 */
record CompareReport(
    int samples,
    Findings findings,
    Pair macs,
    Pair params,
    Pair bytes,
    Stopwatch.Times latency,
    Optional<Stopwatch.Times> latencyOfMany) {
  /** How many texts are encoded together to see how many that makes a second. */
  static final int MANY = 32;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A number of the original, and of the smaller model. */
  record Pair(long original, long small) {}

  /** In the form that other tools rely on; what does not apply is absent. */
  String json() {
    ObjectNode root = MAPPER.createObjectNode();
    findings.write(root);
    put(root, "macs", macs);
    put(root, "params", params);
    put(root, "bytes", bytes);
    put(root, "latency_ms", latency);
    latencyOfMany.ifPresent(
        many -> {
          put(root, "latency32_ms", many);
          root.putArray("texts_per_second").add(rate(many.first())).add(rate(many.second()));
        });
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that cannot be written", e);
    }
  }

  private static void put(ObjectNode root, String field, Pair pair) {
    root.putArray(field).add(pair.original()).add(pair.small());
  }

  private static void put(ObjectNode root, String field, Stopwatch.Times times) {
    root.putArray(field).add(times.first() / 1e6).add(times.second() / 1e6);
  }

  private static double rate(long nanoseconds) {
    return MANY * 1e9 / nanoseconds;
  }

  /** For people. */
  String text() {
    Table found = new Table("on " + Numbers.exact(samples) + " samples", "");
    Table each = new Table("", "original", "small", "ratio");
    findings.write(found, each);
    add(each, "MACs", macs);
    add(each, "parameters", params);
    add(each, "file size, bytes", bytes);
    add(each, "latency, ms", latency);
    latencyOfMany.ifPresent(
        many -> {
          add(each, "latency of " + MANY + ", ms", many);
          each.row(
              "texts a second",
              String.format(Locale.ROOT, "%,.1f", rate(many.first())),
              String.format(Locale.ROOT, "%,.1f", rate(many.second())),
              Numbers.ratio(many.first(), many.second()));
        });
    String line = System.lineSeparator();
    return found + line + each + "latency: ONNX Runtime on one thread, one sample" + line;
  }

  private static void add(Table table, String what, Pair pair) {
    table.row(
        what,
        Numbers.exact(pair.original()),
        Numbers.exact(pair.small()),
        Numbers.ratio(pair.small(), pair.original()));
  }

  private static void add(Table table, String what, Stopwatch.Times times) {
    table.row(
        what,
        Numbers.milliseconds(times.first()),
        Numbers.milliseconds(times.second()),
        Numbers.ratio(times.second(), times.first()));
  }
}
