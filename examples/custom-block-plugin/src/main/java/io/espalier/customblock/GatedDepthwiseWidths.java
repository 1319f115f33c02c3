package io.espalier.customblock;

import ai.djl.nn.Block;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The widths that a gated depthwise block holds in fields, read from the parameters left of it. */
@AutoService(BlockWidths.class)
public final class GatedDepthwiseWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return GatedDepthwise.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    fields.set("units", block.shape("project").get(1));
    fields.set("out", block.shape("project").get(0));
  }
}
