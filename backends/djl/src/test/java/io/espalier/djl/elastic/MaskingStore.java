package io.espalier.djl.elastic;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.espalier.core.values.Cut;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out whole weights in which all that reads a unit that is cut away is zero, and all of a
 * kernel but its middle. A block that sums over its units then computes what the smaller one does,
 * but for rounding.
 */
final class MaskingStore extends TypedStore {
  private final Map<String, float[][]> masks = new HashMap<>();
  private final NDManager manager;

  /**
   * A store.
   *
   * @param shift by how many units the masks are wrong
   */
  MaskingStore(TracedBlock traced, Cut cut, int shift, NDManager manager, DataType type) {
    super(manager, type);
    this.manager = manager;
    for (GraphNode node : traced.graph().nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        int tensor = node.inputs().get(i);
        Parameter parameter = tensor < 0 ? null : traced.parameter(tensor).orElse(null);
        List<Layout> layouts = parameter == null ? null : cut.map().input(node.index(), i);
        if (parameter != null && layouts != null && layouts.size() > 1) {
          float[][] axes = new float[layouts.size()][0];
          // the first axis is what comes out
          for (int axis = 1; axis < axes.length; axis++) {
            int[] kept = cut.kept(layouts.get(axis));
            axes[axis] = kept == null ? new float[0] : mask(layouts.get(axis), kept, shift);
          }
          masks.put(parameter.getId(), axes);
        }
      }
    }
  }

  private static float[] mask(Layout layout, int[] kept, int shift) {
    float[] mask = new float[Math.toIntExact(layout.extent())];
    Arrays.stream(kept).forEach(index -> mask[(index + shift) % mask.length] = 1);
    return mask;
  }

  @Override
  public @Nullable NDArray getValue(
      @Nullable Parameter parameter, Device device, boolean training) {
    NDArray array = super.getValue(parameter, device, training);
    float[][] axes = parameter == null ? null : masks.get(parameter.getId());
    for (int axis = 0; array != null && axes != null && axis < axes.length; axis++) {
      if (axes[axis].length > 0) {
        long[] dims = new long[axes.length];
        Arrays.fill(dims, 1);
        dims[axis] = axes[axis].length;
        array = array.mul(manager.create(axes[axis], new Shape(dims)).toType(type(), false));
        array.attach(manager);
      }
    }
    return array;
  }
}
