package io.espalier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.data.ClassAgreement;
import io.espalier.core.data.OutputComparison;
import io.espalier.core.data.OutputDistance;
import io.espalier.spi.EspalierException;
import java.util.Locale;

/**
 * What a comparison of two models found.
 *
 * @param outputs how far they are apart
 * @param macs their multiply-accumulate operations
 * @param params their parameters
 * @param bytes the bytes of their files
 * @param latency how long a run takes
 */
record CompareReport(
    OutputComparison outputs, Pair macs, Pair params, Pair bytes, Stopwatch.Times latency) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A number of the original, and of the smaller model. */
  record Pair(long original, long small) {}

  CompareReport {
    for (OutputDistance output : outputs.outputs()) {
      if (!Double.isFinite(output.error())) {
        throw new EspalierException(
            "output '"
                + output.name()
                + "' of the original is 0 for all of these data, so that no error can be measured"
                + " against it; give other data");
      }
    }
  }

  /** In the form that other tools rely on; what does not apply is absent. */
  String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("samples", outputs.samples());
    root.put("error", outputs.error());
    outputs.cosine().ifPresent(cosine -> root.put("cosine", cosine));
    outputs
        .classes()
        .ifPresent(
            classes -> {
              root.put("top1_agreement", classes.top1Agreement());
              classes.kl().ifPresent(kl -> root.put("kl", kl));
              if (classes.originalAccuracy().isPresent()) {
                root.putObject("accuracy")
                    .put("original", classes.originalAccuracy().getAsDouble())
                    .put("small", classes.otherAccuracy().orElseThrow());
              }
            });
    put(root, "macs", macs);
    put(root, "params", params);
    put(root, "bytes", bytes);
    root.putArray("latency_ms").add(latency.first() / 1e6).add(latency.second() / 1e6);
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that cannot be written", e);
    }
  }

  private static void put(ObjectNode root, String field, Pair pair) {
    root.putArray(field).add(pair.original()).add(pair.small());
  }

  /** For people. */
  String text() {
    Table found = new Table("on " + Numbers.exact(outputs.samples()) + " samples", "");
    found.row("relative error", Numbers.error(outputs.error()));
    outputs.cosine().ifPresent(cosine -> found.row("cosine", part(cosine)));
    outputs.classes().ifPresent(classes -> add(found, classes));
    Table costs = new Table("", "original", "small", "ratio");
    outputs
        .classes()
        .filter(classes -> classes.originalAccuracy().isPresent())
        .ifPresent(
            classes ->
                costs.row(
                    "accuracy",
                    part(classes.originalAccuracy().getAsDouble()),
                    part(classes.otherAccuracy().orElseThrow()),
                    ""));
    add(costs, "MACs", macs);
    add(costs, "parameters", params);
    add(costs, "file size, bytes", bytes);
    costs.row(
        "latency, ms",
        Numbers.milliseconds(latency.first()),
        Numbers.milliseconds(latency.second()),
        Numbers.ratio(latency.second(), latency.first()));
    String line = System.lineSeparator();
    return found + line + costs + "latency: ONNX Runtime on one thread, one sample" + line;
  }

  private static void add(Table table, ClassAgreement classes) {
    table.row("same class", part(classes.top1Agreement()));
    classes.kl().ifPresent(kl -> table.row("KL divergence, nats", Numbers.error(kl)));
  }

  private static void add(Table table, String what, Pair pair) {
    table.row(
        what,
        Numbers.exact(pair.original()),
        Numbers.exact(pair.small()),
        Numbers.ratio(pair.small(), pair.original()));
  }

  private static String part(double part) {
    return String.format(Locale.ROOT, "%.4f", part);
  }
}
