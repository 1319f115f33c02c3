package io.espalier.core.cost;

import io.espalier.core.values.FileSizes;
import io.espalier.core.values.TracedModel;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.List;

/** A network whose cost is asked for, and the axes that the answer is made of. */
public final class CostedNetwork {
  private final SymMap map;
  private final TracedModel model;
  private final Slots slots;

  CostedNetwork(TracedModel model, SymMap map, Slots slots) {
    this.map = map;
    this.model = model;
    this.slots = slots;
  }

  /** The solved network. */
  public SymMap map() {
    return map;
  }

  /** How many bytes its parts take. */
  public FileSizes sizes() {
    return model.sizes();
  }

  /** Asks for the extent of an axis; a batch axis counts one. */
  public int axis(Layout layout) {
    return slots.of(layout);
  }

  /** Asks for the extents of axes. */
  public int[] axes(List<Layout> layouts) {
    return layouts.stream().mapToInt(this::axis).toArray();
  }
}
