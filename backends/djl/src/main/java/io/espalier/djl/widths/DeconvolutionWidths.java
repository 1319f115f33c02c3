package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Deconvolution;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.CutNode;
import io.espalier.djl.spi.Fields;
import java.util.Arrays;
import java.util.List;

/** The channels that come out stand in the shape of what is computed. */
@AutoService(BlockWidths.class)
public final class DeconvolutionWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return Deconvolution.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape kernel = block.shape("weight").slice(2);
    fields.set("kernelShape", kernel);
    List<CutNode> nodes = block.nodes("ConvTranspose");
    Agreed.on(block.block(), nodes, node -> node.output(0).get(1))
        .ifPresent(filters -> fields.set("filters", filters));
    Agreed.on(block.block(), nodes, node -> node.numbers("group")[0])
        .ifPresent(groups -> fields.set("groups", groups));
    Agreed.on(
            block.block(),
            nodes,
            node -> new Shape(Arrays.copyOf(node.numbers("pads"), kernel.dimension())))
        .ifPresent(pads -> fields.set("padding", pads));
  }
}
