package io.espalier.djl.trace.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import io.espalier.trace.Graph;
import java.util.List;
import java.util.Optional;

/**
 * A graph, and what its parts stand for in the block.
 *
 * @param graph the graph
 * @param types the type of the elements of each tensor
 * @param owners for each node the innermost block that it was recorded in
 * @param paths for each node the path of that block
 * @param steps the node of each step of a run
 */
public record AssembledGraph(
    Graph graph,
    List<DataType> types,
    List<Optional<Block>> owners,
    List<String> paths,
    List<Integer> steps) {
  public AssembledGraph {
    types = List.copyOf(types);
    owners = List.copyOf(owners);
    paths = List.copyOf(paths);
    steps = List.copyOf(steps);
  }
}
