package io.espalier.onnx.quantize;

import io.espalier.core.values.Manifest;
import io.espalier.core.values.Quantisation;
import io.espalier.onnx.file.OnnxEdit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model whose weights are written in eight bits.
 *
 * @param edit what makes it of the model that it was
 * @param parts each weight, as it was called, with what stands for it now
 * @param edges each edge on which such a weight meets data
 * @param left names of other weights, each with the reason
 */
public record Quantised(
    OnnxEdit edit, Map<String, StoredParts> parts, List<Edge> edges, Map<String, String> left) {
  public Quantised {
    parts = Map.copyOf(parts);
    edges = List.copyOf(edges);
    left = Map.copyOf(left);
  }

  /**
   * An edge of the model as it was.
   *
   * @param weight the initializer
   * @param output the first output of the node that reads it
   * @param input of that node
   */
  public record Edge(String weight, String output, int input) {}

  /** What a manifest says of it; reads every weight. */
  public Quantisation quantisation() {
    Map<String, String> sums = new HashMap<>();
    parts.forEach((weight, stored) -> sums.put(weight, stored.sha256()));
    return new Quantisation(
        edges.stream()
            .map(
                edge ->
                    new Manifest.Quantised(
                        edge.weight(),
                        edge.output(),
                        edge.input(),
                        String.valueOf(sums.get(edge.weight()))))
            .toList(),
        left);
  }
}
