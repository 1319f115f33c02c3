package io.espalier.djl.carve;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.IdentityHashMap;

/**
 * Makes the smaller block that a cut describes: copies of the blocks that are left, of the same
 * classes, with parameters of their own.
 */
public final class BlockCarver {
  private final BlockCut cut;
  private final NDManager manager;
  private final IdentityHashMap<Parameter, Parameter> parameters = new IdentityHashMap<>();

  private final boolean outline;

  private BlockCarver(BlockCut cut, NDManager manager, boolean outline) {
    this.cut = cut;
    this.outline = outline;
    this.manager = manager;
  }

  /**
   * Makes the block.
   *
   * @param manager what the new parameters belong to
   */
  public static Block carve(BlockCut cut, NDManager manager) {
    return new BlockCarver(cut, manager, false).carve();
  }

  /** The same block with parameters that have the right shapes, and any values. */
  public static Block outline(BlockCut cut, NDManager manager) {
    return new BlockCarver(cut, manager, true).carve();
  }

  private Block carve() {
    Block root = cut.network().traced().source().block();
    return new BlockCopier(
            cut.network().parts().inside(root),
            cut.removed(),
            cut.fields(),
            parameter -> parameters.computeIfAbsent(parameter, this::sliced),
            this::own)
        .copy(root);
  }

  private NDArray own(NDArray array) {
    if (outline) {
      return array;
    }
    NDArray copy = array.duplicate();
    copy.attach(manager);
    return copy;
  }

  private Parameter sliced(Parameter whole) {
    Parameter.Builder builder =
        Parameter.builder()
            .setName(whole.getName())
            .setType(whole.getType())
            .optInitializer(whole.getInitializer())
            .optRequiresGrad(whole.requiresGradient())
            .optShape(whole.getShape());
    if (whole.isInitialized() && outline) {
      NDArray array = manager.create(cut.shape(whole), whole.getArray().getDataType());
      builder.optArray(array).optShape(array.getShape());
    } else if (whole.isInitialized()) {
      NDArray array = whole.getArray();
      NDArray part =
          cut.slices()
              .find(whole)
              .map(slice -> slice.copy(array, manager))
              .orElseGet(() -> own(array));
      part.setName(whole.getName());
      if (array.hasGradient()) {
        part.setRequiresGradient(true);
      }
      builder.optArray(part).optShape(part.getShape());
    }
    return builder.build();
  }
}
