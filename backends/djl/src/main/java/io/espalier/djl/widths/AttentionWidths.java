package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.CutNode;
import io.espalier.djl.spi.Fields;
import java.util.List;

/** Keys, queries and values are split into heads alike: [batch, sequence, heads, head size]. */
@AutoService(BlockWidths.class)
public final class AttentionWidths implements BlockWidths {
  private static final int RANK = 4;

  @Override
  public Class<? extends Block> type() {
    return ScaledDotProductAttentionBlock.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    List<CutNode> splits =
        block.nodes("Reshape").stream()
            .filter(node -> node.input(0).dimension() < RANK)
            .filter(node -> node.output(0).dimension() == RANK)
            // a mask is split too, into [batch, 1, to, from]
            .filter(node -> node.output(0).get(2) * node.output(0).get(3) == last(node.input(0)))
            .toList();
    Agreed.on(block.block(), splits, node -> node.output(0).slice(2))
        .ifPresent(
            heads -> {
              fields.set("headCount", heads.get(0));
              fields.set("embeddingSize", heads.size());
            });
  }

  private static long last(Shape shape) {
    return shape.get(shape.dimension() - 1);
  }
}
