package io.espalier.djl.widths;

import ai.djl.nn.Block;
import ai.djl.nn.norm.LayerNorm;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The shape that is normalised over is that of the scale. */
@AutoService(BlockWidths.class)
public final class LayerNormWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return LayerNorm.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    fields.set("normalizedShape", block.shape("gamma"));
  }
}
