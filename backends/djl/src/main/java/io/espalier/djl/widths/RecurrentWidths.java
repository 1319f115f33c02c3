package io.espalier.djl.widths;

import ai.djl.nn.Block;
import ai.djl.nn.recurrent.RecurrentBlock;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;
import io.espalier.spi.EspalierException;
import java.util.List;

/** The recurrent weights are [gates x state, state], and one state serves all layers. */
@AutoService(BlockWidths.class)
public final class RecurrentWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return RecurrentBlock.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    List<Long> states =
        block.block().getDirectParameters().keys().stream()
            .filter(name -> name.contains("h2h_WEIGHT"))
            .map(name -> block.shape(name).get(1))
            .distinct()
            .toList();
    if (states.size() != 1) {
      throw new EspalierException(
          "the layers of block "
              + block.block().getClass().getName()
              + " have one state size, and cannot have "
              + states);
    }
    fields.set("stateSize", states.get(0));
  }
}
