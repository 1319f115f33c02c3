package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Embedding;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The table is [items, width]. */
@AutoService(BlockWidths.class)
public final class EmbeddingWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return Embedding.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape table = block.shape("embedding");
    fields.set("numEmbeddings", table.get(0));
    fields.set("embeddingSize", table.get(1));
  }
}
