package io.espalier.djl.widths;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Convolution;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.CutNode;
import io.espalier.djl.spi.Fields;
import java.util.Arrays;
import java.util.List;

/** The weight is [out, in / groups, kernel]. A smaller kernel needs fewer pads. */
@AutoService(BlockWidths.class)
public final class ConvolutionWidths implements BlockWidths {
  @Override
  public Class<? extends Block> type() {
    return Convolution.class;
  }

  @Override
  public void resize(CutBlock block, Fields fields) {
    Shape weight = block.shape("weight");
    Shape kernel = weight.slice(2);
    fields.set("filters", weight.get(0));
    fields.set("kernelShape", kernel);
    List<CutNode> nodes = block.nodes("Conv");
    Agreed.on(block.block(), nodes, node -> node.numbers("group")[0])
        .ifPresent(groups -> fields.set("groups", groups));
    // ONNX pads at the beginning and at the end, DJL alike at both
    Agreed.on(
            block.block(),
            nodes,
            node -> new Shape(Arrays.copyOf(node.numbers("pads"), kernel.dimension())))
        .ifPresent(pads -> fields.set("padding", pads));
  }
}
