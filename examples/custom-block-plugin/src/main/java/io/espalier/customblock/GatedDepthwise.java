package io.espalier.customblock;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * A gated depthwise block: x [batch, in, height, width] is expanded to 2 * units channels by a
 * pointwise convolution, each channel is filtered by a depthwise one, half of them gate the other
 * half, and a pointwise convolution makes y [batch, out, height, width] of what comes through.
 */
public class GatedDepthwise extends AbstractBlock {
  private static final int KERNEL = 3;
  private static final Shape ONE = new Shape(1, 1);
  private static final Shape PADDING = new Shape(KERNEL / 2, KERNEL / 2);

  private final int units;
  private final int out;
  private final Parameter expand;
  private final Parameter filter;
  private final Parameter project;

  /**
   * A block without parameters yet.
   *
   * @param units how many channels there are behind the gate
   * @param out how many channels come out
   */
  public GatedDepthwise(int units, int out) {
    this.units = units;
    this.out = out;
    this.expand = weight("expand");
    this.filter = weight("filter");
    this.project = weight("project");
  }

  private Parameter weight(String name) {
    return addParameter(Parameter.builder().setName(name).setType(Parameter.Type.WEIGHT).build());
  }

  @Override
  protected void prepare(Shape[] shapes) {
    expand.setShape(new Shape(2L * units, shapes[0].get(1), 1, 1));
    filter.setShape(new Shape(2L * units, 1, KERNEL, KERNEL));
    project.setShape(new Shape(out, units, 1, 1));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    NDArray x = inputs.singletonOrThrow();
    x = convolve(x, value(store, expand, x, training), new Shape(0, 0), 1);
    x = convolve(x, value(store, filter, x, training), PADDING, 2 * units);
    NDArray signal = x.get(":, 0:" + units);
    NDArray gate = x.get(":, " + units + ":" + 2 * units);
    x = signal.mul(gate.getNDArrayInternal().sigmoid());
    return new NDList(convolve(x, value(store, project, x, training), new Shape(0, 0), 1));
  }

  private static NDArray value(
      ParameterStore store, Parameter parameter, NDArray beside, boolean training) {
    return store.getValue(parameter, beside.getDevice(), training);
  }

  private static NDArray convolve(NDArray x, NDArray weight, Shape padding, int groups) {
    return Conv2d.conv2d(x, weight, null, ONE, padding, ONE, groups).head();
  }

  @Override
  public Shape[] getOutputShapes(Shape[] shapes) {
    Shape in = shapes[0];
    return new Shape[] {new Shape(in.get(0), out, in.get(2), in.get(3))};
  }
}
