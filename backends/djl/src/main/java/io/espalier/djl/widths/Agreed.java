package io.espalier.djl.widths;

import ai.djl.nn.Block;
import io.espalier.djl.spi.CutNode;
import io.espalier.spi.EspalierException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A block that is called several times has one value of each field for all calls. */
final class Agreed {
  private Agreed() {}

  /**
   * What all operators say.
   *
   * @return empty if there are none
   * @throws EspalierException if they do not say the same
   */
  static <T> Optional<T> on(Block block, List<CutNode> nodes, Function<CutNode, T> value) {
    List<T> found = nodes.stream().map(value).distinct().toList();
    if (found.size() > 1) {
      throw new EspalierException(
          "block "
              + block.getClass().getName()
              + " would have to be of several sizes at once: "
              + found
              + " ("
              + nodes.get(0).name()
              + ")");
    }
    return found.stream().findFirst();
  }
}
