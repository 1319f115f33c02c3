package io.espalier.djl.carve;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.CutNode;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A block of a cut, as its widths see it.
 *
 * @param cut the cut
 * @param block the block
 */
record BlockView(BlockCut cut, Block block) implements CutBlock {
  @Override
  public Shape shape(String name) {
    Parameter parameter = block.getDirectParameters().get(name);
    if (parameter == null || !parameter.isInitialized()) {
      throw new EspalierException(
          "block "
              + block.getClass().getName()
              + " has no parameter \""
              + name
              + "\" with values; it has "
              + block.getDirectParameters().keys());
    }
    return cut.shape(parameter);
  }

  @Override
  public List<CutNode> nodes(String operator) {
    List<CutNode> found = new ArrayList<>();
    for (GraphNode node : cut.network().nodes(block)) {
      if (node.op().toString().equals(operator) && !cut.cut().skips(node.index())) {
        found.add(new NodeCut(node, cut.cut()));
      }
    }
    return found;
  }
}
