package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The weight is [out, in]. */
@AutoService(BlockWidths.class)
public final class LinearWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return Linear.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape weight = block.shape("weight");
    fields.set("units", weight.get(0));
    fields.set("inputFeatures", weight.get(1));
  }
}
