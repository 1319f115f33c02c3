package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Multiplication;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;

/** The weight is [units, 1, features]. */
@AutoService(BlockWidths.class)
public final class MultiplicationWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return Multiplication.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape weight = block.shape("weight");
    fields.set("units", weight.get(0));
    fields.set("inputFeatures", weight.slice(2).size());
  }
}
