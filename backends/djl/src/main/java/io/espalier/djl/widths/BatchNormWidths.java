package io.espalier.djl.widths;

import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** One mean for each channel. */
@AutoService(BlockWidths.class)
public final class BatchNormWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return BatchNorm.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    fields.set("inChannels", block.shape("runningMean").get(0));
  }
}
