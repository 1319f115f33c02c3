package io.espalier.djl.elastic;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.training.optimizer.Adam;
import io.espalier.djl.carve.ParameterSlice;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adam for an elastic block. A step changes the parts of parameters that took part in the passes
 * since the step before, and their moments; all else stays as it is, as it does for the rows of a
 * sparse gradient (lazy Adam). It costs what those parts cost, where Adam pays for whole
 * parameters. After passes at several configs a parameter is updated whole unless all of them use
 * the same part of it.
 *
 * <p>The correction of bias counts every step of a parameter (Kingma and Ba, 2015, algorithm 1).
 */
public final class ElasticAdam extends Adam {
  private final ElasticBlock block;

  private @Nullable Step step;

  /**
   * The update of one parameter.
   *
   * @param part what of it is updated
   * @param whole all of it
   * @param scope what is needed until then
   */
  private record Step(ParameterSlice part, NDArray whole, NDManager scope) {
    NDArray of(NDArray array) {
      return part.of(array, scope);
    }
  }

  /**
   * An optimizer.
   *
   * @param block the block that is trained with it, and nothing else
   * @param settings such as {@code Optimizer.adam().optLearningRateTracker(...)}
   */
  public ElasticAdam(ElasticBlock block, Adam.Builder settings) {
    super(settings);
    this.block = block;
    block.training().watch();
  }

  @Override
  public synchronized void update(String parameterId, NDArray weight, NDArray grad) {
    ParameterSlice part = block.stepped(parameterId);
    if (part == null) {
      super.update(parameterId, weight, grad);
      return;
    }
    try (NDManager scope = weight.getManager().newSubManager()) {
      Step now = new Step(part, weight, scope);
      step = now;
      super.update(parameterId, now.of(weight), now.of(grad));
      // Adam has emptied the gradient of the view
      NDArray gradient = weight.getGradient();
      gradient.attach(scope);
      now.of(gradient).set(new NDIndex("..."), 0);
    } finally {
      step = null;
    }
  }

  /** Moments of a whole parameter, of which the part that is being updated is handed out. */
  @Override
  protected NDArray withDefaultState(
      Map<String, Map<Device, NDArray>> state,
      String key,
      Device device,
      Function<String, NDArray> zeros) {
    Step now = step;
    return now == null
        ? super.withDefaultState(state, key, device, zeros)
        : now.of(super.withDefaultState(state, key, device, id -> now.whole().zerosLike()));
  }
}
