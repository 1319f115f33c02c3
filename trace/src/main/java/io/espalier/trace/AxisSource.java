package io.espalier.trace;

import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the views of nodes read axes from: a solution in the making, or a finished one. */
interface AxisSource {
  /** The axes of an input as the node sees it; null where the shape is unknown. */
  @Nullable List<? extends Axis> inputAxes(int node, int input);

  /** The axes of a tensor that is no constant; null where the shape is unknown. */
  @Nullable List<? extends Axis> tensorAxes(int tensor);

  /** The elements of a small integer tensor, if known. */
  @Nullable Ints ints(int tensor);
}
