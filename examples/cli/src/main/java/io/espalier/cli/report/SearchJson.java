package io.espalier.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.latency.ConfirmedLatency;
import io.espalier.core.latency.LayerLatency;
import io.espalier.core.search.ErrorCurve;
import io.espalier.core.values.Choice;
import io.espalier.core.values.ConfigJson;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Json;
import java.util.List;

/** A report for programs. */
public final class SearchJson {
  private SearchJson() {}

  /** The report as JSON; what does not apply is absent. */
  public static String of(PruneReport report) {
    ObjectNode root = Json.object();
    root.put("model", report.model());
    root.put("command", report.asked().command());
    ObjectNode options = root.putObject("options");
    report.asked().options().forEach(option -> options.put(option.name(), option.value()));
    ObjectNode costs = root.putObject("costs");
    report.costs().forEach(cost -> costs.set(cost.key(), cost(cost)));
    ArrayNode choices = root.putArray("choices");
    report
        .choices()
        .forEach(
            chosen -> {
              ObjectNode entry = choices.addObject();
              entry.put("name", chosen.name());
              entry.set("before", node(chosen.before()));
              entry.set("after", node(chosen.after()));
              entry.set("others", Json.of(chosen.others()));
            });
    report.remark().ifPresent(words -> root.put("remark", words));
    report.latency().ifPresent(latency -> put(root.putObject("latency"), latency));
    report.data().ifPresent(data -> put(root, data));
    ArrayNode frozen = root.putArray("frozen");
    report.frozen().forEach(cause -> cause.axes().forEach(axis -> put(frozen.addObject(), axis)));
    ArrayNode uncounted = root.putArray("macs_incomplete");
    report
        .uncounted()
        .forEach(node -> uncounted.addObject().put("node", node.node()).put("op", node.op()));
    return Json.print(root);
  }

  private static ObjectNode cost(CostLine cost) {
    ObjectNode entry = Json.object().put("before", cost.before()).put("after", cost.after());
    cost.limit()
        .ifPresent(limit -> entry.put("budget", limit.words()).put("allowed", limit.amount()));
    return entry;
  }

  /** Times are nanoseconds. */
  private static void put(ObjectNode entry, ConfirmedLatency latency) {
    entry
        .put("predicted", latency.predicted())
        .put("measured", latency.measured())
        .put("original", latency.original())
        .put("allowed", latency.allowed())
        .put("tolerance", latency.tolerance())
        .put("searches", latency.searches());
    ArrayNode layers = entry.putArray("layers");
    for (LayerLatency layer : latency.layers()) {
      layers
          .addObject()
          .put("node", layer.node())
          .put("original", layer.original())
          .put("predicted", layer.predicted())
          .put("measured", layer.measured());
    }
  }

  private static JsonNode node(Choice choice) {
    return ConfigJson.node(choice);
  }

  private static void put(ObjectNode entry, FrozenAxis axis) {
    entry
        .put("layer", axis.layer())
        .put("axis", axis.axis())
        .put("node", axis.node())
        .put("op", axis.op())
        .put("reason", axis.cause())
        .put("remedy", axis.remedy());
  }

  private static void put(ObjectNode root, DataReport data) {
    ObjectNode error = root.putObject("error");
    error.put("measure", data.what());
    put(error, "cut", data.errorBefore());
    put(error, "written", data.error());
    error.put("held_back", data.heldBack());
    error.put("repaired_parameters", data.repaired());
    ObjectNode left = root.putObject("left_as_cut");
    data.left().forEach(left::put);
    ArrayNode curves = root.putArray("curves");
    for (ErrorCurve curve : data.curves()) {
      ObjectNode entry = curves.addObject().put("width", curve.width());
      entry.set("values", Json.of(curve.points().stream().map(ErrorCurve.Point::value).toList()));
      entry.set("errors", Json.of(curve.points().stream().map(ErrorCurve.Point::error).toList()));
    }
    root.set("screened", candidates(data.screened(), true));
    root.set("tried", candidates(data.tried(), false));
  }

  private static ArrayNode candidates(List<DataReport.Scored> candidates, boolean screened) {
    ArrayNode list = Json.object().putArray("");
    for (DataReport.Scored scored : candidates) {
      ObjectNode entry = list.addObject().put("candidate", scored.number());
      put(entry, "error", scored.candidate().score());
      put(entry, "spent", scored.candidate().spent());
      if (screened) {
        entry.put("front", scored.front());
      }
      entry.put("taken", scored.chosen());
      entry.set("costs", Json.of(scored.costs()));
      entry.set("config", ConfigJson.node(scored.candidate().config()));
    }
    return list;
  }

  /** JSON has no infinity. */
  private static void put(ObjectNode entry, String field, double number) {
    if (Double.isFinite(number)) {
      entry.put(field, number);
    }
  }
}
