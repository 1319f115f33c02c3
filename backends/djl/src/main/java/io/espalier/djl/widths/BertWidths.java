package io.espalier.djl.widths;

import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertBlock;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The positions are [sequence, width]. */
@AutoService(BlockWidths.class)
public final class BertWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return BertBlock.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    fields.set("embeddingSize", block.shape("positionEmbedding").get(1));
  }
}
