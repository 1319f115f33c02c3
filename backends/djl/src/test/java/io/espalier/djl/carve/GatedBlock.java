package io.espalier.djl.carve;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import com.google.auto.service.AutoService;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.djl.spi.CutBlock;
import io.espalier.djl.spi.Fields;
import org.jspecify.annotations.Nullable;

/** A linear layer with a gate, whose weight stacks two halves; it splits by a field. */
class GatedBlock extends AbstractBlock {
  private final long units;
  private final Parameter weight;

  GatedBlock(long units) {
    this.units = units;
    weight =
        addParameter(Parameter.builder().setName("weight").setType(Parameter.Type.WEIGHT).build());
  }

  @Override
  protected void prepare(Shape[] shapes) {
    weight.setShape(new Shape(2 * units, shapes[0].get(1)));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    NDArray x = inputs.singletonOrThrow();
    NDArray both = x.matMul(store.getValue(weight, x.getDevice(), training).transpose());
    NDArray value = both.get(":, 0:" + units);
    NDArray gate = both.get(":, " + units + ":" + 2 * units);
    return new NDList(value.mul(gate.getNDArrayInternal().sigmoid()));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] shapes) {
    return new Shape[] {new Shape(shapes[0].get(0), units)};
  }

  /** The same, of which nobody says what its field means. */
  static final class Unknown extends GatedBlock {
    Unknown(long units) {
      super(units);
    }
  }

  /** What the field means; that of {@link Unknown} stays as it is. */
  @AutoService(BlockWidths.class)
  public static final class Widths implements BlockWidths {
    @Override
    public Class<? extends Block> type() {
      return GatedBlock.class;
    }

    @Override
    public void resize(CutBlock block, Fields fields) {
      if (!(block.block() instanceof Unknown)) {
        fields.set("units", block.shape("weight").get(0) / 2);
      }
    }
  }
}
