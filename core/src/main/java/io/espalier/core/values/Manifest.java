package io.espalier.core.values;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was cut from a network, in terms of the original, so that anyone can check the result:
 * multiplying 0/1 masks onto the listed edges turns the original into the masked reference.
 *
 * @param parameters one entry for each edge on which parameters that were cut meet data
 * @param skipped blocks that were taken out
 * @param normalised nodes that normalise over an axis that was cut
 * @param mapped inputs whose values are positions along an axis that was cut
 * @param compensated stored parameters that were given other values after they were cut
 * @param quantised stored parameters that were written in fewer bits after all that
 */
public record Manifest(
    List<CutParameter> parameters,
    List<Skipped> skipped,
    List<CutNormalised> normalised,
    List<Mapped> mapped,
    List<Compensated> compensated,
    List<Quantised> quantised) {
  public Manifest {
    parameters = List.copyOf(parameters);
    skipped = List.copyOf(skipped);
    normalised = List.copyOf(normalised);
    mapped = List.copyOf(mapped);
    compensated = List.copyOf(compensated);
    quantised = List.copyOf(quantised);
  }

  /** A cut after which every value is still that of the original. */
  public Manifest(
      List<CutParameter> parameters, List<Skipped> skipped, List<CutNormalised> normalised) {
    this(parameters, skipped, normalised, List.of(), List.of(), List.of());
  }

  /**
   * An edge on which a value made of parameters only meets data, or a crop inside such a value. An
   * edge that may be masked along some axes and not along others is listed twice.
   *
   * @param node the name of the node it enters
   * @param output the first output of that node
   * @param input the node's input
   * @param initializer the name of the value
   * @param shape its original shape
   * @param keep the kept indices of each axis that was cut, ascending
   * @param mask whether a mask may be multiplied onto it
   */
  public record CutParameter(
      String node,
      String output,
      int input,
      String initializer,
      List<Long> shape,
      Map<Integer, List<Integer>> keep,
      boolean mask) {}

  /**
   * A block that was taken out.
   *
   * @param from the tensor that was replaced
   * @param by the tensor that replaces it
   */
  public record Skipped(String from, String by) {}

  /**
   * A node that normalises over an axis that was cut.
   *
   * @param node its name
   * @param output its first output
   * @param input the input that has the axis
   * @param axis the axis of that input
   * @param keep the kept indices, ascending
   */
  public record CutNormalised(
      String node, String output, int input, int axis, List<Integer> keep) {}

  /**
   * An input whose values are positions along an axis of a parameter that was cut. The masked
   * reference reads the element {@code keep[table[position]]} of it, where {@code keep} is what is
   * kept of that axis.
   *
   * @param output the first output of the node
   * @param input the node's input that holds the positions
   * @param parameter the node's input that is the parameter
   * @param axis the axis of the parameter
   * @param table for each position of the original one among the kept elements
   */
  public record Mapped(String output, int input, int parameter, int axis, List<Integer> table) {
    public Mapped {
      table = List.copyOf(table);
    }
  }

  /**
   * A stored parameter that was given other values after it was cut.
   *
   * @param initializer its name in the smaller network
   * @param output the first output of the first node in which it meets data
   * @param input that node's input
   * @param sha256 of the new values as they are stored, little-endian, in row-major order; in hex
   */
  public record Compensated(String initializer, String output, int input, String sha256) {}

  /**
   * An edge on which a stored parameter that was written in fewer bits meets data.
   *
   * @param initializer its name in the smaller network before it was quantised
   * @param output the first output of the node that it enters
   * @param input that node's input
   * @param sha256 of its integers, its scales and its zero points, if it has any, as they are
   *     stored: one after the other, little-endian, in row-major order; in hex
   */
  public record Quantised(String initializer, String output, int input, String sha256) {}

  /** The same cut, after which these parameters were given other values. */
  public Manifest withCompensated(List<Compensated> parametersWithOtherValues) {
    return new Manifest(
        parameters, skipped, normalised, mapped, parametersWithOtherValues, quantised);
  }

  /** The same cut, after which these parameters were written in fewer bits. */
  public Manifest withQuantised(List<Quantised> parametersInFewerBits) {
    return new Manifest(
        parameters, skipped, normalised, mapped, compensated, parametersInFewerBits);
  }

  /** The same but for what was cut, rewired and normalised over: every position leads as before. */
  public Manifest withCut(
      List<CutParameter> otherParameters,
      List<Skipped> otherSkipped,
      List<CutNormalised> otherNormalised) {
    return new Manifest(
        otherParameters, otherSkipped, otherNormalised, mapped, compensated, quantised);
  }

  static Manifest of(Cut cut) {
    SymMap map = cut.map();
    Graph graph = map.graph();
    List<CutNormalised> normalised = new ArrayList<>();
    List<Mapped> mapped = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      if (cut.skips(node.index()) || !node.computes()) {
        continue;
      }
      NodeFacts facts = map.facts(node.index());
      for (NodeFacts.Indexed indexed : facts.indexed()) {
        if (cut.maps(indexed)) {
          mapped.add(
              new Mapped(
                  CutEdges.firstOutput(graph, node),
                  indexed.input(),
                  indexed.table(),
                  indexed.axis(),
                  list(cut.map(node, indexed))));
        }
      }
      for (NodeFacts.Normalised over : facts.normalised()) {
        int[] keep = cut.kept(layouts(map, node, over.input()).get(over.axis()));
        if (keep != null) {
          String output = CutEdges.firstOutput(graph, node);
          normalised.add(
              new CutNormalised(node.name(), output, over.input(), over.axis(), list(keep)));
        }
      }
    }
    List<Skipped> skipped =
        cut.replacedTensors().stream()
            .map(
                from ->
                    new Skipped(graph.tensor(from).name(), graph.tensor(cut.source(from)).name()))
            .toList();
    return new Manifest(CutEdges.of(cut), skipped, normalised, mapped, List.of(), List.of());
  }

  private static List<Layout> layouts(SymMap map, GraphNode node, int input) {
    List<Layout> layouts = map.input(node.index(), input);
    return layouts == null ? List.of() : layouts;
  }

  /** This manifest as JSON. */
  public String toJson() {
    ObjectNode root = Json.object();
    ArrayNode list = root.putArray("parameters");
    for (CutParameter parameter : parameters) {
      ObjectNode entry = list.addObject();
      entry.put("node", parameter.node());
      entry.put("output", parameter.output());
      entry.put("input", parameter.input());
      entry.put("initializer", parameter.initializer());
      entry.set("shape", Json.of(parameter.shape()));
      ObjectNode keep = entry.putObject("keep");
      parameter.keep().forEach((axis, kept) -> keep.set(axis.toString(), Json.of(kept)));
      if (!parameter.mask()) {
        entry.put("mask", false);
      }
    }
    ArrayNode blocks = root.putArray("skipped");
    skipped.forEach(block -> blocks.addObject().put("from", block.from()).put("by", block.by()));
    ArrayNode norms = root.putArray("normalised");
    for (CutNormalised norm : normalised) {
      norms
          .addObject()
          .put("node", norm.node())
          .put("output", norm.output())
          .put("input", norm.input())
          .put("axis", norm.axis())
          .set("keep", Json.of(norm.keep()));
    }
    if (!mapped.isEmpty()) {
      ArrayNode maps = root.putArray("mapped");
      for (Mapped positions : mapped) {
        maps.addObject()
            .put("output", positions.output())
            .put("input", positions.input())
            .put("parameter", positions.parameter())
            .put("axis", positions.axis())
            .set("table", Json.of(positions.table()));
      }
    }
    if (!compensated.isEmpty()) {
      ArrayNode values = root.putArray("compensated");
      for (Compensated parameter : compensated) {
        values
            .addObject()
            .put("initializer", parameter.initializer())
            .put("output", parameter.output())
            .put("input", parameter.input())
            .put("sha256", parameter.sha256());
      }
    }
    if (!quantised.isEmpty()) {
      ArrayNode integers = root.putArray("quantised");
      for (Quantised parameter : quantised) {
        integers
            .addObject()
            .put("initializer", parameter.initializer())
            .put("output", parameter.output())
            .put("input", parameter.input())
            .put("sha256", parameter.sha256());
      }
    }
    return Json.print(root);
  }

  /**
   * Writes this manifest to a JSON file, whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    WholeFile.write(file, toJson());
  }

  /**
   * Writes this manifest to a JSON file that appears together with others.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file, StagedFiles files) throws IOException {
    files.write(file, out -> out.write(toJson().getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads a manifest from a JSON file.
   *
   * @throws EspalierException if the file cannot be read or is no manifest
   */
  public static Manifest read(Path file) {
    return parse(Json.text(file, "manifest"), "manifest " + file);
  }

  /**
   * Reads a manifest from JSON.
   *
   * @param what how an error names the text
   * @throws EspalierException if the text is no manifest
   */
  public static Manifest parse(String json, String what) {
    ObjectNode root = Json.parse(json, what);
    try {
      List<CutParameter> parameters = new ArrayList<>();
      for (JsonNode entry : Json.list(root, "parameters")) {
        Map<Integer, List<Integer>> keep = new TreeMap<>(Comparator.naturalOrder());
        Json.fields(entry, "keep")
            .forEach(e -> keep.put(Integer.valueOf(e.getKey()), Json.integers(e.getValue())));
        parameters.add(
            new CutParameter(
                entry.required("node").asText(),
                entry.required("output").asText(),
                Json.integer(entry.required("input")),
                entry.required("initializer").asText(),
                Json.longs(entry.required("shape")),
                keep,
                isMask(entry.path("mask"))));
      }
      List<Skipped> skipped = new ArrayList<>();
      for (JsonNode entry : Json.listIfAny(root, "skipped")) {
        skipped.add(new Skipped(entry.required("from").asText(), entry.required("by").asText()));
      }
      List<CutNormalised> normalised = new ArrayList<>();
      for (JsonNode entry : Json.listIfAny(root, "normalised")) {
        normalised.add(
            new CutNormalised(
                entry.required("node").asText(),
                entry.required("output").asText(),
                Json.integer(entry.required("input")),
                Json.integer(entry.required("axis")),
                Json.integers(entry.required("keep"))));
      }
      List<Mapped> mapped = new ArrayList<>();
      for (JsonNode entry : Json.listIfAny(root, "mapped")) {
        mapped.add(
            new Mapped(
                entry.required("output").asText(),
                Json.integer(entry.required("input")),
                entry.has("parameter") ? Json.integer(entry.required("parameter")) : 0,
                entry.has("axis") ? Json.integer(entry.required("axis")) : 0,
                Json.integers(entry.required("table"))));
      }
      List<Compensated> compensated = new ArrayList<>();
      for (JsonNode entry : Json.listIfAny(root, "compensated")) {
        compensated.add(
            new Compensated(
                entry.required("initializer").asText(),
                entry.required("output").asText(),
                Json.integer(entry.required("input")),
                entry.required("sha256").asText()));
      }
      List<Quantised> quantised = new ArrayList<>();
      for (JsonNode entry : Json.listIfAny(root, "quantised")) {
        quantised.add(
            new Quantised(
                entry.required("initializer").asText(),
                entry.required("output").asText(),
                Json.integer(entry.required("input")),
                entry.required("sha256").asText()));
      }
      return new Manifest(parameters, skipped, normalised, mapped, compensated, quantised);
    } catch (IllegalArgumentException e) {
      throw new EspalierException(what + " is no manifest of Espalier: " + e.getMessage(), e);
    }
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static boolean isMask(JsonNode mask) {
    if (!mask.isMissingNode() && !mask.isBoolean()) {
      throw new IllegalArgumentException("\"mask\" should be true or false, not " + mask);
    }
    return mask.asBoolean(true);
  }
}
