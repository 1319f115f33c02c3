package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.LinearCollection;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The weight is [split axes, in, out]. */
@AutoService(BlockWidths.class)
public final class LinearCollectionWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return LinearCollection.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape weight = block.shape("weight");
    long units = weight.get(weight.dimension() - 1);
    fields.set("units", units);
    fields.set("inputFeatures", weight.size() / units);
  }
}
